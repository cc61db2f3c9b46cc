"""A recall scope as a sheet and as an official document (GB/T 9704)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from hengjian.documents.official import (
    Annex,
    Block,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
    TableColumn,
    render_docx,
)
from hengjian.documents.sheets import SheetColumn, write_xlsx
from hengjian.trace.chain.words import FIGURES, LEVELS, quantity, unit_word

SHOWN = ("on_hand", "received", "shipped", "sold", "returned", "destroyed")
LISTED = 200
"""Lots that the document lists; the sheet has all that were kept."""


def share_text(lot: Mapping[str, Any]) -> str:
    """25 %（95/380）, or that all of it counts."""
    if not lot["share"]:
        return _("无法计算，按全部计")
    part, whole = (Decimal(value) for value in lot["share"])
    percent = f"{part / whole * 100:.1f}%" if whole else "0%"
    return f"{percent}（{quantity(part)}/{quantity(whole)}）"


def scope_xlsx(result: Mapping[str, Any], title: str, notes: Sequence[str]) -> bytes:
    """One sheet with three kinds of rows: lots, places, parties."""
    columns = [
        SheetColumn(_("类别"), 10),
        SheetColumn(_("名称"), 40),
        SheetColumn(_("标识"), 48),
        SheetColumn(_("所属或地区"), 24),
        SheetColumn(_("单位")),
        *(SheetColumn(str(FIGURES[name]), kind="number") for name in SHOWN),
        SheetColumn(_("批次数量"), kind="number"),
        SheetColumn(_("预计含有"), kind="number"),
        SheetColumn(_("说明"), 30),
    ]
    blank = [None] * len(SHOWN)
    rows: list[list[Any]] = []
    for lot in result["lots"]:
        amounts = [_decimal(lot["at_most"]), _decimal(lot["contained"])]
        level = str(LEVELS.get(lot["level"], lot["level"]))
        rows.append([level, lot["name"], lot["key"], "", unit_word(lot["unit"]), *blank, *amounts, share_text(lot)])
    for place in result["places"]:
        figures = [_decimal(place[name]) for name in SHOWN]
        said = _("涉及 %(n)s 个批次或单品") % {"n": place["lots"]}
        row = [_("地点"), place["name"], place["site"], place["party_name"], unit_word(place["unit"])]
        rows.append([*row, *figures, None, None, said])
    for one in result["parties"]:
        said = _("有货 %(n)s 批，在途 %(m)s 批") % {"n": one["lots"], "m": one["expected"]}
        rows.append([_("联系单位"), one["name"], one["party"], one["region"], "", *blank, None, None, said])
    return write_xlsx(columns, rows, title=title, notes=notes, sheet=_("召回范围"))


def scope_docx(result: Mapping[str, Any], title: str, organ: str, day: date, question: Sequence[str]) -> bytes:
    """The scope as a document of the organ: what, where, how much, whom to call."""
    total = "；".join(
        f"{FIGURES['shipped']}{quantity(one['shipped'], one['unit'])}，{FIGURES['sold']}{quantity(one['sold'])}，"
        f"{FIGURES['on_hand']}{quantity(one['on_hand'])}，{FIGURES['returned']}{quantity(one['returned'])}，"
        f"{FIGURES['destroyed']}{quantity(one['destroyed'])}"
        for one in result["totals"]
    )
    places = Table(
        (
            TableColumn("地点", 2.4),
            TableColumn("所属单位", 2.4),
            *(TableColumn(str(FIGURES[name]), 1, "right") for name in SHOWN[:4]),
        ),
        [
            [row["name"], row["party_name"], *(quantity(row[name], row["unit"]) for name in SHOWN[:4])]
            for row in result["places"]
        ],
    )
    parties = Table(
        (
            TableColumn("单位", 3),
            TableColumn("地区", 1.5),
            TableColumn("有货批次", 1, "right"),
            TableColumn("在途批次", 1, "right"),
        ),
        [[row["name"], row["region"], row["lots"], row["expected"]] for row in result["parties"]],
    )
    lots = Table(
        (
            TableColumn("批次或单品", 3),
            TableColumn("数量", 1.2, "right"),
            TableColumn("预计含有", 1.2, "right"),
            TableColumn("份额", 1.6),
        ),
        [
            [
                row["name"],
                quantity(row["at_most"], row["unit"]),
                quantity(row["contained"], row["unit"]),
                share_text(row),
            ]
            for row in result["lots"][:LISTED]
        ],
        note="" if result["count"] <= LISTED else f"共{result['count']}个，此处列前{LISTED}个，全部见电子表格。",
    )
    body: tuple[Block, ...] = (
        Heading(1, "从哪里开始"),
        *(Paragraph(line) for line in question),
        Heading(1, "范围"),
        Paragraph(
            f"涉及批次和单品{result['count']}个，地点{len(result['places'])}个，单位{len(result['parties'])}家。{total}。"
        ),
        Heading(1, "在哪里、有多少"),
        places,
        Heading(1, "联系谁"),
        parties,
    )
    remark = "范围按已采集的追溯事件推算；份额按投入数量比例混合推算，无法计算的按全部计"
    return render_docx(
        OfficialDocument(
            title=title,
            date=day,
            body=body,
            annexes=(Annex("召回批次清单", (lots,)),),
            signature=organ,
            seal=False,
            remark=remark,
        )
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
