"""Pure decisions: eligibility, conflicts, totals, ranking, quota, levels."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import hengjian
from hengjian.programmes.declarations import Programme, StageReview
from hengjian.programmes.rules import (
    Candidate,
    Past,
    choose,
    choose_unranked,
    conflict,
    eligible,
    levels,
    mean,
    screen,
    too_far_apart,
    total,
    years_before,
)

CONFIG = Path(hengjian.__file__).parent
PROGRAMME_CODES = sorted(
    document["programme"]
    for path in CONFIG.glob("systems/*/config/*.yaml")
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    if document and "programme" in document
)


def programme(**more: object) -> Programme:
    return Programme.model_validate(
        {
            "programme": "p",
            "title": "示例",
            "area": "honours",
            "legal": [{"document": "示例办法"}],
            "number": "AA",
            "holder_field": "name",
            "fields": [{"code": "name", "title": "名称"}, {"code": "since", "title": "成立", "type": "date"}],
        }
        | more
    )


def test_there_are_the_programmes_of_the_inventory() -> None:
    assert {"gov_quality_award", "qc_result", "quality_city", "benchmark_unit", "upgrade_library"} <= set(
        PROGRAMME_CODES
    )
    assert len(PROGRAMME_CODES) >= 22


@pytest.mark.parametrize(
    ("quota", "line", "values", "chosen", "vacant"),
    [
        (3, 60, [90, 80, 70, 65], 3, 0),
        (3, 60, [50, 40], 0, 3),
        (3, 60, [], 0, 3),
        (3, None, [10], 1, 2),
        (None, 60, [90, 80, 10], 2, 0),
    ],
)
def test_quota_and_line(quota: int | None, line: int | None, values: list[int], chosen: int, vacant: int) -> None:
    found = choose(
        [Candidate(n, Decimal(value)) for n, value in enumerate(values)],
        quota=quota,
        line=None if line is None else Decimal(line),
    )
    assert (len(found.chosen), found.vacant, found.tied) == (chosen, vacant, ())


def test_equals_at_the_last_place_wait_for_a_vote() -> None:
    pool = [Candidate(1, Decimal(90)), Candidate(2, Decimal(80)), Candidate(3, Decimal(80)), Candidate(4, Decimal(80))]
    found = choose(pool, quota=3, line=None)
    assert (found.chosen, set(found.tied)) == ((1,), {2, 3, 4})
    assert dict(found.ranked) == {1: 1, 2: 2, 3: 2, 4: 2}
    voted = [Candidate(c.id, c.total, c.ties, vote) for c, vote in zip(pool, (None, 2, 3, 1), strict=True)]
    assert choose(voted, quota=3, line=None).chosen == (1, 4, 2)


def test_later_stages_decide_between_equal_totals() -> None:
    pool = [Candidate(1, Decimal(80), (Decimal(70),)), Candidate(2, Decimal(80), (Decimal(90),))]
    assert choose(pool, quota=1, line=None).chosen == (2,)


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 100)), max_size=12),
    st.one_of(st.none(), st.integers(1, 5)),
    st.one_of(st.none(), st.integers(0, 100)),
)
def test_never_more_than_the_quota_and_never_below_the_line(
    values: list[int | None], quota: int | None, line: int | None
) -> None:
    pool = [Candidate(n, None if value is None else Decimal(value)) for n, value in enumerate(values)]
    found = choose(pool, quota=quota, line=None if line is None else Decimal(line))
    assert quota is None or len(found.chosen) <= quota
    totals = {item.id: item.total for item in pool}
    assert all(totals[pk] is not None and (line is None or totals[pk] >= line) for pk in found.chosen)  # type: ignore[operator]
    groups = [*found.chosen, *found.reserve, *found.below, *found.tied]
    assert sorted(groups) == [item.id for item in pool]
    best = min((totals[pk] for pk in found.chosen), default=None)
    assert best is None or all(totals[pk] <= best for pk in (*found.reserve, *found.tied))  # type: ignore[operator]


def test_without_panels_an_order_must_be_given_beyond_the_quota() -> None:
    assert choose_unranked([1, 2], quota=3).chosen == (1, 2)
    assert choose_unranked([1, 2, 3], quota=2).tied == (1, 2, 3)
    assert choose_unranked([], quota=2).vacant == 2


def test_weighted_totals_on_the_scale_of_the_largest_sheet() -> None:
    declared = programme(
        stages=["paper", "defence"],
        reviews=[{"stage": "paper", "points": 1000, "weight": 0.9}, {"stage": "defence", "points": 100, "weight": 0.1}],
    )
    assert total(declared, {"paper": Decimal(600), "defence": Decimal(80)}) == Decimal("620.00")
    assert total(declared, {"paper": Decimal(600)}) is None
    assert total(programme(), {}) is None


def test_levels_are_filled_from_the_top() -> None:
    declared = programme(
        levels=[{"code": "first", "title": "一等奖", "at_least": 90, "most": 1}, {"code": "second", "title": "二等奖"}]
    )
    given = levels(declared, [(1, Decimal(95)), (2, Decimal(93)), (3, Decimal(70))])
    assert {pk: level.code for pk, level in given.items()} == {1: "first", 2: "second", 3: "second"}


def test_conflicts_of_interest() -> None:
    base = {"reviewer": 1, "reviewer_unit": 10, "applicant": 2, "applicant_unit": 20}
    assert conflict(**base) is None
    assert conflict(**{**base, "applicant_unit": 10}).code == "same_unit"  # type: ignore[union-attr]
    assert conflict(**{**base, "applicant": 1}).code == "applicant"  # type: ignore[union-attr]
    assert conflict(**base, declared="顾问").code == "declared"  # type: ignore[union-attr]
    # Two people without a unit are not of one unit.
    assert conflict(reviewer=1, reviewer_unit=None, applicant=2, applicant_unit=None) is None


def test_members_apart_by_more_than_the_band() -> None:
    spec = StageReview(stage="paper", band=Decimal(20))
    assert not too_far_apart([Decimal(80), Decimal(60)], spec)
    assert too_far_apart([Decimal(80), Decimal("59.5")], spec)
    assert mean([Decimal(80), Decimal("75.33"), Decimal(70)]) == Decimal("75.11")


def test_screening_tells_what_is_met_what_is_not_and_what_nobody_knows() -> None:
    declared = programme(
        eligibility={
            "clean_years": 3,
            "embargo_years": 5,
            "rest_years": 5,
            "requirements": [{"field": "since", "years": 3, "title": "成立满三年"}],
        }
    )
    on = date(2026, 6, 30)
    past = Past(violations=(date(2022, 1, 1),), awards=(date(2021, 7, 1),))
    found = {item.code: item.met for item in screen(declared, {"since": "2023-06-30"}, past, on)}
    assert found == {"region": True, "clean": True, "embargo": True, "rest": False, "field:since": True}
    late = {item.code: item.met for item in screen(declared, {"since": "2023-07-01"}, Past(), on)}
    assert late["field:since"] is False
    unknown = screen(declared, {}, Past(identified=False), on)
    assert eligible(unknown) is None
    hit = screen(declared, {"since": "2000-01-01"}, Past(violations=(date(2024, 1, 1),)), on)
    assert eligible(hit) is False
    assert years_before(date(2024, 2, 29), 3) == date(2021, 2, 28)


@pytest.mark.parametrize(
    "wrong",
    [
        {"holder_field": "nothing"},
        {"stages": ["paper"]},
        {"stages": ["paper"], "reviews": [{"stage": "paper", "weight": 0.5}]},
        {"reviews": [{"stage": "site"}]},
        {"reviews": [{"stage": "acceptance"}]},
        {"eligibility": {"requirements": [{"field": "name", "years": 3, "title": "x"}]}},
        {"eligibility": {"requirements": [{"field": "name", "title": "x"}]}},
        {"number": "aa"},
        {"surprise": 1},
    ],
)
def test_a_wrong_declaration_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        programme(**wrong)
