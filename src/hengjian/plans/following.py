"""Keeps lights, roll-ups and the next action of duties up to date; sends reminders and automatic steps of the ladder.

Everything here is idempotent: run twice, killed half-way or run by two workers at once, it changes nothing twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from hengjian import rulebook
from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.claims import BATCH, Claim, claim_due, hold
from hengjian.clocks.rules import elapsed_share, working_days_between
from hengjian.ledger.actions import append_many
from hengjian.pages.notices import tell
from hengjian.parties.models import User
from hengjian.plans.models import Duty, LightChange, Plan, Report, Task, Urge
from hengjian.plans.rules import OPEN_STATES, Part, Period, missed_periods, period_of, roll_up
from hengjian.plans.writing import draft_fact, log_step, office_people
from hengjian.rulebook.parameters.escalation import Escalation, Reminder, Step
from hengjian.rulebook.parameters.reporting import Reporting
from hengjian.rulebook.parameters.traffic_lights import SEVERITY, LightFacts, TrafficLights

WORKER = "worker"
# What `refresh_tasks` keeps up to date.
KEPT_OF_DUTY = ("light", "light_label", "light_reason", "ever_missed", "next_action_at")
KEPT_OF_TASK = ("percent", "light", "light_label", "last_report_on", "status")
FEW_ROWS = 4
CYCLES = {"month", "quarter", "half", "year"}


@dataclass(frozen=True)
class PlanRules:
    """The rules that a plan began under."""

    lights: TrafficLights
    light_id: str
    escalation: Escalation
    cycle: str


def rules_of(plan: Plan) -> PlanRules:
    reporting = rulebook.get(plan.report_rule).typed(Reporting)
    return PlanRules(
        lights=rulebook.get(plan.light_rule).typed(TrafficLights),
        light_id=plan.light_rule,
        escalation=rulebook.get(plan.escalation_rule).typed(Escalation),
        cycle=reporting.cycle if reporting.cycle in CYCLES else "year",
    )


def report_period(plan: Plan, day: date) -> Period:
    """The period that a report made on `day` is for."""
    return period_of(day, rules_of(plan).cycle)


def days_to_due(due: date, today: date, unit: str, region: str) -> int:
    """Days left in the rule's unit; negative when overdue, 0 on the due day."""
    if unit == "calendar_day":
        return (due - today).days
    calendar = current_calendar(region)
    if due >= today:
        return working_days_between(today, due, calendar)
    return -working_days_between(due, today, calendar)


def light_facts(duty: Duty, rules: PlanRules, today: date, reported: set[str], returned: bool) -> LightFacts:
    """What a duty's light is judged by. `reported`: labels of the periods with a submitted or accepted report."""
    begun = timezone.localdate(duty.assigned_at) if duty.assigned_at else duty.start_on
    missed = missed_periods(begun, min(today, duty.due_on), rules.cycle, reported)
    if duty.state in ("done", "closed", "suspended", "withdrawn", "pending"):
        missed = []
    previous = period_of(today, rules.cycle).start - timedelta(days=1)
    return LightFacts(
        state=duty.state,  # type: ignore[arg-type]
        days_to_due=days_to_due(duty.due_on, today, rules.lights.day_unit, duty.task.plan.region.code),
        percent=Decimal(duty.percent),
        scheduled=Decimal(str(round(100 * elapsed_share(duty.start_on, duty.due_on, today), 4))),
        months_since_start=(today.year - duty.start_on.year) * 12 + today.month - duty.start_on.month,
        started=duty.percent > 0 or duty.last_report_on is not None or bool(reported),
        missed_times=len(missed),
        missed_now=period_of(previous, rules.cycle).label in missed,
        returned=returned,
        due=duty.due_on,
        previous=duty.light if duty.light_label else None,  # type: ignore[arg-type]
    )


def refresh_task(task: Task, *, user: User | None = None, today: date | None = None) -> None:
    refresh_tasks([task.pk], user=user, today=today)


