"""Benchmark of the cascade and the Akoma Ntoso export, on generated plans as large as a yearly plan and four times so.

The generator plants the truth (kept, reworded, dropped), so the share of rows found again is reported beside the time.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console

from hengjian.cli._bench import BenchRow, row, seconds

VERBS = ("推广", "建立", "开展", "组织", "完善", "公布", "抽查", "整治", "培育", "扶持", "编制", "检定")
PLACES = ("山区", "口岸", "园区", "集镇", "学校", "港口", "牧区", "社区", "矿山", "车站", "医院", "市场")
THINGS = (
    "童车",
    "电梯",
    "锅炉",
    "电缆",
    "农机",
    "滴灌带",
    "医用冰箱",
    "水表",
    "燃气阀",
    "校服",
    "眼镜",
    "门窗",
    "充电桩",
    "奶粉",
)
AIMS = (
    "质量档案",
    "风险监测",
    "标准体系",
    "追溯平台",
    "比对试验",
    "维保制度",
    "召回机制",
    "品牌名录",
    "检测能力",
    "培训基地",
)
UNITS = ("市场监管", "教育", "财政", "水利", "商务", "公安", "民政", "交通运输")


def _sentence(random: Random) -> str:
    first, second = random.sample(THINGS, 2)
    parts = f"{random.choice(VERBS)}{random.choice(PLACES)}{first}{random.choice(AIMS)}"
    return f"{parts}，{random.choice(VERBS)}{second}{random.choice(AIMS)}" if random.random() < 0.5 else parts


def pair(items: int, measures: int, seed: int = 1) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """A national and a regional plan, and the planted relation of each national measure."""
    random = Random(seed)
    above: list[dict[str, Any]] = []
    below: list[dict[str, Any]] = []
    truth: list[str] = []
    for sequence in range(1, items + 1):
        own = [_sentence(random) for _ in range(measures)]
        taken = []
        for text in own:
            fate = random.choices(("kept", "adapted", "dropped"), (5, 3, 2))[0]
            truth.append(fate)
            if fate != "dropped":
                taken.append(text if fate == "kept" else f"年内{text}，加强宣传")
        taken += [_sentence(random)] if random.random() < 0.3 else []
        units = random.sample(UNITS, 4)
        title = f"{random.choice(VERBS)}{random.choice(THINGS)}{random.choice(AIMS)}"
        for plan, texts, ending in ((above, own, "部"), (below, taken, "厅")):
            duties = [{"role": "joint", "organisation": unit + ending, "name": unit + ending} for unit in units]
            plan.append({"number": sequence, "sequence": sequence, "title": title, "measures": texts, "duties": duties})
    plans = [
        {"document": name, "sections": [{"number": 1, "title": "", "items": i}]}
        for name, i in (("a", above), ("b", below))
    ]
    return plans[0], plans[1], truth


def _text(plan: dict[str, Any]) -> str:
    lines = ["质量行动计划", "", "一、重点任务"]
    for item in plan["sections"][0]["items"]:
        units = "、".join(duty["name"] for duty in item["duties"])
        body = "".join(f"{measure}。" for measure in item["measures"])
        lines.append(f"{item['number']}.{item['title']}。{body}（{units}按职责分工负责）")
    return "\n".join(lines)


def run(console: Console) -> list[BenchRow]:
    """Time of aligning in the process and on the command line, rows found again, time of the export."""
    from hengjian.methods.policy_cascade import align_policies
    from hengjian.methods.policy_export import to_akoma_ntoso

    rows = []
    for items, measures in ((18, 7), (36, 14)):
        parent, child, truth = pair(items, measures)
        found = [r.relation for r in align_policies(parent, child).measures if r.parent]
        share = sum(a == b for a, b in zip(found, truth, strict=True)) / len(truth)
        name = f"{len(truth)} measures"
        limit = 1.0 if items == 18 else None
        rows.append(row(f"align, {name}", seconds(partial(align_policies, parent, child)), "s", limit, "less"))
        rows.append(row(f"planted relations found again, {name}", 100 * share, "%"))
    parent, child, _ = pair(18, 7)
    rows.append(row("Akoma Ntoso export, 126 measures", seconds(partial(to_akoma_ntoso, parent)) * 1000, "ms"))
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{name}.txt" for name in "ab"]
        for file, plan in zip(files, (parent, child), strict=True):
            file.write_text(_text(plan), encoding="utf-8")
        command = [sys.executable, "-m", "hengjian", "policy", "align", *map(str, files), "--json"]
        taken = seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    rows.append(row("`hengjian policy align`, start to end", taken, "s"))
    return rows
