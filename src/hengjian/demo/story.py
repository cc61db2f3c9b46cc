"""What happens in the demonstration year: a seeded list of events, without the database. Same seed, same list.

Every task gets one fate, every duty of it a course that agrees with it: what is on schedule reports every quarter, what
is late is urged, and so on. The shares follow what a region's ledger looks like in practice: most is on schedule, a
fifth is finished, every sixth task needs attention.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from hengjian.plans.rules import period_of

ZONE = ZoneInfo("Asia/Shanghai")
CYCLE = "quarter"


class Fate(StrEnum):
    """How a task stands on the last day."""

    CLOSED = "closed"  # finished and closed
    FINISHED = "finished"  # finished, waits to be closed
    ON_SCHEDULE = "on_schedule"
    BEHIND = "behind"  # 12 to 25 points
    FAR_BEHIND = "far_behind"  # more than 30 points, not yet due
    OVERDUE = "overdue"  # the date has passed, it is urged
    EXTENDED = "extended"  # more time was asked for and granted in time
    NOT_BEGUN = "not_begun"  # handed out a few days ago, nobody has signed yet


@dataclass(frozen=True)
class Slot:
    """A duty as the story sees it; `key` is the caller's (a database id), `unit` the unit's key."""

    key: int
    task: str
    unit: str
    role: str
    start: date
    due: date
    assigned: date


@dataclass(frozen=True, order=True)
class Event:
    """One thing that somebody does at a moment. `kind` names the method of the builder, `data` its arguments."""

    at: datetime
    order: int
    kind: str = field(compare=False)
    key: int = field(compare=False)
    data: dict[str, Any] = field(compare=False, default_factory=dict)


class Story:
    """Makes the events of one plan.

    Args:
        random: the seeded source of everything that varies.
        is_workday: nothing happens on days off.
        today: the last day; what happens, happens before it.
        late_tasks: codes of tasks that are handed out in the last days only.
    """

    def __init__(
        self, random: Random, is_workday: Callable[[date], bool], today: date, late_tasks: Sequence[str] = ()
    ) -> None:
        self.random = random
        self.is_workday = is_workday
        self.today = today
        self.late_tasks = frozenset(late_tasks)
        self.events: list[Event] = []
        self.fates: dict[str, Fate] = {}
        # What waits for review, was sent back and so on is planted in turn, so that each kind occurs.
        self._ends: Iterator[str] = iter(())

    # ---- days

    def workday(self, day: date) -> date:
        """The day itself or the next working day, but never today or later."""
        while not self.is_workday(day):
            day += timedelta(days=1)
        last = self.today - timedelta(days=1)
        while day > last or not self.is_workday(day):
            day -= timedelta(days=1)
        return day

    def back(self, working_days: int) -> date:
        """So many working days before today."""
        day = self.today
        while working_days:
            day -= timedelta(days=1)
            working_days -= self.is_workday(day)
        return day

    def forward(self, day: date, working_days: int) -> date:
        """So many working days after a day."""
        while working_days:
            day += timedelta(days=1)
            working_days -= self.is_workday(day)
        return day

    def moment(self, day: date, earliest: int = 9, latest: int = 17) -> datetime:
        hour = self.random.randrange(earliest, latest)
        return datetime.combine(self.workday(day), time(hour, self.random.randrange(60)), ZONE)

    def add(self, at: datetime, kind: str, slot: Slot, **data: Any) -> datetime:
        self.events.append(Event(at, len(self.events), kind, slot.key, data))
        return at

    # ---- the plan

    def tell(self, slots: Sequence[Slot]) -> list[Event]:
        """All events of the duties, in the order of time."""
        by_task: dict[str, list[Slot]] = {}
        for slot in slots:
            by_task.setdefault(slot.task, []).append(slot)
        self._ends = self._turns()
        passed = [task for task, own in by_task.items() if own[0].due < self.today and task not in self.late_tasks]
        ahead = [task for task, own in by_task.items() if own[0].due >= self.today and task not in self.late_tasks]
        self._deal(passed, {Fate.OVERDUE: 0.2, Fate.EXTENDED: 0.1}, Fate.CLOSED)
        self._deal(
            ahead,
            {Fate.FAR_BEHIND: 0.04, Fate.BEHIND: 0.13, Fate.FINISHED: 0.04, Fate.CLOSED: 0.1},
            Fate.ON_SCHEDULE,
        )
        for task in self.late_tasks & by_task.keys():
            self.fates[task] = Fate.NOT_BEGUN
        for task, own in by_task.items():
            self._tell_task(self.fates[task], own)
        return sorted(self.events)

    def _deal(self, tasks: list[str], shares: dict[Fate, float], rest: Fate) -> None:
        """Deal the fates out by their shares, each at least once where there is a task for it."""
        order = list(tasks)
        self.random.shuffle(order)
        for fate, share in shares.items():
            for _ in range(max(1, round(share * len(tasks)))):
                if order:
                    self.fates[order.pop()] = fate
        for task in order:
            self.fates[task] = rest

    @staticmethod
    def _turns() -> Iterator[str]:
        """How a duty on schedule stands in the last days: mostly nothing is open."""
        while True:
            yield from ("submitted", "", "no_change", "", "", "copied", "", "", "returned", "", "", "", "draft", "")

    def _tell_task(self, fate: Fate, own: list[Slot]) -> None:
        # One unit is the reason why a task lags; the others do their part.
        lagging = self.random.choice(own).key
        for place, slot in enumerate(own):
            if fate is Fate.NOT_BEGUN:
                continue
            signed = self.moment(slot.assigned + timedelta(days=1 + self.random.randrange(9)))
            self.add(signed, "sign", slot)
            mine = fate
            if fate in (Fate.BEHIND, Fate.FAR_BEHIND, Fate.OVERDUE, Fate.EXTENDED) and slot.key != lagging:
                mine = Fate.ON_SCHEDULE if slot.due >= self.today else Fate.CLOSED
            self._course(mine, slot, signed, copies=own[place - 1] if place else None)

    # ---- one duty

    def _course(self, fate: Fate, slot: Slot, signed: datetime, copies: Slot | None) -> None:
        if fate in (Fate.CLOSED, Fate.FINISHED):
            self._finish(slot, signed, closed=fate is Fate.CLOSED)
        elif fate is Fate.OVERDUE:
            self._overdue(slot, signed)
        elif fate is Fate.EXTENDED:
            self._extended(slot, signed)
        else:
            days = self.random.randint(8, 30)
            points = {Fate.BEHIND: self.random.randint(13, 18), Fate.FAR_BEHIND: self.random.randint(33, 45)}.get(
                # What reported some weeks ago was ahead then, or it would be behind by now.
                fate,
                self.random.randint(-5, 3) if days < 15 else -self.random.randint(2, 6),
            )
            recently = self.today - timedelta(days=days + (fate is Fate.FAR_BEHIND) * 12)
            last = self._quarters(slot, signed, recently, lambda day: self._share(slot, day) - points)
            at = self.moment(recently)
            if at > last:
                share = self._share(slot, at.date())
                last = self._report(slot, at, min(97, max(0, share - points)), behind=points)
            if fate is Fate.ON_SCHEDULE:
                self._open_end(slot, last, copies)
            elif fate is Fate.FAR_BEHIND:
                at = self.moment(self.back(self.random.randint(9, 12)))
                if at > last:
                    self.add(at, "urge", slot)

    @staticmethod
    def _share(slot: Slot, day: date) -> int:
        """Elapsed share of the duty's period, 0..100: 序时进度."""
        whole = (slot.due - slot.start).days or 1
        return max(0, min(100, round(100 * (day - slot.start).days / whole)))

    def _quarters(self, slot: Slot, signed: datetime, until: date, percent: Callable[[date], int]) -> datetime:
        """The lead's reports around the quarters' ends, the others' now and then; returns the moment of the last
        review."""
        days = []
        day = signed.date() + timedelta(days=20)
        while (end := period_of(day, CYCLE).end) < until - timedelta(days=14):
            days.append(end)
            day = end + timedelta(days=1)
        last = signed
        reported = 0
        for end in days:
            if self.random.random() < (0.5 if slot.role == "lead" else 0.85):
                continue
            at = self.moment(end - timedelta(days=self.random.randrange(10)))
            done = max(reported, min(97, percent(at.date())))
            if at > last:
                last, reported = self._report(slot, at, done, behind=self._share(slot, at.date()) - done), done
        return last

    def _report(self, slot: Slot, at: datetime, percent: int, behind: int = 0, **data: Any) -> datetime:
        """A report and its review some days later; returns the moment of the review."""
        self.add(at, "submit", slot, percent=percent, behind=behind, **data)
        wait = 1 + self.random.randrange(4)
        review = self.moment(at.date() + timedelta(days=wait))
        if review <= at:
            review = at + timedelta(minutes=40)
        return self.add(review, "accept", slot)

    def _finish(self, slot: Slot, signed: datetime, closed: bool) -> None:
        """Reports up to 100 per cent some weeks before the date, confirmed by the office; what the office has not
        confirmed yet was finished in the last days."""
        if closed:
            finished = min(slot.due, self.today) - timedelta(days=self.random.randint(4, 30))
        else:
            finished = self.back(self.random.randint(3, 4))
        finished = max(finished, signed.date() + timedelta(days=12))
        last = self._quarters(
            slot,
            signed,
            finished,
            lambda day: min(95, 100 * (day - slot.start).days // max(1, (finished - slot.start).days)),
        )
        at = max(self.moment(finished), last + timedelta(hours=2))
        accepted = self._report(slot, at, 100)
        if closed:
            self.add(
                max(self.moment(accepted.date() + timedelta(days=2)), accepted + timedelta(minutes=50)), "close", slot
            )

    def _overdue(self, slot: Slot, signed: datetime) -> None:
        """Stuck between 55 and 85 per cent; reminders and urging run by the ladder, the unit answers or does not."""
        stuck = self.random.randint(55, 85)
        self._quarters(slot, signed, slot.due + timedelta(days=15), lambda day: min(stuck, self._share(slot, day)))
        for kind, after in (("follow", 1), ("follow", 3), ("notice", 6), ("reply", 9)):
            day = self.forward(slot.due, after)
            if day >= self.today or (kind == "reply" and self.random.random() < 0.4):
                return
            self.add(self.moment(day, 10 if kind != "reply" else 14), kind, slot)

    def _extended(self, slot: Slot, signed: datetime) -> None:
        """Asked for ten days before the date, granted; goes on at its pace."""
        until = max(slot.due + timedelta(days=60), self.today + timedelta(days=self.random.randint(12, 30)))
        asked = self.moment(slot.due - timedelta(days=self.random.randint(8, 14)))
        last = self._quarters(slot, signed, asked.date(), lambda day: min(75, self._share(slot, day) - 8))
        asked = max(asked, last + timedelta(hours=1))
        self.add(asked, "ask_extension", slot, until=until)
        granted = max(self.moment(asked.date() + timedelta(days=2)), asked + timedelta(hours=1))
        self.add(granted, "grant_extension", slot)
        at = self.moment(self.back(self.random.randint(4, 12)))
        if at > granted:
            self._report(slot, at, 88)

    def _open_end(self, slot: Slot, last: datetime, copies: Slot | None) -> None:
        """What is open in the last days; nothing for most."""
        if slot.role != "lead" and self.random.random() < 0.7:
            return
        end = next(self._ends)
        at = self.moment(self.back(self.random.randint(1, 4)), 9, 12)
        if not end or at <= last:
            return
        share = min(97, self._share(slot, at.date()))
        if end == "no_change":
            self.add(at, "submit", slot, no_change=True)
            self.add(at + timedelta(hours=3), "accept", slot)
        elif end == "copied" and copies is not None:
            self.add(at, "submit", slot, percent=share, copies=copies.key)
        elif end == "returned":
            self.add(at, "submit", slot, percent=share)
            self.add(at + timedelta(hours=4), "send_back", slot)
        elif end == "draft":
            self.add(at, "draft", slot, percent=share)
        elif end == "submitted":
            self.add(at, "submit", slot, percent=share)