def refresh_tasks(task_ids: Iterable[int], *, user: User | None = None, today: date | None = None) -> int:
    """Recompute the lights of all duties of these tasks and roll the tasks up; returns how many lights changed.

    Six queries for any number of tasks, within the caller's transaction; rows that stay as they are are not written.
    """
    ids = list(task_ids)
    today = today or timezone.localdate()
    rows_of_tasks = Duty.objects.filter(task__in=ids).select_related("task__plan__region", "unit")
    # The plan's whole text would come with every row.
    duties = list(rows_of_tasks.defer("task__plan__text", "task__plan__header"))
    reported: dict[int, set[str]] = defaultdict(set)
    last_state: dict[int, str] = {}
    rows = Report.objects.filter(duty__in=[duty.pk for duty in duties]).order_by("pk")
    for duty_id, period, state in rows.values_list("duty", "period", "state"):
        if state in (Report.State.SUBMITTED, Report.State.ACCEPTED):
            reported[duty_id].add(period)
        if state != Report.State.DRAFT:
            last_state[duty_id] = state
    by_plan: dict[int, PlanRules] = {}
    changes: list[LightChange] = []
    altered: list[Duty] = []
    facts = []
    tomorrow = _midnight_after(today)
    with translation.override("zh-hans"):
        for duty in duties:
            plan = duty.task.plan
            if plan.pk not in by_plan:
                by_plan[plan.pk] = rules_of(plan)
            rules = by_plan[plan.pk]
            returned = last_state.get(duty.pk) == Report.State.RETURNED
            before = [getattr(duty, name) for name in KEPT_OF_DUTY]
            light = rules.lights.light(light_facts(duty, rules, today, reported[duty.pk], returned))
            duty.ever_missed = duty.ever_missed or light.colour in ("orange", "red")
            duty.next_action_at = tomorrow if duty.state in OPEN_STATES else None
            if duty.light != light.colour and duty.state != Duty.State.PENDING:
                changes.append(
                    LightChange(
                        duty=duty,
                        before=duty.light,
                        after=light.colour,
                        label=light.label,
                        reason=light.reason,
                        rule=rules.light_id,
                        by=user,
                    )
                )
                facts.append(
                    draft_fact(
                        "plan.light",
                        duty,
                        {
                            "unit": duty.unit.ref if duty.unit else "",
                            "before": duty.light,
                            "after": light.colour,
                            "label": light.label,
                            "reason": light.reason,
                            "rule": rules.light_id,
                        },
                        user=user,
                        system="" if user else WORKER,
                        on=today,
                    )
                )
            duty.light, duty.light_label, duty.light_reason = light.colour, light.label, light.reason
            if before != [getattr(duty, name) for name in KEPT_OF_DUTY]:
                altered.append(duty)
    _store(altered, KEPT_OF_DUTY)
    LightChange.objects.bulk_create(changes)
    if facts:
        append_many(facts)
    _roll_up(duties)
    return len(changes)


def _store(rows: Sequence[Duty] | Sequence[Task], fields: Sequence[str]) -> None:
    """Write these fields; a few rows one by one, because building one statement for all of them takes longer."""
    if len(rows) <= FEW_ROWS:
        for row in rows:
            row.save(update_fields=fields)
    else:
        rows[0]._meta.model._base_manager.bulk_update(rows, fields, batch_size=500)


def _midnight_after(today: date) -> datetime:
    return timezone.make_aware(datetime.combine(today + timedelta(days=1), time(0, 5)))


