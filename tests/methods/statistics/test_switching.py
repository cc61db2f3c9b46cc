"""Switching between severities, and what it comes to in the long run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from hengjian import rulebook
from hengjian.methods.statistics.acceptance_sampling import Plan, acceptance_probability, find_plan, single_plan
from hengjian.methods.statistics.switching import Switching, scheme_probability, score_points
from hengjian.rulebook.parameters.acceptance_sampling import AcceptanceSampling

TABLES = rulebook.at("acceptance_sampling", "000000", date(2026, 6, 1)).typed(AcceptanceSampling)
START = Switching(TABLES.switching)


def after(state: Switching, decisions: str, points: int = 0) -> Switching:
    for decision in decisions:
        state = state.after(decision == "+", points=points)
    return state


def test_two_of_five_tighten() -> None:
    state = after(START, "+-++++-")
    assert state.state == "normal"  # the two refusals are more than five lots apart
    assert state.after(False).state == "tightened"
    assert after(START, "--").state == after(START, "-+++-").state == "tightened"


def test_five_accepted_relax_and_five_refused_stop() -> None:
    tight = after(START, "--")
    assert after(tight, "++++").state == "tightened" and after(tight, "+++++") == START
    assert after(tight, "++++-+++++") == START
    stopped = after(tight, "-+-+-+-+-")
    assert stopped.stopped
    with pytest.raises(ValueError, match="stopped"):
        stopped.after(True)
    assert stopped.restart() == replace(START, state="tightened")
    assert tight.restart() == tight


def test_thirty_points_allow_a_reduction_that_one_refusal_ends() -> None:
    # Acceptance number 2, next tighter plan 1: a lot with at most one nonconforming unit scores 3.
    plan, tighter = single_plan("J", 1.0, TABLES), single_plan("J", 0.65, TABLES)
    assert (plan.accept, tighter.accept) == (2, 1)
    assert [score_points(TABLES.switching, plan, found, tighter) for found in (0, 1, 2, 3)] == [3, 3, 0, 0]
    assert [score_points(TABLES.switching, Plan(50, 1), found) for found in (0, 1, 2)] == [2, 2, 0]
    nearly = after(START, "+" * 9, points=3)
    assert nearly.score == 27 and not nearly.may_reduce
    with pytest.raises(ValueError, match="27"):
        nearly.reduce()
    assert nearly.after(True, points=0).score == 0  # one lot that would not have passed the tighter plan
    reduced = nearly.after(True, points=3).reduce()
    assert reduced.state == "reduced" and after(reduced, "++++") == reduced
    assert reduced.after(False) == reduced.back_to_normal() == START
    with pytest.raises(ValueError, match="next tighter"):
        score_points(TABLES.switching, plan, 0)


def test_the_published_scheme() -> None:
    normal, tightened = Plan(200, 7), Plan(200, 5)
    assert scheme_probability(normal, tightened, 0.019296) == pytest.approx(0.9505, abs=5e-5)
    assert scheme_probability(normal, tightened, 0.045884) == pytest.approx(0.0999, abs=5e-5)
    assert scheme_probability(normal, tightened, 0.0) == 1.0
    # A single plan that does the same to producer and consumer needs 359 units.
    good, bad = (scheme_probability(normal, tightened, share) for share in (0.019296, 0.045884))
    equivalent = find_plan((0.019296, round(good, 3) - 0.0005), (0.045884, round(bad, 3)))
    assert equivalent == Plan(359, 11)


def test_the_long_run_is_what_the_rules_do() -> None:
    normal, tightened, share = Plan(20, 1), Plan(20, 0), 0.04
    generator = np.random.default_rng(4)
    state, accepted, lots = START, 0, 60_000
    chance = {"normal": acceptance_probability(normal, share), "tightened": acceptance_probability(tightened, share)}
    for draw in generator.random(lots):
        passed = bool(draw < chance[state.state])
        accepted += passed
        state = state.after(passed)
        if state.stopped:
            state = state.restart()
    # The formula counts runs without the stop, whose restart only clears what was counted.
    assert accepted / lots == pytest.approx(scheme_probability(normal, tightened, share), abs=0.01)
