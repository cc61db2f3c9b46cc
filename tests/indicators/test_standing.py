"""States at the ends of periods, against plain Python over the ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from hengjian.indicators.computing import compute
from hengjian.indicators.declarations import Definition
from hengjian.ledger import queries
from hengjian.ledger.actions import retract
from hengjian.ledger.drafts import INTERNAL, Source
from hengjian.ledger.log import log_size
from hengjian.ledger.models import Fact
from hengjian.methods.periods import period_of, periods_between
from hengjian.parties.models import Region
from tests.indicators.conftest import World, declared

TODAY = date(2026, 2, 11)
REGIONS = ("990000", "990100", "990101", "990101001", "990303")
IN_USE = {"field": "status", "value": "in_use"}
Row = tuple[Decimal, Decimal | None, int]


@pytest.fixture
def told(world: World, tell: Callable[..., Fact]) -> list[Fact]:
    """Forty words about twelve things, which move between regions; some are corrected, withdrawn or yet to come."""
    Region.objects.create(code="990101001", name="云泽镇", level=Region.Level.TOWNSHIP, parent=world.county)
    random = Random(5)
    found = []
    for _number in range(40):
        day = date(2025, 1, 10) + timedelta(random.randrange(440))  # some after today, in periods under way
        payload = {
            "status": random.choice(["in_use", "in_use", "stopped"]),
            "until": random.choice([None, (day + timedelta(random.randrange(200))).isoformat()]),
            "place": random.choice([None, "", "school", "mall;a=b", "mall；a＝b"]),
            "amount": random.choice([None, "0.1", "12.345"]),
        }
        thing = f"thing:{random.randrange(12)}"
        found.append(tell("test.held", random.choice(REGIONS), day.isoformat(), payload, subject=thing))
    old = found[4]
    tell(
        "test.held", "990303", old.occurred_on.isoformat(), {"status": "in_use"}, subject=old.subject, supersedes=old.id
    )
    retract(found[9], "误报", Source(system="test"))
    return found


def plain(item: Definition, first: date | None = None) -> dict[tuple[str, str, str], Row]:
    """Region, period and break-down → numerator, denominator and number of things."""
    source: Any = item.source
    above = {region.code: region for region in Region.objects.select_related("parent")}
    words = list(queries.facts(disclosure=INTERNAL, kinds=["test.held"], tree_size=log_size()))
    words.sort(key=lambda fact: (fact.occurred_on, fact.leaf_index))
    found: dict[tuple[str, str, str], Row] = {}
    for frequency in item.frequencies:
        for period in periods_between(period_of(words[0].occurred_on, frequency), period_of(TODAY, frequency)):
            if first is not None and period.first < first:
                continue
            last = {fact.subject: fact for fact in words if fact.occurred_on <= period.last}
            for fact in last.values():
                payload = fact.payload
                if payload["status"] != "in_use":
                    continue
                day = period.first if source.meets[0].value == "@start" else period.last
                meets = payload.get("until") is not None and date.fromisoformat(payload["until"]) >= day
                weight = Decimal(payload.get("amount") or 0) if source.sum else Decimal(1)
                keys = {""}
                for name, field in source.by.items():
                    if payload.get(field):
                        keys.add(f"{name}=" + payload[field].replace(";", "；").replace("=", "＝"))
                region: Region | None = above[fact.region]
                while region is not None:
                    for key in keys if region.level in item.levels else ():
                        at = (region.code, period.code, key)
                        part, whole, things = found.get(at, (Decimal(0), Decimal(0), 0))
                        assert whole is not None
                        found[at] = (part + (weight if meets else 0), whole + weight, things + 1)
                    region = above[region.parent.code] if region.parent else None
    if item.denominator is None:
        return {at: (part, None, things) for at, (part, _whole, things) in found.items()}
    return found


def computed(item: Definition, first: date | None = None) -> dict[tuple[str, str, str], Row]:
    ((_declared, values, problem),) = compute([item], tree_size=log_size(), today=TODAY, first=first)
    assert not problem
    found = {(one.region, one.period.code, one.dimensions): one for one in values}
    assert len(found) == len(values)
    return {at: (one.numerator or Decimal(0), one.denominator, one.n or 0) for at, one in found.items()}


@pytest.mark.parametrize("day", ["@start", "@end"])
@pytest.mark.parametrize("more", [{}, {"sum": "amount"}])
def test_against_python(told: list[Fact], day: str, more: dict[str, str]) -> None:
    meets = [{"field": "until", "op": "ge", "value": day}]
    body = {"kind": "standing", "kinds": ["test.held"], "where": [IN_USE], "meets": meets}
    by = {"by": {"place": "place", "size": "amount"}}
    titles = {"place": {"title": "场所"}, "size": {"title": "大小"}}
    item = declared(frequency="month", source=body | by | more, dimensions=titles)
    expected = plain(item)
    assert {len(code) for _region, code, _key in expected} == {4, 7}
    assert {key.partition("=")[0] for _region, _code, key in expected} == {"", "place", "size"}
    assert computed(item) == expected
    first = date(2025, 7, 2)
    assert computed(item, first) == plain(item, first)


def test_a_number_of_things_has_no_denominator(told: list[Fact]) -> None:
    meets = [{"field": "until", "op": "ge", "value": "@end"}]
    source = {"kind": "standing", "kinds": ["test.held"], "where": [IN_USE], "meets": meets}
    item = declared(frequency="quarter", scale="count", unit="台", interval="none", maximum=None, source=source)
    assert computed(item) == plain(item)
