"""A small world: deciders, departments that answer, enterprises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.models import Case
from hengjian.credit.lists.models import ListEntry
from hengjian.demo.clock import at
from hengjian.enterprises.models import Enterprise
from hengjian.methods import fictional
from hengjian.parties.models import Unit, User
from tests.systems import market_world

NOW = datetime(2026, 11, 9, 2, tzinfo=UTC)


@dataclass
class World:
    places: market_world.MarketWorld
    enterprises: list[Enterprise]
    finance: Unit
    finance_officer: User

    def open(self, enterprise: Enterprise, criterion: str = "serious_breach.quality", **values: Any) -> Case:
        case_type = "credit_red_listing" if criterion.startswith("red_list") else "credit_listing"
        told = {
            "enterprise": enterprise.code,
            "enterprise_name": enterprise.name,
            "criterion": criterion,
            "facts_found": "生产销售不符合强制性标准的产品，造成人身伤害",
        }
        if case_type == "credit_listing":
            told["penalty"] = "澜东市监罚〔2026〕18号"
        return (
            OpenCase(
                user=self.places.county_officer,
                type=case_type,
                values=told | values,
                unit=self.places.county_market,
                region=self.places.county,
            )
            .execute()
            .case
        )

    def step(self, case: Case, step: str, user: User | None = None, **more: Any) -> Case:
        TakeStep(user=user or self.places.county_officer, case=case, step=step, **more).execute()
        case.refresh_from_db()
        return case

    def enter(self, enterprise: Enterprise, criterion: str = "serious_breach.quality") -> ListEntry:
        """The whole procedure, with an answer of the party."""
        case = self.open(enterprise, criterion)
        if case.type == "credit_listing":
            self.step(case, "tell")
            self.step(case, "answered", note="当事人请求从轻")
        else:
            self.step(case, "show")
        self.step(case, "submit")
        self.step(case, "enter", self.places.county_head, values={"document": "澜东市监信〔2026〕3号"})
        return ListEntry.objects.get(case=case.ref)


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with at(NOW):
        yield _world()


def _world() -> World:
    places = market_world.build()
    region = places.region
    finance = Unit.objects.create(
        key="finance", name="澜川自治区财政厅", region=region, level=region.level, family="finance"
    )
    made = [
        Enterprise.objects.create(key=f"E{number:06d}", code=company.code, name=company.name, region=places.county)
        for number, company in enumerate(fictional.enterprises(Random(5), 4, "990102"), 1)
    ]
    return World(places, made, finance, market_world.person("finance-officer", finance, "officer"))


def later(**time: int) -> Any:
    """The clock so much later than in the world."""
    return at(timezone.now() + timedelta(**time))
