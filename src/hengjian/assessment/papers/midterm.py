"""中期评估报告: the snapshot of a plan in the layout of an official document."""

from __future__ import annotations

from hengjian.assessment.midterm import Review
from hengjian.assessment.papers.parts import day, points
from hengjian.documents.official import Annex, Heading, OfficialDocument, Paragraph, Table, TableColumn


def build(review: Review) -> OfficialDocument:
    """The report; its words are Chinese whatever the interface."""
    plan = review.plan
    share = round(100 * review.closed / review.tasks) if review.tasks else 0
    behind = share < review.elapsed
    body: list[Heading | Paragraph | Table] = [
        Paragraph(
            f"《{plan.title}》执行期为{day(plan.period_start)}至{day(plan.period_end)}，截至{day(review.on)}，"
            f"时间过去{review.elapsed}%。本报告依据系统中的任务、目标和台账记录生成。"
        ),
        Heading(1, "总体进展"),
        Paragraph(
            f"计划任务{review.tasks}项，已办结{review.closed}项，占{share}%，"
            + ("低于时间进度。" if behind else "不低于时间进度。")
            + f"分解责任{review.duties['all']}项，办结{review.duties['closed']}项，"
            f"逾期未完成{review.duties['overdue']}项。"
        ),
        Table(
            (
                TableColumn("章节", 3.4),
                TableColumn("任务", 0.8, "center"),
                TableColumn("办结", 0.8, "center"),
                TableColumn("逾期", 0.8, "center"),
                TableColumn("平均进度（%）", 1.0, "center"),
            ),
            [(line.title, line.tasks, line.closed, line.late, line.percent) for line in review.sections],
            caption="各章节任务进展",
        ),
        Heading(1, "目标完成情况"),
        Paragraph(
            f"计划提出目标{len(review.targets)}项，其中{review.measured}项有监测数据，{review.met}项已达到目标值。"
            + ("" if review.measured else "尚未与指标关联的目标，以主管部门报告为准。")
        ),
        Heading(1, "质量文化建设"),
        Paragraph(
            "计划执行以来台账记录：" + "；".join(f"{title}{n}条" for title, n in review.culture) + "。"
            if review.culture
            else "台账中尚无质量文化活动记录。"
        ),
        Heading(1, "存在问题和建议"),
        Paragraph(
            f"有{len(review.late)}项任务已过时限，清单附后，应逐项明确完成时间或按程序调整。"
            if review.late
            else "目前没有逾期任务，应继续按时限推进。"
        ),
    ]
    annexes = [
        Annex(
            "目标完成情况表",
            (
                Table(
                    (
                        TableColumn("目标", 3.4),
                        TableColumn("目标值", 1.2, "center"),
                        TableColumn("年度", 0.8, "center"),
                        TableColumn("实际", 1.0, "center"),
                        TableColumn("数据期", 0.8, "center"),
                        TableColumn("结论", 0.8, "center"),
                    ),
                    [
                        (
                            line.target.indicator,
                            line.wanted,
                            line.target.year or "",
                            points(line.reached),
                            line.period,
                            {True: "已达到", False: "未达到", None: "无数据"}[line.done],
                        )
                        for line in review.targets
                    ],
                ),
            ),
        )
    ]
    if review.late:
        rows = [(task.code, task.title, day(task.due_on), task.percent) for task in review.late]
        columns = (
            TableColumn("编号", 0.8, "center"),
            TableColumn("任务", 4.4),
            TableColumn("时限", 1.4, "center"),
            TableColumn("进度（%）", 0.8, "center"),
        )
        annexes.append(Annex("逾期任务清单", (Table(columns, rows),)))
    return OfficialDocument(
        title=f"{plan.title}\n中期评估报告",
        date=review.on,
        body=tuple(body),
        annexes=tuple(annexes),
        signature=plan.owner.name,
        seal=False,
    )
