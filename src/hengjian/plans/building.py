"""Turns an outline into rows, and carries work over when a corrected text replaces the old one.

Called by the import actions inside their transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from hengjian.parties.models import Unit
from hengjian.parties.queries import UnitMatch, resolve_units
from hengjian.plans.models import Clause, Duty, DutyStep, Measure, Plan, Target, Task
from hengjian.plans.outline import ClauseDraft, DutyDraft, PlanOutline, TargetDraft, TaskDraft
from hengjian.plans.revision import Line, match_lines

STRONGER = {"lead": 0, "joint": 1, "support": 2}


@dataclass
class Built:
    """What was made or changed. `unresolved`: written names that no unit was found for."""

    clauses: int = 0
    measures: int = 0
    tasks: int = 0
    duties: int = 0
    targets: int = 0
    kept: int = 0
    reworded: int = 0
    added: int = 0
    retired: int = 0
    unresolved: list[str] = field(default_factory=list)


def build_plan(plan: Plan, outline: PlanOutline, chosen: dict[str, int] | None = None) -> Built:
    """Write the clauses, measures, tasks, duties and targets of a new plan.

    `chosen`: written name → unit id where a person decided; every other name is resolved in the plan's region.
    """
    built = Built()
    clauses = _write_clauses(plan, outline, built)
    measures = _write_measures(outline, clauses, built)
    matches = _resolve(plan, outline.tasks, chosen or {}, built)
    tasks: list[Task] = []
    drafts: list[TaskDraft] = []
    for clause_draft, clause in zip(outline.clauses, clauses, strict=True):
        for draft in clause_draft.tasks:
            task = Task(plan=plan, order=len(tasks))
            _describe(task, draft, clause, measures.get(id(draft)), plan)
            tasks.append(task)
            drafts.append(draft)
    Task.objects.bulk_create(tasks, batch_size=500)
    duties = [duty for task, draft in zip(tasks, drafts, strict=True) for duty in _duties(task, draft, matches)]
    Duty.objects.bulk_create(duties, batch_size=500)
    built.tasks, built.duties = len(tasks), len(duties)
    return built


def revise_plan(plan: Plan, outline: PlanOutline, chosen: dict[str, int] | None = None) -> Built:
    """Replace the text of a plan; tasks found again keep their duties, reports and history.

    A task whose sentence is gone is retired, not deleted; a unit that is no longer named is withdrawn when it has begun
    to work and removed when it has not.
    """
    built = Built()
    old_clauses = list(Clause.objects.filter(plan=plan, retired=False))
    old_tasks = list(
        plan.tasks.filter(parent=None).exclude(status=Task.Status.RETIRED).select_related("clause", "measure")
    )
    plan.targets.filter(retired=False).delete()
    clauses = _write_clauses(plan, outline, built)
    measures = _write_measures(outline, clauses, built)
    matches = _resolve(plan, outline.tasks, chosen or {}, built)
    places = [
        (draft, clause)
        for clause_draft, clause in zip(outline.clauses, clauses, strict=True)
        for draft in clause_draft.tasks
    ]
    matching = match_lines(
        [
            Line(
                task.pk,
                task.measure.fingerprint if task.measure else "",
                task.measure.text if task.measure else task.title,
                task.clause.title,
            )
            for task in old_tasks
        ],
        [Line(place, draft.fingerprint, draft.text, clause.title) for place, (draft, clause) in enumerate(places)],
    )
    by_pk = {task.pk: task for task in old_tasks}
    partner = {new: by_pk[old] for old, new in matching.kept} | {new: by_pk[old] for old, new, _ in matching.reworded}
    for place, (draft, clause) in enumerate(places):
        task = partner.get(place)
        if task is None:
            task = Task(plan=plan, order=place)
            _describe(task, draft, clause, measures.get(id(draft)), plan)
            task.save()
            Duty.objects.bulk_create(_duties(task, draft, matches))
        else:
            before = task.due_on
            task.order = place
            _describe(task, draft, clause, measures.get(id(draft)), plan, carried=True)
            task.save()
            if task.due_on != before:
                # Units whose date was changed by an extension keep their own.
                task.duties.filter(due_on=before).update(due_on=task.due_on, start_on=task.start_on)
            _carry_duties(task, draft, matches)
    for pk in matching.retired:
        _retire(by_pk[pk])
    still_used = set(plan.tasks.values_list("clause", flat=True))
    for clause in sorted(old_clauses, key=lambda row: -row.order):
        if clause.pk in still_used or clause.children.exists():
            clause.retired = True
            clause.save(update_fields=["retired"])
        else:
            clause.delete()
    built.kept, built.reworded = len(matching.kept), len(matching.reworded)
    built.added, built.retired = len(matching.added), len(matching.retired)
    built.tasks = len(places)
    built.duties = Duty.objects.filter(task__plan=plan).exclude(state=Duty.State.WITHDRAWN).count()
    return built


def _write_clauses(plan: Plan, outline: PlanOutline, built: Built) -> list[Clause]:
    """All clauses in text order; parents are written before their children."""
    rows: list[Clause | None] = [None] * len(outline.clauses)
    for depth in ("section", "group", "item"):
        places = [i for i, draft in enumerate(outline.clauses) if draft.kind == depth]
        made = Clause.objects.bulk_create(
            [_clause(plan, outline.clauses[i], rows, order=i) for i in places], batch_size=500
        )
        for place, row in zip(places, made, strict=True):
            rows[place] = row
    clauses = [row for row in rows if row is not None]
    targets = [
        _target(plan, clause, target)
        for draft, clause in zip(outline.clauses, clauses, strict=True)
        for target in draft.targets
    ]
    Target.objects.bulk_create(targets)
    built.clauses, built.targets = len(clauses), len(targets)
    return clauses


def _clause(plan: Plan, draft: ClauseDraft, rows: list[Clause | None], order: int) -> Clause:
    return Clause(
        plan=plan,
        parent=rows[draft.parent] if draft.parent is not None else None,
        kind=draft.kind,
        number=draft.number,
        label=draft.label[:20],
        title=draft.title[:500],
        sequence=draft.sequence,
        order=order,
        start=draft.start,
        end=draft.end,
        duty_mode=draft.duty_mode,
        open_list=draft.open_list,
    )


def _target(plan: Plan, clause: Clause, draft: TargetDraft) -> Target:
    return Target(
        plan=plan,
        clause=clause,
        indicator=draft.indicator[:200],
        operator=draft.operator,
        value=draft.value[:40],
        unit_label=draft.unit[:20],
        year=draft.year,
        direction=draft.direction,
        strength=draft.strength,
        scope=draft.scope[:100],
        start=draft.start,
        end=draft.end,
    )


def _write_measures(outline: PlanOutline, clauses: list[Clause], built: Built) -> dict[int, Measure]:
    """One row per action sentence; keyed by the identity of its task draft. A whole item has no measure of its own."""
    pairs = [
        (draft, Measure(clause=clause, index=draft.index, text=draft.text, fingerprint=draft.fingerprint,
                        start=draft.start, end=draft.end))
        for clause_draft, clause in zip(outline.clauses, clauses, strict=True)
        for draft in clause_draft.tasks
    ]  # fmt: skip
    Measure.objects.bulk_create([measure for _, measure in pairs], batch_size=500)
    built.measures = len(pairs)
    return {id(draft): measure for draft, measure in pairs}


def _resolve(
    plan: Plan, tasks: Iterable[TaskDraft], chosen: dict[str, int], built: Built
) -> dict[str, tuple[UnitMatch | None, int | None]]:
    """Written name → (match, unit id). The written form is tried first, then the normalised name."""
    wanted: dict[str, str] = {}
    for task in tasks:
        for duty in task.duties:
            wanted.setdefault(duty.as_written, duty.name)
    on = plan.issued_on or plan.period_start
    found = resolve_units([*wanted, *wanted.values()], plan.region, on)
    known = set(Unit.objects.filter(pk__in=set(chosen.values())).values_list("pk", flat=True))
    result: dict[str, tuple[UnitMatch | None, int | None]] = {}
    for written, name in wanted.items():
        if chosen.get(written) in known:
            result[written] = (None, chosen[written])
            continue
        match = found[written] if found[written].unit else found[name]
        result[written] = (match, match.unit.pk if match.unit else None)
        if match.unit is None:
            built.unresolved.append(written)
    return result


def _describe(
    task: Task, draft: TaskDraft, clause: Clause, measure: Measure | None, plan: Plan, *, carried: bool = False
) -> None:
    """Text, place and dates of a task. A carried task with the same phrase keeps dates set by hand."""
    same_phrase = carried and task.due_phrase == draft.due_phrase
    task.clause, task.measure = clause, measure
    task.code, task.title = draft.code[:20], draft.title[:400]
    if not same_phrase:
        due = draft.due or plan.period_end
        task.start_on = min(plan.period_start, due)
        task.due_on, task.due_phrase, task.due_strength = due, draft.due_phrase[:80], draft.due_strength
    if not carried:
        task.is_key = draft.is_key
    task.nature = draft.nature


def _duties(task: Task, draft: TaskDraft, matches: dict[str, tuple[UnitMatch | None, int | None]]) -> list[Duty]:
    by_unit: dict[int, Duty] = {}
    duties: list[Duty] = []
    for order, line in enumerate(draft.duties):
        unit_id = matches[line.as_written][1]
        known = by_unit.get(unit_id) if unit_id is not None else None
        if known is not None:
            # Two spellings of one unit: it has one duty, with the stronger role.
            if STRONGER[line.role] < STRONGER[known.role]:
                known.role = line.role
            continue
        duty = _duty(task, line, order, unit_id)
        duties.append(duty)
        if unit_id is not None:
            by_unit[unit_id] = duty
    return duties


def _duty(task: Task, line: DutyDraft, order: int, unit_id: int | None) -> Duty:
    return Duty(
        task=task,
        unit_id=unit_id,
        as_written=line.as_written[:120],
        role=line.role,
        order=order,
        bracket=line.bracket,
        start_on=task.start_on,
        due_on=task.due_on,
    )


def _carry_duties(task: Task, draft: TaskDraft, matches: dict[str, tuple[UnitMatch | None, int | None]]) -> None:
    """Keep the duties that are named again, add the new ones, withdraw or remove the others."""
    old = list(task.duties.filter(via=None).exclude(state=Duty.State.WITHDRAWN))
    for fresh in _duties(task, draft, matches):
        same = next(
            (
                duty
                for duty in old
                if (fresh.unit_id is not None and duty.unit_id == fresh.unit_id) or duty.as_written == fresh.as_written
            ),
            None,
        )
        if same is None:
            named = fresh.unit_id is not None
            withdrawn = task.duties.filter(unit=fresh.unit).first() if named else None
            if withdrawn is not None:
                # Named again after it had been withdrawn: it goes on where it stopped.
                withdrawn.state = Duty.State.SIGNED if withdrawn.signed_at else Duty.State.PENDING
                withdrawn.role = fresh.role
                withdrawn.save()
            else:
                fresh.save()
            continue
        old.remove(same)
        same.role, same.order, same.bracket, same.as_written = fresh.role, fresh.order, fresh.bracket, fresh.as_written
        if same.unit_id is None:
            same.unit_id = fresh.unit_id
        same.save()
    for duty in old:
        if duty.state in (Duty.State.PENDING, Duty.State.ASSIGNED):
            duty.delete()
        elif duty.state != Duty.State.CLOSED:
            duty.state = Duty.State.WITHDRAWN
            duty.next_action_at = None
            duty.save(update_fields=["state", "next_action_at"])
            DutyStep.objects.create(duty=duty, verb="withdraw", label="撤回", note="更正后的文本不再列出该单位")


def _retire(task: Task) -> None:
    task.status = Task.Status.RETIRED
    task.save(update_fields=["status"])
    task.duties.filter(state__in=[Duty.State.PENDING, Duty.State.ASSIGNED]).delete()
    task.duties.exclude(state=Duty.State.CLOSED).update(state=Duty.State.WITHDRAWN, next_action_at=None)


def period_of_year(year: int) -> tuple[date, date]:
    """The calendar year as a plan's period."""
    return date(year, 1, 1), date(year, 12, 31)