def _roll_up(duties: list[Duty]) -> None:
    """Percent, light and standing of each task from its duties."""
    by_task: dict[int, list[Duty]] = defaultdict(list)
    tasks: dict[int, Task] = {}
    for duty in duties:
        by_task[duty.task_id].append(duty)
        tasks[duty.task_id] = duty.task
    altered = []
    for pk, task in tasks.items():
        before = [getattr(task, name) for name in KEPT_OF_TASK]
        parts = [duty for duty in by_task[pk] if duty.state != Duty.State.WITHDRAWN]
        task.percent = roll_up(
            [Part(duty.percent, done=duty.state in (Duty.State.DONE, Duty.State.CLOSED)) for duty in parts],
            "done" if task.plan.rollup == Plan.Rollup.DONE else "mean",
        )
        worst = max(parts, key=lambda duty: SEVERITY[duty.light], default=None)
        task.light, task.light_label = (worst.light, worst.light_label) if worst else ("grey", "")
        task.last_report_on = max((duty.last_report_on for duty in parts if duty.last_report_on), default=None)
        if parts and task.status in (Task.Status.OPEN, Task.Status.CLOSED):
            closed = all(duty.state == Duty.State.CLOSED for duty in parts)
            task.status = Task.Status.CLOSED if closed else Task.Status.OPEN
        if before != [getattr(task, name) for name in KEPT_OF_TASK]:
            altered.append(task)
    _store(altered, KEPT_OF_TASK)
    # A broken-down task shows its parts, also after a change of what is left of its own duties.
    broken_down = set(Task.objects.filter(parent__in=tasks).values_list("parent_id", flat=True))
    if parents := broken_down | {task.parent_id for task in tasks.values() if task.parent_id is not None}:
        _roll_up_parents(parents)


def _roll_up_parents(ids: set[int]) -> None:
    """A task that was broken down shows its parts' progress by the plan's method; its own duties stay as they are.

    It is closed when all parts are, unless a duty of its own is still open.
    """
    parents = list(Task.objects.filter(pk__in=ids).select_related("plan").prefetch_related("parts", "duties"))
    finished = (Duty.State.CLOSED, Duty.State.WITHDRAWN)
    for parent in parents:
        parts = [part for part in parent.parts.all() if part.status != Task.Status.RETIRED]
        parent.percent = roll_up(
            [Part(part.percent, part.weight, done=part.status == Task.Status.CLOSED) for part in parts],
            parent.plan.rollup,
        )
        worst = max(parts, key=lambda part: SEVERITY[part.light], default=parent)
        parent.light, parent.light_label = worst.light, worst.light_label
        if parts and parent.status in (Task.Status.OPEN, Task.Status.CLOSED):
            closed = all(part.status == Task.Status.CLOSED for part in parts)
            closed = closed and all(duty.state in finished for duty in parent.duties.all())
            parent.status = Task.Status.CLOSED if closed else Task.Status.OPEN
    _store(parents, ("percent", "light", "light_label", "status"))


# ---- the worker


