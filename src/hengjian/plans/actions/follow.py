"""Urge → reply → close → reopen → archive."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.pages.notices import tell
from hengjian.parties.policies import Forbidden, can
from hengjian.parties.verbs import Action, ActionRefused, require_other_person
from hengjian.plans.actions.base import DutyAction
from hengjian.plans.following import rules_of, send_step
from hengjian.plans.models import Duty, Plan, Report, Task, Urge
from hengjian.plans.policies import own_units
from hengjian.plans.rules import Part, roll_up
from hengjian.plans.writing import log_step, office_people, write_fact
from hengjian.rulebook.parameters.escalation import Step


@dataclass(kw_only=True)
class UrgeDuty(DutyAction[Urge]):
    """Send a step of the ladder by hand; without `step` the next one above the last."""

    verb = "plans.urge"
    message: str
    step: str = ""

    def check_state(self) -> None:
        self.step_allowed("urge")
        if not self.message.strip():
            raise ActionRefused(_("催办内容不能为空。"), _("请写明要求和时限。"), status=400)
        self.chosen_step()

    def chosen_step(self) -> Step:
        ladder = rules_of(self.duty.task.plan).escalation
        level = self.duty.urge_level
        if not self.step:
            above = [step for step in ladder.steps if step.level > level] or [ladder.steps[-1]]
            return above[0]
        found = next((step for step in ladder.steps if step.code == self.step), None)
        if found is None:
            raise ActionRefused(_("催办阶梯里没有这一级。"), _("请从列表中选择。"), status=400)
        if found.level > level + 1 and not ladder.may_start_higher:
            raise ActionRefused(_("本地区的催办阶梯不能越级。"), _("请先使用上一级。"))
        return found

    def perform(self) -> Urge:
        sent = send_step(self.duty, self.chosen_step(), self.chosen_step().level, self.message.strip(), user=self.actor)
        if not sent:
            raise ActionRefused(_("这一级催办已经对本次时限发出过。"), _("请选择更高一级，或等待回复。"))
        return sent[0]

    def logged(self, result: Urge) -> Duty:
        return self.duty


@dataclass(kw_only=True)
class ReplyUrge(Action[Urge]):
    """The unit answers; an unanswered step lets the ladder go on."""

    verb = "plans.reply"
    urge: Urge
    reply: str

    def target(self) -> Urge:
        return self.urge

    def check_state(self) -> None:
        user = self.actor
        if user is not None and self.urge.duty.unit_id not in own_units(user):
            raise Forbidden(can(None, self.verb, self.urge), self.verb)
        if self.urge.replied_at is not None:
            raise ActionRefused(_("这次催办已经回复过。"), _("如有新情况，请直接报送进展。"))
        if not self.reply.strip():
            raise ActionRefused(_("回复不能为空。"), _("请写明办理情况和预计完成时间。"), status=400)

    def perform(self) -> Urge:
        self.urge.reply, self.urge.replied_at, self.urge.replied_by = self.reply.strip(), timezone.now(), self.actor
        self.urge.save(update_fields=["reply", "replied_at", "replied_by"])
        duty = self.urge.duty
        log_step(duty, "reply", gettext_noop("回复催办"), self.actor, self.reply)
        tell(
            office_people("plans.urge", duty),
            gettext_noop("%(unit)s回复了“%(task)s”的催办。") % {"unit": duty.unit, "task": duty.task.title},
            duty.ref,
            f"replied:{self.urge.pk}",
        )
        return self.urge


@dataclass(kw_only=True)
class CloseDuty(DutyAction[Duty]):
    """办结: complete is not closed; another person than the reporter confirms it."""

    verb = "plans.close"

    def check_state(self) -> None:
        self.step_allowed("close")
        report = self.duty.reports.filter(state=Report.State.ACCEPTED).first()
        if report is not None:
            require_other_person(self.user, report.submitted_by, _("办结"))

    def perform(self) -> Duty:
        duty = self.duty
        assert duty.unit is not None
        completed = duty.completed_on or timezone.localdate()
        self.move("close", gettext_noop("办结"), self.reason)
        duty.closed_at, duty.completed_on = timezone.now(), completed
        write_fact(
            "plan.closed",
            duty,
            {
                "unit": duty.unit.ref,
                "completed_on": completed,
                "due_on": duty.due_on,
                "on_time": completed <= duty.due_on,
            },
            user=self.actor,
        )
        self.save("closed_at", "completed_on")
        return duty


@dataclass(kw_only=True)
class ReopenDuty(DutyAction[Duty]):
    """重办, with the reason; the completion date is cleared."""

    verb = "plans.close"
    needs_reason = True

    def check_state(self) -> None:
        self.step_allowed("reopen")
        if self.duty.task.plan.status == Plan.Status.ARCHIVED:
            raise ActionRefused(_("计划已归档，不能重办。"), _("请在新一年的计划中列入这项工作。"))

    def perform(self) -> Duty:
        duty = self.duty
        assert duty.unit is not None
        self.move("reopen", gettext_noop("重办"), self.reason)
        duty.closed_at = duty.completed_on = None
        write_fact("plan.reopened", duty, {"unit": duty.unit.ref, "reason": self.reason.strip()}, user=self.actor)
        self.save("closed_at", "completed_on")
        return duty


@dataclass(kw_only=True)
class SuspendDuty(DutyAction[Duty]):
    """Pause a duty (`resume` False) or take it up again."""

    verb = "plans.adjust"
    needs_reason = True
    resume: bool = False

    @property
    def step(self) -> str:
        return "resume" if self.resume else "suspend"

    def check_state(self) -> None:
        self.step_allowed(self.step)

    def perform(self) -> Duty:
        # A duty that nobody has signed for goes back to waiting for that.
        self.move(self.step, gettext_noop("恢复") if self.resume else gettext_noop("暂停"), self.reason)
        if self.resume and self.duty.signed_at is None:
            self.duty.state = Duty.State.ASSIGNED
        self.save()
        return self.duty


@dataclass(kw_only=True)
class ArchivePlan(Action[Plan]):
    """归档: everything is closed, or the office says why what is open is let go."""

    verb = "plans.close"
    plan: Plan

    def target(self) -> Plan:
        return self.plan

    def check_state(self) -> None:
        if self.plan.status == Plan.Status.ARCHIVED:
            raise ActionRefused(_("计划已经归档。"), _("请到“已归档”视图查看。"))
        open_duties = self._open().count()
        if open_duties and not self.reason.strip():
            raise ActionRefused(
                _("还有 %(count)s 项责任没有办结。") % {"count": open_duties},
                _("请先办结，或写明结转到下一年度的理由后归档。"),
            )

    def _open(self):  # type: ignore[no-untyped-def]
        return Duty.objects.filter(task__plan=self.plan).exclude(state__in=[Duty.State.CLOSED, Duty.State.WITHDRAWN])

    def perform(self) -> Plan:
        tasks = list(self.plan.tasks.exclude(status=Task.Status.RETIRED))
        closed = sum(task.status == Task.Status.CLOSED for task in tasks)
        self._open().update(next_action_at=None)
        self.plan.status = Plan.Status.ARCHIVED
        self.plan.save(update_fields=["status"])
        write_fact(
            "plan.archived",
            self.plan,
            {
                "title": self.plan.title,
                "percent": roll_up([Part(task.percent, task.weight) for task in tasks], "weights"),
                "tasks": len(tasks),
                "closed": closed,
            },
            user=self.actor,
        )
        return self.plan
