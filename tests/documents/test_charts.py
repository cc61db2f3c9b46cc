"""Charts: the real renderer, nothing fetched, kept by hash; bars where the renderer is absent."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from lxml import etree

from hengjian.documents import charts, checks, fonts
from hengjian.documents.charts import ChartUnavailable, chart_png, chart_svg, plain_bars


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, settings: SimpleNamespace) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def spec(**data: Any) -> dict[str, Any]:
    rows = [{"unit": "甲局<b>", "rate": 93.5}, {"unit": "乙局", "rate": 40}]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "usermeta": {"hengjian": {
            "title": "完成率", "summary": "甲局最高", "rows": rows,
            "columns": [{"field": "unit", "title": "单位"}, {"field": "rate", "title": "率", "align": "num"}],
        }},
        "data": data or {"values": rows},
        "mark": {"type": "bar", "clip": True},
        "encoding": {"x": {"field": "rate", "type": "quantitative"}, "y": {"field": "unit", "type": "nominal"}},
    }  # fmt: skip


def test_svg_is_fit_for_a_strict_page(data_dir: Path) -> None:
    svg = chart_svg(spec())
    root = etree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not root.xpath("//@style | //*[local-name()='style' or local-name()='script'] | //@onclick")
    assert "甲局" in "".join(root.itertext())
    kept = list((data_dir / "cache" / "charts").iterdir())
    assert [path.suffix for path in kept] == [".svg"]
    kept[0].write_text("<svg>kept</svg>")
    assert chart_svg(spec()) == "<svg>kept</svg>"


def test_ids_of_two_charts_differ() -> None:
    other = spec()
    other["usermeta"]["hengjian"]["title"] = "另一张"
    first, second = (set(re.findall(r'\bid="([^"]+)"', chart_svg(each))) for each in (spec(), other))
    assert first
    assert not first & second
    svg = chart_svg(spec())
    assert set(re.findall(r"url\(#([\w-]+)\)", svg)) <= first


@pytest.mark.usefixtures("chinese_font")
def test_png_shows_chinese_characters() -> None:
    data = chart_png(spec())
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    # Blank labels would make both pictures equal.
    other = spec()
    for rows in (other["data"]["values"],):
        rows[1]["unit"] = "丙委"
    assert chart_png(other) != data


def test_nothing_is_fetched() -> None:
    with pytest.raises(ValueError, match=r"(?i)url|base"):
        chart_svg(spec(url="http://127.0.0.1:9/data.json"))


def test_bars_without_the_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> str:
        raise ChartUnavailable("not installed")

    monkeypatch.setattr(charts, "_renderer", absent)
    root = etree.fromstring(chart_svg(spec()))
    widths = [float(bar.get("width")) for bar in root.iter("{*}rect")]
    assert widths == pytest.approx([320, 320 * 40 / 93.5], abs=0.1)
    assert [text.text for text in root.iter("{*}text")] == ["甲局<b>", "93.5", "乙局", "40"]
    assert root.get("aria-label") == "完成率 甲局最高"
    with pytest.raises(ChartUnavailable):
        chart_png(spec())
    with pytest.raises(ValueError, match="no rows"):
        plain_bars({})


def test_a_server_without_a_font_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "chinese_font", lambda: "")
    assert [message.id for message in checks.chart_font()] == ["documents.W001"]
    monkeypatch.setattr(checks, "chinese_font", lambda: "/x/NotoSansCJK.ttc")
    assert checks.chart_font() == []


def test_font_files_are_recognised_by_name() -> None:
    for name in ("NotoSansCJK-Regular.ttc", "wqy-microhei.ttc", "simsun.ttc", "msyh.ttc"):
        assert fonts.NAMES.search(name)
    assert not fonts.NAMES.search("DejaVuSans.ttf")
