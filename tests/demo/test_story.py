"""The story for any day of the year and any seed: in order, in the past, and by the duty's own table of steps."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from hengjian.clocks.calendar import current_calendar
from hengjian.demo.story import Event, Fate, Slot, Story
from hengjian.demo.texts import demo_year
from hengjian.plans.rules import allowed, next_state

days = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def slots_for(today: date) -> list[Slot]:
    """Sixty tasks of one lead and two others, every third with a date of its own."""
    year = demo_year(today)
    found = []
    for task in range(60):
        due = year.month_end(4 + task % 9) if task % 3 == 0 else year.end
        for place, role in enumerate(("lead", "support", "support")):
            found.append(
                Slot(
                    task * 3 + place,
                    str(task),
                    f"unit-{place}",
                    role,
                    year.start,
                    due,
                    year.issued + timedelta(days=8),
                )
            )
    return found


def tell(today: date, seed: int) -> tuple[Story, list[Event]]:
    story = Story(Random(seed), current_calendar("990000").is_workday, today, late_tasks=("1",))
    return story, story.tell(slots_for(today))


def as_data(events: list[Event]) -> list[tuple[object, ...]]:
    return [(event.at, event.kind, event.key, sorted(event.data.items())) for event in events]


@given(today=days, seed=st.integers(0, 10**6))
def test_every_course_is_legal(today: date, seed: int) -> None:
    slots = {slot.key: slot for slot in slots_for(today)}
    _story, events = tell(today, seed)
    state = dict.fromkeys(slots, "assigned")
    finished: dict[int, bool] = {}
    moments = [event.at for event in events]
    assert moments == sorted(moments)
    assert all(event.at.date() < today for event in events)
    for event in events:
        now = state[event.key]
        if event.kind in ("sign", "submit", "close"):
            state[event.key] = next_state(event.kind, now)
        elif event.kind == "accept":
            state[event.key] = next_state("accept_complete" if finished[event.key] else "accept", now)
        elif event.kind == "send_back":
            state[event.key] = next_state("return", now)
        elif event.kind in ("urge", "notice"):
            assert allowed("urge", now), event
        elif event.kind == "draft":
            assert allowed("submit", now), event
        elif event.kind == "ask_extension":
            assert allowed("extend", now)
            assert event.at.date() <= slots[event.key].due < event.data["until"]
        if event.kind == "submit":
            finished[event.key] = event.data.get("percent") == 100


@given(today=days, seed=st.integers(0, 10**6))
def test_every_day_has_its_troubles(today: date, seed: int) -> None:
    story, events = tell(today, seed)
    fates = Counter(story.fates.values())
    assert fates[Fate.ON_SCHEDULE] > len(story.fates) * 0.3
    assert fates[Fate.NOT_BEGUN] == 1
    assert all(fates[fate] for fate in (Fate.BEHIND, Fate.FAR_BEHIND, Fate.FINISHED, Fate.CLOSED))
    # The first date of the tasks lies four months into the period, so some have passed whatever the day.
    assert fates[Fate.OVERDUE] >= 1
    kinds = Counter(event.kind for event in events)
    assert kinds["sign"] == 59 * 3
    assert kinds["submit"] >= kinds["accept"] > 59


@given(today=days)
def test_same_seed_same_story(today: date) -> None:
    assert as_data(tell(today, 7)[1]) == as_data(tell(today, 7)[1])
    assert as_data(tell(today, 7)[1]) != as_data(tell(today, 8)[1])
