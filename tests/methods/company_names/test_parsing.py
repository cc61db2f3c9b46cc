"""Parts of names: a table of regional names read by hand, and the public set of 500 where it is at hand."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.methods.company_names import normalise_name, parse_name

HERE = Path(__file__).parent
ROWS = list(csv.DictReader((HERE / "regional.tsv").open(encoding="utf-8"), delimiter="\t"))
PUBLIC = Path(__file__).resolve().parents[4] / "shared" / "data" / "companies" / "brand-500.txt"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_regional_names(row: dict[str, str]) -> None:
    parts = parse_name(row["name"])
    found = {part: getattr(parts, part) for part in ("region", "brand", "trade", "form", "branch")}
    assert found == {part: row[part] for part in found}


@pytest.mark.skipif(not PUBLIC.exists(), reason="the public set of 500 names is not at hand")
def test_brands_of_the_public_set() -> None:
    rows = [line.split(" ") for line in PUBLIC.read_text(encoding="utf-8").splitlines() if line.strip()]
    right = sum(parse_name(row[0]).brand == (row[1] if len(row) > 1 else "") for row in rows)
    assert len(rows) == 500
    assert right / len(rows) >= 0.98


@given(st.text(max_size=40))
def test_any_text_has_parts(text: str) -> None:
    parts = parse_name(text)
    assert 0 <= parts.confidence <= 1
    assert len(parts.brand) <= len(parts.name)


@given(st.text(alphabet="包头市鑫达商贸有限公司第一（）集团分店医院村镇旗·", max_size=20))
def test_parts_come_from_the_name(text: str) -> None:
    parts = parse_name(text)
    for part in (parts.region, parts.brand, parts.trade, parts.form, parts.branch):
        assert set(part) <= set(parts.name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("內蒙古伊利實業集團股份有限公司", "内蒙古伊利实业集团股份有限公司"),
        ("包头市 鑫达商贸（集团)有限公司", "包头市鑫达商贸（集团）有限公司"),
        ("ＡＢＣ科技", "ABC科技"),
        ("阿不都•买买提饭馆", "阿不都·买买提饭馆"),
        ("⻓春⻋辆厂", "长春车辆厂"),
        ("安徽瑞昇食品有限公司", "安徽瑞昇食品有限公司"),
    ],
)
def test_one_way_of_writing(text: str, name: str) -> None:
    assert normalise_name(text) == name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("包头市鑫达商贸有限公司", "company"),
        ("丰田镇建新农牧业专业合作社", "cooperative"),
        ("达拉特旗树林召镇王小二面馆", "sole_trader"),
        ("包头市第二人民医院", "hospital_school"),
        ("乌鲁木齐市天山区人民政府", "gov_or_other"),
    ],
)
def test_kinds_of_bodies(name: str, kind: str) -> None:
    assert parse_name(name).kind == kind


def test_divisions_of_no_table_show_themselves() -> None:
    parts = parse_name("朔安市南乔区鑫达商贸有限公司")
    assert (parts.region, parts.brand, parts.trade) == ("朔安市南乔区", "鑫达", "商贸")
