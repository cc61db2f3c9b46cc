"""考核通报: grades and places, what stood out, who has to rectify; the table of results as annex."""

from __future__ import annotations

from collections import defaultdict

from django.utils import timezone, translation

from hengjian.assessment.models import Order, ResultSet, Round
from hengjian.assessment.papers.parts import assumed_note, day, grade_word, office_mark, places, points
from hengjian.assessment.results import losses, reproduce
from hengjian.documents.official import Annex, Heading, OfficialDocument, Paragraph, Table, TableColumn

MOST = 5


def build(row: Round, results: ResultSet) -> OfficialDocument:
    """The circular; without its number it is a draft."""
    with translation.override("zh-hans"):
        return _build(row, results)


def _build(row: Round, results: ResultSet) -> OfficialDocument:
    rows = list(results.rows.select_related("entry"))
    by_grade: dict[str, list[str]] = defaultdict(list)
    for one in rows:
        by_grade[one.grade].append(one.entry.name)
    found = reproduce(results)
    body: list[Heading | Paragraph] = [
        Paragraph(
            f"按照《{row.scheme.title}》，{row.unit.name}对{day(row.period_start)}至{day(row.period_end)}的质量工作"
            f"组织了考核"
            + (f"，经{row.content.scheme.approver}批准" if results.approval else "")
            + "，现将结果通报如下。"
        ),
        Heading(1, "考核结果"),
    ]
    if row.content.grades is not None:
        for band in row.content.grades.bands:
            if names := by_grade.get(band.grade):
                body.append(Paragraph(f"{grade_word(band.grade)}（{len(names)}个）：{'、'.join(names)}。"))
    else:
        body.append(Paragraph("按得分排列：" + "、".join(one.entry.name for one in rows) + "。"))
    lost = losses(row, found)[:MOST]
    if lost:
        body.append(Heading(1, "主要问题"))
        body += [
            Paragraph(
                f"{one.item.title}：{one.objects}个对象共失{points(one.lost)}分"
                + (f"，主要原因是{'；'.join(why for why, _n in one.reasons[:2])}" if one.reasons else "")
                + "。"
            )
            for one in lost
        ]
    orders = list(Order.objects.filter(entry__round=row).select_related("entry"))
    body.append(Heading(1, "整改要求"))
    if orders:
        bound = "、".join(order.entry.name for order in orders)
        due = max((order.due for order in orders if order.due), default=None)
        body.append(
            Paragraph(
                f"{bound}须逐项整改，"
                + (f"于{day(due)}前" if due else "在一个月内")
                + "提交书面整改报告，由办公室验收。"
            )
        )
    else:
        body.append(Paragraph("各考核对象要对照失分项持续改进，明年考核时复查。"))
    body += assumed_note(row)
    on = row.circular_on or timezone.localdate()
    return OfficialDocument(
        title=f"关于{row.title}结果的通报",
        date=on,
        mark=office_mark(row),
        number=row.circular_number,
        addressees=("各考核对象、领导小组各成员单位",),
        body=tuple(body),
        annexes=(Annex(f"{row.title}结果表", (table(row, results),)),),
        signature=row.unit.name,
        printed_by=row.unit.name,
        printed_on=on,
    )


def table(row: Round, results: ResultSet) -> Table:
    """Places, points, grades."""
    columns = (
        TableColumn("名次", 0.7, "center"),
        TableColumn("考核对象", 3.0),
        TableColumn("得分", 1.0, "center"),
        TableColumn("等级", 0.8, "center"),
        TableColumn("名次区间", 1.0, "center"),
    )
    rows = [
        (one.rank, one.entry.name, points(one.total), one.grade or "—", places(one.rank_low, one.rank_high))
        for one in results.rows.select_related("entry")
    ]
    note = "名次区间：90%的模拟结果所在范围，区间重叠的对象名次差别不大。"
    return Table(columns, rows, note=note)
