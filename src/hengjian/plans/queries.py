"""Reads of the plans room that pages, sheets and the interface share."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from hengjian.ledger.kinds import title_of
from hengjian.ledger.queries import facts_by_ref
from hengjian.parties.models import Unit, User
from hengjian.parties.policies import permitted
from hengjian.plans.following import due_steps, report_period, rules_of
from hengjian.plans.models import Duty, Extension, Report, ReportEvidence, Task
from hengjian.plans.policies import own_units
from hengjian.plans.rules import OPEN_STATES, Period, allowed
from hengjian.plans.spoken import spoken
from hengjian.rulebook.parameters.escalation import Escalation

# Fields that the system fills in for the reporter.
PREFILLED = ("percent", "figure_label", "figure_unit", "problems", "next_step")


def current_period(duty: Duty) -> Period:
    return report_period(duty.task.plan, timezone.localdate())


def open_report(duty: Duty) -> Report | None:
    return duty.reports.filter(state__in=[Report.State.DRAFT, Report.State.SUBMITTED]).first()


def prefill(duty: Duty) -> dict[str, Any]:
    """What the form starts with: the draft, else the returned report, else what stayed true since the last one."""
    draft = duty.reports.filter(state=Report.State.DRAFT).first()
    last = duty.reports.exclude(state=Report.State.DRAFT).first()
    source = draft or (last if last is not None and last.state == Report.State.RETURNED else None)
    if source is not None:
        names = ("no_change", "result", "figure_value", *PREFILLED)
        start = {name: getattr(source, name) for name in names}
    else:
        accepted = duty.reports.filter(state=Report.State.ACCEPTED).first()
        start = {name: getattr(accepted, name) for name in PREFILLED} if accepted is not None else {}
        start["percent"] = duty.percent
    start["version"] = draft.version if draft is not None else 0
    return start


def prefilled_count(duty: Duty) -> int:
    return sum(1 for name, value in prefill(duty).items() if name in PREFILLED and value not in ("", None, 0))


OFFERED = 10


def offered_evidence(duty: Duty) -> list[tuple[str, str, str]]:
    """(kind, ref, label): files kept with the draft, then facts of the ledger about this unit since the duty began."""
    offered: list[tuple[str, str, str]] = []
    report = duty.reports.filter(state__in=[Report.State.DRAFT, Report.State.RETURNED]).first()
    if report is not None:
        offered += list(report.evidence.values_list("kind", "ref", "label"))
    known = {(kind, ref) for kind, ref, _label in offered}
    if duty.unit is not None:
        facts = facts_by_ref(duty.unit.ref, role="unit", disclosure="shared").filter(occurred_on__gte=duty.start_on)
        # What the plan loop itself wrote about this duty proves nothing new.
        useful = facts.exclude(subject=duty.ref).filter(~Q(kind__startswith="plan.") | Q(kind="plan.progress"))
        recent = [fact for fact in useful.order_by("-leaf_index")[: 5 * OFFERED] if not says_nothing(fact)]
        for fact in recent[:OFFERED]:
            if (ReportEvidence.Kind.FACT, str(fact.id)) not in known:
                offered.append((ReportEvidence.Kind.FACT, str(fact.id), fact_label(fact)))
    return offered


def says_nothing(fact: Any) -> bool:
    """ "No change this period" proves nothing."""
    return bool(isinstance(fact.payload, dict) and fact.payload.get("no_change"))


def fact_label(fact: Any) -> str:
    """One line about a fact for a list of evidence."""
    payload = fact.payload if isinstance(fact.payload, dict) else {}
    words = payload.get("result") or payload.get("title") or payload.get("label") or title_of(fact.kind)
    return f"{fact.occurred_on} {words}"[:190]


def steps_above(duty: Duty, ladder: Escalation) -> list[tuple[str, str]]:
    """The steps that the office may send now, the next one first."""
    above = [step for step in ladder.steps if step.level > duty.urge_level]
    if not ladder.may_start_higher:
        above = above[:1]
    return [(step.code, spoken(step.label)) for step in above or ladder.steps[-1:]]


def proposed_steps(duty: Duty) -> list[str]:
    """Labels of the steps whose time has come and that wait for the office's decision."""
    ladder = rules_of(duty.task.plan).escalation
    return [spoken(step.label) for step in due_steps(duty, ladder, timezone.localdate()) if not step.automatic]


# Button → (verb, step of the duty's table, whose step it is: the unit's or the office's).
STEPS: dict[str, tuple[str, str, str]] = {
    "sign": ("plans.sign", "sign", "unit"),
    "report": ("plans.report", "submit", "unit"),
    "withdraw_report": ("plans.report", "withdraw_report", "unit"),
    "extend": ("plans.request_extension", "extend", "unit"),
    "accept": ("plans.review", "accept", "office"),
    "return": ("plans.review", "return", "office"),
    "urge": ("plans.urge", "urge", "office"),
    "close": ("plans.close", "close", "office"),
    "reopen": ("plans.close", "reopen", "office"),
    "suspend": ("plans.adjust", "suspend", "office"),
    "resume": ("plans.adjust", "resume", "office"),
    "withdraw": ("plans.adjust", "withdraw", "office"),
}


