"""The task breakdown of a plan as rows for CSV and .xlsx."""

from __future__ import annotations

from typing import Literal

from hengjian.methods.policy_export.fields import ROLE_NAMES, Fields, HasDict, fields_of, items_of, target_text

Cell = str | int | None

_COMMON = ("序号", "部分", "任务编号", "任务", "举措")
_TRACKING = ("时限", "完成日期", "指标")


def task_rows(
    document: HasDict | Fields, form: Literal["units", "tasks"] = "units"
) -> tuple[list[str], list[list[Cell]]]:
    """Column titles and rows.

    `form="units"`: one row per (task, unit), for tracking and filters; a task without a unit still has one row.
    `form="tasks"`: one row per task with its units as lists, for printing. Several measures, deadlines or targets of
    one task stand one per line in their cell. 完成日期 is the last due date (ISO), empty where there is none.
    """
    data = fields_of(document)
    if form == "units":
        columns = [*_COMMON, "责任单位", "文中写法", "责任方式", "其他单位", *_TRACKING]
        return columns, [row for section, item in items_of(data) for row in _unit_rows(section, item)]
    columns = [*_COMMON, "牵头单位", "配合单位", "责任单位", *_TRACKING]
    return columns, [_task_row(section, item) for section, item in items_of(data)]


def _common(section: Fields, item: Fields) -> list[Cell]:
    measures = item["measures"]
    text = "\n".join(f"{k}. {m}" for k, m in enumerate(measures, 1)) if len(measures) > 1 else "".join(measures)
    return [item["sequence"], section.get("title") or "", item.get("number"), item["title"], text]


def _tracking(item: Fields) -> list[Cell]:
    deadlines = item.get("deadlines", ())
    soft = {"力争": "（力争）"}
    phrases = "\n".join(f"{d['phrase']}{soft.get(d.get('strength', ''), '')}" for d in deadlines)
    due = max((d["due"] for d in deadlines if d.get("due")), default="")
    return [phrases, due, "\n".join(target_text(t) for t in item.get("targets", ()))]


def _unit_rows(section: Fields, item: Fields) -> list[list[Cell]]:
    head, tail = _common(section, item), _tracking(item)
    duties = item.get("duties", ())
    more = "有（等）" if item.get("open_list") else ""
    rows = [[*head, d["name"], d["organisation"], ROLE_NAMES[d["role"]], more, *tail] for d in duties]
    return rows or [[*head, "", "", "", more, *tail]]


def _task_row(section: Fields, item: Fields) -> list[Cell]:
    groups = {role: [d["name"] for d in item.get("duties", ()) if d["role"] == role] for role in ROLE_NAMES}
    listed = {role: "、".join(dict.fromkeys(names)) for role, names in groups.items()}
    if item.get("open_list"):
        last = "support" if groups["support"] or groups["lead"] else "joint"
        listed[last] = f"{listed[last]}等"
    return [*_common(section, item), listed["lead"], listed["support"], listed["joint"], *_tracking(item)]
