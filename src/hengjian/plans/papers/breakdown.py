"""任务分解表: who does what by when, as an annex to a short notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hengjian.plans.papers.lines import Ground, TaskLine, day
from hengjian.plans.papers.paper import Paper, PaperColumn, PaperTable, Part, paragraphs

COLUMNS = (
    PaperColumn("序号", 0.5, "center"),
    PaperColumn("任务编号", 0.8, "center"),
    PaperColumn("章节", 1.8),
    PaperColumn("任务", 4.5),
    PaperColumn("牵头单位", 1.6),
    PaperColumn("共同承担单位", 2.2),
    PaperColumn("配合单位", 2.2),
    PaperColumn("完成时限", 1.2, "center"),
)


def build(ground: Ground, tasks: Sequence[TaskLine], *, message: str = "", reply_by: date | None = None) -> Paper:
    """The paper over all tasks of the plan."""
    rows = tuple(
        (
            number,
            task.code,
            task.section,
            task.title,
            "、".join(task.lead),
            "、".join(task.joint),
            "、".join(task.support),
            f"{task.due:%Y-%m-%d}",
        )
        for number, task in enumerate(tasks, start=1)
    )
    units = {name for task in tasks for name in (*task.lead, *task.joint, *task.support)}
    title = f"{ground.plan}任务分解表"
    asked = f"，并于{day(reply_by)}前签收" if reply_by else ""
    return Paper(
        kind="breakdown",
        title=f"关于印发《{title}》的通知",
        office=ground.office,
        addressees=("各责任单位",),
        parts=(
            Part(
                "paragraph",
                f"为落实{ground.cited}，现将任务分解表印发给你们，共{len(tasks)}项任务，涉及{len(units)}个单位。"
                f"请对照分工抓好落实{asked}。",
            ),
            *paragraphs(message),
        ),
        tables=(PaperTable(title, COLUMNS, rows, note="时限未在原文中写明的，按计划期末计。"),),
    )
