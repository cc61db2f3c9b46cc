"""On-time rates, counted by hand for seven clocks."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.utils import timezone

from hengjian.clocks.actions import cancel_clock, pause_clock, resume_clock, start_clock, stop_clock
from hengjian.clocks.models import Deadline
from hengjian.clocks.queries import on_time_rate, open_clocks
from hengjian.clocks.rules import Term

pytestmark = pytest.mark.django_db


def at(text: str, hour: int = 10) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text).replace(hour=hour))


def start(number: int) -> Deadline:
    """Started Monday 2026-03-02, due Monday 2026-03-09."""
    return start_clock(f"case:{number}", "decide", at("2026-03-02"), term=Term(5, "working_day"), now=at("2026-03-02"))


def test_on_time_rate() -> None:
    stop_clock(start(1), now=at("2026-03-04"))  # 2 working days, in time
    stop_clock(start(2), now=at("2026-03-13"))  # 9 working days, 4 late
    start(3)  # late and open on the 16th: 5 working, 7 calendar days
    cancel_clock(start(4), now=at("2026-03-03"))
    paused = start(5)
    pause_clock(paused, "鉴定", now=at("2026-03-05"))
    resumed = pause_clock(start(6), "鉴定", now=at("2026-03-04"))  # 4th and 5th paused: due on the 11th
    resume_clock(resumed, now=at("2026-03-06"))
    stop_clock(resumed, now=at("2026-03-11"))  # 7 working days less 2, in time
    start_clock("case:7", "decide", at("2026-03-02"), term=Term(15, "working_day"), now=at("2026-03-02"))

    found = on_time_rate(Deadline.objects.all(), date(2026, 3, 1), date(2026, 3, 31), at("2026-03-16"))
    assert (found.due, found.on_time, found.late_closed, found.late_open) == (4, 2, 1, 1)
    assert (found.pending, found.paused, found.rate) == (1, 1, 0.5)
    assert found.working_days == pytest.approx((2 + 9 + 5) / 3)
    assert found.calendar_days == pytest.approx((2 + 11 + 7) / 3)
    assert found.late_working_days == pytest.approx((4 + 5) / 2)
    assert found.late_calendar_days == pytest.approx((4 + 7) / 2)


def test_a_period_without_clocks_has_no_rate() -> None:
    found = on_time_rate(Deadline.objects.all(), date(2026, 1, 1), date(2026, 1, 31))
    assert (found.due, found.rate, found.working_days, found.late_calendar_days) == (0, None, None, None)


def test_open_clocks_of_one_thing() -> None:
    running, closed = start(1), start(2)
    stop_clock(closed, now=at("2026-03-03"))
    assert list(open_clocks("case:1")) == [running]
    assert not open_clocks("case:2").exists()
