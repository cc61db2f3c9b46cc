"""Rounds: begun from an approved scheme, taken from step to step, ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.assessment import facts
from hengjian.assessment.actions.base import RoundAction, digest_of, item_of
from hengjian.assessment.models import Entry, Responsibility, Reviewer, Round, RoundStep, Scheme
from hengjian.assessment.objects import Object, lead_units
from hengjian.assessment.standing import open_points
from hengjian.clocks.actions import start_clock, stop_clock
from hengjian.clocks.models import Deadline
from hengjian.clocks.rules import Term
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.pages.notices import tell
from hengjian.parties.models import Region, Unit, User
from hengjian.parties.policies import Scope, who_may
from hengjian.parties.verbs import Action, ActionRefused

BEGUN = gettext_noop("“%(title)s”进入%(step)s环节。")
NAMED = gettext_noop("您被列入“%(title)s”的%(role)s。")
ALARMS = (("before_3", -3), ("over_1", 1))


def window(start_month: int, year: int) -> tuple[date, date]:
    """First and last day of the assessed year that begins in that month of the year."""
    first = date(year, start_month, 1)
    return first, date(year + 1, start_month, 1) - timedelta(days=1)


@dataclass(kw_only=True)
class OpenRound(Action[Round]):
    """Begin a round. The scheme's content is kept with it: later editions change nothing here.

    Attributes:
        year: the year in which the assessed window begins.
        objects: whom it assesses (`objects.objects_of`).
        dues: step → last day, where the office sets another one than the scheme.
        leads: item → unit that scores it, where it is another one than the scheme's.
    """

    verb = "assessment.manage"

    scheme: Scheme
    title: str
    unit: Unit
    region: Region
    year: int
    objects: Sequence[Object]
    dues: Mapping[str, date] = field(default_factory=dict)
    leads: Mapping[str, Unit] = field(default_factory=dict)

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.region)

    def check_state(self) -> None:
        if self.scheme.state != Scheme.State.APPROVED:
            raise ActionRefused(_("这份方案还没有批准，不能据以考核。"), _("请先报第二人批准。"))
        if not self.objects:
            raise ActionRefused(_("没有选择考核对象。"), _("请至少选择一个考核对象。"), status=400)
        if not self.title.strip():
            raise ActionRefused(_("请填写名称。"), status=400)
        if Round.objects.filter(scheme=self.scheme, year=self.year, unit=self.unit).exists():
            raise ActionRefused(_("按这份方案已经启动过 %(year)s 年度的考核。") % {"year": self.year})

    def perform(self) -> Round:
        content = self.scheme.content
        first, last = window(content.scheme.start_month, self.year)
        steps = content.scheme.steps
        row = Round.objects.create(
            title=self.title.strip()[:200],
            scheme=self.scheme,
            definition=self.scheme.definition,
            unit=self.unit,
            region=self.region,
            year=self.year,
            period_start=first,
            period_end=last,
            state=steps[0].code,
            opened_by=self.actor,
        )
        for step in steps:
            RoundStep.objects.create(round=row, code=step.code, due=self.dues.get(step.code) or step.due(self.year))
        for order, one in enumerate(self.objects):
            Entry.objects.create(round=row, region=one.region, unit=one.unit, name=one.name, order=order)
        units = lead_units(content, self.unit, self.region)
        Responsibility.objects.bulk_create(
            Responsibility(round=row, item=item.code, unit=self.leads.get(item.code) or units[item.code])
            for item in content.sheet.items
        )
        append(
            FactDraft(
                kind=facts.OPENED.name,
                subject=row.ref,
                payload=facts.RoundOpened(
                    title=row.title,
                    scheme=self.scheme.ref,
                    digest=digest_of(row.definition),
                    year=row.year,
                    period_start=first,
                    period_end=last,
                    objects=len(self.objects),
                ),
                region=self.region.code,
                occurred_on=timezone.localdate(),
                source=Source(unit=self.unit.ref, user=self.actor.ref if self.actor else "", system=self.system),
            )
        )
        begin_step(row, steps[0].code, self.actor)
        return row


def begin_step(row: Round, code: str, by: User | None) -> None:
    """Mark a step as begun, start its clock and tell those whose turn it is."""
    step = row.steps.filter(code=code).first()
    if step is None:
        return
    now = timezone.now()
    step.begun_at = now
    step.save(update_fields=["begun_at"])
    today = timezone.localdate(now)
    if step.due is not None and step.due > today:
        start_clock(
            row.ref,
            f"assessment.{code}",
            today,
            term=Term((step.due - today).days, "calendar_day", "none"),
            alarms=ALARMS,
            unit=row.unit.ref,
            region=row.region.code,
            by=by.ref if by else "",
        )
    tell(
        people_of(row, code),
        BEGUN,
        row.ref,
        f"assessment.step:{row.pk}:{code}",
        {"title": row.title, "step": row.get_state_display()},
    )


def end_step(row: Round, code: str, by: User | None) -> None:
    row.steps.filter(code=code).update(ended_at=timezone.now(), ended_by=by)
    for deadline in Deadline.objects.filter(
        owner=row.ref, purpose=f"assessment.{code}", state__in=[Deadline.State.OPEN, Deadline.State.PAUSED]
    ):
        stop_clock(deadline, by=by.ref if by else "")


def people_of(row: Round, code: str) -> list[User]:
    """Whose turn it is in a step."""
    if code in ("site", "panel"):
        return list(User.objects.filter(pk__in=Reviewer.objects.filter(entry__round=row, role=code).values("user")))
    if code == "approval":
        return list(who_may("assessment.approve", row))
    rows: Any = row.responsibilities if code == "department" else row.entries
    units = rows.values("unit")
    return list(User.objects.filter(unit__in=units, is_active=True, grants__isnull=False).distinct())


@dataclass(kw_only=True)
class AdvanceRound(RoundAction[Round]):
    """Take the round to its next step. What is still open must be named in `reason` to go on without it.

    Publication, circular and the end have verbs of their own that call this one's `move`.
    """

    BY_ITSELF = ("self", "department", "site", "panel")

    def check_state(self) -> None:
        following = self.round.following
        if following not in self.BY_ITSELF:
            raise ActionRefused(_("下一环节不能直接进入。"), _("汇总结果、批准、公示和通报各有专门的办理步骤。"))
        lacking = open_points(self.round)
        if lacking and not self.reason.strip():
            raise ActionRefused(
                _("本环节还有未完成的事项：%(what)s。") % {"what": "；".join(lacking)},
                _("确需进入下一环节的，请写明理由。"),
            )

    def perform(self) -> Round:
        return move(self.round, self.actor)


def move(row: Round, by: User | None) -> Round:
    """End the present step and begin the next."""
    following = row.following
    end_step(row, row.state, by)
    row.state = following
    if following == Round.State.CLOSED:
        row.closed_at = timezone.now()
    row.save(update_fields=["state", "closed_at"])
    if following != Round.State.CLOSED:
        begin_step(row, following, by)
    return row


@dataclass(kw_only=True)
class SetDue(RoundAction[RoundStep]):
    """Set another last day for a step that is not over."""

    step: str
    due: date

    def check_state(self) -> None:
        row = self.round.steps.filter(code=self.step).first()
        if row is None or row.ended_at is not None:
            raise ActionRefused(_("这个环节已经结束或不存在。"), status=400)
        if self.due < timezone.localdate():
            raise ActionRefused(_("截止日期已经过去。"), _("请填写今天或以后的日期。"), status=400)

    def perform(self) -> RoundStep:
        step = self.round.steps.get(code=self.step)
        step.due = self.due
        step.save(update_fields=["due"])
        running = Deadline.objects.filter(
            owner=self.round.ref, purpose=f"assessment.{self.step}", state=Deadline.State.OPEN
        )
        for deadline in running:
            stop_clock(deadline, by=self.actor.ref if self.actor else "")
        if step.begun_at is not None:
            begin_step(self.round, self.step, self.actor)
        return step


@dataclass(kw_only=True)
class AssignItem(RoundAction[Responsibility]):
    """Let another unit score an item, before its scoring is handed in."""

    item: str
    unit: Unit

    def check_state(self) -> None:
        item_of(self.round, self.item)
        if self.round.reached("site") or self.round.reached("panel"):
            raise ActionRefused(_("部门评分已经结束，不能再改评分单位。"))

    def perform(self) -> Responsibility:
        row = self.round.responsibilities.get(item=self.item)
        row.unit, row.finished_at, row.finished_by = self.unit, None, None
        row.save()
        return row


@dataclass(kw_only=True)
class NamePanel(RoundAction[int]):
    """Name the panel: at least two people, none from a unit that is assessed."""

    members: Sequence[User]

    def check_state(self) -> None:
        if self.round.frozen:
            raise ActionRefused(_("评审已经结束。"))
        people = list(dict.fromkeys(self.members))
        if len(people) < 2:
            raise ActionRefused(_("评审组至少两人。"), _("否决、降级和加减分须一人提出、另一人确认。"), status=400)
        units = set(self.round.entries.values_list("unit", flat=True))
        for user in people:
            if user.unit_id in units:
                raise ActionRefused(
                    _("%(name)s是被评单位的人员，须回避。") % {"name": user}, _("请另选其他单位的评审员。"), status=400
                )

    def perform(self) -> int:
        return name_reviewers(self.round, list(self.round.entries.all()), self.members, Reviewer.Role.PANEL)

    def logged(self, result: Any) -> Round:
        return self.round


def name_reviewers(row: Round, entries: Sequence[Entry], members: Sequence[User], role: str) -> int:
    """Put people on the panel or a site team for the objects, instead of those who were."""
    people = list(dict.fromkeys(members))
    Reviewer.objects.filter(entry__in=[entry.pk for entry in entries], role=role).delete()
    made = Reviewer.objects.bulk_create(
        Reviewer(entry=entry, user=user, role=role) for entry in entries for user in people
    )
    label = str(dict(Reviewer.Role.choices)[role])
    tell(people, NAMED, row.ref, f"assessment.named:{row.pk}:{role}", {"title": row.title, "role": label})
    return len(made)
