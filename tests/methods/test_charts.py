"""Chart specifications: what they must say, what they refuse, and that Vega-Lite accepts and draws them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from hengjian.methods import charts

vl_convert = pytest.importorskip("vl_convert", reason="the renderer is an optional native library")

META = charts.Meta("各单位任务状态", "项", "2026 年 1～8 月", "任务台账", "2026-08-19 09:12")
TOKENS = Path(charts.__file__).resolve().parents[2] / "pages" / "static" / "pages" / "tokens.css"


def stacked() -> dict[str, Any]:
    rows = [{"unit": "市场监管局", "green": 18, "red": 1, "blue": 9}, {"unit": "国资委", "green": 2, "amber": 4}]
    return charts.stacked_states(rows, META)


def line() -> dict[str, Any]:
    rows = [
        {"period": "一季度", "value": 91.2},
        {"period": "二季度", "value": None},
        {"period": "三季度", "value": 93.5},
    ]
    return charts.line_with_target(rows, META, target=94)


def tiles() -> dict[str, Any]:
    rows = [
        {"name": "望澜", "value": 5, "column": 2, "row": 2},
        {"name": "石渡", "value": 0, "column": 1, "row": 1},
        {"name": "金滩", "value": None, "column": 1, "row": 3},
    ]
    return charts.tile_map(rows, META)


def multiples() -> dict[str, Any]:
    rows = [
        {"name": n, "period": p, "value": v}
        for n, values in {"望澜": [1, 2, 3], "石渡": [3, None, 1]}.items()
        for p, v in zip(("6 月", "7 月", "8 月"), values, strict=True)
    ]
    return charts.small_multiples(rows, META)


def intervals() -> dict[str, Any]:
    rows = [
        {"name": "望澜", "value": 93.65, "low": 92.1, "high": 94.9, "own": True},
        {"name": "石渡", "value": 90, "low": 69.9, "high": 97.21},
        {"name": "金滩", "value": 95.0, "low": None, "high": None},
        {"name": "雪原", "value": None, "low": None, "high": None},
    ]
    return charts.interval_chart(rows, META, target=94)


def lines() -> dict[str, Any]:
    rows = [
        {"series": s, "period": p, "value": v}
        for s, values in {"原口径": [88.1, 87.0, None], "统一口径": [86.0, 85.5, 86.2]}.items()
        for p, v in zip(("1 月", "2 月", "3 月"), values, strict=True)
    ]
    return charts.several_lines(rows, META)


ALL = [stacked, line, tiles, multiples, intervals, lines]


@pytest.mark.parametrize("make", ALL)
def test_vega_lite_accepts_and_draws_it(make: Any) -> None:
    spec = make()
    assert vl_convert.vegalite_to_vega(spec)["marks"]
    svg = vl_convert.vegalite_to_svg(spec)
    assert svg.startswith("<svg")
    assert "<style" not in svg
    assert not re.search(r"\sstyle=", svg)
    assert "Noto Sans CJK SC" in svg


@pytest.mark.parametrize("make", ALL)
def test_it_is_plain_data_with_everything_a_figure_must_say(make: Any) -> None:
    spec = make()
    assert json.loads(json.dumps(spec, allow_nan=False)) == spec
    meta = spec["usermeta"]["hengjian"]
    for part in ("title", "unit", "period", "source", "data_time", "summary"):
        assert meta[part]
    assert META.title in meta["summary"]
    keys = {column["field"] for column in meta["columns"]}
    assert meta["rows"]
    assert all(keys <= set(row) for row in meta["rows"])
    assert "url" not in json.dumps(spec).replace(spec["$schema"], "")


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]+)</text>", svg)


def test_states_are_stacked_without_gap_and_labelled_with_number_and_total() -> None:
    spec = stacked()
    parts = [value for value in spec["layer"][0]["data"]["values"] if value["unit"] == "市场监管局"]
    assert [(part["state"], part["from"], part["to"]) for part in parts] == [
        ("已办结", 0, 9),
        ("正常", 9, 27),
        ("严重滞后或逾期", 27, 28),
    ]
    shown = texts(vl_convert.vegalite_to_svg(spec))
    for words in ("市场监管局", "国资委", "18", "28", "6", "已办结", "严重滞后或逾期"):
        assert words in shown
    assert shown.index("市场监管局") < shown.index("国资委")
    english = charts.stacked_states([{"unit": "A", "red": 1}], META, english=True)
    assert "Overdue" in texts(vl_convert.vegalite_to_svg(english))


def test_a_missing_value_is_a_gap_and_not_zero() -> None:
    spec = line()
    assert [value["value"] for value in spec["layer"][1]["data"]["values"]] == [91.2, 93.5]
    assert spec["usermeta"]["hengjian"]["rows"][1]["value"] is None
    shown = texts(vl_convert.vegalite_to_svg(spec))
    assert "目标 94" in shown
    assert "93.5" in shown
    assert "0" not in shown


def test_tiles_print_name_and_figure_and_tell_zero_from_not_reported() -> None:
    shown = texts(vl_convert.vegalite_to_svg(tiles()))
    assert {"望澜", "5", "石渡", "0", "金滩", "—"} <= set(shown)
    assert "最多为望澜 5项" in tiles()["description"]


def test_tile_classes_follow_the_breaks() -> None:
    rows = [{"name": str(v), "value": v, "column": i, "row": 0} for i, v in enumerate((0, 9, 10, 19, 20, 50))]
    values = charts.tile_map(rows, META, breaks=(10, 20, 50))["data"]["values"]
    fills = [
        charts.PALETTE[name] for name in ("ink-50", "ink-50", "bronze-50", "bronze-50", "bronze-200", "bronze-700")
    ]
    assert [value["fill"] for value in values] == fills


def test_small_multiples_label_the_last_known_value_of_each_panel() -> None:
    labelled = [(v["name"], v["period"]) for v in multiples()["data"]["values"] if v["label"]]
    assert labelled == [("望澜", "8 月"), ("石渡", "8 月")]


def test_an_interval_is_printed_beside_its_value_and_a_missing_value_keeps_its_line() -> None:
    shown = texts(vl_convert.vegalite_to_svg(intervals()))
    assert {"93.65（92.1～94.9）", "90（69.9～97.21）", "95", "雪原", "目标 94"} <= set(shown)
    assert [row["name"] for row in intervals()["usermeta"]["hengjian"]["rows"]] == ["望澜", "石渡", "金滩", "雪原"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"name": "a", "value": 5, "low": 1, "high": None}, "two ends"),
        ({"name": "a", "value": None, "low": 1, "high": 2}, "two ends"),
        ({"name": "a", "value": 5, "low": 6, "high": 7}, "outside"),
    ],
)
def test_an_interval_without_its_value_is_refused(row: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        charts.interval_chart([row], META)


def test_what_a_figure_assumes_is_written_in_the_picture_and_beside_its_rows() -> None:
    meta = charts.Meta(**{**vars(META), "marks": ("权重为假定", "界限为假定")})
    rows = [{"name": "望澜", "value": 80.99, "low": 79, "high": 82}]
    spec = charts.interval_chart(rows, meta)
    assert "※ 权重为假定；界限为假定" in texts(vl_convert.vegalite_to_svg(spec))
    told = spec["usermeta"]["hengjian"]
    assert told["marks"] == ["权重为假定", "界限为假定"]
    assert "权重为假定" in told["summary"]
    assert "title" not in charts.interval_chart(rows, META)


def test_long_assumptions_are_written_in_lines() -> None:
    meta = charts.Meta(**{**vars(META), "marks": ("权重为假定" * 12, "the bounds are assumed here " * 5)})
    title = charts.interval_chart([{"name": "a", "value": 1, "low": None, "high": None}], meta)["title"]["text"]
    assert len(title) > 2 and all(len(line) <= 88 for line in title)
    assert "".join(title).replace(" ", "") == f"※{'；'.join(meta.marks)}".replace(" ", "")


def test_lines_of_one_picture_have_their_legend_and_not_more_than_six() -> None:
    shown = texts(vl_convert.vegalite_to_svg(lines()))
    assert {"原口径", "统一口径", "87", "86.2"} <= set(shown)
    many = [{"series": str(n), "period": "a", "value": n} for n in range(7)]
    with pytest.raises(ValueError, match="small multiples"):
        charts.several_lines(many, META)


def test_rates_close_together_are_shaded_by_what_occurs_and_counts_by_thirds() -> None:
    assert charts.classes([92, 93, 94, 97, None])[0] == [0, 0, 1, 3, 0]
    assert charts.classes([0, 4, 7, 9])[0] == [0, 1, 2, 3]
    assert charts.classes([94, 94])[0] == [0, 0]
    assert charts.classes([5, 15], (10, 20, 30)) == ([0, 1], [10, 20, 30])


def test_a_sparkline_is_a_small_picture_with_words_and_gaps() -> None:
    picture = charts.sparkline([1, 2, None, 4, None, 3, 2], "近 7 期 <b>", target=3)
    assert picture.startswith("<svg") and "style" not in picture
    assert 'aria-label="近 7 期 &lt;b&gt;"' in picture
    assert picture.count("<polyline") == 2 and picture.count('r="1.5"') == 1
    assert charts.sparkline([None, None], "无") == ""
    assert "NaN" not in charts.sparkline([5], "一期")
    with pytest.raises(ValueError, match="label"):
        charts.sparkline([1], " ")


@pytest.mark.parametrize("part", ["title", "unit", "period", "source", "data_time"])
def test_no_figure_without_its_facts(part: str) -> None:
    facts = {"title": "a", "unit": "b", "period": "c", "source": "d", "data_time": "e", part: " "}
    with pytest.raises(ValueError, match=part):
        charts.Meta(**facts)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: charts.stacked_states([], META), "no rows"),
        (lambda: charts.stacked_states([{"green": 1}], META), "lacks unit"),
        (
            lambda: charts.tile_map([{"name": n, "value": 1, "column": 0, "row": 0} for n in "ab"], META),
            "share one tile",
        ),
        (
            lambda: charts.tile_map([{"name": "a", "value": 1, "column": 0, "row": 0}], META, breaks=(3, 2, 1)),
            "ascending",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(call: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()


def test_all_tiles_empty_or_zero_are_drawn_in_the_quiet_colour() -> None:
    for amount in (0, None):
        spec = charts.tile_map([{"name": "a", "value": amount, "column": 0, "row": 0}], META)
        assert spec["data"]["values"][0]["fill"] == charts.PALETTE["ink-50"]


def test_the_palette_is_the_one_of_the_visual_language() -> None:
    css = TOKENS.read_text(encoding="utf-8").split('[data-theme="board"]', 1)[0]
    tokens = dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{3,6});", css))
    assert {name: tokens[name] for name in charts.PALETTE} == charts.PALETTE
