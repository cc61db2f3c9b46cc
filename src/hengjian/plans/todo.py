"""What waits for a person: 待办, 我发起的, 已办. Pure reads; the workbench and the daily digest show the same list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.rules import Term, due, working_days_between
from hengjian.parties.models import User
from hengjian.parties.policies import may_anywhere, permitted
from hengjian.plans.following import report_period
from hengjian.plans.models import Duty, DutyStep, Extension, Plan, PlanImport, Report, Urge
from hengjian.plans.policies import own_units
from hengjian.plans.spoken import spoken

# A step that no rule gives a term is expected within these working days; a convention of the workbench, not of law.
EXPECTED_WORKING_DAYS = 3
SOON_WORKING_DAYS = 5


@dataclass(frozen=True)
class Todo:
    """One thing to do. `left`: working days until it is due, negative when late."""

    title: str
    note: str
    kind: str
    url: str
    due: date
    left: int

    @property
    def state(self) -> str:
        return "red" if self.left < 0 else "orange" if self.left <= EXPECTED_WORKING_DAYS else ""

    @property
    def words(self) -> str:
        if self.left < 0:
            return _("逾期 %(n)s 个工作日") % {"n": -self.left}
        if self.left == 0:
            return _("今天到期")
        return _("还剩 %(n)s 个工作日") % {"n": self.left}


def _left(day: date, today: date) -> int:
    calendar = current_calendar()
    if day >= today:
        return working_days_between(today, day, calendar)
    # Late is late, also on the weekend after the day.
    return -max(1, working_days_between(day, today, calendar))


def _expected(begun: date) -> date:
    return due(begun, Term(EXPECTED_WORKING_DAYS, "working_day"), current_calendar()).day


def own_duties(user: User) -> QuerySet[Duty]:
    """Duties of the units that the person works for."""
    rows = Duty.objects.filter(unit__in=own_units(user))
    return rows.select_related("task__plan__region", "task__clause", "unit")


def todos(user: User) -> list[Todo]:
    """Everything that waits for this person, the most urgent first."""
    today = timezone.localdate()
    found = [*_unit_side(user, today), *_office_side(user, today)]
    return sorted(found, key=lambda item: (item.due, item.kind, item.title))


def _todo(title: str, note: str, kind: str, duty: Duty, day: date, today: date) -> Todo:
    return Todo(title, note, kind, reverse("plans:duty", args=[duty.pk]), day, _left(day, today))


def _unit_side(user: User, today: date) -> Iterator[Todo]:
    if not may_anywhere(user, "plans.report"):
        return
    waiting = own_duties(user)
    for duty in waiting.filter(state=Duty.State.ASSIGNED)[:200]:
        begun = timezone.localdate(duty.assigned_at) if duty.assigned_at else today
        note = f"{duty.task.plan} · {duty.get_role_display()}"
        yield _todo(_("签收：%(task)s") % {"task": duty.task.title}, note, _("签收"), duty, _expected(begun), today)
    urges = Urge.objects.filter(duty__in=waiting, level__gt=0, replied_at=None)
    for urge in urges.select_related("duty__task", "duty__unit")[:200]:
        title = _("回复%(step)s：%(task)s") % {"step": spoken(urge.label), "task": urge.duty.task.title}
        day = _expected(timezone.localdate(urge.sent_at))
        yield _todo(title, str(urge.duty.unit), _("督办"), urge.duty, day, today)
    returned = {
        report.duty_id: report
        for report in Report.objects.filter(duty__in=waiting.filter(state=Duty.State.SIGNED)).order_by("pk")
    }
    for duty in waiting.filter(state=Duty.State.SIGNED)[:400]:
        last = returned.get(duty.pk)
        period = report_period(duty.task.plan, today)
        if last is not None and last.state == Report.State.RETURNED:
            day = _expected(timezone.localdate(last.reviewed_at or last.created_at))
            yield _todo(_("补报：%(task)s") % {"task": duty.task.title}, last.review_note, _("退回"), duty, day, today)
        elif duty.due_on < today or _left(duty.due_on, today) <= SOON_WORKING_DAYS:
            note = _("完成时限 %(due)s，已完成 %(percent)s%%") % {"due": duty.due_on, "percent": duty.percent}
            yield _todo(_("办结：%(task)s") % {"task": duty.task.title}, note, _("到期"), duty, duty.due_on, today)
        elif last is None or last.period != period.label:
            note = _("%(period)s 进展") % {"period": period.label}
            yield _todo(_("填报：%(task)s") % {"task": duty.task.title}, note, _("填报"), duty, period.end, today)


def _office_side(user: User, today: date) -> Iterator[Todo]:
    """Of the plans that the person's own offices run; what other offices have to decide stays in their workbench."""
    own = {user.unit_id, *user.grants.values_list("unit_id", flat=True)}
    plans = Plan.objects.filter(owner__in={unit for unit in own if unit is not None})
    of_plans = {"duty__task__plan__in": plans}
    reports = permitted(user, "plans.review", Report.objects.filter(state=Report.State.SUBMITTED, **of_plans))
    for report in reports.exclude(submitted_by=user).select_related("duty__task", "duty__unit")[:200]:
        title = _("审核进展：%(task)s") % {"task": report.duty.task.title}
        day = _expected(timezone.localdate(report.submitted_at))
        yield _todo(title, f"{report.period} · {report.duty.unit}", _("审核"), report.duty, day, today)
    asked = permitted(
        user, "plans.decide_extension", Extension.objects.filter(state=Extension.State.REQUESTED, **of_plans)
    )
    for extension in asked.exclude(requested_by=user).select_related("duty__task", "duty__unit")[:200]:
        title = _("答复延期申请：%(task)s") % {"task": extension.duty.task.title}
        note = _("%(unit)s 申请由 %(a)s 延至 %(b)s") % {
            "unit": extension.duty.unit,
            "a": extension.from_due,
            "b": extension.to_due,
        }
        day = _expected(timezone.localdate(extension.requested_at))
        yield _todo(title, note, _("延期"), extension.duty, day, today)
    done = permitted(user, "plans.close", Duty.objects.filter(state=Duty.State.DONE, task__plan__in=plans))
    for duty in done.select_related("task", "unit")[:200]:
        title = _("办结确认：%(task)s") % {"task": duty.task.title}
        day = _expected(duty.completed_on or today)
        yield _todo(title, str(duty.unit), pgettext("待办", "办结"), duty, day, today)
    drafts = permitted(
        user, "plans.import", PlanImport.objects.filter(state=PlanImport.State.DRAFT, unit__in=own - {None})
    )
    for draft in drafts.only("pk", "filename", "created_at", "draft")[:50]:
        name = draft.draft.get("plan_title") or draft.filename or _("粘贴的文本")
        title = _("核对解析结果：%(name)s") % {"name": name}
        day = _expected(timezone.localdate(draft.created_at))
        url = reverse("plans:import_review", args=[draft.pk])
        yield Todo(title, _("确认后生成任务"), _("导入"), url, day, _left(day, today))


def done_by(user: User) -> QuerySet[DutyStep]:
    """已办: the person's own steps of the last ninety days, newest first."""
    since = timezone.now() - timedelta(days=90)
    return DutyStep.objects.filter(by=user, at__gte=since).select_related("duty__task", "duty__unit").order_by("-at")


def started_by(user: User) -> QuerySet[Report]:
    """我发起的: reports that this person handed in and that are not decided yet or were decided lately."""
    rows = Report.objects.filter(submitted_by=user).exclude(state=Report.State.DRAFT)
    return rows.select_related("duty__task", "duty__unit").order_by("-submitted_at")
