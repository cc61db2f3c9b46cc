"""The shipped catalogue can be computed, and every target of the five plans finds its indicator."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from hengjian.indicators import catalogue, checking
from hengjian.indicators.computing.order import Circle, in_order
from hengjian.indicators.linking import suggestions
from tests.indicators.conftest import declared

# What the reader finds in the five texts: (name, scope, unit) → indicator.
LINES = [
    ("制造业质量竞争力指数", "", "", "qci"),
    ("工业产品监督抽查合格率", "", "%", "pass_rate.supervision"),
    ("地产食品监督抽查合格率", "重点领域", "%", "food.supervision_pass"),
    ("地产农产品监督抽查合格率", "重点领域", "%", "agri.monitoring_pass"),
    ("重点领域主要消费品与国际标准一致性程度", "", "%", "standard.consistency"),
    ("新疆名牌产品", "", "个", "brand.famous"),
    ("服务行业新疆名牌", "", "个", "brand.famous_service"),
    ("新疆农业名牌产品", "", "个", "brand.famous_agriculture"),
    ("著名商标", "", "件", "brand.trademarks"),
    ("国家地理商标", "", "件", "brand.gi_trademarks"),
    ("地理标志产品", "", "个", "brand.gi_products"),
    ("重要民生工程和大中型工程建设项目竣工验收合格率", "", "%", "engineering.accepted"),
    ("主要服务业顾客满意度", "", "%", "service.satisfaction"),
    ("主要污染物排放", "", "", "environment.pollutants"),
    ("万元生产总值能耗", "", "", "economy.energy_intensity"),
    ("单位生产总值二氧化碳排放", "", "", "economy.carbon_intensity"),
    ("全区城市环境空气质量优良天数比例", "", "", "air.good_days"),
    ("国务院质量考核", "", "级", "governance.assessment_grade"),
    ("全国知名品牌示范区", "", "个", "brand.zones"),
    ("区域公共品牌", "", "个", "brand.regional"),
    ("出口食品和农产品示范区", "", "个", "demonstration.export_food_zones"),
    ("出口工业产品质量安全示范区", "", "个", "demonstration.export_industry_zones"),
    ("全国质量强市示范城市", "", "个", "demonstration.quality_cities"),
    ("国家食品安全示范城市", "", "个", "demonstration.food_cities"),
    ("国家级标准化服务试点项目", "", "个", "standard.service_pilots"),
    ("重点工程项目质量监督覆盖率", "", "%", "engineering.supervised"),
    ("一次验收合格率", "重点工程项目", "%", "engineering.first_time"),
]


def test_everything_that_ships_can_be_computed() -> None:
    assert checking.declared_indicators() == []
    assert len(catalogue.shipped()) >= 45


def test_assumed_ones_say_what_they_assume() -> None:
    for item in catalogue.shipped().values():
        assert item.official or item.assumptions, item.code


@pytest.mark.parametrize(("name", "scope", "unit", "code"), LINES)
def test_targets_of_the_plans_find_their_indicator(name: str, scope: str, unit: str, code: str) -> None:
    line = SimpleNamespace(indicator=name, scope=scope, unit_label=unit)
    found = suggestions(line, list(catalogue.shipped().values()))  # type: ignore[arg-type]
    assert found
    assert found[0].declared.code == code
    assert found[0].confidence >= 0.9


def test_a_percentage_asked_of_an_index_is_told() -> None:
    line = SimpleNamespace(indicator="主要服务业顾客满意度", scope="", unit_label="%")
    best = suggestions(line, list(catalogue.shipped().values()))[0]  # type: ignore[arg-type]
    assert best.warning
    assert not best.sure


def test_what_does_not_exist_is_told() -> None:
    bad = declared(
        source={
            "kind": "facts",
            "numerator": {"kinds": ["test.check"], "where": [{"field": "colour", "value": "x"}]},
            "denominator": {"kinds": ["no.such"]},
        },
        owner="nobody",
    )
    told = dict(checking.problems(bad, {bad.code: bad}))
    assert set(told) == {"owner", "source.numerator", "source.denominator"}


def test_circles_are_told() -> None:
    def made_of(code: str, other: str) -> object:
        source = {"kind": "derived", "method": "share_of_sums/1", "inputs": {"numerator": other, "denominator": other}}
        return declared(indicator=code, source=source)

    first, second = made_of("test.a", "test.b"), made_of("test.b", "test.a")
    with pytest.raises(Circle):
        in_order([first, second])  # type: ignore[list-item]