def possible_steps(user: User, duty: Duty) -> set[str]:
    """Which forms the page offers this person now; the actions check again when they are executed."""
    row = Duty.objects.filter(pk=duty.pk)
    verbs: dict[str, bool] = {}

    def may(verb: str) -> bool:
        if verb not in verbs:
            verbs[verb] = permitted(user, verb, row).exists()
        return verbs[verb]

    own = duty.unit_id in own_units(user)
    found = {
        name
        for name, (verb, step, side) in STEPS.items()
        if allowed(step, duty.state) and (side == "office" or own) and may(verb)
    }
    submitted = duty.reports.filter(state=Report.State.SUBMITTED).first()
    if submitted is not None and submitted.submitted_by_id == user.pk:
        found -= {"accept", "return"}
    if duty.extensions.filter(state=Extension.State.REQUESTED).exists():
        found.discard("extend")
        if may("plans.decide_extension"):
            found |= {"grant", "refuse"}
    if timezone.localdate() > duty.due_on:
        found.discard("extend")
    if own and may("plans.reply") and duty.urges.filter(replied_at=None, level__gt=0).exists():
        found.add("reply")
    if duty.unit_id is None and may("plans.assign"):
        found.add("unit")
    return found


@dataclass(frozen=True)
class ClauseText:
    """A clause as it stands in the text, with the task's sentence set apart."""

    before: str
    sentence: str
    after: str
    place: str


def clause_text(task: Task) -> ClauseText:
    """The words around the task's measure, from the plan's own text."""
    clause, measure = task.clause, task.measure
    text = task.plan.text
    where = f"{clause.label}{clause.title}"
    if clause.end > clause.start and measure is not None and clause.start <= measure.start < measure.end <= clause.end:
        return ClauseText(
            text[clause.start : measure.start], text[measure.start : measure.end], text[measure.end : clause.end], where
        )
    return ClauseText("", measure.text if measure is not None else clause.title, "", where)


def record_of(duty: Duty) -> dict[str, Any]:
    """Reports, urges, extensions, steps and lights of a duty, newest first."""
    reports = duty.reports.exclude(state=Report.State.DRAFT).select_related(
        "submitted_by", "reviewed_by", "similar_to__duty__unit"
    )
    return {
        "reports": list(reports.prefetch_related("evidence")),
        "urges": list(duty.urges.select_related("sent_by", "replied_by")),
        "extensions": list(duty.extensions.select_related("requested_by", "decided_by")),
        "steps": list(duty.steps.select_related("by").order_by("-at", "-pk")),
        "lights": list(duty.light_changes.all()[:20]),
        "documents": list(duty.documents.all()),
    }


def light_counts(rows: QuerySet[Task]) -> dict[str, int]:
    """Tasks by light."""
    found = rows.order_by().values_list("light").annotate(n=Count("pk"))
    return dict(found)


@dataclass(frozen=True)
class Load:
    """What one unit carries: duties by light, open, overdue, mean percent and share on time."""

    unit_id: int
    name: str
    total: int
    lead: int
    open: int
    overdue: int
    closed: int
    on_time: int
    percent: int
    lights: dict[str, int]


def unit_load(duties: QuerySet[Duty]) -> list[Load]:
    """The load of every unit in the given duties, in one query, most duties first."""
    today = timezone.localdate()
    rows = (
        duties.exclude(unit=None)
        .exclude(state__in=["withdrawn", "pending"])
        .order_by()
        .values("unit_id", "light")
        .annotate(
            name=F("unit__short_name"),
            full=F("unit__name"),
            total=Count("pk"),
            lead=Count("pk", filter=Q(role="lead")),
            open=Count("pk", filter=Q(state__in=OPEN_STATES)),
            overdue=Count("pk", filter=Q(state__in=OPEN_STATES - {"done"}, due_on__lt=today)),
            closed=Count("pk", filter=Q(state="closed")),
            on_time=Count("pk", filter=Q(state="closed", completed_on__lte=F("due_on"))),
            percent=Sum("percent"),
        )
    )
    by_unit: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_unit[row["unit_id"]].append({**row})
    loads = []
    for unit_id, parts in by_unit.items():
        sums = {
            key: sum(part[key] for part in parts)
            for key in ("total", "lead", "open", "overdue", "closed", "on_time", "percent")
        }
        sums["percent"] = round(sums["percent"] / sums["total"])
        loads.append(
            Load(
                unit_id=unit_id,
                name=parts[0]["name"] or parts[0]["full"],
                lights={part["light"]: part["total"] for part in parts},
                **sums,
            )
        )
    return sorted(_told_apart(loads), key=lambda load: (-load.total, load.name))


def _told_apart(loads: list[Load]) -> list[Load]:
    """Units of several regions may share a short name (发展改革委): then the region stands before it."""
    names = Counter(load.name for load in loads)
    shared = [load.unit_id for load in loads if names[load.name] > 1]
    regions = dict(Unit.objects.filter(pk__in=shared).values_list("pk", "region__name")) if shared else {}
    return [
        replace(load, name=f"{regions[load.unit_id]}{load.name}") if load.unit_id in regions else load for load in loads
    ]
