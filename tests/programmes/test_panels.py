"""Panels with score sheets, consensus, votes among equals, objections."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
import yaml
from django.urls import reverse
from django.utils import timezone

from hengjian.cases.actions import TakeStep
from hengjian.demo.clock import at
from hengjian.parties.verbs import ActionRefused
from hengjian.programmes import catalogue, jobs
from hengjian.programmes.actions import (
    AssignReviews,
    CloseStage,
    DecideEdition,
    DeclareInterest,
    PutForward,
    RankEdition,
    ReopenReview,
    SubmitReview,
)
from hengjian.programmes.declarations import Programme
from hengjian.programmes.models import Application, Edition, Review
from hengjian.programmes.panels import sheet_of
from hengjian.publishing.actions import DecideObjection, FileObjection
from hengjian.publishing.models import Notice
from hengjian.scoring.actions import GiveMark, SettleItem
from hengjian.scoring.models import ConsensusTask
from tests.programmes.conftest import PRIZE, World, call, close_call, submitted
from tests.programmes.test_pages import signed_in
from tests.programmes.test_road import fresh, review, screen, stage_of, through

SHEET = PRIZE.replace("test_prize", "test_sheet").replace(
    "{stage: paper, points: 100, reviewers: 2, weight: 0.4, line: 50, band: 20}",
    "{stage: paper, sheet: excellence, points: 1000, reviewers: 2, weight: 0.4, band: 20}",
)


@pytest.fixture
def sheets() -> Iterator[Programme]:
    declared = catalogue.register(Programme.model_validate(yaml.safe_load(SHEET)))
    yield declared
    catalogue.forget(declared.code)


def test_members_who_differ_on_an_item_of_the_sheet_get_a_consensus_task(world: World, sheets: Programme) -> None:
    application = screen(world, submitted(world, call(world, sheets.code)))
    experts = world.experts[:2]
    reviews = AssignReviews(user=world.officer, application=application, members=experts).execute()
    sheet = sheet_of(application, "paper")
    assert sheet is not None and sheet.members.count() == 2
    items = list(sheet.sheet.items)
    for number, expert in enumerate(experts):
        for place, item in enumerate(items):
            value = "20" if number and not place else "60"
            GiveMark(user=expert, sheet=sheet, item=item.code, answer={"value": value}).execute()
    for found in reviews:
        DeclareInterest(user=found.user, review=found).execute()
        SubmitReview(user=found.user, review=found, opinion="逐条评分，见评分表。").execute()
    assert stage_of(application) == "paper" and not application.results.exists()
    task = ConsensusTask.objects.get(sheet=sheet)
    assert task.item == items[0].code
    application = fresh(application)
    with pytest.raises(ActionRefused, match="合议"):
        CloseStage(user=world.officer, application=application).execute()
    sheet.refresh_from_db()
    SettleItem(user=experts[0], sheet=sheet, task=task, answer={"value": "55"}, note="复核证据后一致同意").execute()
    result = CloseStage(user=world.officer, application=application).execute()
    assert result.mean == Decimal("597.50")
    assert stage_of(application) == "site"


def test_an_opinion_is_given_back_or_the_panel_agrees_on_a_figure(world: World, edition: Edition) -> None:
    application = review(world, screen(world, submitted(world, edition)), 90, 60)
    assert stage_of(application) == "paper"
    with pytest.raises(ActionRefused, match="分歧过大"):
        CloseStage(user=world.officer, application=application).execute()
    with pytest.raises(ActionRefused, match="合议说明"):
        CloseStage(user=world.officer, application=application, agreed=Decimal(75)).execute()
    with pytest.raises(ActionRefused, match="之间"):
        CloseStage(user=world.officer, application=application, agreed=Decimal(95), reason="合议").execute()
    low = Review.objects.get(application=application, total=Decimal(60))
    ReopenReview(user=world.officer, application=application, review=low, reason="请补充依据").execute()
    low.refresh_from_db()
    SubmitReview(user=low.user, review=low, opinion="复核后调整。", total=Decimal(78)).execute()
    assert stage_of(application) == "site"
    assert fresh(application).results.get(stage="paper").mean == Decimal("84.00")


def test_a_stage_below_its_line_does_not_go_on(world: World, edition: Edition) -> None:
    application = review(world, screen(world, submitted(world, edition)), 40, 45)
    assert stage_of(application) == "paper"
    assert application.results.get(stage="paper").mean == Decimal("42.50")


def test_equals_beyond_the_quota_wait_for_a_vote_of_the_panel(world: World, prize: Programme) -> None:
    edition = call(world, quota=1)
    applications = [submitted(world, edition, n) for n in (1, 2)]
    for application in applications:
        through(world, application, 80)
    close_call(edition)
    found = RankEdition(user=world.officer, edition=edition).execute()
    assert set(found.tied) == {row.pk for row in applications} and not found.chosen
    with pytest.raises(ActionRefused, match="并列"):
        PutForward(user=world.head, edition=edition).execute()
    client = signed_in(world.officer)
    page = reverse("programmes:edition", args=[edition.pk])
    assert "表决名次" in client.get(page).text
    places = {f"place_{row.pk}": number for number, row in zip((2, 1), applications, strict=True)}
    same = dict.fromkeys(places, 1)
    assert client.post(page, {"do": "vote", "reason": "无记名投票", **same}).status_code == 422
    assert client.post(page, {"do": "vote", "reason": "无记名投票 2:1", **places}).status_code == 302
    assert client.post(page, {"do": "rank"}).status_code == 302
    assert [fresh(row).chosen for row in applications] == [False, True]


def test_an_open_objection_holds_the_list_and_an_upheld_one_takes_a_name_off(world: World, edition: Edition) -> None:
    applications = [submitted(world, edition, n) for n in (1, 2)]
    for application in applications:
        through(world, application, 90)
    close_call(edition)
    RankEdition(user=world.officer, edition=edition).execute()
    with pytest.raises(ActionRefused, match="另一人"):
        world.officer.grants.create(role="unit_head", unit=world.office)
        PutForward(user=world.officer, edition=edition).execute()
    PutForward(user=world.head, edition=edition).execute()
    notice = Notice.objects.get(subject=edition.ref)
    assert notice.written_by == world.officer and notice.published_by == world.head
    text = "该单位去年发生过质量事故，材料没有说明。"
    filed = FileObjection(notice=notice, text=text, identity={"name": "某人"}).execute()
    later = timezone.now() + timedelta(days=20)
    with at(later):
        assert jobs.run_due(later) == 0
        assert stage_of(applications[0]) == "public_notice"
        DecideObjection(user=world.head, objection=filed.objection, decision="upheld", answer="经查属实。").execute()
        answer = signed_in(world.officer).get(reverse("programmes:application", args=[applications[0].pk]))
        assert answer.status_code == 200
        TakeStep(user=world.officer, case=fresh(applications[0]).case, step="object", note="异议成立").execute()
        assert jobs.run_due(later) == 1
        edition.refresh_from_db()
        with pytest.raises(ActionRefused, match="另一人"):
            world.officer.grants.create(role="reviewer", unit=world.office)
            DecideEdition(user=world.officer, edition=edition, decision="澜政发〔2026〕9号").execute()
        DecideEdition(user=world.second, edition=edition, decision="澜政发〔2026〕9号").execute()
    assert [fresh(row).case.outcome for row in applications] == ["objected", "awarded"]  # type: ignore[union-attr]
    assert Application.objects.filter(entry__isnull=False).count() == 1
