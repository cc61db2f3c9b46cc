"""通报: how the units stand by the results of their tasks, and the tasks with a red light."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hengjian.plans.papers.lines import DutyLine, Ground, day, mean, standings
from hengjian.plans.papers.paper import Paper, PaperColumn, PaperTable, Part, paragraphs

UNIT_COLUMNS = (
    PaperColumn("单位", 2.6),
    PaperColumn("承担责任（项）", 1.1, "center"),
    PaperColumn("办结（项）", 1.0, "center"),
    PaperColumn("正常（项）", 1.0, "center"),
    PaperColumn("滞后或临期（项）", 1.1, "center"),
    PaperColumn("红灯（项）", 1.0, "center"),
    PaperColumn("未启动（项）", 1.0, "center"),
    PaperColumn("平均进度（%）", 1.1, "center"),
    PaperColumn("平均序时（%）", 1.1, "center"),
)
RED_COLUMNS = (
    PaperColumn("序号", 0.6, "center"),
    PaperColumn("任务", 4.4),
    PaperColumn("责任单位", 2.0),
    PaperColumn("完成时限", 1.4, "center"),
    PaperColumn("进度（%）", 1.0, "center"),
    PaperColumn("序时（%）", 1.0, "center"),
    PaperColumn("状态", 1.4, "center"),
)


def red(lines: Sequence[DutyLine]) -> list[DutyLine]:
    """The red list: duties with a red light that are not closed."""
    return [line for line in lines if line.light == "red" and not line.is_closed]


def build(ground: Ground, lines: Sequence[DutyLine], *, message: str = "", reply_by: date | None = None) -> Paper:
    """The circular over all duties of the plan. Units stand in the order of their results; nothing else counts."""
    table = standings(lines)
    late = red(lines)
    closed = sum(line.is_closed for line in lines)
    units = "、".join(dict.fromkeys(line.unit for line in late))
    red_text = f"现有{len(late)}项责任为红灯，涉及{units}，清单附后。" if late else "目前没有红灯任务。"
    parts = [
        Part("heading", "总体情况"),
        Part(
            "paragraph",
            f"截至{day(ground.today)}，{ground.cited}由{len(table)}个单位承担{len(lines)}项责任，办结{closed}项；"
            f"平均进度{mean(line.percent for line in lines)}%，平均序时进度{mean(line.scheduled for line in lines)}%。",
        ),
        Part("heading", "各单位完成情况"),
        Part("paragraph", "各单位承担责任的数量、亮灯和平均进度见附件1，按红灯占比和平均进度排列，只依据任务结果。"),
        Part("heading", "红灯任务"),
        Part("paragraph", red_text),
        Part("heading", "有关要求"),
        *(paragraphs(message) or (Part("paragraph", "请各单位对照时限加快办理，红灯任务的责任单位要逐项说明原因。"),)),
    ]
    if reply_by and late:
        parts.append(Part("paragraph", f"红灯任务的责任单位请于{day(reply_by)}前在系统中回复整改情况。"))
    tables = [
        PaperTable(
            "各单位任务进展情况表",
            UNIT_COLUMNS,
            tuple(
                (
                    row.name,
                    row.total,
                    row.closed,
                    row.green,
                    row.behind,
                    row.red,
                    row.idle,
                    row.percent,
                    row.scheduled,
                )
                for row in table
            ),
            note=f"数据截至{day(ground.today)}。",
        )
    ]
    if late:
        rows = tuple(
            (
                number,
                f"{line.code} {line.title}",
                line.unit,
                f"{line.due:%Y-%m-%d}",
                line.percent,
                line.scheduled,
                line.word,
            )
            for number, line in enumerate(late, start=1)
        )
        tables.append(PaperTable("红灯任务清单", RED_COLUMNS, rows))
    return Paper(
        kind="circular",
        title=f"关于《{ground.plan}》进展情况的通报",
        office=ground.office,
        addressees=("领导小组各成员单位",),
        parts=tuple(parts),
        tables=tuple(tables),
    )
