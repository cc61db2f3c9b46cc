"""Records stay Chinese; English pages say them in English."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import translation

from hengjian import rulebook
from hengjian.pages.models import Notification
from hengjian.parties.models import Unit
from hengjian.plans.actions.reports import ReportContent, SubmitReport
from hengjian.plans.actions.work import SignDuty
from hengjian.plans.models import Duty, DutyStep
from hengjian.plans.spoken import RULE_WORDS, spoken
from tests.plans.conftest import World


def test_every_word_of_the_rules_is_known() -> None:
    lines = [line for rule in rulebook.versions("traffic_lights") for line in rule.parameters.lines]
    words = {line.label for line in lines} | {line.reason for line in lines if line.reason}
    for rule in rulebook.versions("escalation"):
        words |= {row.label for row in (*rule.parameters.reminders, *rule.parameters.steps)}
    assert words == set(RULE_WORDS)


@pytest.mark.parametrize(
    ("recorded", "english"),
    [
        ("逾期 19 天", "19 days overdue"),
        ("完成 69%，序时 83.8%，落后 14.8 个百分点", "69% done, 83.8% of the time elapsed, 14.8 points behind"),
        ("到期日 2026-07-31，已逾期 19 天", "Due 2026-07-31, 19 days overdue"),
        ("本地自定的说法", "本地自定的说法"),
        ("", ""),
    ],
)
def test_figures_keep_their_places(recorded: str, english: str) -> None:
    with translation.override("en"):
        assert spoken(recorded) == english
    with translation.override("zh-hans"):
        assert spoken(recorded) == recorded


@pytest.mark.django_db
def test_what_an_english_reader_does_is_recorded_in_chinese(world: World, duty_of: Callable[[str, Unit], Duty]) -> None:
    duty = duty_of("1.1", world.market)
    with translation.override("en"):
        SignDuty(user=world.market_officer, duty=duty).execute()
        content = ReportContent(result="完成 40 家企业现场诊断。", percent=55)
        SubmitReport(user=world.market_officer, duty=duty, content=content).execute()
    assert set(DutyStep.objects.filter(duty=duty).values_list("label", flat=True)) == {"交办", "签收", "报送进展"}
    told = Notification.objects.filter(user=world.office).values_list("text", flat=True)
    assert [text for text in told if "报送了" in text] == [f"市场监管局报送了“{duty.task.title}”的进展，待审核。"]
