"""The whole road of an application, with the acceptance cases of awards."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from hengjian.cases.actions import TakeStep
from hengjian.demo.clock import at
from hengjian.ledger.models import Fact
from hengjian.parties.verbs import ActionRefused
from hengjian.programmes import jobs
from hengjian.programmes.actions import (
    AssignReviews,
    DecideEdition,
    DeclareInterest,
    PutForward,
    RankEdition,
    SubmitReview,
)
from hengjian.programmes.models import Application, Edition, Review
from hengjian.registers.queries import by_ref, valid_count
from tests.programmes.conftest import World, close_call, submitted


def stage_of(application: Application) -> str:
    return Application.objects.get(pk=application.pk).case.state  # type: ignore[union-attr]


def fresh(application: Application) -> Application:
    return Application.objects.select_related("case", "edition", "unit").get(pk=application.pk)


def screen(world: World, application: Application) -> Application:
    TakeStep(user=world.officer, case=fresh(application).case, step="pass_screening").execute()
    return fresh(application)


def review(world: World, application: Application, *totals: int) -> Application:
    """Opinions of the experts, in the stage the application is in."""
    application = fresh(application)
    stage = application.case.state  # type: ignore[union-attr]
    experts = world.experts[: len(totals)]
    AssignReviews(user=world.officer, application=application, members=experts).execute()
    for expert, total in zip(experts, totals, strict=True):
        found = Review.objects.get(application=application, stage=stage, user=expert)
        DeclareInterest(user=expert, review=found).execute()
        SubmitReview(user=expert, review=found, opinion="材料翔实，数据充分。", total=Decimal(total)).execute()
    return fresh(application)


def through(world: World, application: Application, total: int) -> Application:
    """From screening to the overall appraisal with this total."""
    application = screen(world, application)
    application = review(world, application, total, total)
    if stage_of(application) == "site":
        application = review(world, application, total, total)
    return application


def decide(world: World, edition: Edition) -> Edition:
    """Rank, publish, wait, approve."""
    edition.refresh_from_db()
    RankEdition(user=world.officer, edition=edition).execute()
    PutForward(user=world.head, edition=edition).execute()
    later = timezone.now() + timedelta(days=20)
    with at(later):
        jobs.run_due(later)
        edition.refresh_from_db()
        DecideEdition(user=world.second, edition=edition, decision="澜政发〔2026〕9号").execute()
    edition.refresh_from_db()
    return edition


@pytest.mark.parametrize(("totals", "chosen"), [([90, 85, 80, 75], 3), ([55, 54, 53], 0), ([95], 1)])
def test_four_above_the_line_and_quota_three_gives_three_and_none_above_gives_none(
    world: World, edition: Edition, totals: list[int], chosen: int
) -> None:
    applications = [submitted(world, edition, n) for n in range(1, len(totals) + 1)]
    for application, total in zip(applications, totals, strict=True):
        through(world, application, total)
    decide(world, close_call(edition))
    outcomes = [fresh(application).case.outcome for application in applications]  # type: ignore[union-attr]
    assert outcomes.count("awarded") == chosen
    assert edition.state == Edition.State.DECIDED or Edition.objects.get(pk=edition.pk).state == "decided"
    later = timezone.localdate() + timedelta(days=21)
    assert valid_count("honour", later) == chosen
    assert Fact.objects.filter(kind="honour.entered").count() == chosen
    fact = Fact.objects.get(kind="programme.decided")
    assert fact.payload["chosen"] == chosen
    if chosen == 1:
        entry = by_ref(f"entry:honour:{fresh(applications[0]).entry}")
        assert entry is not None and entry.extras["level"] == "金奖" and entry.title == applications[0].holder


def test_the_reviewer_of_the_applicants_unit_is_blocked(world: World, edition: Edition) -> None:
    application = screen(world, submitted(world, edition))
    insider = world.experts[0]
    insider.unit = world.enterprises[0]
    insider.save()
    with pytest.raises(ActionRefused, match="须回避"):
        AssignReviews(user=world.officer, application=application, members=[insider]).execute()
    assert not Review.objects.exists()


def test_members_too_far_apart_must_agree_first(world: World, edition: Edition) -> None:
    application = screen(world, submitted(world, edition))
    application = review(world, application, 90, 60)
    assert stage_of(application) == "paper"
    assert not application.results.exists()
