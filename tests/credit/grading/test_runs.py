"""The monthly run: grades, history, facts per change, replay, resumption after a kill."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from hengjian.credit.grading import runs
from hengjian.credit.grading.actions import ClassifyMonth, ReplayMonth
from hengjian.credit.grading.gathering import months_before
from hengjian.credit.grading.jobs import run_due
from hengjian.credit.grading.members import population
from hengjian.credit.grading.models import Classification, Run
from hengjian.credit.grading.queries import classes_of, grade_of, history, supervision_of
from hengjian.enterprises import facts
from hengjian.enterprises.joining import join, undo
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.standing import Author
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import Source
from hengjian.ledger.models import Fact
from hengjian.parties.verbs import ActionRefused
from tests.credit.grading.conftest import World

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 10)


def classify(pack: str, month: str) -> Run:
    return ClassifyMonth(user=None, system="test", pack=pack, month=month).execute()


def test_a_month_is_graded_with_reasons_down_to_the_facts(world: World) -> None:
    good, listed, checked = world.enterprises[:3]
    entered = world.listed(listed, DAY)
    world.checked(checked, DAY)
    world.checked(checked, date(2026, 8, 1))
    world.checked(checked, DAY, code="1")  # nothing found
    world.checked(checked, date(2024, 9, 1))  # outside the window of 24 months
    run = classify("risk-class", "2026-09")
    assert (run.state, run.total, run.counts) == ("done", 6, {"B": 5, "D": 1})
    found = grade_of(listed, "risk-class")
    assert found is not None
    assert (found.grade, found.computed, found.score) == ("D", "D", Decimal("90.00"))
    assert found.limits == ("列入严重违法失信名单",)
    found = grade_of(checked, "risk-class")
    assert found is not None and (found.score, found.public) == (Decimal("82.00"), False)
    feature = next(one for one in found.features if one.code == "check_refused_24m")
    assert (feature.value, feature.points, len(feature.facts)) == ("2 次", Decimal("-8.00"), 2)
    assert "−4" in feature.reason
    assert {one.assumed for one in history(checked, "risk-class")} == {found.assumed} and found.assumed
    assert classes_of([good.code, listed.code, "none"]) == {good.code: "B", listed.code: "D"}
    means = supervision_of("D")
    assert means is not None and (means.share_from, means.share_to) == (Decimal("0.61"), Decimal(1))
    assert str(entered.id) not in {fact for one in found.features for fact in one.facts}


def test_only_changes_write_rows_and_facts(world: World) -> None:
    first, second = world.enterprises[:2]
    classify("risk-class", "2026-08")
    assert Fact.objects.filter(kind="credit.classified").count() == 6
    world.listed(first, DAY)
    run = classify("risk-class", "2026-09")
    assert run.changed == 1 and run.moves == {"B>D": 1, "B>B": 5}
    told = Fact.objects.filter(kind="credit.classified", subject=first.subject).order_by("leaf_index")
    assert [(fact.payload["previous"], fact.payload["grade"]) for fact in told] == [("", "B"), ("B", "D")]
    assert told[0].disclosure == "internal"
    assert Classification.objects.filter(enterprise=second).count() == 1
    assert [(one.grade, one.month) for one in history(first, "risk-class")] == [("D", "2026-09"), ("B", "2026-08")]
    on = grade_of(first, "risk-class", on=date(2026, 9, 1))
    assert on is not None and on.grade == "B"
    classify("risk-class", "2026-10")
    assert Classification.objects.filter(enterprise=first).count() == 2


def test_the_same_month_again_changes_nothing(world: World) -> None:
    run = classify("2022", "2026-09")
    again = classify("risk-class", "2026-09")
    assert (again.pk, again.digest) == (run.pk, run.digest) and run.digest
    assert Classification.objects.count() == 6


def test_a_killed_run_goes_on_behind_its_cursor(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "STRETCH", 2)
    whole = classify("risk-class", "2026-08")

    class Killed(Exception):
        pass

    def kill(done: int, total: int) -> None:
        if done == 4:
            raise Killed

    world.listed(world.enterprises[5], DAY)
    with pytest.raises(Killed):
        ClassifyMonth(user=None, system="test", pack="risk-class", month="2026-09", progress=kill).execute()
    half = Run.objects.get(month="2026-09")
    assert (half.state, half.done) == ("running", 4)
    world.listed(world.enterprises[0], DAY)  # recorded after the run began: not of this run
    run = classify("risk-class", "2026-09")
    assert (run.state, run.done, run.counts, run.tree_size) == ("done", 6, {"B": 5, "D": 1}, half.tree_size)
    assert ReplayMonth(user=None, system="test", run=run).execute().holds
    assert whole.digest != run.digest


def test_replay_gives_the_same_and_finds_what_was_changed(world: World) -> None:
    world.checked(world.enterprises[1], DAY)
    run = classify("risk-class", "2026-09")
    world.listed(world.enterprises[1], date(2026, 9, 20))  # told too late to count in this run
    classify("risk-class", "2026-10")
    result = ReplayMonth(user=None, system="test", run=run).execute()
    assert (result.checked, result.same, result.different) == (6, 6, [])
    Classification.objects.filter(enterprise=world.enterprises[2]).update(score=Decimal(3))
    assert ReplayMonth(user=None, system="test", run=run).execute().different == [world.enterprises[2].key]


def test_months_go_forward_and_must_have_ended(world: World) -> None:
    classify("risk-class", "2026-09")
    refused = {"2026-08": "已经分级", "2099-01": "还没有结束", "2026-13": "不是月份", "2026": "不是月份"}
    for month, words in refused.items():
        with pytest.raises(ActionRefused, match=words):
            classify("risk-class", month)
    with pytest.raises(ActionRefused, match="没有找到规则"):
        classify("nonsense", "2026-10")


@pytest.mark.parametrize(("month", "rule"), [("2020-05", "2015"), ("2024-05", "2021"), ("2026-05", "2026")])
def test_the_pack_of_the_month_holds(world: World, month: str, rule: str) -> None:
    run = classify("quality-credit", month)
    assert run.rule.endswith(rule)
    found = grade_of(world.enterprises[0])
    assert found is not None and found.public and found.pack == "quality-credit"


def test_facts_under_an_old_code_or_the_key_count(world: World) -> None:
    one = world.enterprises[0]
    one.codes.create(scheme="unified", value="91990102MA0OLDCODE")
    world.fact(
        one, "credit_list.entered", DAY, subject="enterprise:91990102MA0OLDCODE", entry="L9", code="abnormal",
        title="x", weight="ordinary", criterion="y", document="z",
    )  # fmt: skip
    world.fact(
        one, "credit_list.entered", DAY, subject=f"enterprise:{one.key}", entry="L8", code="abnormal",
        title="x", weight="ordinary", criterion="y", document="z",
    )  # fmt: skip
    classify("risk-class", "2026-09")
    found = grade_of(one, "risk-class")
    assert found is not None
    feature: Any = next(item for item in found.features if item.code == "other_listed")
    assert (feature.value, feature.points, found.grade) == ("2 份", Decimal("-40.00"), "C")


def test_bodies_that_ended_have_no_grade_any_more(world: World) -> None:
    classify("risk-class", "2026-08")
    gone = world.enterprises[3]
    gone.status = "deregistered"
    gone.save()
    run = classify("risk-class", "2026-09")
    assert run.total == 5 and grade_of(gone, "risk-class") is None
    assert history(gone, "risk-class")


def standing(world: World, enterprise: Enterprise, status: str, day: date, kind: str = "enterprise.changed") -> None:
    """The status becomes another one, with the fact that the register writes."""
    enterprise.status = status
    enterprise.save()
    source = Source(system="test")
    append(facts.standing(kind, enterprise, enterprise.region.code, day, source, ("status",)))


def test_the_status_at_the_end_of_the_month_counts(world: World) -> None:
    ends, revived, later = world.enterprises[1:4]
    for one in (ends, later):
        standing(world, one, "active", date(2026, 1, 5), "enterprise.registered")
    standing(world, revived, "deregistered", date(2026, 9, 1))
    classify("risk-class", "2026-08")
    standing(world, ends, "deregistered", date(2026, 10, 3))
    standing(world, revived, "active", date(2026, 10, 4))
    run = classify("risk-class", "2026-09")
    # Ended in October: still of September; registered anew in October: not yet.
    on = date(2026, 9, 30)
    assert (run.total, grade_of(revived, "risk-class", on=on)) == (5, None)
    assert grade_of(ends, "risk-class", on=on) is not None
    assert classify("risk-class", "2026-10").total == 5
    assert grade_of(ends, "risk-class") is None and grade_of(revived, "risk-class") is not None
    standing(world, later, "revoked", date(2026, 11, 2))
    standing(world, later, "deregistered", date(2026, 11, 3))
    for done in Run.objects.all():
        assert ReplayMonth(user=None, system="test", run=done).execute().holds, done.month


def test_a_merge_found_out_later_leaves_old_grades_as_they_were(world: World) -> None:
    kept, gone = world.enterprises[:2]
    world.listed(gone, DAY)
    code, gone.code = gone.code, ""
    gone.save()  # bodies with two codes are not merged
    gone.codes.create(scheme="unified", value=code)
    run = classify("risk-class", "2026-09")
    assert run.counts == {"B": 5, "D": 1}
    event = join(kept, gone, Author(at=timezone.now() + timedelta(hours=1), system="test"))
    kept.status = "active"  # nobody spoke of these bodies, so that the merge made them void
    kept.save()
    assert population().places[f"enterprise:{gone.key}"] == 0
    assert ReplayMonth(user=None, system="test", run=run).execute().holds
    undo(event, Author(at=timezone.now() + timedelta(hours=2), system="test"))
    Enterprise.objects.filter(pk__in=(kept.pk, gone.pk)).update(status="active")
    assert ReplayMonth(user=None, system="test", run=run).execute().holds


def test_windows_end_with_the_month() -> None:
    assert months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert months_before(date(2024, 2, 29), 12) == date(2023, 2, 28)


def test_the_worker_grades_the_month_that_ended(world: World) -> None:
    done = run_due(timezone.now())
    assert done == 2 and set(Run.objects.values_list("pack", flat=True)) == {"quality-credit", "risk-class"}
    assert run_due(timezone.now()) == 0
