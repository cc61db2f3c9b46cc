"""When a unit is succeeded by another: its open duties go on there, with reports, dates and history."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from hengjian.pages.notices import tell
from hengjian.parties.handover import Holding, Move, register_holding
from hengjian.parties.models import RoleGrant, Unit, User
from hengjian.plans.following import refresh_task
from hengjian.plans.models import Duty, Plan, Task
from hengjian.plans.writing import log_step, write_fact

ENDED = (Duty.State.CLOSED, Duty.State.WITHDRAWN)


def open_duties(unit: Unit) -> QuerySet[Duty]:
    """Duties that are not at an end, of plans that still run."""
    rows = Duty.objects.filter(unit=unit).exclude(state__in=ENDED).exclude(task__plan__status=Plan.Status.ARCHIVED)
    return rows.select_related("task__plan", "unit").order_by("due_on", "task__order", "pk")


def clashes(unit: Unit, successor: Unit) -> int:
    """Tasks in which both have a part."""
    both = Duty.objects.filter(unit=successor, task__in=open_duties(unit).values("task"))
    return both.exclude(state=Duty.State.WITHDRAWN).count()


def move_duties(move: Move) -> int:
    """Each duty goes to the successor as it stands. Where that has a part in the task already, the stronger role stays
    with its own duty, and the old one is closed to it by a step that says so; its reports remain readable."""
    stronger = {Duty.Role.LEAD: 0, Duty.Role.JOINT: 1, Duty.Role.SUPPORT: 2}
    moved, tasks = 0, set[int]()
    note = f"{move.predecessor.name}→{move.successor.name} {move.on.isoformat()} {move.document}".strip()
    for duty in open_duties(move.predecessor).select_for_update(of=("self",)):
        tasks.add(duty.task_id)
        own = Duty.objects.filter(task=duty.task_id, unit=move.successor).first()
        if own is not None and own.state == Duty.State.WITHDRAWN and not own.reports.exists():
            own.delete()
            own = None
        if own is None:
            duty.unit, duty.handler = move.successor, None
            duty.save(update_fields=["unit", "handler"])
            log_step(duty, "hand_over", gettext_noop("机构改革承接"), move.user, note)
            write_fact(
                "plan.handed_over",
                duty,
                {
                    "predecessor": move.predecessor.ref,
                    "unit": move.successor.ref,
                    "on": move.on,
                    "document": move.document,
                    "percent": duty.percent,
                },
                user=move.user,
                system=move.system,
            )
            moved += 1
            continue
        if own.state == Duty.State.WITHDRAWN:
            own.state = Duty.State.SIGNED if own.signed_at else Duty.State.PENDING
        if stronger[Duty.Role(duty.role)] < stronger[Duty.Role(own.role)]:
            own.role = duty.role
        own.save(update_fields=["role", "state"])
        log_step(own, "hand_over", gettext_noop("机构改革承接"), move.user, note)
        duty.state, duty.next_action_at = Duty.State.WITHDRAWN, None
        duty.save(update_fields=["state", "next_action_at"])
        log_step(duty, "withdraw", gettext_noop("并入承接单位的同一任务"), move.user, note)
    for task in Task.objects.filter(pk__in=tasks):
        refresh_task(task, user=move.user)
    if tasks:
        tell(
            _who_learns(move.successor),
            gettext_noop("%(old)s的 %(n)s 项任务由本单位承接，请核对时限和经办人。"),
            f"task:{min(tasks)}",
            f"handover:{move.predecessor.pk}:{move.successor.pk}",
            values={"old": move.predecessor.name, "n": len(tasks)},
        )
    return moved


def _who_learns(unit: Unit) -> QuerySet[User]:
    grants = RoleGrant.objects.filter(unit=unit, role__in=("unit_head", "officer"))
    return User.objects.filter(pk__in=grants.values("user"), is_active=True)


def open_plans(unit: Unit) -> QuerySet[Plan]:
    """Plans that the unit runs."""
    return Plan.objects.filter(owner=unit).exclude(status=Plan.Status.ARCHIVED).order_by("-period_start", "pk")


def move_plans(move: Move) -> int:
    return open_plans(move.predecessor).update(owner=move.successor)


def register() -> None:
    """Called once when the app is ready."""
    register_holding(
        Holding("plans.duties", _("在办的计划责任"), open_duties, move_duties, clashes, named=lambda row: str(row.task))
    )
    register_holding(Holding("plans.plans", _("牵头管理的计划"), open_plans, move_plans, named=lambda row: row.title))
