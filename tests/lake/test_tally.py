"""Tallies against plain Python over the ledger's own queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hengjian.lake.measures import Condition, Level, Measure, Tally
from hengjian.lake.queries import Ask, tally_many
from hengjian.lake.syncing import sync
from hengjian.ledger import queries
from hengjian.ledger.actions import append, retract
from hengjian.ledger.drafts import Source
from hengjian.ledger.log import log_size
from hengjian.ledger.models import Fact
from hengjian.methods.periods import Frequency, period_of
from tests.lake.conftest import TREE, draft, make_regions

COLUMN = {"province": "provincial", "prefecture": "prefecture", "county": "county", "township": "township"}


def ancestors(code: str) -> dict[str, str]:
    """Level → code, of a region and everything above it."""
    found = {}
    step: str | None = code
    while step is not None and step in TREE:
        found[TREE[step][0]] = step
        step = TREE[step][1]
    return found


def field(fact: Fact, name: str) -> Any:
    if name == "subject_kind":
        return fact.subject.split(":")[0]
    if name in ("subject", "region", "occurred_on"):
        return getattr(fact, name)
    value: Any = fact.payload
    for step in name.removeprefix("payload.").split("."):
        value = value.get(step)
    if name in ("lots", "values.amount", "share") and value is not None:
        return Decimal(str(value))
    return date.fromisoformat(value) if name == "sampled_on" and value else value


def holds(fact: Fact, wanted: Condition) -> bool:
    value = field(fact, wanted.field)
    match wanted.op:
        case "is_null":
            return value is None
        case "not_null":
            return value is not None
    if value is None:
        return False
    match wanted.op:
        case "eq":
            return bool(value == wanted.value)
        case "ne":
            return bool(value != wanted.value)
        case "in":
            return value in wanted.value  # type: ignore[operator]
        case "not_in":
            return value not in wanted.value  # type: ignore[operator]
        case "contains":
            return wanted.value in value
        case "ge":
            return bool(value >= wanted.value)
        case _:
            return bool(value < wanted.value)


def plainly(
    facts: Iterable[Fact],
    measure: Measure,
    frequency: Frequency,
    level: Level | None,
    within: set[str] | None,
    by: tuple[str, ...],
) -> dict[tuple[Any, ...], tuple[Decimal, int]]:
    """The same figures in a dozen lines of Python."""
    chosen = [fact for fact in facts if fact.kind in measure.kinds and field(fact, measure.date) is not None]
    if measure.latest:
        last: dict[tuple[str, date], Fact] = {}
        for fact in sorted(chosen, key=lambda one: (field(one, measure.date), one.leaf_index)):
            last[fact.subject, period_of(field(fact, measure.date), frequency).first] = fact
        chosen = list(last.values())
    groups: dict[tuple[Any, ...], list[Fact]] = defaultdict(list)
    for fact in chosen:
        code = field(fact, measure.region)
        above = ancestors(code)
        if within is not None and not within & {code, *above.values()}:
            continue
        if all(holds(fact, wanted) for wanted in measure.where):
            place = "" if level is None else above.get(COLUMN[level], code)
            texts = tuple(said(field(fact, measure.dimensions[name])) for name in by)
            groups[place, period_of(field(fact, measure.date), frequency).first, *texts].append(fact)
    return {key: (amount(members, measure), len(members)) for key, members in groups.items()}


def said(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return None if value is None else str(value)


def amount(members: list[Fact], measure: Measure) -> Decimal:
    if measure.sum:
        return sum((field(fact, measure.sum) or Decimal(0) for fact in members), Decimal(0))
    if measure.distinct:
        return Decimal(len({field(fact, measure.distinct) for fact in members} - {None}))
    return Decimal(len(members))


def keyed(tallies: Iterable[Tally]) -> dict[tuple[Any, ...], tuple[Decimal, int]]:
    return {(one.region, one.period, *one.dimensions.values()): (one.value, one.facts) for one in tallies}


MEASURES = [
    Measure(kinds=("test.checked",)),
    Measure(kinds=("test.checked",), count="subjects", dimensions={"result": "result", "urgent": "urgent"}),
    Measure(kinds=("test.checked", "test.noted"), sum="lots", dimensions={"result": "result"}),
    Measure(kinds=("test.checked",), sum="values.amount", where=(Condition(field="result", value="fail"),)),
    Measure(kinds=("test.checked",), latest=True, where=(Condition(field="lots", op="ge", value=2),)),
    Measure(kinds=("test.checked",), count="distinct:values.category", date="sampled_on"),
    Measure(
        kinds=("test.checked",),
        where=(
            Condition(field="tags", op="contains", value="红"),
            Condition(field="values.category", op="ne", value="x"),
        ),
        dimensions={"lots": "lots"},
    ),
    Measure(kinds=("test.noted", "test.checked"), where=(Condition(field="lots", op="in", value=(1, Decimal("0.5"))),)),
    Measure(kinds=("test.checked",), where=(Condition(field="urgent", op="is_null"),), region="payload.region"),
    Measure(kinds=("test.checked",), where=(Condition(field="subject_kind", op="not_in", value=("enterprise",)),)),
]
days = st.dates(date(2025, 11, 1), date(2026, 4, 30))
codes = st.sampled_from([*TREE, "990999"])
checked = st.fixed_dictionaries(
    {
        "result": st.sampled_from(["pass", "fail"]),
        "lots": st.integers(1, 3),
        "share": st.sampled_from([None, 0.1, 0.2]),
        "urgent": st.sampled_from([None, True, False]),
        "sampled_on": st.none() | days,
        "tags": st.lists(st.sampled_from(["红", "红,", '"红', "蓝"]), max_size=3),
        "region": codes,
        "values": st.fixed_dictionaries(
            {"amount": st.none() | st.decimals(0, 99, places=2), "category": st.sampled_from([None, "", "x", "y"])}
        ),
    }
)
noted = st.fixed_dictionaries({"result": st.sampled_from(["", "fail"]), "lots": st.sampled_from([None, "0.5", "2"])})
writing = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["test.checked", "test.checked", "test.noted"]),
        "subject": st.sampled_from(["enterprise:a", "enterprise:b", "lift:1"]),
        "region": codes,
        "occurred_on": days,
        "lasts": st.none() | st.integers(0, 400),
        "checked": checked,
        "noted": noted,
        "disclosure": st.sampled_from(["public", "shared", "internal"]),
        "target": st.none() | st.integers(0, 30),
        "withdraw": st.booleans(),
    }
)


def write(steps: list[dict[str, Any]], until: int) -> list[Fact]:
    """Facts, corrections (also of corrections) and withdrawals as hypothesis says; halfway the lake is synced."""
    alive: list[Fact] = []
    for number, step in enumerate(steps):
        if number == until:
            sync()
        kind = step["kind"]
        old = alive[step["target"] % len(alive)] if alive and step["target"] is not None else None
        if old is not None and step["withdraw"]:
            retract(old, "录入有误", Source(system="tests"), from_day=step["occurred_on"])
            alive.remove(old)
            continue
        if old is not None:
            kind = old.kind
            alive.remove(old)
        ends = step["lasts"]
        made = append(
            draft(
                kind,
                subject=step["subject"],
                region=step["region"],
                occurred_on=step["occurred_on"],
                ends_on=None if ends is None else date.fromordinal(step["occurred_on"].toordinal() + ends),
                payload=step[kind.removeprefix("test.")],
                disclosure=step["disclosure"] if kind == "test.checked" else "internal",
                supersedes=old.id if old else None,
            )
        )
        alive.append(made)
    return alive


@pytest.mark.django_db
@settings(
    max_examples=12,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(writing, min_size=1, max_size=25),
    until=st.integers(0, 25),
    frequency=st.sampled_from(["month", "quarter", "half", "year"]),
    level=st.sampled_from([None, "province", "prefecture", "county", "township"]),
    within=st.none() | st.sets(codes, min_size=1, max_size=2),
    cut=st.integers(0, 25),
    valid_on=st.none() | days,
    disclosure=st.sampled_from(["public", "shared", "internal"]),
)
def test_random_ledgers(
    steps: list[dict[str, Any]],
    until: int,
    frequency: Frequency,
    level: Level | None,
    within: set[str] | None,
    cut: int,
    valid_on: date | None,
    disclosure: Any,
) -> None:
    with transaction.atomic():
        make_regions()
        write(steps, until)
        for size in (None, min(cut, log_size())):
            facts = list(queries.facts(disclosure=disclosure, tree_size=size, valid_on=valid_on))
            asks = [Ask(measure, frequency, level, tuple(measure.dimensions)) for measure in MEASURES]
            found = tally_many(asks, regions=within, tree_size=size, valid_on=valid_on, disclosure=disclosure)
            for asked, tallies in zip(asks, found, strict=True):
                expected = plainly(facts, asked.measure, frequency, level, within, asked.by)
                assert keyed(tallies) == expected, asked.measure
        transaction.set_rollback(True)
