"""What steps of this room's procedures bring about: entries written, values judged, cases opened.

Named in `config/*.yaml` under `effects` and `guards`; each runs inside the transaction of its step.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.cases.actions import OpenCase
from hengjian.cases.hooks import StepContext, register_effect, register_guard
from hengjian.cases.models import Case, CaseLink
from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.rules import Term, due
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.actions import ChangeEntry, CreateEntry, SetStatus
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import entries, find
from hengjian.rulebook.parameters.guarantees import Guarantees
from hengjian.rulebook.parameters.incidents import IncidentLevels
from hengjian.rulebook.parameters.relief import Relief
from hengjian.rulebook.parameters.terms import Terms
from hengjian.systems.supervision import rules

SYSTEM = "supervision"
# Decisions on penalties are shown for three years unless the draft says otherwise; order 45/2021 is to be verified.
SHOWN_YEARS = 3


def _day(value: Any) -> date:
    found = parse_date(str(value)[:10])
    assert found is not None, value
    return found


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value or 0))


def _keep(case: Case, **values: Any) -> None:
    """Put computed values into the case."""
    case.data.update(values)
    case.save(update_fields=["data"])


def _open_case(context: StepContext, case_type: str, values: dict[str, Any]) -> Case:
    """A case that arises from this one, in the same unit, linked both ways."""
    case = context.case
    opened = OpenCase(
        user=None, system=SYSTEM, type=case_type, values=values, unit=case.unit, region=case.region, origin=case.ref
    ).execute()
    CaseLink.objects.create(first=case, second=opened.case, kind=CaseLink.Kind.ARISEN, reason=context.transition.title)
    return opened.case


# ---- recall


def recall_entry(case: Case) -> EntryBase | None:
    """The register's entry of a recall case."""
    entry: EntryBase | None = (
        entries("recall").filter(extras__case_number=case.number).select_related("unit", "region").first()
    )
    return entry


def recall_planned(context: StepContext) -> None:
    """The plan makes the entry; it is public once published."""
    case, today = context.case, timezone.localdate(context.at)
    shared = (
        "product",
        "brand",
        "models",
        "batches",
        "maker",
        "maker_name",
        "regime",
        "initiative",
        "defect",
        "hazard",
        "remedy",
        "ask_at",
        "quantity",
    )
    values = {code: case.data.get(code) for code in shared} | {"plan_on": today.isoformat(), "case_number": case.number}
    CreateEntry(
        user=None, system=SYSTEM, register="recall", values=values, unit=case.unit, region=case.region, on=today
    ).execute()


def _recall_step(status: str = "", **fixed: Any) -> Callable[[StepContext], None]:
    def act(context: StepContext) -> None:
        case, today = context.case, timezone.localdate(context.at)
        entry = recall_entry(case)
        if entry is None:
            return
        values = {name: today.isoformat() if value == "today" else value for name, value in fixed.items()}
        recalled = context.values.get("recalled")
        if recalled is not None and recalled != entry.value("recalled"):
            values["recalled"] = recalled
        if values:
            ChangeEntry(
                user=None, system=SYSTEM, entry=entry, values=values, on=today, reason=context.transition.title
            ).execute()
            entry = recall_entry(case)
            assert entry is not None
        if status and entry.status != status:
            reason = context.note or context.transition.title
            SetStatus(user=None, system=SYSTEM, entry=entry, status=status, on=today, reason=reason[:300]).execute()

    return act


recall_published = _recall_step("running", published_on="today")
recall_progress = _recall_step()
recall_reached = _recall_step("active_stopped")
recall_resumed = _recall_step("running")
recall_closed = _recall_step("closed")


def judge_report(context: StepContext) -> None:
    """Whether an accident was reported in time, counted from the day on which the enterprise knew of it."""
    case = context.case
    known, reported = _day(case.data["learned_on"]), timezone.localdate(case.opened_at)
    spec = rulebook.at("terms", case.region.code, case.rules_on, "accident-report").typed(Terms).term
    assert spec is not None
    end = due(known, Term(spec.amount, spec.unit, spec.roll), current_calendar(case.region.code))
    _keep(case, on_time=reported <= end.day)


def open_recall(context: StepContext) -> None:
    """A confirmed defect opens the recall at once, so that its clock runs."""
    data = context.case.data
    _open_case(
        context,
        "product_recall",
        {
            "product": data["product"],
            "maker": data.get("holder") if data.get("role") == "producer" else None,
            "maker_name": data.get("maker_name") or data["holder_name"],
            "regime": "consumer",
            "initiative": "voluntary",
            "learned_on": data["learned_on"],
            "defect": context.note[:2000] or data["facts_told"][:2000],
        },
    )


# ---- relief, guarantee


def propose_relief(context: StepContext) -> None:
    """The amount by the rulebook; whoever decides may set another one."""
    case = context.case
    relief = rulebook.at("relief", case.region.code, case.rules_on).typed(Relief)
    amount = relief.grant(
        loss=_decimal(case.data.get("loss")),
        paid=_decimal(case.data.get("paid")),
        income_ratio=_decimal(case.data.get("income_ratio")),
        cause=_decimal(case.data.get("cause")) / 100,
    )
    _keep(case, granted=f"{amount:.2f}")


def relief_paid(context: StepContext) -> None:
    """The payment enters the public account, without the person."""
    case = context.case
    paid_on = context.values["paid_on"]
    CreateEntry(
        user=None,
        system=SYSTEM,
        register="relief_payout",
        values={
            "case_number": case.number,
            "product": case.data["product"],
            "loss": case.data.get("loss"),
            "granted": case.data["granted"],
            "paid_on": paid_on,
        },
        unit=case.unit,
        region=case.region,
        on=min(_day(paid_on), timezone.localdate()),
    ).execute()


