"""Plans and curves against published tables and manuals."""

from __future__ import annotations

from datetime import date
from itertools import product
from math import comb

import pytest

from hengjian import rulebook
from hengjian.methods.statistics.acceptance_sampling import (
    MultiplePlan,
    Plan,
    acceptance_probability,
    code_letter,
    declared_level,
    find_plan,
    largest_sample,
    quality_at,
    single_plan,
)
from hengjian.rulebook.parameters.acceptance_sampling import AcceptanceSampling

TABLES = rulebook.at("acceptance_sampling", "000000", date(2026, 6, 1)).typed(AcceptanceSampling)


@pytest.mark.parametrize(("lot", "level", "letter"), [
    (3201, "II", "L"), (10000, "II", "L"), (10001, "II", "M"), (2, "III", "B"), (26, "I", "C"), (90, "I", "C"),
    (600_000, "S-3", "H"), (500, "II", "H"),
])  # fmt: skip
def test_code_letters(lot: int, level: str, letter: str) -> None:
    assert code_letter(lot, TABLES, level) == letter


# MIL-STD-105E (public domain), tables II-A and II-B.
@pytest.mark.parametrize(("letter", "aql", "severity", "n", "accept"), [
    ("L", 1.5, "normal", 200, 7), ("L", 1.5, "tightened", 200, 5), ("J", 1.0, "normal", 80, 2),
    ("J", 1.0, "tightened", 80, 1), ("A", 6.5, "normal", 2, 0), ("A", 1.0, "normal", 13, 0),
    ("J", 0.25, "normal", 50, 0), ("J", 0.40, "normal", 125, 1), ("K", 10.0, "normal", 125, 21),
    ("N", 10.0, "normal", 125, 21), ("E", 100.0, "normal", 13, 21), ("C", 1000.0, "normal", 3, 44),
    ("H", 2.5, "tightened", 50, 2), ("R", 0.010, "normal", 1250, 0), ("K", 0.25, "tightened", 315, 1),
])  # fmt: skip
def test_single_plans(letter: str, aql: float, severity: str, n: int, accept: int) -> None:
    plan = single_plan(letter, aql, TABLES, severity)  # type: ignore[arg-type]
    assert (plan.n, plan.accept, plan.reject) == (n, accept, accept + 1)


def test_edges_of_the_table_turn_round() -> None:
    assert single_plan("A", 10.0, TABLES) == Plan(5, 1, "C")
    assert single_plan("R", 0.015, TABLES) == Plan(800, 0, "P")


def test_plans_say_what_there_is() -> None:
    with pytest.raises(ValueError, match="preferred value"):
        single_plan("J", 0.9, TABLES)
    with pytest.raises(ValueError, match="no code letter"):
        single_plan("I", 1.0, TABLES)
    with pytest.raises(ValueError, match="inspect it whole"):
        code_letter(1, TABLES)


# Manual of the R package AcceptanceSampling.
@pytest.mark.parametrize(("plan", "share", "probability"), [
    (Plan(10, 3), 0.05, 0.9989715), (Plan(10, 3), 0.10, 0.9872048), (Plan(20, 0), 0.05, 0.35848592),
    (Plan(20, 0), 0.15, 0.03875953), (Plan(80, 2), 0.01, 0.9534), (Plan(80, 2), 0.02, 0.7844),
    (Plan(80, 2), 0.05, 0.2306), (Plan(200, 7), 0.064, 0.0542),
])  # fmt: skip
def test_operating_characteristic(plan: Plan, share: float, probability: float) -> None:
    assert acceptance_probability(plan, share) == pytest.approx(probability, abs=5e-5)


def test_poisson_for_defects_per_unit() -> None:
    # 7 CFR 42.140: plan 500/3.
    assert acceptance_probability(Plan(500, 3), 0.010, model="poisson") == pytest.approx(0.2650, abs=5e-5)
    assert acceptance_probability(Plan(500, 3), 0.001, model="poisson") == pytest.approx(0.9982, abs=5e-5)


def test_consumers_risk_quality() -> None:
    assert 100 * quality_at(Plan(80, 2), 0.10) == pytest.approx(6.516, abs=5e-4)


def test_find_plan_through_two_points() -> None:
    found = find_plan((0.05, 0.95), (0.15, 0.075))
    assert (found.n, found.accept) == (80, 7)
    with pytest.raises(ValueError, match="better"):
        find_plan((0.2, 0.95), (0.1, 0.05))


def test_double_plan() -> None:
    # E/4.0 double: 8/0/2 and 8/1/2.
    plan = MultiplePlan(((8, 0, 2), (8, 1, 2)))
    four, ten = plan.characteristics(0.04), plan.characteristics(0.10)
    assert four == (pytest.approx(0.8949, abs=5e-5), pytest.approx(9.92, abs=5e-3))
    assert ten == (pytest.approx(0.5952, abs=5e-5), pytest.approx(11.06, abs=5e-3))


