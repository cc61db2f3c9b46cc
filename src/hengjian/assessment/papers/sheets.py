"""Workbooks: the result with items, and what the performance appraisal takes over."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from hengjian.assessment.marks import notes_of
from hengjian.assessment.models import ResultSet, Round
from hengjian.assessment.results import detail_items
from hengjian.documents.sheets import SheetColumn, write_xlsx
from hengjian.scoring.words import named


def results(row: Round, chosen: ResultSet, *, items: bool) -> bytes:
    """One line per object; with `items` a column per item."""
    sheet = row.content.sheet
    columns = [
        SheetColumn(_("名次"), 8, "integer"),
        SheetColumn(_("考核对象"), 24),
        SheetColumn(_("得分"), 10, "number"),
        SheetColumn(_("满分"), 10, "number"),
        SheetColumn(_("等级"), 8),
        SheetColumn(_("名次区间上端"), 12, "integer"),
        SheetColumn(_("名次区间下端"), 12, "integer"),
    ]
    if items:
        mark = _("（设定分值）")
        columns += [
            SheetColumn(f"{item.code} {named(item)}{mark if item.assumed else ''}", 14, "number")
            for item in sheet.items
        ]
    rows: list[list[Any]] = []
    for one in chosen.rows.select_related("entry"):
        line: list[Any] = [one.rank, one.entry.name, one.total, one.full, one.grade, one.rank_low, one.rank_high]
        if items:
            frozen = detail_items(one)
            line += [_number(frozen[item.code]["points"]) for item in sheet.items]
        rows.append(line)
    return write_xlsx(columns, rows, title=row.title, notes=notes_of(row, chosen))


def _number(text: str | None) -> Any:
    return None if text is None else Decimal(text)


def appraisal(row: Round, chosen: ResultSet) -> bytes:
    """For the performance appraisal of governments or departments: codes, points out of a hundred, grade, place."""
    columns = [
        SheetColumn(_("年度"), 8, "integer"),
        SheetColumn(_("区划代码"), 12),
        SheetColumn(_("单位标识"), 26),
        SheetColumn(_("考核对象"), 24),
        SheetColumn(_("得分"), 10, "number"),
        SheetColumn(_("满分"), 10, "number"),
        SheetColumn(_("百分制得分"), 12, "number"),
        SheetColumn(_("等级"), 8),
        SheetColumn(_("名次"), 8, "integer"),
        SheetColumn(_("一票否决"), 10),
        SheetColumn(_("整改"), 12),
        SheetColumn(_("结果版本"), 10, "integer"),
    ]
    rows = []
    for one in chosen.rows.select_related("entry__region", "entry__unit", "entry__order_to_rectify"):
        entry = one.entry
        order = getattr(entry, "order_to_rectify", None)
        rows.append(
            [
                row.year,
                entry.region.code,
                entry.unit.key,
                entry.name,
                one.total,
                one.full,
                round(one.total / one.full * 100, 2),
                one.grade,
                one.rank,
                _("是") if one.detail["vetoes"] else _("否"),
                order.get_state_display() if order else "",
                chosen.version,
            ]
        )
    return write_xlsx(columns, rows, title=row.title, notes=notes_of(row, chosen))
