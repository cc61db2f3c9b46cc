"""The checks, each with what it means, how grave it is and how to mend it. They find; people judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import comb
from statistics import median

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hengjian.returns.catalogue import forms
from hengjian.returns.declarations import Severity
from hengjian.returns.integrity.field import Field, Offence
from hengjian.returns.models import Return
from hengjian.returns.reading import values_by_return
from hengjian.returns.rules import Sheet, plain_text

Text = str | Promise


@dataclass(frozen=True)
class IntegrityCheck:
    """One check of the regime.

    Attributes:
        introduction: what it looks for and why that matters.
        fix: what to do about a finding.
        sentence: says one finding with its values.
        find: yields the offending rows of one form in one period.
    """

    code: str
    title: Text
    severity: Severity
    introduction: Text
    fix: Text
    sentence: Text
    find: Callable[[Field], Iterator[Offence]]


# Periods in a row that are suspicious when nothing moves; cells that make a judgement possible.
IN_A_ROW, ENOUGH_CELLS, ENOUGH_PEERS = 3, 5, 4
# Last digits: figures needed, and how unlikely so many 0 and 5 must be.
DIGITS, UNLIKELY = 20, 0.001


def missing(field: Field) -> Iterator[Offence]:
    for entry in field.entries:
        if entry.state in Return.EDITABLE and entry.state != Return.State.CORRECTING and entry.due_on < field.today:
            yield Offence(
                entry, values={"due": entry.due_on.isoformat(), "days": str((field.today - entry.due_on).days)}
            )


def late(field: Field) -> Iterator[Offence]:
    for entry in field.entries:
        if entry.first_completed_at is None:
            continue
        day = timezone.localdate(entry.first_completed_at)
        if day > entry.due_on:
            yield Offence(entry, values={"due": entry.due_on.isoformat(), "days": str((day - entry.due_on).days)})


def unchanged(field: Field) -> Iterator[Offence]:
    """All figures as in the periods before, though nobody declared that nothing changed."""
    for entry, sheet in field.filled():
        if entry.no_change or len(sheet.values) < ENOUGH_CELLS:
            continue
        before = [one for _period, one in field.pasts[entry.pk].before(IN_A_ROW - 1)]
        if all(one is not None and dict(one.values) == dict(sheet.values) for one in before):
            yield Offence(entry, values={"periods": str(IN_A_ROW)})


def levels_disagree(field: Field) -> Iterator[Offence]:
    """Where a region's figures contain those of the regions below: the parts are more than the whole, or other."""
    if not field.opening.form.includes_lower:
        return
    by_parent: dict[int, list[Sheet]] = {}
    for entry, sheet in field.filled():
        if entry.region.parent_id is not None:
            by_parent.setdefault(entry.region.parent_id, []).append(sheet)
    for entry, sheet in field.filled():
        lower = by_parent.get(entry.region_id, [])
        for cell in sheet.layout.inputs if lower else ():
            key = (cell.row, cell.column)
            parts = [one.values[key] for one in lower if key in one.values]
            total = sum(parts, Decimal(0))
            if cell.adds and parts and sheet.values.get(key) != total:
                stated = sheet.values.get(key)
                told = {"total": plain_text(stated) if stated is not None else "—", "parts": plain_text(total)}
                yield Offence(entry, *key, values=told)


def concepts_disagree(field: Field) -> Iterator[Offence]:
    """One thing asked on two forms of the same period, answered differently."""
    here = {cell.concept: cell for cell in field.opening.layout.inputs if cell.concept}
    if not here:
        return
    for other in forms(field.opening.last):
        if other.code <= field.opening.form_code or other.frequency != field.opening.form.frequency:
            continue
        there = {cell.concept: cell for cell in other.layout(field.opening.last).inputs if cell.concept in here}
        if not there:
            continue
        rows = Return.objects.filter(
            opening__form_code=other.code, opening__period_code=field.opening.period_code, state__in=Return.REPORTED
        )
        by_region = {row.region_id: row.pk for row in rows}
        values = values_by_return(by_region.values())
        for entry, sheet in field.filled():
            theirs = values.get(by_region.get(entry.region_id, 0), {})
            for concept, cell in there.items():
                mine, yours = (
                    sheet.values.get((here[concept].row, here[concept].column)),
                    theirs.get((cell.row, cell.column)),
                )
                if mine is not None and yours is not None and mine != yours:
                    told = {"here": plain_text(mine), "there": plain_text(yours), "form": other.title}
                    yield Offence(entry, here[concept].row, here[concept].column, told)


def heaped_digits(field: Field) -> Iterator[Offence]:
    """Far more figures end in 0 or 5 than counting would give: they were probably estimated."""
    for entry, sheet in field.filled():
        digits = [int(value) % 10 for value in sheet.values.values() if value >= 10 and value == int(value)]
        round_ones = sum(digit in (0, 5) for digit in digits)
        if len(digits) >= DIGITS and _at_least(round_ones, len(digits), 0.2) < UNLIKELY:
            yield Offence(entry, values={"round": str(round_ones), "all": str(len(digits))})


def _at_least(k: int, n: int, share: float) -> float:
    """Probability of k or more of n."""
    return float(sum(comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(k, n + 1)))