@pytest.mark.parametrize(("n", "limit", "declared", "risk", "limiting", "ratio"), [
    (125, 2, 0.0065, 4.87, 4.20, 6.46), (127, 2, 0.0065, 5.06, None, None), (5, 0, 0.01, 4.90, None, 36.9),
    (32, 1, 0.01, 4.07, None, 11.62), (13, 1, 0.025, 4.06, None, 10.71), (80, 2, 0.01, 4.66, None, 6.52),
])  # fmt: skip
def test_declared_levels(
    n: int, limit: int, declared: float, risk: float, limiting: float | None, ratio: float | None
) -> None:
    found = declared_level(n, limit, declared)
    assert 100 * found.risk == pytest.approx(risk, abs=5e-3)
    if limiting is not None:
        assert 100 * found.limiting_quality == pytest.approx(limiting, abs=5e-3)
    if ratio is not None:
        assert found.ratio == pytest.approx(ratio, abs=5e-2 if ratio > 30 else 5e-3)


@pytest.mark.parametrize(("population", "nonconforming", "limit", "largest"), [
    (100, 1, 0, 5), (250, 1, 0, 12), (250, 2, 0, 6), (50, 1, 0, 2), (200, 2, 0, 5), (100, 2, 1, 22), (250, 2, 1, 56),
])  # fmt: skip
def test_small_populations(population: int, nonconforming: int, limit: int, largest: int) -> None:
    assert largest_sample(limit, nonconforming / population, population=population) == largest


def test_the_largest_sample_keeps_the_risk() -> None:
    n = largest_sample(2, 0.0065)
    assert declared_level(n, 2, 0.0065).risk <= 0.05 < declared_level(n + 1, 2, 0.0065).risk


# N, nonconforming, limit, n → risk of contradicting a true declaration in per cent.
@pytest.mark.parametrize(("population", "nonconforming", "limit", "n", "risk"), [
    (100, 1, 0, 5, 5.0), (250, 2, 0, 6, 4.75), (50, 1, 0, 2, 4.0), (200, 2, 0, 5, 4.95),
])  # fmt: skip
def test_risk_in_small_populations(population: int, nonconforming: int, limit: int, n: int, risk: float) -> None:
    found = declared_level(n, limit, nonconforming / population, population=population)
    assert 100 * found.risk == pytest.approx(risk, abs=5e-3)
    bad = round(found.limiting_quality * population)
    chances = [comb(population - one, n) / comb(population, n) for one in (bad - 1, bad)]
    assert chances[0] > 0.10 >= chances[1]


def test_a_declaration_is_never_confirmed() -> None:
    check = declared_level(5, 0, 0.01)
    assert check.verdict(1) == "contradicted"
    assert check.verdict(0) == "not_contradicted"
    with pytest.raises(ValueError, match="6 of 5"):
        check.verdict(6)
    # The same plan accepts lots of 26 to 90 at level I: another question with another answer.
    assert code_letter(26, TABLES, "I") == code_letter(90, TABLES, "I") == "C"
    assert single_plan("C", 2.5, TABLES).n == 5


def test_small_population_or_large_it_is_the_same_in_the_limit() -> None:
    small, large = declared_level(80, 2, 0.01, population=200_000), declared_level(80, 2, 0.01)
    assert small.risk == pytest.approx(large.risk, abs=1e-4)
    assert small.ratio == pytest.approx(large.ratio, rel=1e-3)


# 7 CFR 42.109 (public domain): single plans and acceptance numbers at AQL 0.25, 1.5 and 6.5.
@pytest.mark.parametrize(("n", "numbers"), [
    (84, (0, 3, 9)), (168, (1, 5, 16)), (315, (2, 8, 28)), (500, (3, 12, 42)), (800, (4, 18, 64)),
])  # fmt: skip
def test_plans_accept_nearly_always_at_their_quality_level(n: int, numbers: tuple[int, ...]) -> None:
    for accept, level in zip(numbers, (0.0025, 0.015, 0.065), strict=True):
        assert acceptance_probability(Plan(n, accept), level, model="poisson") > 0.8
        assert acceptance_probability(Plan(n, accept), 5 * level, model="poisson") < 0.5


def test_multiple_plan_against_every_outcome() -> None:
    plan = MultiplePlan(((3, 0, 2), (3, 1, 3), (3, 2, 3)))
    share = 0.2
    accepted = units = 0.0
    for outcome in product((0, 1), repeat=9):
        chance = share ** sum(outcome) * (1 - share) ** (9 - sum(outcome))
        for stage, (_n, accept, reject) in enumerate(plan.stages, start=1):
            found = sum(outcome[: 3 * stage])
            if found <= accept or found >= reject:
                accepted += chance * (found <= accept)
                units += chance * 3 * stage
                break
    assert plan.characteristics(share) == (pytest.approx(accepted), pytest.approx(units))


def test_plans_of_one_lot_agree_about_quality() -> None:
    # Lot of 3 201 to 10 000, level II, AQL 1.5, normal: 200/7 and the MIL plans in two and in seven stages.
    single = single_plan(code_letter(5000, TABLES), 1.5, TABLES)
    double = MultiplePlan(((125, 3, 7), (125, 8, 9)))
    multiple = MultiplePlan(tuple(
        (50, accept, reject)
        for accept, reject in zip((0, 1, 3, 5, 7, 10, 13), (4, 6, 8, 10, 11, 12, 14), strict=True)
    ))  # fmt: skip
    assert (single.n, single.accept, single.reject) == (200, 7, 8)
    for share in (0.013, 0.03, 0.064):
        one = acceptance_probability(single, share)
        for plan in (double, multiple):
            probability, units = plan.characteristics(share)
            assert probability == pytest.approx(one, abs=0.04)
            assert units < single.n + 5