def run_due(now: datetime | None = None, limit: int = BATCH) -> int:
    """Process duties whose next action has come; returns how many.

    Raises:
        ExceptionGroup: what went wrong, after all other tasks of the batch were done. Nothing of a failed task is kept;
            its duties come up again after the lease.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    by_task: dict[int, list[Claim]] = defaultdict(list)
    claimed = {claim.pk: claim for claim in claim_due(Duty, now, limit)}
    for pk, task_id in Duty.objects.filter(pk__in=claimed).values_list("pk", "task"):
        by_task[task_id].append(claimed[pk])
    failures: list[Exception] = []
    done = 0
    for task_id, claims in by_task.items():
        try:
            with transaction.atomic():
                mine = [claim.pk for claim in claims if hold(Duty, claim)]
                refresh_tasks([task_id], today=today)
                for duty in Duty.objects.filter(pk__in=mine).select_related("task__plan__region", "unit", "handler"):
                    follow_up(duty, today)
            done += len(mine)
        except Exception as error:
            error.add_note(f"task {task_id}, tried again after the lease")
            failures.append(error)
    if failures:
        raise ExceptionGroup("duties that failed", failures)
    return done


def follow_up(duty: Duty, today: date) -> list[Urge]:
    """Send what the ladder says must go out by itself today; each step goes out once per due date."""
    if duty.state not in OPEN_STATES or duty.state == Duty.State.DONE:
        return []
    ladder = rules_of(duty.task.plan).escalation
    left = days_to_due(duty.due_on, today, "working_day", duty.task.plan.region.code)
    sent: list[Urge] = []
    if left >= 0:
        due = [item for item in ladder.reminders if left <= item.working_days_before]
        if due:
            # After a pause only the nearest reminder goes out, not all that were missed.
            nearest = min(due, key=lambda item: item.working_days_before)
            text = gettext_noop("“%(task)s”将于 %(due)s 到期，还剩 %(left)s 个工作日。") % {
                "task": duty.task.title,
                "due": duty.due_on,
                "left": left,
            }
            sent += send_step(duty, nearest, 0, text, user=None)
        return sent
    for step in due_steps(duty, ladder, today):
        if step.automatic:
            text = gettext_noop("“%(task)s”已逾期 %(over)s 个工作日（时限 %(due)s），请尽快办理并报送进展。") % {
                "task": duty.task.title,
                "over": -left,
                "due": duty.due_on,
            }
            sent += send_step(duty, step, step.level, text, user=None)
    return sent


def due_steps(duty: Duty, ladder: Escalation, today: date) -> list[Step]:
    """Steps above the one already taken whose time has come; the office is offered those that are not automatic."""
    calendar = current_calendar(duty.task.plan.region.code)
    over = working_days_between(duty.due_on, today, calendar) if today > duty.due_on else 0
    # In Python, so that a list of duties can fetch all their urges at once.
    sent = [urge for urge in duty.urges.all() if urge.level > 0 and f":{duty.due_on}:" in urge.key]
    last = max(sent, key=lambda urge: urge.level, default=None)
    level = last.level if last else 0
    found: list[Step] = []
    for step in ladder.steps:
        if step.level <= level or over == 0:
            continue
        if not step.after_step_ignored:
            if over >= step.working_days_after:
                found.append(step)
        elif last is not None and step.level == level + 1 and last.replied_at is None:
            waited = working_days_between(timezone.localdate(last.sent_at), today, calendar)
            if waited >= step.working_days_after:
                found.append(step)
    return found


def send_step(duty: Duty, step: Reminder | Step, level: int, message: str, *, user: User | None) -> list[Urge]:
    """Record and send one reminder or step; the same step for the same due date is sent once."""
    key = f"{duty.pk}:{duty.due_on}:{step.code}"
    urge, new = Urge.objects.get_or_create(
        key=key,
        defaults={
            "duty": duty,
            "step": step.code,
            "level": level,
            "label": step.label,
            "message": message,
            "automatic": user is None,
            "sent_by": user,
        },
    )
    if not new:
        return []
    if level > duty.urge_level:
        duty.urge_level = level
        duty.save(update_fields=["urge_level"])
    log_step(duty, "urge", step.label, user, message)
    if level and duty.unit is not None:
        append_many(
            [
                draft_fact(
                    "plan.urged",
                    duty,
                    {"unit": duty.unit.ref, "step": step.code, "label": step.label, "automatic": user is None},
                    user=user,
                    system="" if user else WORKER,
                )
            ]
        )
    tell(recipients(duty, step), f"{step.label}：{message}", duty.ref, f"urge:{key}")
    return [urge]


def recipients(duty: Duty, step: Reminder | Step) -> list[User]:
    """The people that a step goes to. Levels of leaders that have no account are reached through their unit's head."""
    people: dict[int, User] = {}
    staff = list(User.objects.filter(unit=duty.unit, is_active=True).prefetch_related("grants")) if duty.unit else []
    heads = [user for user in staff if any(grant.role == "unit_head" for grant in user.grants.all())]
    for to in step.to:
        if to in ("handler", "liaison"):
            found = [duty.handler] if duty.handler is not None and duty.handler.is_active else staff
        elif to in ("unit_head", "unit_leader"):
            found = heads or staff
        else:
            found = office_people("plans.urge", duty)
        people.update({user.pk: user for user in found})
    return list(people.values())
