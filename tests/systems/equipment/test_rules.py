"""Pure rules of lifts: colours, the ladder, insurance, statistics."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian import rulebook
from hengjian.rulebook.parameters.premium_split import PremiumSplit
from hengjian.systems.equipment.rules import (
    Body,
    Dates,
    Limits,
    Period,
    Point,
    Rung,
    Share,
    candidates,
    distance,
    entrapment_rate,
    gaps,
    insured_until,
    items,
    mean,
    overall,
    payable,
)

TODAY = date(2026, 11, 21)


def split(variant: str) -> PremiumSplit:
    return rulebook.at("premium_split", "990000", TODAY, variant).typed(PremiumSplit)


def test_premium_of_a_lift_in_housing_and_elsewhere() -> None:
    home, other = split("lift-residential"), split("lift-other")
    assert list(home.split(Decimal(93)).values()) == [Decimal("18.60"), Decimal("27.90"), Decimal("46.50")]
    assert list(other.split(Decimal(93)).values()) == [Decimal("46.50"), Decimal("37.20"), Decimal("9.30")]
    assert home.premiums == {"lift": 93, "escalator": 95, "new": 98} and home.per_person == 800_000


@given(st.decimals(min_value=0, max_value=1_000_000, places=2))
def test_shares_add_up_to_the_premium(premium: Decimal) -> None:
    owed = split("lift-residential").split(premium)
    assert sum(owed.values()) == premium
    assert all(
        abs(owed[share.payer] - premium * share.parts / 10) < Decimal("0.01")
        for share in split("lift-residential").shares
    )


def test_a_third_claim_gets_only_the_rest() -> None:
    limits = Limits(Decimal(1_000_000), Decimal(3_000_000), Decimal(3_000_000))
    paid = Decimal(0)
    amounts = []
    for loss in (Decimal(1_000_000), Decimal(1_500_000), Decimal(900_000)):
        found = payable(loss, 2, limits, Decimal(0), paid)
        amounts.append((found.amount, found.limited_by))
        paid += found.amount
    assert amounts == [(1_000_000, ""), (1_500_000, ""), (500_000, "aggregate")]
    assert payable(Decimal(1), 1, limits, Decimal(0), paid) == (0, "aggregate")


def test_limits_per_person_and_event() -> None:
    limits = Limits(Decimal(100), Decimal(250), Decimal(1000))
    assert payable(Decimal(180), 1, limits, Decimal(0), Decimal(0)) == (100, "person")
    assert payable(Decimal(400), 4, limits, Decimal(0), Decimal(0)) == (250, "event")
    assert payable(Decimal(200), 4, limits, Decimal(100), Decimal(0)) == (150, "event")


def test_a_gap_of_one_day_is_seen() -> None:
    covers = [Period(date(2026, 1, 1), date(2026, 6, 30)), Period(date(2026, 7, 2), date(2026, 12, 31))]
    assert gaps(covers, date(2026, 1, 1), date(2026, 12, 31)) == [Period(date(2026, 7, 1), date(2026, 7, 1))]
    assert gaps([], date(2026, 1, 1), date(2026, 1, 1)) == [Period(date(2026, 1, 1), date(2026, 1, 1))]
    assert insured_until(covers, date(2026, 6, 1)) == date(2026, 6, 30)
    joined = [covers[0], Period(date(2026, 7, 1), date(2026, 12, 31))]
    assert gaps(joined, date(2026, 1, 1), date(2026, 12, 31)) == []
    assert insured_until(joined, date(2026, 6, 1)) == date(2026, 12, 31)
    assert insured_until(covers, date(2025, 6, 1)) is None


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=6))
def test_gaps_are_exactly_the_uncovered_days(spans: list[tuple[int, int]]) -> None:
    first = date(2026, 1, 1)
    periods = [Period(first + timedelta(start), first + timedelta(start + length)) for start, length in spans]
    last = first + timedelta(70)
    bare = {day for gap in gaps(periods, first, last) for day in range(gap.start.toordinal(), gap.end.toordinal() + 1)}
    for day in range(first.toordinal(), last.toordinal() + 1):
        covered = any(p.start.toordinal() <= day <= p.end.toordinal() for p in periods)
        assert covered != (day in bare)


def test_red_from_the_day_after() -> None:
    def colours(today: date) -> dict[str, str]:
        dates = Dates(date(2026, 11, 30), None, date(2026, 11, 21), date(2026, 11, 20))
        return {item.code: item.light for item in items(dates, today)}

    assert colours(TODAY) == {"inspection": "amber", "maintenance": "amber", "insurance": "red"}
    assert colours(date(2026, 11, 20))["insurance"] == "amber"
    assert colours(date(2026, 11, 22))["maintenance"] == "red"
    never = items(Dates(date(2027, 11, 30), None, date(2026, 12, 1), None), TODAY)
    assert overall(never) == "red"


def test_statistics_of_the_published_data() -> None:
    assert entrapment_rate(40_171, 610_490, 12) == Decimal("0.548")
    assert 40_171 // 366 == 109 and round(40_171 / 366) == 110
    assert [Share(n, 459).percent for n in (158, 134, 68)] == [Decimal("34.42"), Decimal("29.19"), Decimal("14.81")]
    assert Share(33_081, 35_379).percent == Decimal("93.50")
    assert entrapment_rate(3, 0) is None and mean([]) is None and mean([12, 15.1]) == Decimal("13.6")


LADDER = [
    Rung(("contracted",)),
    Rung(("nearest", "property", "rescue"), frozenset({"nearest", "rescue"})),
    Rung(("fire", "police")),
]


def test_the_ladder_names_everybody_once_and_the_nearest_first() -> None:
    here = Point(100.1, 30.1)
    bodies = [
        Body("P", "派出所", "police"),
        Body("F", "消防站", "fire", point=Point(100.2, 30.1)),
        Body("C", "签约", "maintainer", "A1", Point(101, 31)),
        Body("M2", "远", "maintainer", "A3", Point(100.4, 30.1)),
        Body("M1", "近", "maintainer", "A2", Point(100.11, 30.1)),
        Body("M0", "无坐标", "maintainer", "A4"),
        Body("W", "本物业", "property", "W1"),
        Body("X", "别家物业", "property", "W2"),
    ]
    found = candidates(LADDER, bodies, contracted="A1", user="W1", at=here)
    assert [item.body.key for item in found] == ["C", "M1", "M2", "M0", "W", "F", "P"]
    assert [item.level for item in found] == [1, 2, 2, 2, 2, 3, 3]
    assert [item.compensated for item in found] == [False, True, True, True, False, False, False]
    assert candidates(LADDER, bodies, contracted="A1", at=here, sent=["C", "M1"])[0].body.key == "M2"


def test_distance_of_one_degree_of_latitude() -> None:
    assert distance(Point(100, 30), Point(100, 31)) == pytest.approx(111.195, abs=0.01)


@pytest.mark.parametrize("text", ["", "100", "a,b", "200,30", "100,95"])
def test_no_point(text: str) -> None:
    assert Point.read(text) is None
