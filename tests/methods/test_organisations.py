"""Names and relations of government organs. Expected: the names in real plans, and the reforms named in the data."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.methods.organisation_families import LEVELS
from hengjian.methods.organisations import OrganisationsError, default_organisations, load_organisations

organisations = default_organisations()


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("自治区质监局", "质监局"),
        ("自治区党委宣传部", "党委宣传部"),
        ("自治区人民政府办公厅", "人民政府办公厅"),
        ("自治区质量和商标战略工作领导小组各成员单位", "质量和商标战略工作领导小组各成员单位"),
        ("省商务厅", "商务厅"),
        ("省委宣传部", "省委宣传部"),
        ("市委组织部", "市委组织部"),
        ("市场监管总局", "市场监管总局"),
        ("市场监管局", "市场监管局"),
        ("市市场监管局", "市场监管局"),
        ("市民政局", "民政局"),
        ("市政务服务局", "政务服务局"),
        ("市政管理局", "市政管理局"),
        ("市直各部门", "市直各部门"),
        ("市人民政府", "市人民政府"),
        ("省地税局", "地税局"),
    ],
)
def test_a_leading_prefix_goes_only_where_it_is_one(written: str, name: str) -> None:
    assert organisations.normalise(written) == name


@pytest.mark.parametrize(
    ("written", "name", "reason"),
    [
        ("住房建乡建设厅", "住房城乡建设厅", "one_character"),
        ("内蒙古保监会", "内蒙古保监局", "level"),
        ("内蒙古银监会", "内蒙古银监局", "level"),
        ("交通输运厅", "交通运输厅", "swapped"),
        ("教育育厅", "教育厅", "doubled"),
        ("自治区环境保扩厅", "自治区环境保护厅", "one_character"),
    ],
)
def test_evident_misprints_are_mended(written: str, name: str, reason: str) -> None:
    assert organisations.correct_misprint(written) == (name, reason)


@pytest.mark.parametrize(
    "name", ["经信委", "食药监局", "卫计局", "生态环保厅", "市政管理局", "某某新区管理中心", "银监会", "有关部门"]
)
def test_short_forms_and_other_bodies_are_left_alone(name: str) -> None:
    assert organisations.correct_misprint(name) == (name, "")


@pytest.mark.parametrize(
    ("name", "families"),
    [
        ("教育体育局", {"education", "sports"}),
        ("农业农村和水务局", {"agriculture_rural", "water"}),
        ("人行乌鲁木齐中心支行", {"central_bank"}),
        ("人民银行呼和浩特中心支行", {"central_bank"}),
        ("乌鲁木齐海关", {"customs"}),
        ("宁夏检验检疫局", {"entry_exit_inspection"}),
        ("国家金融监督管理总局广东监管局", {"financial_regulation"}),
        ("杭州市市场监管局", {"market_regulation"}),
        ("浙江省杭州市余杭区市场监管局", {"market_regulation"}),
        ("省发展改革委（省能源局）", {"development_reform"}),
        ("无此机构名", set()),
    ],
)
def test_names_are_read_also_with_places_and_in_merged_bodies(name: str, families: set[str]) -> None:
    assert {match.family for match in organisations.find(name)} == families


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("省市场监管局", {"provincial"}),
        ("自治区质监局", {"provincial"}),
        ("自治州商务局", {"prefecture"}),
        ("盟农牧局", {"prefecture"}),
        ("县教体局", {"county"}),
        ("区发展改革局", {"county"}),
        ("旗水利局", {"county"}),
        ("国家发展改革委", {"national"}),
    ],
)
def test_a_prefix_or_place_tells_the_level(name: str, levels: set[str]) -> None:
    assert {match.level for match in organisations.find(name)} == levels


def test_the_family_in_force_comes_first() -> None:
    before, after = (organisations.find("农牧厅", on=date(year, 6, 1))[0].family for year in (2015, 2020))
    assert (before, after) == ("agriculture", "agriculture_rural")


def test_the_quality_administration_answers_to_two_regional_bodies() -> None:
    units = ["发改委", "质监局", "新疆出入境检验检疫局", "食药监局"]
    assert organisations.counterparts("质检总局", units) == ["质监局", "新疆出入境检验检疫局"]


@pytest.mark.parametrize(
    ("parent", "child", "kind"),
    [
        ("旅游局", "旅游局", "same_name"),
        ("工业和信息化部", "经信委", "family"),
        ("中央宣传部", "党委宣传部", "family"),
        ("质检总局", "宁夏检验检疫局", "superior"),
        ("质监局", "市场监管局", "reform"),
        ("工商局", "市市场监管局", "reform"),
        ("银监局", "金融监管局", "reform"),
        ("全国质量工作部际联席会议成员单位", "质量兴新工作领导小组各有关成员单位", "collective"),
        ("黄河水利委员会", "黄河水利局", "name"),
    ],
)
def test_links_between_levels_and_through_reforms(parent: str, child: str, kind: str) -> None:
    found = organisations.link(parent, child)
    assert found is not None and found.kind == kind


def test_unrelated_bodies_have_no_link() -> None:
    assert organisations.link("科技部", "教育厅") is None
    assert organisations.link("科技部", "有关部门") is None


def test_reforms_separate_generations_when_asked() -> None:
    assert organisations.same_family("质监局", "市场监管局")
    assert not organisations.same_family("质监局", "市场监管局", across_reforms=False)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("各市人民政府", "local_governments"),
        ("各市、县（市、区）人民政府", "local_governments"),
        ("有关部门", "departments"),
        ("各处室", "departments"),
        ("领导小组成员单位", "members"),
        ("相关企业", "enterprises"),
        ("质监局", ""),
        ("市人民政府", ""),
    ],
)
def test_classes_of_bodies(name: str, kind: str) -> None:
    assert organisations.collective_class(name) == kind
    assert organisations.is_collective(name) is bool(kind)


def test_every_succession_leads_to_a_body_in_force() -> None:
    for family in organisations.families.values():
        for successor in family.successors:
            end, start = family.valid_to, organisations.families[successor].valid_from
            assert end is not None and (start is None or start <= end), family.id


def test_every_name_is_read_as_its_own_family() -> None:
    for family in organisations.families.values():
        for level in LEVELS:
            for name in family.names.get(level, ()):
                assert any(m.family == family.id and m.level == level for m in organisations.find(name)), name


@given(st.text(max_size=12))
def test_any_text_is_answered(text: str) -> None:
    assert isinstance(organisations.find(text), list)
    name, _reason = organisations.correct_misprint(text)
    assert organisations.correct_misprint(name).reason == ""


def test_a_broken_reference_is_named() -> None:
    family = "{id: a, title: A, kind: department, names: {}, superior: b}"
    data = f"{{reforms: [], collectives: [], places: [], joint: {{}}, families: [{family}]}}"
    with pytest.raises(OrganisationsError, match="family a refers to unknown families"):
        load_organisations(data)
