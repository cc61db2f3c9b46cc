"""States at the ends of periods, against plain Python over the ledger's own queries."""

from __future__ import annotations

import operator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from hengjian.lake.errors import MeasureError
from hengjian.lake.measures import Condition, Standing
from hengjian.lake.standings import StandingAsk, standing_many
from hengjian.ledger import queries
from hengjian.ledger.actions import append, append_many, retract
from hengjian.ledger.drafts import Source
from hengjian.ledger.models import Fact
from hengjian.methods.periods import Frequency, period_of, periods_between
from tests.lake.conftest import TREE, draft, make_regions
from tests.lake.test_tally import ancestors, field, said

pytestmark = pytest.mark.django_db
PASSING = Standing(
    kinds=("test.checked",),
    where=(Condition(field="lots", op="ge", value=2),),
    meets=(Condition(field="result", value="pass"), Condition(field="sampled_on", op="ge", value="@start")),
    dimensions={"result": "result"},
)
AMOUNT = Standing(kinds=("test.checked", "test.noted"), sum="lots", meets=(Condition(field="result", value="pass"),))


@pytest.fixture(autouse=True)
def things() -> None:
    make_regions()
    random = Random(11)
    start = date(2025, 3, 1)
    append_many(
        draft(
            random.choice(["test.checked"] * 4 + ["test.noted"]),
            subject=f"lift:{random.randrange(12)}",
            region=random.choice(list(TREE)),
            occurred_on=(day := start + timedelta(random.randrange(420))),
            payload={"lots": random.randrange(1, 4), "result": random.choice(["pass", "fail"])},
        )
        for _ in range(40)
    )
    for number in range(25):
        day = start + timedelta(random.randrange(420))
        payload = {"lots": 3, "result": "pass", "sampled_on": day + timedelta(random.randrange(90))}
        append(draft(subject=f"lift:{number % 15}", occurred_on=day, payload=payload, region="990201"))
    for leaf in (3, 9):
        retract(Fact.objects.get(leaf_index=leaf), "录入有误", Source(system="tests"))
    old = Fact.objects.get(leaf_index=50)
    append(draft(supersedes=old.id, subject=old.subject, region="990102", payload={"lots": 2}))


@pytest.mark.parametrize("frequency", ["month", "quarter", "year"])
@pytest.mark.parametrize("level", [None, "county"])
def test_against_python(frequency: Frequency, level: None) -> None:
    first, last = date(2025, 6, 15), date(2026, 5, 10)
    passing, amount = standing_many(
        [StandingAsk(PASSING, frequency, level, ("result",)), StandingAsk(AMOUNT, frequency, level)],
        first=first,
        last=last,
    )
    expected: dict[tuple[object, ...], tuple[Decimal, Decimal, int]] = {}
    amounts: dict[tuple[object, ...], tuple[Decimal, Decimal, int]] = {}
    known = [fact for fact in queries.facts(disclosure="internal") if fact.occurred_on <= last]
    known.sort(key=lambda fact: (fact.occurred_on, fact.leaf_index))
    for period in periods_between(period_of(first, frequency), period_of(last, frequency)):
        told = [fact for fact in known if fact.occurred_on <= period.last]
        for kinds, table in ((PASSING.kinds, expected), (AMOUNT.kinds, amounts)):
            for fact in {fact.subject: fact for fact in told if fact.kind in kinds}.values():
                place = "" if level is None else ancestors(fact.region).get("county", fact.region)
                lots = field(fact, "lots") or Decimal(0)
                passes = field(fact, "result") == "pass"
                if table is expected:
                    if lots < 2:
                        continue
                    sampled = field(fact, "sampled_on")
                    passes = passes and sampled is not None and sampled >= period.first
                    key: tuple[object, ...] = (place, period.first, said(field(fact, "result")))
                    lots = Decimal(1)
                else:
                    key = (place, period.first)
                part, whole, number = table.get(key, (Decimal(0), Decimal(0), 0))
                table[key] = (part + (lots if passes else 0), whole + lots, number + 1)
    for answer, plain in ((passing, expected), (amount, amounts)):
        assert {
            (one.region, one.period, *one.dimensions.values()): (one.part, one.whole, one.things) for one in answer
        } == plain
        assert plain


def test_edges() -> None:
    day = date(2026, 5, 1)
    asked = StandingAsk(AMOUNT, level="county")
    (inside,) = standing_many([asked], first=day, last=day, regions=["990200"])
    assert {one.region for one in inside} <= {"990200", "990201"} and inside
    assert standing_many([asked], first=day, last=day, regions=[]) == [[]]
    assert standing_many([asked], first=date(2020, 1, 1), last=date(2020, 12, 31)) == [[]]
    with pytest.raises(MeasureError, match="other"):
        standing_many([StandingAsk(AMOUNT, by=("other",))], first=day, last=day)
    with pytest.raises(MeasureError, match="result"):
        standing_many([StandingAsk(Standing(kinds=("test.checked",), sum="result"))], first=day, last=day)


def test_days_of_the_period() -> None:
    """Every comparison with the first and the last day, alone in `where` and beside another one in `meets`."""
    first, last = date(2025, 6, 15), date(2026, 5, 10)
    compare = {"eq": operator.eq, "ge": operator.ge, "gt": operator.gt, "le": operator.le, "lt": operator.lt}
    pairs = [(op, word) for op in compare for word in ("@start", "@end")]
    until = Condition(field="sampled_on", op="ge", value="@start")
    for frequency in ("month", "year"):
        asks = [
            StandingAsk(
                Standing(
                    kinds=("test.checked",), where=(Condition(field="sampled_on", op=op, value=word),), meets=(until,)
                ),
                frequency,
            )
            for op, word in pairs
        ]
        known = list(queries.facts(disclosure="internal", kinds=["test.checked"]))
        known = sorted(
            (fact for fact in known if fact.occurred_on <= last), key=lambda one: (one.occurred_on, one.leaf_index)
        )
        for (op, word), answer in zip(pairs, standing_many(asks, first=first, last=last), strict=True):
            plain = {}
            for period in periods_between(period_of(first, frequency), period_of(last, frequency)):
                day = period.first if word == "@start" else period.last
                standing = {fact.subject: fact for fact in known if fact.occurred_on <= period.last}.values()
                days = [found for fact in standing if (found := field(fact, "sampled_on")) is not None]
                if held := [found for found in days if compare[op](found, day)]:
                    plain[period.first] = (sum(found >= period.first for found in held), len(held))
            assert {one.period: (one.part, one.whole) for one in answer} == plain, (frequency, op, word)
    with pytest.raises(ValueError, match="@end"):
        Condition(field="sampled_on", op="ne", value="@end")
