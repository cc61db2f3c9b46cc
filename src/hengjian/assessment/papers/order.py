"""整改通知: what has to be put right, by when."""

from __future__ import annotations

from django.utils import translation

from hengjian.assessment.models import Order
from hengjian.assessment.papers.parts import day, office_mark, points
from hengjian.documents.official import Heading, OfficialDocument, Paragraph, Table, TableColumn
from hengjian.scoring.words import said, sentence_of


def build(order: Order) -> OfficialDocument:
    """The rectification notice."""
    row = order.entry.round
    with translation.override("zh-hans"):
        rows = [
            (
                number,
                point["title"],
                points(point["full"]),
                points(point["points"]),
                points(point["lost"]),
                " ".join([*(said(sentence_of(one)) for one in point["reasons"]), point["note"]]).strip(),
            )
            for number, point in enumerate(order.points, start=1)
        ]
    columns = (
        TableColumn("序号", 0.6, "center"),
        TableColumn("评分项", 2.6),
        TableColumn("分值", 0.7, "center"),
        TableColumn("得分", 0.7, "center"),
        TableColumn("失分", 0.7, "center"),
        TableColumn("失分原因", 3.2),
    )
    due = f"请于{day(order.due)}前" if order.due else "请在一个月内"
    return OfficialDocument(
        title=f"关于{row.title}整改事项的通知",
        date=order.issued_on,
        mark=office_mark(row),
        addressees=(order.entry.unit.name,),
        body=(
            Paragraph(
                f"{row.title}结果已经通报（{row.circular_number or '文号略'}）。"
                f"你单位{order.cause}，须对下列事项进行整改。"
            ),
            Table(columns, rows),
            Heading(1, "要求"),
            Paragraph(f"{due}在系统中提交书面整改报告，逐项说明原因、措施和结果并附佐证，由本办公室验收。"),
        ),
        signature=row.unit.name,
        printed_by=row.unit.name,
        printed_on=order.issued_on,
    )
