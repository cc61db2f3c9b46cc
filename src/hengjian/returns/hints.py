"""Hints beside cells: figures that look odd against the own past, last year, or other regions. They block nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from django.utils.translation import gettext as _

from hengjian.methods.outliers import Hint, Tolerance, compare_with_others, compare_with_past
from hengjian.returns.declarations import CellSpec
from hengjian.returns.models import Return
from hengjian.returns.reading import LOOK_BACK, Past, values_by_return
from hengjian.returns.rules import Key, Sheet

# Small counts jump without meaning anything.
LEAST_COUNT, LEAST_AMOUNT = 10.0, 1.0
# Short series of steady figures have next to no spread; a change below this share of the usual figure is none.
LEAST_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Told:
    """A hint in words; `score` orders them."""

    reason: str
    text: str


def hints_for(
    sheet: Sheet, past: Past, peers: Iterable[Sheet] = (), only: Iterable[Key] | None = None
) -> dict[Key, Told]:
    """Hints by cell. Amounts are compared with the own past only, since regions differ in size; percentages with the
    other regions of the period, too.

    Args:
        only: these cells and the formulas; None: all.
    """
    others = list(peers)
    wanted = None if only is None else set(only)
    sheets = [one for _period, one in past.before(LOOK_BACK[past.period.frequency])]
    last, year = past.sheet(past.period.previous), past.sheet(past.period.year_earlier)
    found = {}
    for key, cell in sheet.layout.cells.items():
        if cell.is_input and wanted is not None and key not in wanted:
            continue
        value = sheet.here(key)
        if value is None:
            continue
        told = _hint(cell, float(value), [_figure(one, key) for one in sheets], _figure(last, key), _figure(year, key))
        if told is None and cell.type == "percent":
            told = _beside(cell, float(value), [_figure(one, key) for one in others])
        if told is not None:
            found[key] = told
    return found


def peers_of(entry: Return) -> list[Sheet]:
    """The sheets of the other regions of the period that are reported."""
    rows = Return.objects.filter(opening=entry.opening, state__in=Return.REPORTED).exclude(pk=entry.pk)
    values = values_by_return(rows.values_list("pk", flat=True))
    opening = entry.opening
    return [Sheet(opening.layout, one, opening.period.days) for one in values.values()]


def _figure(sheet: Sheet | None, key: Key) -> float | None:
    value = sheet.here(key) if sheet is not None else None
    return None if value is None else float(value)


def _tolerance(cell: CellSpec, usual: list[float]) -> Tolerance:
    if cell.type == "percent":
        return Tolerance(change=0.5, least=3.0, enough=4)
    least = LEAST_COUNT if cell.type == "count" else LEAST_AMOUNT
    return Tolerance(least=max(least, LEAST_SHARE * abs(median(usual))) if usual else least, enough=4)


def _hint(
    cell: CellSpec, value: float, history: list[float | None], last: float | None, year: float | None
) -> Told | None:
    known = [number for number in history if number is not None]
    found = compare_with_past(
        value, last_period=last, last_year=year, history=history, tolerance=_tolerance(cell, known)
    )
    return _told(found[0], cell) if found else None


def _beside(cell: CellSpec, value: float, others: list[float | None]) -> Told | None:
    known = [number for number in others if number is not None]
    hint = compare_with_others(value, known, _tolerance(cell, known)) if known else None
    return _told(hint, cell) if hint else None


def _told(hint: Hint, cell: CellSpec) -> Told:
    shown = {
        "reference": number_said(hint.reference, cell),
        "low": number_said(hint.low, cell),
        "high": number_said(hint.high, cell),
        "times": f"{hint.score:.3g}",
    }
    words = {
        "unit": _("约为以往（%(reference)s）的 %(times)s 倍，可能填错单位"),
        "others": _("与其他地区相差较大（中位数 %(reference)s）"),
        "past": _("超出本地以往范围（%(low)s 至 %(high)s）"),
        "last_period": _("与上期 %(reference)s 相差过大"),
        "last_year": _("与上年同期 %(reference)s 相差过大"),
        "zero": _("以往为 %(reference)s，本期为 0"),
    }
    return Told(hint.reason, words[hint.reason] % shown)


def number_said(value: float | Decimal, cell: CellSpec) -> str:
    return f"{value:,.{cell.decimals}f}"
