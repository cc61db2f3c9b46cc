"""Task tables: one row per (task, unit) or per task."""

from __future__ import annotations

from typing import Any

import pytest

from hengjian.methods.policy_export import task_rows
from hengjian.methods.policy_export.fields import target_text

from .plan import PLAN


def test_one_row_per_task_and_unit() -> None:
    columns, rows = task_rows(PLAN)
    table = [dict(zip(columns, row, strict=True)) for row in rows]
    assert [(r["序号"], r["责任单位"], r["文中写法"], r["责任方式"]) for r in table] == [
        (1, "市场监管局", "自治区市场监管局", "牵头"),
        (1, "商务厅", "商务厅", "配合"),
        (1, "各市人民政府", "各市人民政府", "配合"),
        (2, "", "", ""),
    ]
    assert table[0]["举措"] == "1. 年内免费检定市场电子秤3000台\n2. 印发《集贸市场计量守则》"
    assert (table[0]["时限"], table[0]["完成日期"]) == ("年内（力争）", "2031-12-31")
    assert table[0]["指标"] == "市场电子秤受检率 ≥98%（2031年）\n单位产值能耗 控制在国家下达指标内"


def test_one_row_per_task() -> None:
    columns, rows = task_rows(PLAN, "tasks")
    first, second = (dict(zip(columns, row, strict=True)) for row in rows)
    assert (first["牵头单位"], first["配合单位"], first["责任单位"]) == ("市场监管局", "商务厅、各市人民政府等", "")
    assert (second["牵头单位"], second["配合单位"], second["责任单位"]) == ("", "", "")
    assert (second["部分"], second["任务编号"], second["任务"]) == ("便民", 2, "没有部门的任务")


@pytest.mark.parametrize(
    ("target", "written"),
    [
        ({"operator": "between", "value": [3, 5], "unit": "个"}, "某数 3—5个"),
        ({"operator": "grade>=", "value": "B", "unit": None}, "某数 B级以上"),
        (
            {"operator": "decrease", "value": 2, "unit": "%", "strength": "力争", "year": 2030},
            "某数 力争降低2%（2030年）",
        ),
        ({"operator": "=", "value": 100, "unit": "%", "scope": "重点工程"}, "某数（重点工程） =100%"),
    ],
)
def test_targets_in_words(target: dict[str, Any], written: str) -> None:
    assert target_text({"indicator": "某数", **target}) == written
