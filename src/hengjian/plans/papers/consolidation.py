"""进展汇总: what was done, what is in the way, task by task, from the accepted reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hengjian.plans.papers.lines import BEHIND, DutyLine, Ground, TaskLine, day, mean
from hengjian.plans.papers.paper import Paper, PaperColumn, PaperTable, Part, paragraphs

COLUMNS = (
    PaperColumn("序号", 0.5, "center"),
    PaperColumn("任务", 3.4),
    PaperColumn("责任单位", 1.6),
    PaperColumn("完成时限", 1.2, "center"),
    PaperColumn("进度（%）", 0.8, "center"),
    PaperColumn("状态", 1.1, "center"),
    PaperColumn("主要成效", 4.0),
    PaperColumn("存在问题", 2.4),
)


def build(
    ground: Ground,
    tasks: Sequence[TaskLine],
    lines: Sequence[DutyLine],
    *,
    message: str = "",
    reply_by: date | None = None,
) -> Paper:
    """The paper over the plan's tasks and duties. Only accepted reports speak in it."""
    closed = sum(task.closed for task in tasks)
    behind = sum(task.light in BEHIND for task in tasks)
    told = [line for line in lines if line.result]
    troubled = [line for line in lines if line.problems]
    rows = tuple(
        (
            number,
            f"{line.code} {line.title}",
            line.unit,
            f"{line.due:%Y-%m-%d}",
            line.percent,
            line.word,
            line.result,
            line.problems,
        )
        for number, line in enumerate(lines, start=1)
    )
    parts = [
        Part("heading", "总体进展"),
        Part(
            "paragraph",
            f"截至{day(ground.today)}，{ground.cited}共{len(tasks)}项任务，办结{closed}项，滞后或逾期{behind}项；"
            f"平均进度{mean(task.percent for task in tasks)}%，计划期已过{ground.elapsed}%。"
            f"{len(lines)}项责任中，{len(told)}项有经审核的进展报告。",
        ),
        Part("heading", "各章节进展"),
        *_sections(tasks),
        Part("heading", "存在问题"),
        *_problems(troubled),
    ]
    if message.strip():
        parts += [Part("heading", "下一步工作"), *paragraphs(message)]
    return Paper(
        kind="consolidation",
        title=f"关于《{ground.plan}》进展情况的汇总",
        office=ground.office,
        addressees=("领导小组各成员单位",),
        parts=tuple(parts),
        tables=(
            PaperTable("任务进展一览表", COLUMNS, rows, note=f"数据截至{day(ground.today)}，成效取自经审核的报告。"),
        ),
    )


def _sections(tasks: Sequence[TaskLine]) -> list[Part]:
    by_section: dict[str, list[TaskLine]] = {}
    for task in tasks:
        by_section.setdefault(task.section, []).append(task)
    return [
        Part(
            "paragraph",
            f"{section}：{len(rows)}项任务，办结{sum(row.closed for row in rows)}项，"
            f"平均进度{mean(row.percent for row in rows)}%。",
        )
        for section, rows in by_section.items()
    ]


def _problems(lines: Sequence[DutyLine]) -> list[Part]:
    if not lines:
        return [Part("paragraph", "各单位未报告需要协调的问题。")]
    return [Part("paragraph", f"{line.unit}（{line.code}）：{line.problems}") for line in lines]
