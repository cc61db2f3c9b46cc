"""What the style guide shows: every component, built by the functions that all pages use.

The texts are samples of an invented region; the markup is never copied, so the page cannot drift from the product.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from hengjian.methods import charts
from hengjian.pages import components
from hengjian.pages.components import Event, Tab


class SampleForm(forms.Form):
    """Bound to one mistake, so that the error state is shown."""

    due = forms.DateField(label="完成时限", widget=forms.DateInput(attrs={"type": "date", "class": "in-m"}))
    unit = forms.ChoiceField(label="牵头单位", choices=[("1", "自治区市场监管局")], help_text="只列出本计划的责任单位")
    note = forms.CharField(label="进展说明", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agreed = forms.BooleanField(label="已与配合单位会商", required=False)
    evidence = forms.FileField(label="佐证材料", required=False, help_text="pdf、docx、xlsx、jpg，单个不超过 20 MB。")

    def clean_due(self) -> None:
        raise forms.ValidationError("不能早于起始日期 2026-03-01")


@lru_cache(maxsize=1)
def palette() -> list[list[tuple[str, str]]]:
    """(name, value) of every colour token in tokens.css, one list per family."""
    css = (components.STATIC_DIR / "tokens.css").read_text(encoding="utf-8").split('[data-theme="board"]', 1)[0]
    families: dict[str, list[tuple[str, str]]] = {}
    for name, value in re.findall(r"--([a-z]+(?:-(?:\d+|ink|bg))?):\s*(#[0-9a-f]{3,6});", css):
        families.setdefault(name.split("-", 1)[0], []).append((name, value))
    meaning = [pair for family in components.LIGHT_ICONS for pair in families.pop(family, [])]
    return [*(pairs for name, pairs in families.items() if name in ("ink", "bronze", "n")), meaning]


def sample_chart() -> dict[str, Any]:
    """Invented figures in the form that `methods.charts` expects."""
    rows = [
        {"unit": "市场监管局", "green": 18, "amber": 3, "red": 1, "blue": 9},
        {"unit": "工业和信息化厅", "green": 9, "amber": 2, "red": 0, "blue": 4},
        {"unit": "农业农村厅", "green": 6, "amber": 1, "red": 2, "blue": 3},
        {"unit": "国资委", "green": 2, "amber": 1, "red": 2, "blue": 1},
    ]
    meta = charts.Meta(
        title="各单位任务状态",
        unit="项",
        period="2026 年 1～8 月",
        source="任务台账（示例数据）",
        data_time="2026-08-19 09:12",
    )
    return charts.stacked_states(rows, meta)


def context() -> dict[str, Any]:
    """Variables of the style guide page."""
    form = SampleForm({"due": "2026-02-01", "unit": "1"})
    form.is_valid()
    lights = [
        ("grey", "未启动"),
        ("green", "正常"),
        ("orange", "临期"),
        ("amber", "滞后"),
        ("red", "逾期 19 天"),
        ("blue", "已办结"),
    ]
    return {
        "palette": palette(),
        "icons": components.icon_names(),
        "lights": lights,
        "bars": [(72, 63, "green"), (48, 63, "amber"), (30, 63, "red"), (100, 100, "blue"), (None, 12, "grey")],
        "rows": [
            ("1.1", "普通行", ["工业和信息化厅"], "12-31", 66, 63, "green", "正常", ""),
            ("1.6", "已选行", ["文化和旅游厅"], "09-30", 45, 77, "red", "严重滞后", "is-selected"),
            ("5.6", "逾期行：左侧红边", ["国资委"], "07-31", 60, 100, "red", "逾期 19 天", "is-late"),
            (
                "6.2",
                "单位名称只在顿号处折行",
                ["工业和信息化厅", "农业农村厅", "人力资源社会保障厅"],
                "10-31",
                74,
                72,
                "green",
                "正常",
                "",
            ),
        ],
        "views": [
            Tab("重点任务", "?", 30, current=True),
            Tab("全部任务", "?", 102),
            Tab("滞后与逾期", "?", 17),
            Tab(_("保存当前视图"), "?", push=True),
        ],
        "page": Paginator(range(102), 24).page(2),
        "form": form,
        "events": [
            Event("审核通过", "07-12", state="green"),
            Event("待审核", "07-30", state="amber", now=True, note="质强办 陆*远"),
            Event("办结"),
        ],
        "facts": [("牵头", "自治区国资委"), ("起止", "2026-03-01 至 2026-07-31"), ("依据", "")],
        "chart": sample_chart(),
    }
