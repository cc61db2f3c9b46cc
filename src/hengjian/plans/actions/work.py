"""Assign → sign for."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext_noop

from hengjian.ledger.actions import append_many
from hengjian.pages.notices import tell
from hengjian.parties.models import User
from hengjian.parties.queries import members
from hengjian.parties.verbs import Action
from hengjian.plans.actions.base import DutyAction
from hengjian.plans.following import refresh_tasks
from hengjian.plans.models import Duty, DutyStep, Plan, Task
from hengjian.plans.rules import next_state
from hengjian.plans.writing import draft_fact, log_step, write_fact


@dataclass
class Assigned:
    """`waiting`: duties that could not be assigned, because nobody has said which unit the name means."""

    assigned: int = 0
    expanded: int = 0
    waiting: list[Duty] = field(default_factory=list)


@dataclass(kw_only=True)
class AssignDuties(Action[Assigned]):
    """Hand the pending duties of a plan (or of some tasks) to their units; a collective is spread over its members."""

    verb = "plans.assign"
    plan: Plan
    tasks: list[int] | None = None

    def target(self) -> Plan:
        return self.plan

    def perform(self) -> Assigned:
        result = Assigned()
        pending = Duty.objects.filter(task__plan=self.plan, state=Duty.State.PENDING, task__status=Task.Status.OPEN)
        if self.tasks is not None:
            pending = pending.filter(task__in=self.tasks)
        duties = list(pending.select_related("task__plan__region", "unit", "task"))
        now = timezone.now()
        ready: list[Duty] = []
        for duty in duties:
            if duty.unit is None:
                result.waiting.append(duty)
            elif duty.unit.kind == duty.unit.Kind.COLLECTIVE:
                spread = self._spread(duty)
                if spread is None:
                    result.waiting.append(duty)
                else:
                    ready += spread
                    result.expanded += len(spread)
            else:
                ready.append(duty)
        for duty in ready:
            duty.state = next_state("assign", duty.state)
            duty.assigned_at = now
        Duty.objects.bulk_update(ready, ["state", "assigned_at"], batch_size=500)
        self._tell(ready)
        result.assigned = len(ready)
        refresh_tasks({duty.task_id for duty in ready}, user=self.actor)
        return result

    def _spread(self, duty: Duty) -> list[Duty] | None:
        """One duty per member of the collective on the day of the plan; None when its membership is not known."""
        assert duty.unit is not None
        units = list(members(duty.unit, duty.task.plan.issued_on or duty.task.plan.period_start))
        if not units:
            return None
        held = set(duty.task.duties.exclude(unit=None).values_list("unit_id", flat=True))
        new = [
            Duty(
                task=duty.task,
                unit=unit,
                via=duty.unit,
                as_written=duty.as_written,
                role=duty.role,
                order=duty.order,
                bracket=duty.bracket,
                start_on=duty.start_on,
                due_on=duty.due_on,
            )
            for unit in units
            if unit.pk not in held
        ]
        made = Duty.objects.bulk_create(new)
        # The collective's own row stays as the record of what the text says; its members carry the work.
        duty.state = Duty.State.WITHDRAWN
        duty.save(update_fields=["state"])
        log_step(
            duty,
            "spread",
            gettext_noop("分解到成员单位"),
            self.actor,
            gettext_noop("共 %(count)s 家") % {"count": len(made)},
        )
        return made

    def _tell(self, duties: list[Duty]) -> None:
        label = gettext_noop("交办")
        by_unit: dict[int, list[Duty]] = {}
        facts = []
        for duty in duties:
            assert duty.unit is not None
            facts.append(
                draft_fact(
                    "plan.assigned",
                    duty,
                    {"task": duty.task.ref, "unit": duty.unit.ref, "role": duty.role, "due_on": duty.due_on},
                    user=self.actor,
                    system=self.system,
                )
            )
            by_unit.setdefault(duty.unit.pk, []).append(duty)
        DutyStep.objects.bulk_create(
            [DutyStep(duty=duty, verb="assign", label=label, by=self.actor) for duty in duties], batch_size=500
        )
        append_many(facts)
        for unit_id, rows in by_unit.items():
            tell(
                list(User.objects.filter(unit=unit_id, is_active=True)),
                gettext_noop("《%(plan)s》交办贵单位 %(count)s 项任务，请签收。")
                % {"plan": self.plan.title, "count": len(rows)},
                self.plan.ref,
                f"assigned:{self.plan.pk}:{min(row.pk for row in rows)}",
            )


@dataclass(kw_only=True)
class SignDuty(DutyAction[Duty]):
    """签收: the unit takes the duty."""

    verb = "plans.sign"

    def check_state(self) -> None:
        self.own_unit_only()
        self.step_allowed("sign")

    def perform(self) -> Duty:
        now = timezone.now()
        waited = (now - self.duty.assigned_at).days if self.duty.assigned_at else 0
        self.move("sign", gettext_noop("签收"))
        self.duty.signed_at, self.duty.signed_by, self.duty.handler = now, self.actor, self.actor
        assert self.duty.unit is not None
        write_fact(
            "plan.signed",
            self.duty,
            {"unit": self.duty.unit.ref, "days_waited": waited},
            user=self.actor,
            system=self.system,
        )
        self.save("signed_at", "signed_by", "handler")
        return self.duty
