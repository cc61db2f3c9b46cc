"""督办单: asks a set of units to bring tasks forward and to reply by a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hengjian.plans.papers.lines import DutyLine, Ground, day
from hengjian.plans.papers.paper import Paper, PaperColumn, PaperTable, Part, paragraphs

COLUMNS = (
    PaperColumn("序号", 0.6, "center"),
    PaperColumn("任务", 4.2),
    PaperColumn("责任单位", 2.0),
    PaperColumn("完成时限", 1.4, "center"),
    PaperColumn("进度（%）", 0.9, "center"),
    PaperColumn("序时（%）", 0.9, "center"),
    PaperColumn("状态", 1.2, "center"),
)
ROLES = {"lead": "牵头", "support": "配合", "joint": "共同"}


@dataclass(frozen=True)
class Bundle:
    """The duties of one notice: those of the tasks that the same units share."""

    units: tuple[str, ...]
    lines: tuple[DutyLine, ...]


def bundles(lines: Sequence[DutyLine]) -> list[Bundle]:
    """One notice per set of responsible units, in the order of the plan."""
    by_task: dict[int, list[DutyLine]] = {}
    for line in lines:
        by_task.setdefault(line.task, []).append(line)
    by_units: dict[tuple[str, ...], list[DutyLine]] = {}
    names: dict[tuple[str, ...], tuple[str, ...]] = {}
    for rows in by_task.values():
        written = tuple(dict.fromkeys(row.unit for row in rows))
        key = tuple(sorted(written))
        names.setdefault(key, written)
        by_units.setdefault(key, []).extend(rows)
    return [Bundle(names[key], tuple(rows)) for key, rows in by_units.items()]


def build(ground: Ground, bundle: Bundle, *, message: str = "", reply_by: date | None = None) -> Paper:
    """The notice to the units of one bundle."""
    tasks = len({line.task for line in bundle.lines})
    late = sum(line.due < ground.today and not line.is_closed for line in bundle.lines)
    rows = tuple(
        (
            number,
            f"{line.code} {line.title}",
            f"{line.unit}（{ROLES[line.role]}）",
            f"{line.due:%Y-%m-%d}",
            line.percent,
            line.scheduled,
            line.word,
        )
        for number, line in enumerate(bundle.lines, start=1)
    )
    overdue = f"，其中{late}项责任已超过完成时限" if late else ""
    answer = f"请于{day(reply_by)}前在系统中回复办理情况和预计完成时间。" if reply_by else "请及时在系统中报送进展。"
    return Paper(
        kind="notice",
        title=f"关于办理《{ground.plan}》有关任务的督办单",
        office=ground.office,
        addressees=bundle.units,
        parts=(
            Part(
                "paragraph",
                f"截至{day(ground.today)}，你单位承担的{ground.cited}任务有{tasks}项需要加快办理{overdue}。现予督办。",
            ),
            Part("heading", "督办事项"),
            Part("table", table=0),
            Part("heading", "办理要求"),
            *(paragraphs(message) or (Part("paragraph", "请查明原因，倒排时间，加快办理。"),)),
            Part("paragraph", f"{answer}已上报过的内容不必重复填写。"),
        ),
        tables=(PaperTable("督办事项一览表", COLUMNS, rows, note="序时为任务期限内已过时间所占比例。", annex=False),),
    )
