"""Builds the demonstration: world, plans, then every event of the story through the action that a person would use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from hengjian.clocks.calendar import current_calendar
from hengjian.demo import adopting, paperwork, systems, words
from hengjian.demo.clock import at
from hengjian.demo.story import CYCLE, ZONE, Event, Slot, Story
from hengjian.demo.texts import demo_year, plan_text
from hengjian.demo.world import CITY, REGION, create_world
from hengjian.documents.actions import store_file
from hengjian.documents.sheets import SheetColumn, write_xlsx
from hengjian.ledger.checkpoints import sign_checkpoint
from hengjian.pages.models import Notification
from hengjian.parties.models import Region, User
from hengjian.plans import jobs
from hengjian.plans.actions.adjust import AdjustTask
from hengjian.plans.actions.extensions import DecideExtension, RequestExtension
from hengjian.plans.actions.follow import CloseDuty, ReplyUrge, UrgeDuty
from hengjian.plans.actions.imports import StartImport
from hengjian.plans.actions.reports import ReportContent, ReviewReport, SaveReport, SubmitReport
from hengjian.plans.actions.work import AssignDuties, SignDuty
from hengjian.plans.following import follow_up, refresh_tasks
from hengjian.plans.models import Duty, IssuedDocument, Plan, Report
from hengjian.plans.queries import offered_evidence
from hengjian.plans.rules import period_of

SEED = 2026
# Tasks that are handed out in the last days only.
LATE = ("7.3", "10.4", "17.6")
# Duty whose extension waits for the decision: (task, how many days more).
PENDING_EXTENSION = ("9.2", 31)
Progress = Callable[[int, int, str], None]


def quiet(done: int, total: int, stage: str) -> None:
    """Shows nothing."""


def build(
    *,
    now: datetime | None = None,
    seed: int = SEED,
    progress: Progress = quiet,
    more: Callable[[], object] | None = None,
) -> None:
    """Build everything in one transaction: a build that is killed leaves nothing behind.

    Args:
        now: the moment up to which the year has come; left out, the real one.
        progress: called with (events done, events in all, name of the stage).
        more: called at the end, inside the same transaction.
    """
    with translation.override("zh-hans"), transaction.atomic():
        Builder(now or timezone.now(), seed, progress).run()
        if more is not None:
            more()


class Builder:
    """One build. The methods named in events (`sign`, `submit` …) take the duty, the person and the event's data."""

    def __init__(self, now: datetime, seed: int, progress: Progress) -> None:
        self.now = now.astimezone(ZONE)
        self.today = self.now.date()
        self.year = demo_year(self.today)
        self.seed = seed
        self.random = Random(seed)
        self.progress = progress
        self.calendar = current_calendar(REGION)
        self.users: dict[str, User] = {}
        self.officers: dict[int, User] = {}
        # How many reports a task has had in each stage, so that the next one reads differently.
        self.turns: Counter[tuple[int, int]] = Counter()

    def run(self) -> None:
        self.progress(0, 1, "地区、单位、人员 regions, units, people")
        with self.day(self.year.start - timedelta(days=30)):
            create_world(self.year.start)
        self.users = {user.username: user for user in User.objects.select_related("unit")}
        grants = User.objects.filter(grants__role="officer").select_related("unit")
        self.officers = {user.unit_id: user for user in grants if user.unit_id is not None}
        self.progress(0, 1, "计划文本 plan texts")
        region = self.adopt("region", REGION, "office", self.year.issued, None)
        city = self.adopt("city", CITY, "shuoan-office", self.year.followed, region)
        with self.day(self.year.followed + timedelta(days=9)):
            paperwork.align(city, self.users["shuoan-office"])
        self.play(self.tell(region, LATE) + self.tell(city, ()) + self.papers(region) + self.rooms())
        self.progress(1, 1, "近日事项 the last days")
        self.last_days(region)
        systems.play(
            self.now, self.seed, lambda room: self.progress(1, 1, f"监管业务 registers and procedures: {room}")
        )
        systems.refresh_statistics()

    # ---- the clock

    def workday(self, day: date) -> date:
        while not self.calendar.is_workday(day):
            day += timedelta(days=1)
        return day

    def back(self, working_days: int) -> date:
        day = self.today
        while working_days:
            day -= timedelta(days=1)
            working_days -= self.calendar.is_workday(day)
        return day

    @contextmanager
    def day(self, day: date, hour: int = 9, minute: int = 30) -> Iterator[None]:
        """The clock stands at that hour of the day or of the next working day."""
        with at(datetime.combine(self.workday(day), time(hour, minute), ZONE)):
            yield

    # ---- plans

    def adopt(self, name: str, code: str, office: str, issued: date, parent: Plan | None) -> Plan:
        """Import a text, confirm it, hand it out; each step on its day."""
        user, region = self.users[office], Region.objects.get(code=code)
        first = issued + timedelta(days=2)
        with self.day(first):
            draft = adopting.start(plan_text(name, self.year, issued), f"{name}.txt", region, user)
        with self.day(first, 10, 15):
            plan = adopting.confirm(draft, self.year, parent, user)
        if parent is None:
            with self.day(first + timedelta(days=3), 11):
                adopting.break_down(plan, self.year, user)
                adopting.set_milestones(plan, user)
        with self.day(issued + timedelta(days=8), 10):
            tasks = plan.tasks.exclude(code__in=LATE if parent is None else ()).values_list("pk", flat=True)
            AssignDuties(user=user, plan=plan, tasks=list(tasks)).execute()
        return plan

    # ---- the year

    def tell(self, plan: Plan, late: tuple[str, ...]) -> list[Event]:
        """The events of a plan's duties, as the story invents them."""
        duties = Duty.objects.filter(task__plan=plan, state=Duty.State.ASSIGNED).select_related("task", "unit")
        slots = [
            Slot(
                duty.pk,
                duty.task.code,
                duty.unit.key if duty.unit else "",
                duty.role,
                duty.start_on,
                duty.due_on,
                timezone.localdate(duty.assigned_at),
            )
            for duty in duties.order_by("task__order", "task__code", "order", "pk")
        ]
        return Story(self.random, self.calendar.is_workday, self.today, late).tell(slots)

    def play(self, events: list[Event]) -> None:
        """All events in the order of time, with the worker's rounds in between."""
        rounds = self.rounds()
        ordered = sorted([*events, *rounds])
        for done, event in enumerate(ordered):
            if done % 20 == 0:
                self.progress(done, len(ordered), f"办理过程 the year's work, {event.at:%Y-%m-%d}")
            if done % 100 == 0:
                systems.refresh_statistics()
            with at(event.at):
                if event.kind == "round":
                    self.round()
                    continue
                if event.kind == "room":
                    event.data["build"](event.at, Random(f"{self.seed}:{event.data['room']}:{event.key}"))
                    continue
                if event.kind == "paper":
                    self.paper(Plan.objects.get(pk=event.key), **event.data)
                    continue
                duty = Duty.objects.select_related("task__plan__region", "unit").get(pk=event.key)
                assert duty.unit_id is not None
                getattr(self, event.kind)(duty, self.officers[duty.unit_id], event.data)

    def rounds(self) -> list[Event]:
        """Every second month, and monthly in the second half of the period."""
        found = []
        for month in (3, 5, 7, 8, 9, 10, 11, 12):
            day = self.workday(self.year.month_end(month) + timedelta(days=1))
            if self.year.followed < day < self.today:
                found.append(Event(datetime.combine(day, time(0, 30), ZONE), -1, "round", 0))
        return found

    def rooms(self) -> list[Event]:
        """What the rooms do on earlier days, each on a working day at ten."""
        return [
            Event(
                datetime.combine(self.workday(self.today - timedelta(days=days)), time(10), ZONE), -1, "room", days,
                {"room": room, "build": build},
            )
            for days, room, build in systems.earlier()
        ]  # fmt: skip

    def papers(self, plan: Plan) -> list[Event]:
        """The breakdown when the plan has been handed out, a consolidation after a quarter, a circular lately."""
        quarter = period_of(self.today, CYCLE)
        while quarter.end + timedelta(days=20) > self.today:
            quarter = period_of(quarter.start - timedelta(days=1), CYCLE)
        kinds = IssuedDocument.Kind
        days = {
            kinds.BREAKDOWN: self.year.issued + timedelta(days=15),
            kinds.CONSOLIDATION: quarter.end + timedelta(days=12),
            kinds.CIRCULAR: self.back(3),
        }
        return [
            Event(datetime.combine(self.workday(day), time(16, 20), ZONE), -1, "paper", plan.pk, {"kind": kind})
            for kind, day in days.items()
        ]

    def paper(self, plan: Plan, kind: str) -> None:
        """The head of the office signs what concerns all; a circular is drafted by the supervision desk."""
        if kind == IssuedDocument.Kind.CIRCULAR:
            paperwork.issue_circular(plan, self.users["office2"], self.users["office"], self.reply_day())
        else:
            paperwork.issue(plan, kind, self.users["office"])

    def reply_day(self) -> date:
        """Five working days from the day on which the clock stands."""
        day = timezone.localdate()
        for _ in range(5):
            day = self.workday(day + timedelta(days=1))
        return day

    @staticmethod
    def round() -> None:
        """What the worker does by itself: lights, reminders, automatic steps; a signed checkpoint."""
        while jobs.run_due(timezone.now()):
            pass
        sign_checkpoint()

    def office(self, duty: Duty, turn: int = 0) -> User:
        """Who acts for the office: in the city one person, in the region two and a reviewer in turn."""
        if duty.task.plan.region.code == CITY:
            return self.users["shuoan-office"]
        return self.users[("office2", "reviewer", "office")[turn % 3]]

    # ---- what people do, by the name of the event

    def sign(self, duty: Duty, officer: User, data: dict[str, Any]) -> None:
        SignDuty(user=officer, duty=duty).execute()

    def submit(self, duty: Duty, officer: User, data: dict[str, Any]) -> None:
        SubmitReport(user=officer, duty=duty, content=self.content(duty, officer, data)).execute()

    def draft(self, duty: Duty, officer: User, data: dict[str, Any]) -> None:
        SaveReport(user=officer, duty=duty, content=self.content(duty, officer, data)).execute()

    def content(self, duty: Duty, officer: User, data: dict[str, Any]) -> ReportContent:
        """The report: sentences, a figure, what is behind schedule with its reason, evidence."""
        if data.get("no_change"):
            return ReportContent(no_change=True, percent=duty.percent)
        percent = max(duty.percent, data["percent"])
        stage = duty.task_id, words.stage_of(percent)
        text = words.report_words(self.random, percent, self.turns[stage], duty.task.title)
        self.turns[stage] += 1
        last = duty.reports.filter(state=Report.State.ACCEPTED).first()
        if last is not None and last.figure_label:
            # The form comes with the name and unit of the figure; only the value is new.
            value = text.figure_value or Decimal(self.random.randint(24, 180))
            text = text._replace(figure_label=last.figure_label, figure_value=value, figure_unit=last.figure_unit)
        result = text.result
        if "copies" in data:
            other = Report.objects.filter(duty=data["copies"]).exclude(result="").first()
            result = other.result if other is not None else result
        behind = data.get("behind", 0) >= 10
        return ReportContent(
            result=result,
            percent=percent,
            figure_label=text.figure_label,
            figure_value=text.figure_value,
            figure_unit=text.figure_unit,
            problems=words.pick(self.random, words.PROBLEMS) if behind else "",
            next_step=words.pick(self.random, words.NEXT_STEPS) if behind or self.random.random() < 0.4 else "",
            evidence=self.evidence(duty, officer, text, percent),
        )

    def evidence(self, duty: Duty, officer: User, text: words.Wording, percent: int) -> list[tuple[str, str, str]]:
        """Now and then a fact that the ledger holds already, or a small table with the figure's parts."""
        if self.random.random() < 0.12 and (offered := offered_evidence(duty)):
            return [self.random.choice(offered)]
        if text.figure_value is None or (percent < 100 and self.random.random() > 0.1):
            return []
        whole = int(text.figure_value)
        places = self.random.sample(words.PLACES, 3)
        parts = [whole // 2, whole // 3]
        rows = list(zip(places, [*parts, whole - sum(parts)], strict=True))
        sheet = write_xlsx([SheetColumn("地区"), SheetColumn(f"{text.figure_label}（{text.figure_unit}）")], rows)
        name = f"{duty.task.code} {text.figure_label}分地区明细.xlsx"
        kept = store_file(sheet, name, subject=duty.ref, stored_by=officer.ref)
        return [("file", kept.address, kept.name)]

    def accept(self, duty: Duty, officer: User, data: dict[str, Any]) -> None:
        ReviewReport(user=self.office(duty, duty.pk), duty=duty, accept=True).execute()

    def send_back(self, duty: Duty, officer: User, data: dict[str, Any]) -> None:
        note = words.pick(self.random, words.RETURNS)
        ReviewReport(user=self.office(duty, duty.pk), duty=duty, accept=False, note=note).execute()

    def close(self, duty: Duty, officer: User, data: dict[str, Any]) -> None:
        CloseDuty(user=self.office(duty), duty=duty, reason="资料齐全，同意办结").execute()

    def urge(self, duty: Duty, officer: User, data: dict[str, Any]) -> None:
        message = words.URGES[timezone.localdate() > duty.due_on]
        UrgeDuty(user=self.office(duty), duty=duty, message=message).execute()

    def notice(self, duty: Duty, officer: User, data: dict[str, Any]) -> None:
        paperwork.issue_notice(duty, self.office(duty), self.reply_day())

    def follow(self, duty: Duty, officer: User, data: dict[str, Any]) -> None:
        """The worker's round for one duty, on the day on which a step of the ladder falls due."""
        today = timezone.localdate()
        refresh_tasks([duty.task_id], today=today)
        follow_up(duty, today)

    def reply(self, duty: Duty, officer: User, data: dict[str, Any]) -> None:
        urge = duty.urges.filter(level__gt=0, replied_at=None).first()
        if urge is not None:
            ReplyUrge(user=officer, urge=urge, reply=words.pick(self.random, words.REPLIES)).execute()

    def ask_extension(self, duty: Duty, officer: User, data: dict[str, Any]) -> None:
        RequestExtension(
            user=officer,
            duty=duty,
            to_due=data["until"],
            reason=words.pick(self.random, words.EXTENSION_REASONS),
            progress_so_far=f"已完成 {duty.percent}%，余下部分有明确安排。",
            head_consents=True,
        ).execute()

    def grant_extension(self, duty: Duty, officer: User, data: dict[str, Any]) -> None:
        DecideExtension(
            user=self.office(duty), duty=duty, grant=True, note="理由成立，同意延期，不再二次延期。"
        ).execute()

    # ---- the last days

    def last_days(self, region: Plan) -> None:
        """What waits for people when they log in: tasks just handed out, an extension to decide, a text to check."""
        office = self.users["office"]
        with self.day(self.back(2), 10):
            late = list(region.tasks.filter(code__in=LATE))
            for task in late:
                AdjustTask(
                    user=office,
                    task=task,
                    changes={"start_on": timezone.localdate()},
                    reason="按季节安排，今起实施",
                ).execute()
            AssignDuties(user=office, plan=region, tasks=[task.pk for task in late]).execute()
        with self.day(self.back(2), 15):
            assert office.unit is not None
            StartImport(
                user=office,
                unit=office.unit,
                region=region.region,
                data=plan_text("draft", self.year, self.today),
                filename="消费品专项（征求意见稿）.txt",
            ).execute()
        with self.day(self.back(1), 16):
            self.pending_extension(region)
            paperwork.draft_circular(region, self.users["office2"], self.reply_day())
        with at(self.now):
            self.round()
            # People have read what is older than a few days.
            old = Notification.objects.filter(at__lt=self.now - timedelta(days=4))
            old.update(read_at=F("at") + timedelta(hours=3))

    def pending_extension(self, region: Plan) -> None:
        """The lead of a task that is still open asks for more time; the office has not decided yet."""
        code, days = PENDING_EXTENSION
        duty = (
            Duty.objects.filter(task__plan=region, due_on__gt=self.today, state=Duty.State.SIGNED, role="lead")
            .exclude(task__code__in=LATE)
            .select_related("task__plan__region", "unit")
            .order_by("task__order")
        )
        chosen = duty.filter(task__code=code).first() or duty.first()
        if chosen is not None and chosen.unit_id is not None:
            until = chosen.due_on + timedelta(days=days)
            self.ask_extension(chosen, self.officers[chosen.unit_id], {"until": until})
