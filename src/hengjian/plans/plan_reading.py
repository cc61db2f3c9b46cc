"""A plan as its page shows it: the marked text with links to tasks, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hengjian.parties.models import Unit
from hengjian.parties.queries import UnitMatch, members, resolve_units
from hengjian.plans.highlight import Heading, Mark, paragraphs
from hengjian.plans.models import Clause, Duty, Plan, PlanImport, Task
from hengjian.plans.reading import found_marks

RANKS = {Clause.Kind.SECTION: 3, Clause.Kind.GROUP: 4}


def source_of(plan: Plan) -> PlanImport | None:
    """The confirmed import that gave the plan its present text."""
    return plan.imports.filter(state=PlanImport.State.CONFIRMED).order_by("-created_at").first()


def marked_text(plan: Plan, source: PlanImport | None, linked: Collection[int]) -> SafeString:
    """The text with an anchor per clause and a link per task; `linked` are the tasks that the reader may open."""
    clauses = list(Clause.objects.filter(plan=plan, retired=False).order_by("order"))
    items = {clause.start for clause in clauses if clause.kind == Clause.Kind.ITEM}
    headings: list[Heading] = []
    marks: list[Mark] = []
    for clause in clauses:
        name = f"clause-{clause.pk}"
        rank = RANKS.get(Clause.Kind(clause.kind))
        if rank is not None and clause.title and clause.start not in items:
            headings.append(Heading(clause.start, rank, name))
        else:
            marks.append(Mark(clause.start, _title_end(plan.text, clause), id=name, element="strong", level=-1))
    tasks = Task.objects.filter(plan=plan, parent=None, measure__isnull=False).exclude(status=Task.Status.RETIRED)
    for pk, code, start, end in tasks.values_list("pk", "code", "measure__start", "measure__end"):
        link = SafeString("")
        if pk in linked:
            address = reverse("plans:task", args=[pk])
            link = format_html(
                '<sup><a href="{}" aria-label="{}">{}</a></sup>', address, _("任务 %(code)s") % {"code": code}, code
            )
        marks.append(Mark(start, end, "m-measure", f"task-{pk}", link))
    if source is not None and source.text == plan.text:
        marks += found_marks(source.draft, plan.text)
    return paragraphs(plan.text, 0, len(plan.text), marks, headings)


def _title_end(text: str, clause: Clause) -> int:
    """Where the printed title of a clause ends; its first character when the title was corrected by hand."""
    found = text.find(clause.title, clause.start, clause.start + len(clause.title) + 20) if clause.title else -1
    return found + len(clause.title) if found >= 0 else clause.start + 1


@dataclass
class Undecided:
    """A name in the text that no unit was found for. `duty` stands for all duties with this name."""

    written: str
    duty: int
    count: int
    match: UnitMatch


def undecided_names(plan: Plan) -> list[Undecided]:
    """Names that wait for a decision, the most frequent first."""
    rows = Duty.objects.filter(task__plan=plan, unit=None, state=Duty.State.PENDING).exclude(
        task__status=Task.Status.RETIRED
    )
    counted = {row["as_written"]: row["n"] for row in rows.values("as_written").annotate(n=Count("pk")).order_by()}
    first = {written: pk for pk, written in rows.order_by("-pk").values_list("pk", "as_written")}
    found = resolve_units(counted, plan.region, plan.issued_on or plan.period_start)
    names = [Undecided(written, first[written], count, found[written]) for written, count in counted.items()]
    return sorted(names, key=lambda name: (-name.count, name.written))


def empty_collectives(plan: Plan) -> list[tuple[Unit, int]]:
    """Collectives without a known member on the day of the plan, so nobody to assign to; with the number of duties."""
    rows = Duty.objects.filter(
        task__plan=plan, state=Duty.State.PENDING, unit__kind=Unit.Kind.COLLECTIVE, task__status=Task.Status.OPEN
    )
    counted = {row["unit"]: row["n"] for row in rows.values("unit").annotate(n=Count("pk")).order_by()}
    on = plan.issued_on or plan.period_start
    return [(unit, counted[unit.pk]) for unit in Unit.objects.filter(pk__in=counted) if not members(unit, on)]


def deadline_lines(plan: Plan, linked: Collection[int]) -> list[dict[str, Any]]:
    """Tasks whose date stands in the text, earliest first."""
    rows = Task.objects.filter(plan=plan, parent=None).exclude(due_phrase="").exclude(status=Task.Status.RETIRED)
    return [
        {"task": task, "linked": task.pk in linked, "soft": task.due_strength != "firm"}
        for task in rows.order_by("due_on", "order")
    ]