def jumps(field: Field) -> Iterator[Offence]:
    yield from _hinted(field, {"past", "last_period", "last_year"})


def units_mixed(field: Field) -> Iterator[Offence]:
    yield from _hinted(field, {"unit"})


def _hinted(field: Field, reasons: set[str]) -> Iterator[Offence]:
    by_pk = {entry.pk: entry for entry in field.reported}
    for pk, found in field.hints.items():
        for (row, column), told in found.items():
            if told.reason in reasons:
                value = field.sheets[pk].values[row, column]
                yield Offence(by_pk[pk], row, column, {"value": plain_text(value), "hint": told.text})


def zero_series(field: Field) -> Iterator[Offence]:
    """Nothing but zeros in a row, where most other regions have something."""
    for entry, sheet in field.filled():
        before = [one for _period, one in field.pasts[entry.pk].before(IN_A_ROW - 1)]
        for key, value in sheet.values.items():
            others = [one.values[key] for pk, one in field.sheets.items() if pk != entry.pk and key in one.values]
            zeros = value == 0 and all(one is not None and one.values.get(key) == 0 for one in before)
            if zeros and len(others) >= ENOUGH_PEERS and median(others) > 0:
                yield Offence(entry, *key, values={"periods": str(IN_A_ROW)})


def under_reported(field: Field) -> Iterator[Offence]:
    """Regions that fill in less than half of what those of their level usually do."""
    for entry, sheet in field.filled():
        others = [
            len(field.sheets[one.pk].values)
            for one in field.reported
            if one != entry and one.region.level == entry.region.level
        ]
        if len(others) >= ENOUGH_PEERS and len(sheet.values) * 2 < median(others):
            yield Offence(entry, values={"filled": str(len(sheet.values)), "usual": f"{median(others):.0f}"})


CHECKS: tuple[IntegrityCheck, ...] = (
    IntegrityCheck(
        "missing",
        _("逾期未报"),
        "error",
        _("截止日已过，报表还没有上报；汇总数因此不完整。"),
        _("催报；确有困难的，办理延期并写明理由。"),
        _("截止日 %(due)s，已逾期 %(days)s 天"),
        missing,
    ),
    IntegrityCheck(
        "late",
        _("迟报"),
        "hint",
        _("首次上报晚于截止日。"),
        _("了解原因；经常迟报的，核实填报负担和数据来源。"),
        _("截止日 %(due)s，迟 %(days)s 天"),
        late,
    ),
    IntegrityCheck(
        "unchanged",
        _("连续多期数据完全相同"),
        "warning",
        _("时期数连续几期一格不变，多半是照抄上期。"),
        _("核对原始台账；确无变化的，用“本期无变化”上报。"),
        _("连续 %(periods)s 期完全相同"),
        unchanged,
    ),
    IntegrityCheck(
        "levels",
        _("上下级数据不衔接"),
        "error",
        _("全口径报表中，下级合计应等于上级填报数。"),
        _("与下级单位核对，改正其中一方。"),
        _("本级 %(total)s，下级合计 %(parts)s"),
        levels_disagree,
    ),
    IntegrityCheck(
        "concepts",
        _("同一指标在两张报表中不一致"),
        "error",
        _("同一地区、同一报告期的同一指标只应有一个数。"),
        _("核对口径，改正其中一方；报表应互相取数，不应重复填报。"),
        _("本表 %(here)s，“%(form)s”为 %(there)s"),
        concepts_disagree,
    ),
    IntegrityCheck(
        "unit",
        _("疑似填错计量单位"),
        "warning",
        _("数值约为以往的 100、1000 或 10000 倍（或其倒数），多半是元与万元、台与百台之误。"),
        _("按表中计量单位核对原始凭证，退回改正。"),
        _("%(value)s：%(hint)s"),
        units_mixed,
    ),
    IntegrityCheck(
        "jump",
        _("数据突变"),
        "warning",
        _("与上期、上年同期都相差过大，或超出本地以往范围（中位数和绝对中位差）。"),
        _("有备注说明的核对说明；没有的请填报单位核实。"),
        _("%(value)s：%(hint)s"),
        jumps,
    ),
    IntegrityCheck(
        "zero",
        _("连续为零"),
        "hint",
        _("本地连续几期为零，而多数地区不为零，可能漏统。"),
        _("核实是否确无此项业务。"),
        _("连续 %(periods)s 期为 0"),
        zero_series,
    ),
    IntegrityCheck(
        "digits",
        _("尾数集中在 0 和 5"),
        "hint",
        _("据实计数的尾数应大致均匀；过于集中说明可能是估计数。"),
        _("抽查原始台账。"),
        _("%(all)s 个整数中 %(round)s 个以 0 或 5 结尾"),
        heaped_digits,
    ),
    IntegrityCheck(
        "sparse",
        _("填报明显少于同级地区"),
        "warning",
        _("已填单元格不到同级地区中位数的一半，可能漏报。"),
        _("核对漏填的项目；确无此项业务的填 0。"),
        _("已填 %(filled)s 格，同级地区一般 %(usual)s 格"),
        under_reported,
    ),
)


def check_named(code: str) -> IntegrityCheck:
    """The check with a code.

    Raises:
        KeyError: there is none.
    """
    return {check.code: check for check in CHECKS}[code]
