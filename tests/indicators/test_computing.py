"""From facts to values: roll-ups, corrections, standings, derived figures, the same number again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from hengjian.demo import clock
from hengjian.indicators.actions import ApproveValues, ComputeIndicators, CorrectValue, LockPeriod
from hengjian.indicators.derived import Ingredients, Input
from hengjian.indicators.figures import reproduce
from hengjian.indicators.models import Observation
from hengjian.indicators.opening import behind, difference
from hengjian.indicators.queries import SYSTEM, latest_values, series, value
from hengjian.indicators.recipes import weighted_pass_rate
from hengjian.indicators.rules import Tree
from hengjian.ledger.actions import retract
from hengjian.ledger.drafts import Source
from hengjian.ledger.figures import outdated
from hengjian.ledger.figures import reproduce as reproduce_figure
from hengjian.ledger.models import ComputedFigure, Fact
from hengjian.methods.periods import parse_period
from hengjian.parties.verbs import ActionRefused
from hengjian.rulebook import at
from tests.indicators.conftest import World, declared

Tell = Callable[..., Fact]


def run(*codes: str, force: bool = False) -> Any:
    return ComputeIndicators(user=None, system="test", indicators=codes, force=force).execute()


def rate(region: str, period: str = "2026-Q1") -> Observation:
    found = value("test.rate", region, period, reader=SYSTEM)
    assert found is not None
    return found


@pytest.fixture
def counted(world: World, tell: Tell) -> World:
    """Three of four passed in one county, one of two in another, none in the city itself."""
    declared()
    for region, passed in (("990101", 3), ("990303", 1)):
        for number in range(4 if region == "990101" else 2):
            tell("test.check", region, "2026-02-03", {"passed": number < passed})
    tell("test.check", "990100", "2026-02-04", {"passed": False})
    run("test.rate")
    return world


def test_regions_are_added_by_parts(counted: World) -> None:
    assert (rate("990101").numerator, rate("990101").denominator) == (3, 4)
    assert (rate("990100").numerator, rate("990100").denominator) == (3, 5)
    top = rate("990000")
    assert (top.numerator, top.denominator, top.n) == (4, 7, 7)
    assert top.value == Decimal("57.1428571429")
    assert top.low is not None
    assert top.high is not None
    assert top.low < top.value < top.high
    assert rate("990000", "2026").value == top.value


def test_nothing_new_is_written_when_nothing_changed(counted: World) -> None:
    (again,) = run("test.rate")
    assert again.skipped
    (forced,) = run("test.rate", force=True)
    assert forced.stored.written == 0


def test_a_correction_makes_a_new_version_and_the_old_one_reproduces(counted: World, tell: Tell) -> None:
    old = rate("990000")
    wrong = Fact.objects.filter(kind="test.check", region="990303").order_by("leaf_index")[0]
    tell("test.check", "990303", "2026-02-03", {"passed": False}, subject=wrong.subject, supersedes=wrong.id)
    run("test.rate")
    new = rate("990000")
    assert (new.version, new.numerator, new.denominator) == (2, 3, 7)
    assert new.previous == old
    assert reproduce(Observation.objects.get(pk=old.pk)).same
    assert reproduce(new).same
    told = difference(old, new)
    assert [fact.region for fact in told.added] == ["990303"]
    assert [fact.id for fact in told.gone] == [wrong.id]
    before = Observation.objects.get(pk=old.pk)
    assert value("test.rate", "990000", "2026-Q1", known_at=before.effective_at, reader=SYSTEM) == before


def test_what_is_withdrawn_leaves_nothing_not_the_old_figure(world: World, tell: Tell) -> None:
    declared()
    fact = tell("test.check", "990101", "2026-02-03", {"passed": True})
    run("test.rate")
    retract(fact, "误报", Source(system="test"))
    run("test.rate")
    assert rate("990000").value is None
    assert rate("990000").denominator == 0


def test_an_approved_value_stands_until_the_new_one_is_approved(counted: World, tell: Tell) -> None:
    old = rate("990000")
    ApproveValues(user=counted.office, values=[old]).execute()
    tell("test.check", "990303", "2026-03-01", {"passed": True})
    run("test.rate")
    assert rate("990000").pk == old.pk
    waiting = Observation.objects.get(indicator="test.rate", pending=True, region__code="990000", period="2026-Q1")
    assert waiting.numerator == 5
    ApproveValues(user=counted.office, values=[waiting]).execute()
    assert rate("990000").pk == waiting.pk
    facts = Fact.objects.filter(kind="indicator.observed").order_by("leaf_index")
    assert [fact.payload["version"] for fact in facts] == [1, 2]
    assert facts[1].supersedes == facts[0].id


def test_figures_reproduce_from_the_ledger(counted: World, tell: Tell) -> None:
    row = rate("990100")
    ApproveValues(user=counted.office, values=[row]).execute()
    figure = ComputedFigure.objects.get(pk=Observation.objects.get(pk=row.pk).figure)
    assert figure.value == "60"
    assert reproduce_figure(figure).passed
    assert not outdated(figure)
    tell("test.check", "990100", "2026-02-09", {"passed": True})
    assert outdated(figure)
    assert reproduce_figure(figure).passed


def test_facts_behind_a_value_are_exactly_those_that_count(counted: World) -> None:
    row = rate("990100")
    found = behind(row, "numerator")
    assert found.total == 3
    assert {fact.region for fact in found.facts} == {"990101"}
    assert behind(row, "denominator").total == 5


def test_running_periods_and_inputs_cannot_be_approved(world: World, tell: Tell) -> None:
    declared()
    with clock.at(clock_time("2026-03-15")):
        tell("test.check", "990101", "2026-03-10", {"passed": True})
        run("test.rate")
        with pytest.raises(ActionRefused):
            ApproveValues(user=world.office, values=[rate("990000")]).execute()


def clock_time(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(f"{text} 10:00"))


def test_a_closed_period_does_not_change(counted: World, tell: Tell) -> None:
    LockPeriod(user=counted.office, region=counted.place.region, period=parse_period("2026-Q1")).execute()
    tell("test.check", "990101", "2026-02-20", {"passed": True})
    (done,) = run("test.rate")
    assert done.stored.locked
    assert rate("990000").denominator == 7
    with pytest.raises(ActionRefused):
        CorrectValue(
            user=counted.analyst, observation=rate("990101"), numerator=Decimal(4), denominator=Decimal(4), reason="x"
        ).execute()


def test_corrections_need_a_reason_and_another_person(counted: World) -> None:
    row = rate("990000")
    given = {"numerator": Decimal(5), "denominator": Decimal(7)}
    with pytest.raises(ActionRefused):
        CorrectValue(user=counted.analyst, observation=row, **given).execute()
    made = CorrectValue(user=counted.office, observation=row, reason="漏计一批", **given).execute()
    assert made.current
    with pytest.raises(ActionRefused):
        ApproveValues(user=counted.office, values=[made]).execute()
    run("test.rate", force=True)
    assert rate("990000").numerator == 5  # no computation overwrites what was corrected by hand


def test_different_things_are_counted_on_each_level_anew(world: World, tell: Tell) -> None:
    count = {"kinds": ["test.check"], "count": "distinct:enterprise"}
    failed = {**count, "where": [{"field": "passed", "value": False}]}
    declared(source={"kind": "facts", "numerator": failed, "denominator": count, "complement": True})
    for region, passed in (("990101", True), ("990303", False)):
        tell("test.check", region, "2026-02-03", {"passed": passed, "enterprise": "same"})
    tell("test.check", "990101", "2026-02-03", {"passed": True, "enterprise": "other"})
    run("test.rate")
    assert (rate("990101").numerator, rate("990101").denominator) == (2, 2)
    # One enterprise of two had a failure somewhere: not three of four.
    assert (rate("990000").numerator, rate("990000").denominator) == (1, 2)


def test_standings_carry_the_last_word_forward(world: World, tell: Tell) -> None:
    source = {
        "kind": "standing",
        "kinds": ["test.held"],
        "where": [{"field": "status", "value": "in_use"}],
        "meets": [{"field": "until", "op": "ge", "value": "@end"}],
    }
    declared(source=source)
    tell("test.held", "990101", "2025-05-01", {"status": "in_use", "until": "2026-02-15"}, subject="thing:a")
    tell("test.held", "990101", "2025-11-01", {"status": "in_use", "until": "2026-12-31"}, subject="thing:b")
    tell("test.held", "990101", "2026-04-02", {"status": "scrapped"}, subject="thing:b")
    with clock.at(clock_time("2026-07-15")):
        run("test.rate")
    told = {
        row.period: (row.numerator, row.denominator)
        for row in series("test.rate", "990000", frequency="quarter", reader=SYSTEM)
    }
    assert told["2025-Q2"] == (1, 1)
    assert told["2025-Q4"] == (2, 2)
    assert told["2026-Q1"] == (1, 2)  # the first one's certificate ran out
    assert told["2026-Q2"] == (0, 1)
    row = value("test.rate", "990000", "2026-Q1", reader=SYSTEM)
    assert row is not None
    assert behind(row, "denominator").total == 2
    assert behind(row, "numerator").total == 1


def test_trace_subjects_that_send_data_are_read_from_the_monthly_facts(world: World, tell: Tell) -> None:
    def month(region: str, period: str, subjects: int, uploading: int, rule: str = "trace_evaluation@1") -> None:
        counts = dict.fromkeys(("events", "timely", "shipped", "matched", "rows", "clean", "lookups"), 0)
        payload = {"region": region, "period": period, "subjects": subjects, "uploading": uploading, **counts}
        until = f"{period}-28"
        tell(
            "trace.coverage",
            region,
            until,
            {**payload, "rule": rule, "until": until},
            subject=f"trace_coverage:{region}:{period}:{rule}",
        )

    month("990101", "2026-02", 7, 3)
    month("990100", "2026-02", 11, 5)
    month("990000", "2026-02", 40, 10)
    month("990000", "2026-02", 90, 90, rule="")  # a lower platform's own count stands beside, not for it
    month("990100", "2026-03", 0, 0)  # nobody on record: no share
    run("trace.uploading")
    found = {
        (row.region.code, row.period): (row.numerator, row.denominator, row.value)
        for row in Observation.objects.filter(indicator="trace.uploading", current=True).select_related("region")
    }
    assert found == {
        ("990101", "2026-02"): (3, 7, Decimal("42.8571428571")),
        ("990100", "2026-02"): (5, 11, Decimal("45.4545454545")),
        ("990000", "2026-02"): (10, 40, 25),
    }
    row = value("trace.uploading", "990000", "2026-02", reader=SYSTEM)
    assert row is not None
    (fact,) = behind(row).facts
    assert fact.payload["subjects"] == 40


def test_weighted_pass_rate_of_the_notes() -> None:
    """statistics.md §2: Q = (400 · .9375 + 200 · .8900)/600 = .921667."""
    output, shares = [[300, 100], [50, 150]], [[0.95, 0.90], [0.80, 0.92]]
    rates, outputs = [], []
    for r, region in enumerate(("a", "b")):
        for i, industry in enumerate(("x", "y")):
            n = Decimal(100)
            part = Decimal(str(shares[r][i])) * n
            by = f"industry={industry}"
            rates.append(Input(r * 2 + i, region, by, part, part, n))
            outputs.append(Input(9 + r * 2 + i, region, by, Decimal(output[r][i]), None, None))
    given = Ingredients(
        declared(
            source={
                "kind": "derived",
                "method": "weighted_pass_rate/1",
                "inputs": {"rate": "test.a", "output": "test.b"},
            }
        ),
        parse_period("2026-Q1"),
        {"rate": tuple(rates), "output": tuple(outputs)},
        {"rate": "higher", "output": "none"},
        Tree({"p": (), "a": ("p",), "b": ("p",)}),
        {},
        at("weighted_pass_rate", "000000", date(2026, 3, 31)),
    )
    found = {made.region: made for made in weighted_pass_rate(given)}
    assert round(found["a"].value or 0, 6) == Decimal("93.75")
    assert round(found["b"].value or 0, 6) == Decimal("89")
    assert round(found["p"].value or 0, 4) == Decimal("92.1667")
    assert found["p"].parts["unweighted"] == "89.2500"


def test_the_latest_finished_period_of_its_own_frequency_comes_first(counted: World) -> None:
    found = latest_values(indicators=["test.rate"], regions=[counted.place.region], reader=SYSTEM)
    assert found["test.rate", "990000"].period == "2026-Q1"


def test_one_wrong_definition_does_not_stop_the_others(counted: World) -> None:
    declared(
        indicator="test.broken",
        source={
            "kind": "facts",
            "numerator": {"kinds": ["test.check"], "sum": "field"},
            "denominator": {"kinds": ["test.check"]},
        },
    )
    outcomes = {one.indicator: one for one in run("test.rate", "test.broken", force=True)}
    assert outcomes["test.broken"].problem
    assert not outcomes["test.rate"].problem
