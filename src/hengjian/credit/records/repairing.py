"""Repair: what may be applied for, what stands in the way, what the decision brings about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from hengjian.cases.hooks import StepContext, register_effect, register_guard
from hengjian.cases.models import Case, CaseEvent
from hengjian.cases.papers import register_paper
from hengjian.credit.records.admitting import edition, repair_of
from hengjian.credit.records.ending import end
from hengjian.credit.records.facts import REPAIRED
from hengjian.credit.records.models import CreditRecord
from hengjian.credit.records.notices import refusal_notice, repair_notice
from hengjian.credit.records.rules import Standing, add_months, repair_obstacles
from hengjian.ledger.drafts import Source
from hengjian.parties.verbs import ActionRefused

CASE = "credit_repair"


def standing_of(record: CreditRecord, *, fulfilled_on: date | None, committed: bool) -> Standing:
    """What is known when repair is asked for today."""
    return Standing(
        today=timezone.localdate(),
        min_until=record.min_until,
        fulfilled_on=fulfilled_on or record.fulfilled_on,
        committed=committed,
        disputed=record.disputed_since is not None,
        repairable=is_repairable(record),
        refused_until=refused_until(record),
        barred_until=barred_until(record),
    )


def is_repairable(record: CreditRecord) -> bool:
    """Whether the catalogue admits a repair of what the record is about."""
    entry = edition(record.organ.region.code, record.decided_on or timezone.localdate()).entry(record.catalogue)
    return entry is None or entry.repairable


def refused_until(record: CreditRecord) -> date | None:
    """Until when the same record is not applied for again, because its repair was refused."""
    days = repair_of(record.rule).refused_bar if record.rule else 0
    if not days:
        return None
    last = Case.objects.filter(type=CASE, subject=record.ref, outcome="refused").order_by("-closed_at").first()
    return timezone.localdate(last.closed_at) + timedelta(days=days) if last is not None and last.closed_at else None


def barred_until(record: CreditRecord) -> date | None:
    """Until when the body cannot apply, because a repair of one of its records was revoked for false papers. The record
    that came back may have ended since: it counts all the same."""
    revoked = CreditRecord.everything.filter(enterprise=record.enterprise, revoked_on__isnull=False)
    ends = [
        add_months(one.revoked_on, repair_of(one.rule).false_papers_bar)
        for one in revoked
        if one.rule and one.revoked_on is not None
    ]
    return max(ends, default=None)


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else "—"


def obstacle_text(code: str, record: CreditRecord) -> str:
    """An obstacle in words."""
    said = {
        "not_adverse": _("这条记录不是失信信息，无须修复。"),
        "not_repairable": _("法律、法规或国家政策规定这类信息不予修复，到期自动停止公示。"),
        "barred": _("曾在申请修复时弄虚作假，%(day)s 前不得再次申请。")
        % {"day": _day(barred_until(record)) if code == "barred" else ""},
        "refused": _("上次申请不予修复，%(day)s 起可以再次申请。")
        % {"day": _day(refused_until(record)) if code == "refused" else ""},
        "too_early": _("最短公示期尚未届满，%(day)s 起可以申请。") % {"day": _day(record.min_until)},
        "not_fulfilled": _("义务尚未履行，或没有填写履行日期。"),
        "not_committed": _("尚未公开作出信用承诺。"),
        "disputed": _("这条记录正在异议处理中，办结后再申请修复。"),
    }
    return said[code]


def obstacles(record: CreditRecord, *, fulfilled_on: date | None, committed: bool) -> list[str]:
    """What stands in the way of a repair today, in words; empty: nothing."""
    found = repair_obstacles(standing_of(record, fulfilled_on=fulfilled_on, committed=committed))
    return [obstacle_text(code, record) for code in found]


def also_repairable(record: CreditRecord) -> list[CreditRecord]:
    """Other records of the same body and organ for which nothing but the application is missing."""
    rows = CreditRecord.objects.filter(enterprise=record.enterprise, organ=record.organ, min_until__isnull=False)
    rows = rows.exclude(pk=record.pk).select_related("organ__region", "enterprise")
    today = timezone.localdate()
    return [
        row
        for row in rows.order_by("-decided_on", "-pk")[:20]
        if open_repair(row) is None and not obstacles(row, fulfilled_on=row.fulfilled_on or today, committed=True)
    ]


def open_repair(record: CreditRecord) -> Case | None:
    """The repair under way for a record."""
    return Case.objects.filter(type=CASE, subject=record.ref, closed_at__isnull=True).first()


def record_of(case: Case) -> CreditRecord:
    """The record that a case is about.

    Raises:
        ActionRefused: it was sealed meanwhile.
    """
    try:
        key = UUID(str(case.data.get("record_key", "")))
    except ValueError:
        key = None
    found = CreditRecord.objects.filter(key=key).select_related("organ__region", "enterprise").first() if key else None
    if found is None:
        raise ActionRefused(
            _("办件所指的信用记录已封存，或不存在。"), _("记录已经到期、撤销或修复的，请写明后办结本件。")
        )
    return found


def repairable(context: StepContext) -> None:
    """Guard: the record stands, and all conditions of repair are met."""
    case = context.case
    found = obstacles(
        record_of(case),
        fulfilled_on=parse_date(str(case.data.get("fulfilled_on") or "")),
        committed=bool(case.data.get("committed")),
    )
    if found:
        raise ActionRefused(
            _("不符合修复条件：%(why)s") % {"why": "".join(found)}, _("请写明理由，不予受理或不予修复。")
        )


def checked(context: StepContext) -> None:
    """Guard: the check found the breach put right and the duty fulfilled."""
    last = CaseEvent.objects.filter(case=context.case, code="check").order_by("-pk").first()
    values = last.data.get("values", last.data) if last is not None else {}
    if not (values.get("corrected") and values.get("fulfilled")):
        raise ActionRefused(_("核实结果是尚未纠正或尚未履行，不能准予修复。"), _("请退回核实，或不予修复。"))


def repair(context: StepContext) -> None:
    """Effect: publication, sharing and use stop; grades, measures and subscribers are told by their hooks."""
    case = context.case
    unit = case.unit
    source = Source(
        unit=unit.ref, user=context.user.ref if context.user is not None else "", system=context.system or "cases"
    )
    end([record_of(case)], REPAIRED, CreditRecord.State.REPAIRED, source=source, ground=case.ref)


@dataclass(frozen=True)
class Clock:
    """One line of the explanation of the terms of a record.

    Attributes:
        share: part of the way to the maximum that has passed today, in percent; None where there is no end.
    """

    decided_on: date
    min_until: date | None
    max_until: date | None
    share: int | None
    least_share: int | None


def clock_of(record: CreditRecord) -> Clock | None:
    """How far a record is between its first and its last day, for the page."""
    if record.decided_on is None:
        return None
    share = least = None
    if record.max_until is not None and record.max_until > record.decided_on:
        whole = (record.max_until - record.decided_on).days
        share = max(0, min(100, round(100 * (timezone.localdate() - record.decided_on).days / whole)))
        if record.min_until is not None:
            least = round(100 * (record.min_until - record.decided_on).days / whole)
    return Clock(record.decided_on, record.min_until, record.max_until, share, least)


def register() -> None:
    """Called when the app is ready."""
    register_guard("credit_records.repairable", repairable)
    register_guard("credit_records.checked", checked)
    register_effect("credit_records.repair", repair)
    register_paper("credit_repair_notice", "信用修复决定书", repair_notice, mark="信修")
    register_paper("credit_repair_refusal", "不予信用修复决定书", refusal_notice, mark="信修")
