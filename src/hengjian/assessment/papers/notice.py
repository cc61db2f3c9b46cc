"""考核通知: the round as it begins: objects, window, steps with their last days, sheet as annex."""

from __future__ import annotations

from django.utils import timezone, translation

from hengjian.assessment.models import Round
from hengjian.assessment.papers.parts import assumed_note, day, office_mark, points
from hengjian.documents.official import Annex, Heading, OfficialDocument, Paragraph, Table, TableColumn

TASKS = {
    "filing": "各考核对象在系统中备案本年度质量目标值，由办公室核定。",
    "self": "各考核对象逐项自评，写明失分原因，采用或上传佐证，提交自评报告。系统已有的数据和台账记录不再重复报送。",
    "department": "各评分单位对本单位负责的项目评分，低于自评分的写明原因。",
    "site": "随机抽取对象和项目进行实地核查。",
    "panel": "评审组复核各环节差异，提出否决、降级和加减分意见。",
    "approval": "汇总结果，报批。",
    "publication": "公示结果，受理申诉。",
    "circular": "印发通报。",
    "rectification": "需要整改的对象自通报印发之日起一个月内提交书面整改报告。",
}


def build(row: Round) -> OfficialDocument:
    """The notice."""
    with translation.override("zh-hans"):
        labels = dict(Round.State.choices)
        steps = [
            Heading(3, str(labels[step.code]), f"（{day(step.due)}前）" if step.due else "") for step in row.steps.all()
        ]
        body: list[Heading | Paragraph] = [
            Paragraph(f"按照《{row.scheme.title}》，现就{row.title}有关事项通知如下。"),
            Heading(1, "考核对象和考核期"),
            Paragraph(
                "考核对象："
                + "、".join(entry.name for entry in row.entries.all())
                + f"。考核期为{day(row.period_start)}"
                f"至{day(row.period_end)}。"
            ),
            Heading(1, "工作安排"),
        ]
        for heading, step in zip(steps, row.steps.all(), strict=True):
            body += [heading, Paragraph(TASKS[step.code])]
        body += [Heading(1, "评分办法"), Paragraph("评分表见附件。"), *assumed_note(row)]
    units = {one.item: str(one.unit) for one in row.responsibilities.select_related("unit")}
    rows = []
    for group in row.content.sheet.groups:
        for item in group.items:
            title = item.title + ("（分值由组织单位设定）" if item.assumed else "")
            rows.append(
                (group.title, item.code, title, points(item.points), units.get(item.code, ""), "、".join(item.evidence))
            )
    columns = (
        TableColumn("组别", 1.4),
        TableColumn("编号", 0.7, "center"),
        TableColumn("评分项", 3.2),
        TableColumn("分值", 0.7, "center"),
        TableColumn("评分单位", 1.6),
        TableColumn("佐证", 1.6),
    )
    opened = timezone.localdate(row.opened_at)
    return OfficialDocument(
        title=f"关于开展{row.title}的通知",
        date=opened,
        mark=office_mark(row),
        number=row.notice_number,
        addressees=("各考核对象、各评分单位",),
        body=tuple(body),
        annexes=(Annex(f"{row.title}评分表", (Table(columns, rows),)),),
        signature=row.unit.name,
        printed_by=row.unit.name,
        printed_on=opened,
    )
