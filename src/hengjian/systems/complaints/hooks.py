"""What this room adds to procedures: tickets follow cases, appraisals pause mediation, rewards are computed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models.signals import post_save
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.cases.actions.steps import TakeStep
from hengjian.cases.hooks import StepContext, register_effect, register_guard
from hengjian.cases.models import Case
from hengjian.parties.verbs import ActionRefused
from hengjian.rulebook.parameters.complaints import ReportReward
from hengjian.systems.complaints.models import Ticket
from hengjian.systems.complaints.rules import cover

SYSTEM = "complaints"
TICKET = "ticket:"


def register() -> None:
    """Make the hooks known; called when the app is ready."""
    register_effect("complaint_pause_parent", pause_parent)
    register_effect("complaint_resume_parent", resume_parent)
    register_effect("complaint_call_back", call_back)
    register_effect("reward_compute", compute_reward)
    register_guard("reward_natural_person", natural_person)
    register_guard("reward_joint", decided_jointly)
    register_guard("reward_not_joint", decided_alone)
    register_guard("reward_payment_without_name", payment_without_name)
    post_save.connect(follow_cases, sender=Case, dispatch_uid="complaints.follow_cases")


def follow_cases(instance: Case, created: bool, **_signal: Any) -> None:
    """Keep a ticket's unit, region and state in step with its cases: the first open one says where it lies."""
    if created or not instance.origin.startswith(TICKET):
        return
    ticket = Ticket.objects.filter(pk=instance.origin.removeprefix(TICKET)).first()
    if ticket is None or ticket.state == Ticket.State.JOINED:
        return
    cases = list(Case.objects.filter(origin=instance.origin).order_by("pk"))
    leading = next((case for case in cases if case.closed_at is None), None)
    state = Ticket.State.OPEN if leading is not None else Ticket.State.DONE
    lead = leading or cases[0]
    if (ticket.unit_id, ticket.region_id, ticket.state) != (lead.unit_id, lead.region_id, state):
        Ticket.objects.filter(pk=ticket.pk).update(unit=lead.unit_id, region=lead.region_id, state=state)


# ---- appraisal: the mediation clock of the parent stands still meanwhile


def pause_parent(step: StepContext) -> None:
    """The complaint that asked for the appraisal waits for it."""
    _move_parent(step, "test", ("accepted", "mediating"))


def resume_parent(step: StepContext) -> None:
    """The appraisal is over; mediation goes on."""
    _move_parent(step, "tested", ("testing",))


def _move_parent(step: StepContext, transition: str, states: tuple[str, ...]) -> None:
    parent = step.case.parent
    if parent is None or parent.type != "complaint" or parent.state not in states:
        return
    TakeStep(
        user=None,
        system=SYSTEM,
        case=parent,
        step=transition,
        note=_("质量鉴定 %(number)s：%(step)s") % {"number": step.case.number, "step": step.transition.title},
        at=step.at,
    ).execute()


# ---- call-back


def call_back(step: StepContext) -> None:
    """What the complainant said on the telephone counts like a rating given on the page."""
    answer = str(step.values.get("satisfaction", ""))
    if answer.isdigit() and step.case.rating is None:
        step.case.rating = int(answer)
        step.case.rating_note = step.note[:500]
        step.case.save(update_fields=["rating", "rating_note"])


# ---- rewards


def _rule(case: Case) -> ReportReward:
    return rulebook.at("report_rewards", case.region.code, case.rules_on).typed(ReportReward)


def natural_person(step: StepContext) -> None:
    """Rewards are for natural persons."""
    if _rule(step.case).natural_persons_only and not step.values.get("natural_person"):
        raise ActionRefused(_("举报奖励限于自然人。"), _("举报人是单位的，请选择“不予奖励”并写明情形。"), status=400)


def compute_reward(step: StepContext) -> None:
    """Level and base give the amount; the officer cannot type another one."""
    case = step.case
    base = step.values.get("base")
    reward = _rule(case).reward(int(step.values["level"]), Decimal(str(base)) if base not in (None, "") else None)
    case.data["amount"] = str(reward.amount)
    case.data["joint"] = reward.joint
    case.save(update_fields=["data"])


def decided_jointly(step: StepContext) -> None:
    if not step.case.data.get("joint"):
        raise ActionRefused(_("这笔奖励不需要会同财政部门决定。"), _("请直接批准。"))


def decided_alone(step: StepContext) -> None:
    if step.case.data.get("joint"):
        least = f"{_rule(step.case).joint_from:,}"
        raise ActionRefused(
            _("奖励达到 %(least)s 元，须会同财政部门决定。") % {"least": least}, _("请选择“送财政部门会签”。")
        )


def payment_without_name(step: StepContext) -> None:
    """A voucher number, and nothing that says who was paid."""
    reference = str(step.values.get("payment_reference", ""))
    told = f"{reference} {step.note}"
    if cover(told) != told:
        raise ActionRefused(
            _("支付凭证号或说明中有账号、电话或证件号码。"), _("只写凭证号；收款人信息留在财务凭证中。"), status=400
        )
