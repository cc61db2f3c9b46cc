"""Pure rules of the room: bands and their counts, guarantee, relief, incidents, labels, sums, lists of two days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian import rulebook
from hengjian.rulebook.parameters.grades import Grades
from hengjian.rulebook.parameters.guarantees import Guarantees
from hengjian.rulebook.parameters.incidents import IncidentLevels
from hengjian.rulebook.parameters.relief import Relief
from hengjian.systems.supervision import rules
from hengjian.systems.supervision.rules import Row

DAY = date(2026, 6, 1)
ORDER = ("绿", "蓝", "黄", "红")


def grades() -> Grades:
    return rulebook.at("grades", "000000", DAY, "environmental-credit").typed(Grades)


# ---- environmental credit


def test_a_veto_beats_a_score_of_95() -> None:
    assert rules.environmental_band(grades(), Decimal(95), vetoed=False, shut_down=False) == "绿"
    assert rules.environmental_band(grades(), Decimal(95), vetoed=True, shut_down=False) == "红"


def test_who_is_shut_down_or_has_no_score_is_not_rated() -> None:
    assert rules.environmental_band(grades(), Decimal(95), vetoed=True, shut_down=True) == rules.NOT_RATED
    assert rules.environmental_band(grades(), None, vetoed=False, shut_down=False) == rules.NOT_RATED


def test_guangdong_counts_and_shares() -> None:
    counted = rules.count_bands(["红"] * 26 + ["黄"] * 106 + ["蓝"] * 781 + ["绿"] * 147, ORDER)
    assert counted.rated == 1060
    assert counted.unrated == 0
    assert {band: str(share) for band, _n, share in counted.bands} == {
        "红": "2.45",
        "黄": "10.00",
        "蓝": "73.68",
        "绿": "13.87",
    }


def test_harbin_counts_the_unrated_apart() -> None:
    counted = rules.count_bands(["A"] * 37 + ["B"] * 129 + ["C"] * 21 + ["D"] + ["未评"] * 17, ("A", "B", "C", "D"))
    assert (counted.rated, counted.unrated, counted.total) == (188, 17, 205)


@given(st.lists(st.sampled_from([*ORDER, rules.NOT_RATED])))
def test_bands_add_up_to_the_rated(bands: list[str]) -> None:
    counted = rules.count_bands(bands, ORDER)
    assert sum(n for _band, n, _share in counted.bands) == counted.rated
    assert counted.total == len(bands)


# ---- 三包


@pytest.mark.parametrize(
    ("goods", "fault", "more", "entitled"),
    [
        ("goods", "2026-01-08", {}, ("refund", "exchange", "repair")),  # the seventh day
        ("goods", "2026-01-09", {}, ("exchange", "repair")),
        ("goods", "2026-01-16", {}, ("exchange", "repair")),  # the fifteenth day
        ("goods", "2026-01-17", {}, ("repair",)),
        ("goods", "2026-06-01", {"repairs": 2}, ("exchange", "repair")),
        ("goods", "2026-06-01", {"longest": 31}, ("exchange", "repair")),
        ("goods", "2027-01-01", {}, ("repair",)),  # the last day of the year
        ("goods", "2027-01-02", {}, ()),
        ("goods", "2027-01-12", {"lost": 20}, ("repair",)),  # days in repair do not count
        ("goods", "2025-12-31", {}, ()),
        ("car", "2026-03-02", {}, ("refund", "exchange", "repair")),
    ],
)
def test_what_a_buyer_may_choose(goods: str, fault: str, more: dict[str, int], entitled: tuple[str, ...]) -> None:
    bought = date(2026, 1, 1)
    rule = rulebook.at("guarantees", "000000", bought, goods).typed(Guarantees)
    assert rules.guaranteed(rule, bought, date.fromisoformat(fault), **more) == entitled


# ---- relief


@pytest.mark.parametrize(
    ("loss", "paid", "income", "cause", "granted"),
    [
        ("10000", "0", "0.8", "1", "8000.00"),
        ("10000", "3000", "0.8", "1", "5600.00"),
        ("10000", "0", "1.2", "0.5", "3000.00"),
        ("10000", "0", "5", "1", "0.00"),  # not needy
        ("10000", "0", "0.8", "0.2", "0.00"),  # hardly the product's fault
        ("10000", "20000", "0.8", "1", "0.00"),  # paid already
        ("900000", "0", "0.8", "1", "50000.00"),  # the cap
    ],
)
def test_relief(loss: str, paid: str, income: str, cause: str, granted: str) -> None:
    rule = rulebook.at("relief", "990000", DAY).typed(Relief)
    amounts = {"loss": loss, "paid": paid, "income_ratio": income, "cause": cause}
    assert str(rule.grant(**{name: Decimal(value) for name, value in amounts.items()})) == granted


def test_relief_refuses_nonsense() -> None:
    rule = rulebook.at("relief", "990000", DAY).typed(Relief)
    with pytest.raises(ValueError, match="negative"):
        rule.grant(loss=Decimal(-1), paid=Decimal(0), income_ratio=Decimal(1), cause=Decimal(1))


# ---- incidents


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({"harmed": 3}, "iv"),
        ({"deaths": 1}, "iii"),
        ({"harmed": 100}, "iii"),
        ({"harmed": 100, "deaths": 1}, "ii"),
        ({"deaths": 10}, "ii"),
        ({"harmed": 50, "school": 1}, "ii"),
        ({"harmed": 49, "school": 1}, "iv"),
        ({"cities": 2}, "ii"),
        ({"provinces": 2, "spreading": 1}, "i"),
        ({}, "iv"),
    ],
)
def test_levels_of_incidents(facts: dict[str, float], level: str) -> None:
    found, why = rulebook.at("incident_levels", "990000", DAY).typed(IncidentLevels).level(facts)
    assert found.code == level
    assert (why is None) == (level == "iv")


# ---- energy labels


@pytest.mark.parametrize(
    ("measured", "better", "verdict"),
    [
        ("4.85", "higher", "passed"),
        ("4.75", "higher", "passed"),  # five per cent below is allowed
        ("4.74", "higher", "failed"),
        ("5.20", "lower", "passed"),
        ("5.26", "lower", "failed"),
    ],
)
def test_labels(measured: str, better: str, verdict: str) -> None:
    assert rules.label_verdict(Decimal(5), Decimal(measured), Decimal(5), better) == verdict


# ---- campaigns


def figures(**given_: int) -> dict[str, Decimal]:
    return {code: Decimal(value) for code, value in given_.items()}


def test_totals_are_added_up_and_missing_reports_named() -> None:
    rows = [
        Row("甲", "2026-01", figures(inspected=10, cases=1)),
        Row("甲", "2026-02", figures(inspected=5)),
        Row("乙", "2026-01", figures(inspected=7, fined=300)),
        Row("丙", "2026-01", figures(inspected=1)),  # not among those expected: counts all the same
    ]
    sums = rules.add_up(rows, ["甲", "乙"], ["2026-01", "2026-02"])
    assert sums.total["inspected"] == 23
    assert sums.units["甲"]["inspected"] == 15
    assert sums.periods["2026-01"]["inspected"] == 18
    assert sums.total["fined"] == 300
    assert sums.missing == [("乙", "2026-02")]


@given(
    st.lists(
        st.tuples(st.sampled_from("甲乙丙"), st.sampled_from(["2026-01", "2026-02"]), st.integers(0, 10**9)),
        max_size=40,
    )
)
def test_sums_by_unit_and_by_period_agree(given_: list[tuple[str, str, int]]) -> None:
    sums = rules.add_up([Row(unit, period, figures(found=n)) for unit, period, n in given_], [], [])
    for table in (sums.units, sums.periods):
        assert sum(row["found"] for row in table.values()) == sums.total["found"] == sum(n for *_names, n in given_)


def test_periods() -> None:
    assert rules.periods_between(date(2025, 11, 20), date(2026, 2, 1), "month") == [
        "2025-11",
        "2025-12",
        "2026-01",
        "2026-02",
    ]
    assert rules.periods_between(date(2025, 11, 20), date(2026, 4, 1), "quarter") == ["2025-Q4", "2026-Q1", "2026-Q2"]


# ---- lists of two days


def test_two_days_side_by_side() -> None:
    before = {"1": {"name": "许可"}, "2": {"name": "检查"}, "3": {"name": "处罚"}}
    after = {"2": {"name": "检查"}, "3": {"name": "处罚（罚款）"}, "4": {"name": "奖励"}}
    found = rules.compare_lists(before, after, ["name"])
    assert [(change.key, change.kind, change.fields) for change in found] == [
        ("1", "removed", ()),
        ("2", "same", ()),
        ("3", "changed", ("name",)),
        ("4", "added", ()),
    ]


def test_shares() -> None:
    assert rules.share(1, 3) == Decimal("33.33")
    assert rules.share(1, 0) is None
    assert rules.share(None, 3) is None
    assert rules.growth(Decimal(110), Decimal(100)) == Decimal("10.00")
    assert rules.growth(Decimal(110), None) is None
