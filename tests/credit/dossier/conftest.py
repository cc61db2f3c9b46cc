"""The invented market world, with enterprises in the register and facts about one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hengjian.credit.records.actions import RecordCredit
from hengjian.credit.records.models import CreditRecord
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.search.indexing import index
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.models import Fact
from hengjian.methods import fictional
from hengjian.parties.models import Unit, User
from hengjian.registers.actions import CreateEntry, SetStatus
from tests.systems.market_world import MarketWorld, build, person


@dataclass
class Told:
    """The world, the enterprise of which most is told, and another one elsewhere."""

    market: MarketWorld
    enterprise: Enterprise
    elsewhere: Enterprise
    reader: User

    @property
    def code(self) -> str:
        return self.enterprise.code


def enter(world: MarketWorld, register: str, values: dict[str, Any], unit: Unit | None = None, **more: Any) -> Any:
    """An entry of a register, as the system enters it."""
    unit = unit or world.county_market
    return CreateEntry(
        user=None, system="test", register=register, values=values, unit=unit, region=unit.region, **more
    ).execute()


def bulletin(world: MarketWorld, code: str, headline: str) -> Any:
    values = {
        "headline": headline,
        "party": code,
        "party_name": "某企业",
        "decision_number": "澜东市监处罚〔2026〕8号",
        "decided_on": "2026-05-15",
        "violation": "菌落总数超标",
        "penalty": "罚款五万元",
    }
    return enter(world, "exposure_bulletin", values, on=date(2026, 5, 20))


def penalty(
    world: MarketWorld, code: str, title: str = "使用未经检定的计量器具", document: str = "澜东市监处罚〔2026〕12号"
) -> CreditRecord:
    """A published penalty that can be repaired by now."""
    return RecordCredit(
        user=None,
        system="test",
        subject=f"enterprise:{code}",
        category="penalty",
        values={
            "title": title,
            "measures": ["fine"],
            "content": "罚款三万元",
            "amount": "30000",
            "procedure": "ordinary",
            "fine_level": "larger",
        },
        organ=world.county_market,
        decided_on=timezone.localdate() - timedelta(days=160),
        document=document,
    ).execute()


def complaint(world: MarketWorld, code: str, closed: bool) -> None:
    """The facts of a complaint about the enterprise."""
    number = f"TS2026-990102-{Fact.objects.count():06d}"
    base = {
        "case": f"case:{10_000 + Fact.objects.count()}",
        "number": number,
        "title": "酸奶胀包",
        "rules_on": "2026-06-01",
    }
    source = Source(unit=world.county_market.ref, system="test")
    for verb, more in (("opened", {}), ("closed", {"outcome": "settled", "in_time": True, "working_days": 9}))[
        : 1 + closed
    ]:
        append(
            FactDraft(
                kind=f"complaint.{verb}",
                subject=f"enterprise:{code}",
                payload={**base, "values": {}, **more},
                region=world.county.code,
                occurred_on=date(2026, 6, 1 if verb == "opened" else 20),
                source=source,
                refs={"case": base["case"]},
            )
        )


@pytest.fixture
def told(db: None) -> Told:
    world = build()
    company = world.company
    enterprise = Enterprise.objects.create(
        key="E0000000001",
        code=company.code,
        name=company.name,
        region=world.county,
        registered_on=date(2012, 4, 12),
        address=company.address,
        account=world.works,
    )
    index([enterprise.pk])
    other = next(one for one in fictional.roster() if one.region == "990103" and one.code != company.code)
    elsewhere = Enterprise.objects.create(
        key="E0000000002", code=other.code, name=other.name, region=world.other_county
    )
    bulletin(world, company.code, "生产不合格灭菌乳")
    gone = bulletin(world, company.code, "已撤下的标题")
    SetStatus(user=None, system="test", entry=gone, status="withdrawn", on=date(2026, 9, 1), reason="期满").execute()
    enter(
        world,
        "risk_source",
        {
            "name": "氨制冷机房",
            "holder": company.code,
            "holder_name": company.name,
            "field": "food",
            "grade": "red",
            "danger": "液氨泄漏",
            "listed_on": "2026-03-01",
        },
    )
    complaint(world, company.code, closed=True)
    complaint(world, company.code, closed=False)
    return Told(world, enterprise, elsewhere, person("reader", world.county_market, "viewer"))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
