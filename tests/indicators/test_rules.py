"""Scales are types: shares are added by parts, nothing is averaged that has no mean."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.indicators.declarations import Definition
from hengjian.indicators.judging import Wrong, check_comparable, judged, suspicious
from hengjian.indicators.rules import (
    Count,
    IndexPoint,
    NotAddable,
    Percent,
    Quantity,
    Score,
    Tree,
    add_up,
    add_up_reported,
    cumulate,
    interval,
    quantity,
)
from tests.indicators.conftest import declared

TREE = Tree({"p": (), "c1": ("p",), "c2": ("p",), "d": ("c1", "p")})


def test_shares_are_added_by_their_parts() -> None:
    total = Percent(Decimal(90), Decimal(100)) + Percent(Decimal(1), Decimal(10))
    assert (total.numerator, total.denominator) == (91, 110)
    assert total.value == Decimal("82.7272727273")  # not the mean of 90 and 10


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Percent(Decimal(1), Decimal(2)), Count(Decimal(1))),
        (IndexPoint(Decimal(80)), Percent(Decimal(80), Decimal(100))),
        (Count(Decimal(1)), Score(Decimal(1))),
        (IndexPoint(Decimal(80)), IndexPoint(Decimal(82))),
    ],
)
def test_what_has_no_sum_is_refused(first: Quantity, second: Quantity) -> None:
    with pytest.raises(NotAddable):
        first + second


def test_percentages_are_not_averaged_and_index_points_are_weighted() -> None:
    shares = [Percent(Decimal(1), Decimal(2)), Percent(Decimal(1), Decimal(4))]
    with pytest.raises(NotAddable):
        Quantity.mean(shares, [Decimal(1), Decimal(1)])
    with pytest.raises(NotAddable):
        Quantity.mean([IndexPoint(Decimal(80)), Score(Decimal(80))], [Decimal(1), Decimal(1)])
    points = [IndexPoint(Decimal(80)), IndexPoint(Decimal(90))]
    assert Quantity.mean(points, [Decimal(3), Decimal(1)]) == Decimal("82.5")


def test_intervals_agree_with_the_notes() -> None:
    # statistics.md §4: 24 789 of 28 265, and 18 of 20.
    low, high = interval("wilson", Decimal(24789), Decimal(28265)) or (None, None)
    assert (round(low or 0, 3), round(high or 0, 3)) == (Decimal("87.314"), Decimal("88.080"))
    low, high = interval("exact", Decimal(18), Decimal(20)) or (None, None)
    assert (round(low or 0, 2), round(high or 0, 2)) == (Decimal("68.30"), Decimal("98.77"))
    assert interval("wilson", Decimal("1.5"), Decimal(2)) is None


@given(st.lists(st.tuples(st.sampled_from(["p", "c1", "c2", "d"]), st.integers(0, 50), st.integers(0, 50)), max_size=9))
def test_regions_add_up_to_the_whole(rows: list[tuple[str, int, int]]) -> None:
    parts = {code: (Decimal(part), Decimal(part + rest)) for code, part, rest in rows}
    found = add_up(parts, TREE)
    if parts:
        assert found["p"] == (sum(p for p, _ in parts.values()), sum(w for _, w in parts.values()))


def test_an_own_figure_stands_for_all_below() -> None:
    rows = {"c1": (Decimal(7), None), "d": (Decimal(5), None), "c2": (Decimal(2), None)}
    assert add_up_reported(rows, TREE)["p"] == (Decimal(9), None)


def test_running_sums_begin_anew_each_year() -> None:
    steps = [(2025, (Decimal(1), None)), (2025, (Decimal(2), None)), (2026, (Decimal(4), None))]
    assert [part for part, _ in cumulate(steps)] == [1, 3, 4]


def test_supervision_counts_of_the_notes() -> None:
    """2022 to 2024: batch rates as published."""
    for failed, inspected, published in ((1827, 19440, "9.398"), (3476, 28265, "12.298"), (3601, 25250, "14.261")):
        value = quantity("percent", Decimal(inspected - failed), Decimal(inspected)).value
        assert value is not None
        assert round(100 - value, 3) == Decimal(published)


class TestJudging:
    """Numbers from people."""

    def test_a_decimal_for_a_percentage_is_told(self) -> None:
        with pytest.raises(Wrong) as told:
            judged(declared(), Decimal("0.9365"), Decimal(9365), Decimal(10000))
        assert "93.65" in told.value.hint

    def test_rounded_figures_agree_with_their_parts(self) -> None:
        value, _part, _whole = judged(declared(), Decimal("87.7"), Decimal(24789), Decimal(28265))
        assert round(value, 3) == Decimal("87.702")
        with pytest.raises(Wrong):
            judged(declared(), Decimal("88.7"), Decimal(24789), Decimal(28265))

    def test_a_share_needs_its_parts(self) -> None:
        with pytest.raises(Wrong):
            judged(declared(), Decimal(90), None, None)
        with pytest.raises(Wrong):
            judged(declared(), None, Decimal(1), Decimal(0))

    def test_factors_against_the_period_before(self) -> None:
        assert "100" in suspicious(declared(), Decimal("0.93"), Decimal("93.4"))
        assert "10000" in suspicious(declared(), Decimal(163500), Decimal("16.4"))
        assert not suspicious(declared(), Decimal("95"), Decimal("93.4"))


def test_families_and_scales_never_share_a_column() -> None:
    first = declared()
    with pytest.raises(Wrong):
        check_comparable([first, declared(indicator="test.other", family="test.other")])
    index = declared(indicator="test.index", scale="index_point", unit="点", roll_up="none", source={"kind": "import"})
    with pytest.raises(Wrong):
        check_comparable([first, index])
    check_comparable([first, declared(indicator="test.same")])


@pytest.mark.parametrize(
    "change",
    [
        {"denominator": None},
        {"roll_up": "weighted"},
        {"scale": "score", "roll_up": "add"},
        {"official": False},
        {"roll_up": "weighted", "weights": "test.rate"},
    ],
)
def test_definitions_that_mean_nothing_are_refused(change: dict[str, object]) -> None:
    body = declared().model_dump(exclude_defaults=True) | change
    with pytest.raises(ValueError, match=r"test\.rate"):
        Definition.model_validate(body)
