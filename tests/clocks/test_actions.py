"""The verbs on stored clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from hengjian import rulebook
from hengjian.clocks.actions import (
    PauseClock,
    StartClock,
    cancel_clock,
    extend_clock,
    pause_clock,
    recompute,
    reopen_clock,
    resume_clock,
    start_clock,
    stop_clock,
)
from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.models import Deadline, DeadlineChange
from hengjian.clocks.rules import Term
from hengjian.clocks.workdays import WorkCalendar
from hengjian.parties.verbs import ActionRefused

pytestmark = pytest.mark.django_db


def at(text: str, hour: int = 10) -> datetime:
    """That day at that local hour."""
    return timezone.make_aware(datetime.fromisoformat(text).replace(hour=hour))


def rule(variant: str, on: str) -> rulebook.Rule:
    return rulebook.at("terms", "650000", date.fromisoformat(on), variant)


def mediation() -> Deadline:
    return start_clock(
        "case:1", "mediate", at("2026-04-20"), rule=rule("complaint-mediate", "2026-04-20"), now=at("2026-04-20")
    )


def test_start_keeps_the_rule_and_explains() -> None:
    clock = mediation()
    assert clock.due_on == date(2026, 6, 22)
    assert timezone.localtime(clock.due_at).strftime("%m-%d %H:%M") == "06-22 23:59"
    assert clock.rule_id == "terms.complaint-mediate.order-121-2025"
    assert clock.rule_version == rulebook.get(clock.rule_id).version
    assert clock.calendar_version == current_calendar().version
    clock.refresh_from_db()
    assert [step.kind for step in clock.steps] == ["count", "roll"]
    with translation.override("en"):
        from django.utils.translation import gettext

        assert "Dragon" not in clock.steps[0].text(gettext) and "calendar days" in clock.steps[0].text(gettext)


def test_a_second_start_is_refused_and_by_the_database_too() -> None:
    clock = mediation()
    with pytest.raises(ActionRefused):
        mediation()
    clock.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        clock.save(force_insert=True)
    start_clock("case:1", "decide", date(2026, 4, 20), term=Term(7, "working_day"))


def test_pause_moves_the_due_day_by_the_paused_days() -> None:
    clock = mediation()
    paused = pause_clock(clock, "委托鉴定", at=at("2026-05-06"), now=at("2026-05-06"), document="鉴定委托书")
    assert (paused.state, paused.due_on, paused.next_action_at) == ("paused", date(2026, 6, 22), None)
    resumed = resume_clock(clock, at=at("2026-05-18"), now=at("2026-05-18"))
    assert (resumed.state, resumed.due_on) == ("open", date(2026, 7, 1))
    changes = list(DeadlineChange.objects.filter(deadline=clock).values_list("verb", "old_state", "new_state"))
    assert changes == [("start", "", "open"), ("pause", "open", "paused"), ("resume", "paused", "open")]
    last = DeadlineChange.objects.filter(verb="resume").get()
    assert (timezone.localdate(last.old_due), timezone.localdate(last.new_due)) == (
        date(2026, 6, 22),
        date(2026, 7, 1),
    )


def test_events_keep_their_order() -> None:
    clock = mediation()
    pause_clock(clock, "委托鉴定", at=at("2026-05-06"), now=at("2026-05-07"))
    with pytest.raises(ActionRefused, match="早于"):
        resume_clock(clock, at=at("2026-05-05"), now=at("2026-05-08"))
    with pytest.raises(ActionRefused, match="晚于现在"):
        resume_clock(clock, at=at("2026-05-09"), now=at("2026-05-08"))
    # On one day the hour does not matter for a term in days.
    resume_clock(clock, at=at("2026-05-06", 8), now=at("2026-05-08"))


def test_pause_needs_a_reason_and_a_term_that_has_not_run_out() -> None:
    clock = mediation()
    with pytest.raises(ActionRefused, match="原因"):
        pause_clock(clock, " ", now=at("2026-05-06"))
    with pytest.raises(ActionRefused, match="期限已满"):
        pause_clock(clock, "委托鉴定", now=at("2026-06-23"))
    with pytest.raises(ActionRefused, match="计时中"):
        resume_clock(clock, now=at("2026-05-06"))
    PauseClock(deadline=clock, reason="委托鉴定", now=at("2026-06-22", 23)).check()


def test_extension_follows_the_rule() -> None:
    clock = start_clock(
        "case:2", "check", at("2026-03-16"), rule=rule("report-check", "2026-03-16"), now=at("2026-03-16")
    )
    assert clock.due_on == date(2026, 4, 7)
    with pytest.raises(ActionRefused, match="2026-04-28"):
        extend_clock(clock, "负责人", "案情复杂", amount=16, now=at("2026-04-01"))
    with pytest.raises(ActionRefused, match="2026-04-28"):
        extend_clock(clock, "负责人", "案情复杂", until=date(2026, 4, 29), now=at("2026-04-01"))
    extended = extend_clock(clock, "负责人", "案情复杂", now=at("2026-04-07", 17))
    assert extended.due_on == date(2026, 4, 28)
    row = extended.extensions.get()
    assert (row.amount, row.unit, timezone.localdate(row.new_due)) == (15, "working_day", date(2026, 4, 28))
    assert "经负责人批准延长 15 个工作日，至 2026-04-28。" in [step.text() for step in extended.steps]
    with pytest.raises(ActionRefused, match="已用完"):
        extend_clock(clock, "负责人", "仍未办完", now=at("2026-04-20"))


def test_extension_is_asked_before_the_due_day_has_passed() -> None:
    plain = start_clock("task:1", "plan", at("2026-03-02"), term=Term(10, "working_day"), now=at("2026-03-02"))
    with pytest.raises(ActionRefused, match="期满前"):
        extend_clock(plain, "办公室", "来不及", until=date(2026, 4, 1), now=at("2026-03-17"))
    with pytest.raises(ActionRefused, match="不晚于"):
        extend_clock(plain, "办公室", "来不及", until=date(2026, 3, 16), now=at("2026-03-10"))
    saturday = date(2026, 3, 21)
    assert extend_clock(plain, "办公室", "来不及", until=saturday, now=at("2026-03-10")).due_on == saturday
    decide = start_clock(
        "case:3", "decide", at("2026-03-02"), rule=rule("complaint-decide", "2026-03-02"), now=at("2026-03-02")
    )
    with pytest.raises(ActionRefused, match="不允许延期"):
        extend_clock(decide, "办公室", "来不及", amount=3, now=at("2026-03-03"))


def test_met_missed_and_reopened() -> None:
    clock = mediation()
    met = stop_clock(clock, at=at("2026-06-22", 23), now=at("2026-06-23"))
    assert met.state == "met" and met.closed_at is not None
    reopened = reopen_clock(clock, reason="当事人反悔", now=at("2026-06-23"))
    assert (reopened.state, reopened.closed_at) == ("open", None)
    assert reopened.is_late(at("2026-06-23"))
    missed = stop_clock(clock, now=at("2026-06-24"))
    assert missed.state == "missed"
    with pytest.raises(ActionRefused, match="逾期办结"):
        stop_clock(clock, now=at("2026-06-25"))


def test_stopping_a_paused_clock_ends_the_pause() -> None:
    clock = mediation()
    pause_clock(clock, "委托鉴定", at=at("2026-06-20"), now=at("2026-06-20"))
    # Ended three days after the old due day, of which all were paused: in time.
    stopped = stop_clock(clock, now=at("2026-06-25"))
    assert stopped.state == "met"
    assert clock.pauses.get().end_at is not None


def test_cancelled_clock_makes_room_for_another() -> None:
    clock = mediation()
    assert cancel_clock(clock, reason="误登记", now=at("2026-04-21")).state == "cancelled"
    mediation()
    with pytest.raises(ActionRefused, match="已重新计时"):
        reopen_clock(clock, now=at("2026-04-22"))


def test_start_needs_a_rule_or_a_term() -> None:
    with pytest.raises(ValueError, match="rule"):
        StartClock(owner="a:1", purpose="x", start=date(2026, 1, 5)).check()
    with pytest.raises(ValueError, match="recurrence"):
        start_clock("a:1", "x", date(2026, 1, 5), rule=rule("lift-maintenance", "2026-01-05"))


def test_minutes() -> None:
    called = datetime(2026, 2, 17, 23, 50, tzinfo=UTC)
    clock = start_clock("call:1", "arrive", called, rule=rule("lift-rescue-urban", "2026-02-17"), now=called)
    assert clock.due_at == called + timedelta(minutes=30)
    assert stop_clock(clock, at=called + timedelta(minutes=31), now=called + timedelta(hours=1)).state == "missed"


def use(monkeypatch: pytest.MonkeyPatch, calendar: WorkCalendar) -> None:
    """Put a calendar in force."""
    for module in ("hengjian.clocks.recomputing", "hengjian.clocks.computing"):
        monkeypatch.setattr(f"{module}.current_calendar", lambda region="000000", known_on=None: calendar)


def test_the_lengthened_holiday_moves_open_clocks_and_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = current_calendar(known_on=date(2020, 1, 22)), current_calendar(known_on=date(2020, 1, 27))
    use(monkeypatch, before)
    term = Term(7, "working_day")
    moving = start_clock("case:1", "decide", at("2020-01-22"), term=term, now=at("2020-01-22"))
    same = start_clock("case:2", "decide", at("2020-03-02"), term=term, now=at("2020-03-02"))
    closed = start_clock("case:3", "decide", at("2020-01-22"), term=term, now=at("2020-01-22"))
    stop_clock(closed, now=at("2020-01-23"))
    assert moving.due_on == date(2020, 2, 6)
    use(monkeypatch, after)
    assert recompute(at("2020-01-27")) == 1
    assert recompute(at("2020-01-27")) == 0
    moving.refresh_from_db(), same.refresh_from_db(), closed.refresh_from_db()
    assert moving.due_on == date(2020, 2, 10)
    assert {moving.calendar_version, same.calendar_version} == {after.version}
    assert (closed.due_on, closed.calendar_version) == (date(2020, 2, 6), before.version)
    change = DeadlineChange.objects.get(verb="calendar")
    assert change.deadline == moving and change.old_due is not None
    assert (timezone.localdate(change.old_due), timezone.localdate(change.new_due)) == (
        date(2020, 2, 6),
        date(2020, 2, 10),
    )
    assert (change.old_calendar, change.new_calendar) == (before.version, after.version)


def test_provisional_mark_is_stored() -> None:
    clock = start_clock("case:9", "long", at("2026-11-20"), term=Term(45, "working_day"), now=at("2026-11-20"))
    assert (clock.due_on, clock.provisional) == (date(2027, 1, 25), True)


def test_the_log_names_who_and_why() -> None:
    clock = mediation()
    pause_clock(clock, "委托鉴定", by="user:7", now=at("2026-05-06"))
    change = DeadlineChange.objects.get(verb="pause")
    assert (change.by, change.reason) == ("user:7", "委托鉴定")
