"""Seeding units, resolving written names, reforms, counterparts, collectives."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from hengjian.parties import queries
from hengjian.parties.models import Unit, UnitAlias, UnitSuccession
from hengjian.parties.queries import resolve_unit, resolve_units
from hengjian.parties.seeding import create_collective, create_units_for
from tests.parties.conftest import FAMILIES, REFORM, World

GOLD = Path(__file__).resolve().parents[3] / "shared" / "policies" / "gold"
BEFORE, AFTER = date(2016, 6, 1), date(2020, 6, 1)


def test_seeded_units_carry_the_reform(world: World) -> None:
    quality, market = world.units["quality_supervision"], world.units["market_regulation"]
    assert (quality.name, quality.short_name) == ("澜川自治区质量技术监督局", "质监局")
    assert (market.name, market.short_name) == ("澜川自治区市场监督管理局", "市场监管局")
    assert market.key == "990000-market-regulation" and market.ref == "unit:990000-market-regulation"
    assert quality.valid_to == date(2018, 10, 24) and market.valid_from == REFORM
    step = UnitSuccession.objects.get(predecessor=quality)
    assert (step.successor, step.on, step.main) == (market, REFORM, True)
    food = UnitSuccession.objects.filter(predecessor=world.units["food_drug"])
    assert {(row.successor.family, row.main) for row in food} == {
        ("market_regulation", True),
        ("drug_regulation", False),
    }
    # Twice makes nothing new.
    assert create_units_for(world.region, FAMILIES).created == 0
    assert UnitSuccession.objects.filter(predecessor=quality).count() == 1


def test_every_family_at_every_level_can_be_made(world: World) -> None:
    for region in (world.nation, world.region, world.shuoan, world.county):
        result = create_units_for(region)
        assert result.created > 20
        assert all(unit.name and unit.short_name for unit in result.units.values())
        assert not any("{" in unit.name for unit in result.units.values())


def test_unknown_families_and_townships_are_refused(world: World) -> None:
    with pytest.raises(ValueError, match="no_such"):
        create_units_for(world.region, ["no_such"])


@pytest.mark.parametrize(
    ("name", "on", "family", "how"),
    [
        ("澜川自治区质量技术监督局", BEFORE, "quality_supervision", "exact"),
        ("质监局", BEFORE, "quality_supervision", "alias"),
        ("自治区质监局", BEFORE, "quality_supervision", "alias"),
        ("澜川质监局", BEFORE, "quality_supervision", "alias"),
        ("质监局", AFTER, "market_regulation", "successor"),
        ("工商局", AFTER, "market_regulation", "successor"),
        ("食药监局", AFTER, "market_regulation", "successor"),
        ("市场监管局", AFTER, "market_regulation", "alias"),
        ("经信委", BEFORE, "industry_information", "alias"),
        ("工业和信息化委", BEFORE, "industry_information", "alias"),
        ("农业厅", AFTER, "agriculture_rural", "successor"),
        ("市场监督管理 局", AFTER, "market_regulation", "exact"),
    ],
)
def test_names_resolve_on_their_day(world: World, name: str, on: date, family: str, how: str) -> None:
    match = resolve_unit(name, world.region, on)
    assert match.unit is not None, match.explanation
    assert (match.unit.family, match.unit.region, match.how) == (family, world.region, how)
    assert 0 < match.confidence <= 1 and match.explanation


def test_a_merged_unit_with_two_heirs_names_both(world: World) -> None:
    match = resolve_unit("食药监局", world.region, AFTER)
    assert [unit.family for unit in match.candidates] == ["market_regulation", "drug_regulation"]
    assert match.confidence < 0.9
    assert [unit.family for unit in queries.heirs(world.units["food_drug"], AFTER)] == [
        "market_regulation",
        "drug_regulation",
    ]
    assert queries.heirs(world.units["food_drug"], BEFORE) == [world.units["food_drug"]]


def test_the_name_of_another_level_finds_the_function_here(world: World) -> None:
    Unit.objects.filter(region=world.nation).delete()
    match = resolve_unit("工业和信息化部", "990200", AFTER)
    assert match.unit == world.city_units["industry_information"] and match.how == "family"


def test_the_nearest_region_wins(world: World) -> None:
    assert resolve_unit("市场监管局", "990200", AFTER).unit == world.city_units["market_regulation"]
    assert resolve_unit("市场监管总局", "990200", AFTER).unit.region == world.nation
    assert resolve_unit("自治区市场监管局", "990200", AFTER).candidates


def test_an_ambiguous_name_is_left_to_people(world: World) -> None:
    for family in ("industry_information", "agriculture_rural"):
        UnitAlias.objects.create(unit=world.units[family], alias="综合办")
    match = resolve_unit("综合办", world.region, AFTER)
    assert match.unit is None and len(match.candidates) == 2 and "人工" in match.explanation


def test_dated_aliases_and_misprints(world: World) -> None:
    unit = world.units["industry_information"]
    UnitAlias.objects.create(unit=unit, alias="经济委", kind="former", valid_to=date(2009, 1, 1))
    UnitAlias.objects.create(unit=unit, alias="工业和信息花厅", kind="misprint")
    assert resolve_unit("经济委", world.region, date(2008, 6, 1)).how == "alias"
    later = resolve_unit("经济委", world.region, AFTER)
    assert later.unit == unit and later.how == "successor"
    assert "误写" in resolve_unit("工业和信息花厅", world.region, AFTER).explanation


def test_what_is_unknown_is_said(world: World) -> None:
    match = resolve_unit("月球开发署", world.region, AFTER)
    assert match.unit is None and match.how == "fuzzy" and "月球开发署" in match.explanation
    assert resolve_unit("  ", world.region, AFTER).unit is None
    near = resolve_unit("澜川自治区市场监督管里局", world.region, AFTER)
    assert near.unit == world.units["market_regulation"] and near.how == "fuzzy" and near.confidence < 1


def test_many_names_cost_as_many_queries_as_one(world: World, django_assert_num_queries) -> None:
    names = [f"{name}" for unit in Unit.objects.all() for name in (unit.name, unit.short_name)]
    with django_assert_num_queries(4):
        found = resolve_units(names, world.shuoan, AFTER)
    assert len(found) == len(set(names))


@pytest.mark.skipif(not GOLD.is_dir(), reason="the annotated plans are not on this machine")
@pytest.mark.parametrize(("document", "on"), [("xinjiang-2016", BEFORE), ("inner-mongolia-2015", date(2015, 8, 4))])
def test_the_departments_of_real_plans_resolve(world: World, document: str, on: date) -> None:
    """All units named in a plan, against a region seeded with every family: none is resolved to two functions."""
    units = create_units_for(world.region).units
    data = json.loads((GOLD / f"{document}.json").read_text(encoding="utf-8"))
    duties = [duty for section in data["sections"] for item in section["items"] for duty in item["duties"]]
    names = sorted({duty["name"] for duty in duties if not duty.get("collective")})
    found = resolve_units(names, world.region, on)
    missing = {name: match.explanation for name, match in found.items() if match.unit is None}
    assert len(missing) <= 0.1 * len(names), missing
    assert all(match.unit in units.values() for match in found.values() if match.unit and match.how != "fuzzy")
    assert found["质监局"].unit == units["quality_supervision"]
    assert found["旅游局"].unit == units["tourism"]


def test_counterparts_are_one_to_many(world: World) -> None:
    upper = Unit.objects.get(region=world.nation, family="quality_supervision")
    lower = queries.lower_counterparts(upper, world.region, BEFORE)
    assert {unit.family for unit in lower} == {"quality_supervision", "entry_exit_inspection"}
    assert not queries.lower_counterparts(upper, world.region, AFTER).exists()


def test_members_of_a_collective_are_dated(world: World) -> None:
    old = [world.units[f] for f in ("quality_supervision", "industry_information")]
    group = create_collective(world.region, "990000-members", "各成员单位", old, date(2015, 1, 1))
    create_collective(world.region, "990000-members", "各成员单位", [world.units["market_regulation"]], REFORM)
    assert set(queries.members(group, BEFORE)) == set(old)
    assert {u.family for u in queries.members(group, AFTER)} == {"industry_information", "market_regulation"}
    assert resolve_unit("各成员单位", world.region, AFTER).unit == group


def test_periods_cannot_end_before_they_begin(world: World) -> None:
    unit = world.units["customs"]
    unit.valid_from, unit.valid_to = date(2020, 1, 2), date(2020, 1, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        unit.save()