def judge_guarantee(context: StepContext) -> None:
    """What the buyer may choose by the rules of the goods on the day of the purchase."""
    case = context.case
    bought = _day(case.data["bought_on"])
    try:
        rule = rulebook.at("guarantees", case.region.code, bought, case.data["goods"])
    except rulebook.RuleNotFound as error:
        raise ActionRefused(
            _("%(day)s 购买的商品没有适用的三包规定。") % {"day": bought.isoformat()},
            _("请核对购买日期和适用规定；当时没有国家规定的，按合同约定处理。"),
            status=400,
        ) from error
    chosen = rules.guaranteed(
        rule.typed(Guarantees),
        bought,
        _day(case.data["fault_on"]),
        repairs=int(case.data.get("repairs") or 0),
        longest=int(case.data.get("longest_repair") or 0),
        lost=int(case.data.get("lost_days") or 0),
    )
    _keep(case, entitled=list(chosen))


# ---- enforcement


def open_handover(context: StepContext) -> None:
    """A suspected crime starts the hand-over with its own short clocks."""
    case = context.case
    _open_case(
        context,
        "crime_handover",
        {
            "suspect": case.data.get("target_name") or case.data["matter"],
            "crime": "待认定",
            "source_case": case.number,
            "facts_found": context.note,
            "goods_value": case.data.get("goods_value"),
            "material": "待补充移送材料清单",
        },
    )


def expose(context: StepContext) -> None:
    """The approved text becomes an entry of the public bulletin, until its last day."""
    case, today = context.case, timezone.localdate(context.at)
    taken = ("headline", "party", "party_name", "decision_number", "decided_on", "violation", "penalty")
    until = case.data.get("until")
    CreateEntry(
        user=None,
        system=SYSTEM,
        register="exposure_bulletin",
        values={code: case.data.get(code) for code in taken},
        unit=case.unit,
        region=case.region,
        valid_from=today,
        valid_to=_day(until) if until else _years_later(today, SHOWN_YEARS),
        on=today,
    ).execute()


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def findings_closed(context: StepContext) -> None:
    """An inspection ends only when every finding has been struck off."""
    still_open = Case.objects.filter(parent=context.case, closed_at__isnull=True).values_list("number", flat=True)
    if still_open:
        raise ActionRefused(
            _("还有 %(n)d 个督查问题没有销号：%(numbers)s。")
            % {"n": len(still_open), "numbers": "、".join(list(still_open)[:5])},
            _("请先核查这些问题并销号，再办结督查。"),
        )


PLACE_RESULTS = {"pass": "passed", "recheck": "corrected", "punish": "failed"}


def place_checked(context: StepContext) -> None:
    """The place's entry shows its last check."""
    case = context.case
    entry = find("checked_place", str(case.data["place"]))
    if entry is None:
        return
    visit = str(case.data["visit_on"])
    values = {"last_checked_on": visit, "last_result": PLACE_RESULTS[context.transition.code]}
    if any(entry.value(code) != value for code, value in values.items()):
        ChangeEntry(
            user=None,
            system=SYSTEM,
            entry=entry,
            values=values,
            reason=case.number,
            on=min(timezone.localdate(context.at), timezone.localdate()),
        ).execute()


# ---- incidents, environment


COUNTED = ("deaths", "harmed", "townships", "counties", "cities", "provinces", "loss")
ASKED = ("school", "major_event", "spreading")


def judge_incident(context: StepContext) -> None:
    """The level by the rulebook from what is known now; it goes up and down with the follow-ups."""
    case = context.case
    levels = rulebook.at("incident_levels", case.region.code, case.rules_on).typed(IncidentLevels)
    facts = {code: float(case.data.get(code) or 0) for code in COUNTED}
    facts |= {code: float(bool(case.data.get(code))) for code in ASKED}
    level, _condition = levels.level(facts)
    _keep(case, level=level.code)


def judge_label(context: StepContext) -> None:
    """Measured against declared value."""
    data = context.case.data
    verdict = rules.label_verdict(
        _decimal(data["declared"]), _decimal(data["measured"]), _decimal(data["tolerance"]), data["better"]
    )
    _keep(context.case, verdict=verdict)


def rating_repaired(context: StepContext) -> None:
    """The rating gets the reviewed score; its band follows from the rulebook."""
    case, today = context.case, timezone.localdate(context.at)
    entry = find("environmental_rating", str(case.data["rating"]))
    if entry is None:
        return
    repaired = case.data["kind"] == "repair"
    values = {"score": case.data["new_score"], "vetoes": []}
    ChangeEntry(user=None, system=SYSTEM, entry=entry, values=values, reason=case.number, on=today).execute()
    entry = find("environmental_rating", entry.key)
    assert entry is not None
    status = "repaired" if repaired else "final"
    if entry.status != status:
        SetStatus(user=None, system=SYSTEM, entry=entry, status=status, reason=case.number, on=today).execute()


EFFECTS: tuple[Callable[[StepContext], None], ...] = (
    recall_planned,
    judge_report,
    open_recall,
    propose_relief,
    relief_paid,
    judge_guarantee,
    open_handover,
    expose,
    place_checked,
    judge_incident,
    judge_label,
    rating_repaired,
)
RECALL_STEPS = {
    "recall_published": recall_published,
    "recall_progress": recall_progress,
    "recall_reached": recall_reached,
    "recall_resumed": recall_resumed,
    "recall_closed": recall_closed,
}


def register() -> None:
    """Make the effects and guards known; called when the app is ready."""
    for effect in EFFECTS:
        register_effect(f"supervision.{effect.__name__}", effect)
    for name, step in RECALL_STEPS.items():
        register_effect(f"supervision.{name}", step)
    register_guard("supervision.findings_closed", findings_closed)
