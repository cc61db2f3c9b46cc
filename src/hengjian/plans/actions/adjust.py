"""The office shapes the work: dates, weights, key mark, parts, milestones, units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.parties.models import Unit
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.plans.actions.base import DutyAction
from hengjian.plans.following import refresh_task
from hengjian.plans.models import Duty, Milestone, Plan, Task
from hengjian.plans.writing import log_step, write_fact

ADJUSTABLE = ("title", "expected_result", "start_on", "due_on", "weight", "is_key", "status")


@dataclass(kw_only=True)
class TaskAction(Action[Task]):
    """A verb on one task of a plan that is still running."""

    verb = "plans.adjust"
    task: Task

    def target(self) -> Task:
        return self.task

    def check_state(self) -> None:
        if self.task.plan.status == Plan.Status.ARCHIVED:
            raise ActionRefused(_("计划已归档，不能再调整任务。"), _("请在新一年的计划中安排。"))


@dataclass(kw_only=True)
class AdjustTask(TaskAction):
    """Change dates, weight, key mark or standing; the change note is required and goes to the ledger."""

    needs_reason = True
    changes: dict[str, Any]

    def check_state(self) -> None:
        super().check_state()
        unknown = set(self.changes) - set(ADJUSTABLE)
        if unknown:
            raise ActionRefused(
                _("这些内容不能在这里修改：%(names)s。") % {"names": "、".join(sorted(unknown))}, status=400
            )
        start = self.changes.get("start_on", self.task.start_on)
        due = self.changes.get("due_on", self.task.due_on)
        if due < start:
            raise ActionRefused(_("完成时限早于开始日期。"), _("请检查两个日期。"), status=400)
        if self.changes.get("weight", Decimal(0)) < 0:
            raise ActionRefused(_("权重不能是负数。"), _("不计入汇总的任务，权重填 0。"), status=400)

    def perform(self) -> Task:
        task = self.task
        told: dict[str, list[str]] = {}
        before_due, before_start = task.due_on, task.start_on
        for name, value in self.changes.items():
            old = getattr(task, name)
            if old != value:
                told[name] = [str(old), str(value)]
                setattr(task, name, value)
        if not told:
            return task
        task.save(update_fields=list(told))
        if "due_on" in told or "start_on" in told:
            # A unit whose date was changed by its own extension keeps it.
            task.duties.filter(due_on=before_due).update(due_on=task.due_on)
            task.duties.filter(start_on=before_start).update(start_on=task.start_on)
        write_fact(
            "plan.task_changed",
            task,
            {"task": task.ref, "changes": told, "reason": self.reason.strip()},
            user=self.actor,
        )
        for duty in task.duties.exclude(state=Duty.State.WITHDRAWN):
            log_step(duty, "adjust", gettext_noop("任务调整"), self.actor, self.reason)
        refresh_task(task, user=self.actor)
        task.refresh_from_db()
        return task


@dataclass
class PartDraft:
    """One part of a broken-down task. `units`: (unit id, role)."""

    title: str
    due_on: date
    start_on: date
    weight: Decimal
    units: list[tuple[int, str]]


@dataclass(kw_only=True)
class BreakDown(TaskAction):
    """Break a task down into parts with their own dates, weights and units."""

    parts: list[PartDraft]

    def check_state(self) -> None:
        super().check_state()
        if not self.parts:
            raise ActionRefused(_("还没有填写分解的内容。"), _("请至少填写一个子任务。"), status=400)
        if self.task.parent_id is not None:
            raise ActionRefused(_("子任务不能再分解。"), _("请在上一级任务下增加子任务。"))
        for part in self.parts:
            if not part.title.strip() or part.due_on < part.start_on or part.weight < 0:
                raise ActionRefused(
                    _("子任务“%(title)s”的名称、日期或权重不对。") % {"title": part.title},
                    _("请改正后再保存。"),
                    status=400,
                )

    def perform(self) -> Task:
        count = self.task.parts.count()
        units = Unit.objects.in_bulk({pk for part in self.parts for pk, _role in part.units})
        for place, part in enumerate(self.parts, count + 1):
            child = Task.objects.create(
                plan=self.task.plan,
                clause=self.task.clause,
                parent=self.task,
                code=f"{self.task.code}-{place}"[:20],
                order=self.task.order,
                title=part.title.strip()[:400],
                start_on=part.start_on,
                due_on=part.due_on,
                weight=part.weight,
            )
            Duty.objects.bulk_create(
                [
                    Duty(
                        task=child,
                        unit=units[pk],
                        as_written=str(units[pk]),
                        role=role,
                        order=order,
                        start_on=child.start_on,
                        due_on=child.due_on,
                    )
                    for order, (pk, role) in enumerate(dict(part.units).items())
                    if pk in units
                ]
            )
        return self.task


@dataclass(kw_only=True)
class SetMilestones(TaskAction):
    """Replace the milestones of a task: (title, due, weight, done on)."""

    milestones: list[tuple[str, date, Decimal, date | None]]

    def perform(self) -> Task:
        self.task.milestones.all().delete()
        Milestone.objects.bulk_create(
            [
                Milestone(task=self.task, title=title[:200], due_on=due, weight=weight, done_on=done)
                for title, due, weight, done in self.milestones
                if title.strip()
            ]
        )
        return self.task


@dataclass(kw_only=True)
class ChooseUnit(DutyAction[Duty]):
    """Say which unit a written name means; `everywhere` settles the same name in the whole plan."""

    verb = "plans.assign"
    unit: Unit
    everywhere: bool = True

    def check_state(self) -> None:
        if self.duty.state not in (Duty.State.PENDING, Duty.State.ASSIGNED):
            raise ActionRefused(
                _("责任单位已经开始办理，不能改成另一个单位。"), _("请先撤回这项责任，再交给新的单位。")
            )

    def perform(self) -> Duty:
        same = Duty.objects.filter(pk=self.duty.pk)
        if self.everywhere:
            same = Duty.objects.filter(
                task__plan=self.duty.task.plan, as_written=self.duty.as_written, unit=None, state=Duty.State.PENDING
            ) | Duty.objects.filter(pk=self.duty.pk)
        for duty in same.select_related("task"):
            if duty.task.duties.filter(unit=self.unit).exclude(pk=duty.pk).exists():
                # The unit is in the list under its usual name already: this spelling adds nothing.
                duty.delete()
                continue
            duty.unit = self.unit
            duty.save(update_fields=["unit"])
        return self.duty

    def logged(self, result: Duty) -> Duty | None:
        return result if Duty.objects.filter(pk=result.pk).exists() else None


@dataclass(kw_only=True)
class WithdrawDuty(DutyAction[Duty]):
    """Take a duty back from a unit, with the reason; what it reported stays readable."""

    verb = "plans.adjust"
    needs_reason = True

    def check_state(self) -> None:
        self.step_allowed("withdraw")

    def perform(self) -> Duty:
        self.move("withdraw", gettext_noop("撤回"), self.reason)
        self.save()
        return self.duty


@dataclass(kw_only=True)
class AddDuty(TaskAction):
    """Give a task to one more unit."""

    unit: Unit
    role: str

    def check_state(self) -> None:
        super().check_state()
        if self.role not in Duty.Role.values:
            raise ActionRefused(_("请选择分工：牵头、配合或共同。"), status=400)
        if self.task.duties.filter(unit=self.unit).exclude(state=Duty.State.WITHDRAWN).exists():
            raise ActionRefused(_("%(unit)s已经在责任单位里。") % {"unit": self.unit}, _("请在列表中查看。"))

    def perform(self) -> Task:
        withdrawn = self.task.duties.filter(unit=self.unit).first()
        if withdrawn is not None:
            withdrawn.state, withdrawn.role = Duty.State.PENDING, self.role
            withdrawn.save(update_fields=["state", "role"])
            return self.task
        last = self.task.duties.order_by("-order").first()
        Duty.objects.create(
            task=self.task,
            unit=self.unit,
            as_written=str(self.unit),
            role=self.role,
            order=last.order + 1 if last else 0,
            start_on=self.task.start_on,
            due_on=self.task.due_on,
        )
        return self.task
