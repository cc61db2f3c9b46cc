"""Lifts, a maintainer with an account, and rescue bodies in the invented region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

import pytest
from django.utils import timezone, translation

from hengjian.methods import fictional
from hengjian.parties.models import Region, Unit, User
from hengjian.registers.actions import CreateEntry
from hengjian.registers.models import EntryBase
from hengjian.systems.equipment.computing import forget_accounts
from hengjian.systems.equipment.models import Lift
from tests.systems.market_world import MarketWorld, build, person

MAINTAINERS = fictional.enterprises(Random(7), 4, "990100", trades=["电梯维保"])
PROPERTY = fictional.enterprises(Random(8), 1, "990100", trades=["物业管理"])[0]


@dataclass
class LiftWorld:
    """The market world with the account of a maintainer."""

    market: MarketWorld
    maintainer: Unit
    fitter: User
    bodies: dict[str, EntryBase]

    @property
    def county(self) -> Region:
        return self.market.county

    @property
    def officer(self) -> User:
        return self.market.county_officer

    def lift(self, key: str = "100001", on: date | None = None, **values: Any) -> Lift:
        given = {
            "site": "澜东花园3幢2单元",
            "place_kind": "housing",
            "kind": "traction",
            "stops": 18,
            "maker": "望澜云渡电梯有限公司",
            "use_unit": PROPERTY.name,
            "use_unit_code": PROPERTY.code,
            "maint_unit": MAINTAINERS[0].name,
            "maint_unit_code": MAINTAINERS[0].code,
            "point": "100.100000,30.100000",
            "install_inspected_on": "2019-06-18",
            **values,
        }
        made = CreateEntry(
            user=self.officer,
            register="lift",
            key=key,
            values=given,
            unit=self.market.county_market,
            region=self.county,
            on=on or timezone.localdate(),
        ).execute()
        assert isinstance(made, Lift)
        return made


def body(market: MarketWorld, name: str, kind: str, point: str, **values: Any) -> EntryBase:
    given = {"name": name, "kind": kind, "city": "990100", "point": point, "duty_line": "96333 转 1", **values}
    return CreateEntry(
        user=market.county_officer,
        register="rescue_body",
        values=given,
        unit=market.county_market,
        region=market.county,
    ).execute()


@pytest.fixture
def lifts(db: None) -> Iterator[LiftWorld]:
    market = build()
    company = MAINTAINERS[0]
    maintainer = Unit.objects.create(
        key=company.code.lower(), name=company.name, region=market.county, level="county", kind=Unit.Kind.ENTERPRISE
    )
    fitter = person("fitter", maintainer, "enterprise")
    bodies = {
        "contracted": body(
            market, company.name, "maintainer", "100.50,30.50", code=company.code, account=maintainer.key
        ),
        "near": body(market, MAINTAINERS[1].name, "maintainer", "100.11,30.10", code=MAINTAINERS[1].code),
        "far": body(market, MAINTAINERS[2].name, "maintainer", "100.30,30.10", code=MAINTAINERS[2].code),
        "property": body(market, PROPERTY.name, "property", "100.10,30.10", code=PROPERTY.code),
        "fire": body(market, "澜东消防救援站", "fire", "100.12,30.12"),
        "police": body(market, "澜东派出所", "police", "100.13,30.12"),
    }
    forget_accounts()
    yield LiftWorld(market, maintainer, fitter, bodies)
    forget_accounts()


TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Messages are compared in Chinese, whatever language the test before spoke."""
    with translation.override("zh-hans"):
        yield
