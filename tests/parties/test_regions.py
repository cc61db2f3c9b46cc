"""Lists of regions and the dated tree."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from hengjian.parties.models import NATION, Region, RegionSuccession
from hengjian.parties.regions import (
    RegionListError,
    RegionRow,
    full_code,
    level_of,
    load_regions,
    read_region_rows,
    short_region_name,
)
from tests.parties.conftest import World

# The public list, read in place where the machine has it (it is no part of the project).
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "regions"


def test_codes_are_filled_up_and_tell_the_level() -> None:
    assert [full_code(code) for code in ("11", "1301", "110101", " 65 ")] == ["110000", "130100", "110101", "650000"]
    # 重庆 is 500000: the zeros alone do not make it the country.
    levels = [level_of(code) for code in (NATION, "500000", "130100", "110101", "441900003")]
    assert levels == ["national", "provincial", "prefecture", "county", "township"]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("新疆维吾尔自治区", "新疆"),
        ("广西壮族自治区", "广西"),
        ("内蒙古自治区", "内蒙古"),
        ("黑龙江省", "黑龙江"),
        ("阿克苏地区", "阿克苏"),
        ("石家庄市", "石家庄"),
        ("香港特别行政区", "香港"),
        ("伊犁哈萨克自治州", "伊犁哈萨克自治州"),
        ("沙市", "沙市"),
        ("矿区", "矿区"),
    ],
)
def test_short_names(name: str, short: str) -> None:
    assert short_region_name(name) == short


@pytest.mark.django_db
@pytest.mark.skipif(not SHARED.is_dir(), reason="the public list of regions is not on this machine")
def test_the_national_list_loads_and_loads_again() -> None:
    rows = [RegionRow(NATION, "中华人民共和国")]
    for name in ("provinces", "cities", "areas"):
        with (SHARED / f"{name}.csv").open(encoding="utf-8") as file:
            rows += [RegionRow(full_code(line["code"]), line["name"]) for line in csv.DictReader(file)]
    steps: list[tuple[int, int]] = []
    result = load_regions(rows, lambda done, total: steps.append((done, total)))
    count = len({row.code for row in rows})
    # Cities without counties (东莞, 中山, 儋州) stand in two of the files.
    assert result.created == count == Region.objects.count() == len(rows) - 3
    assert steps[-1] == (count, count) and len(steps) == 4
    counts = {level: Region.objects.filter(level=level).count() for level in ("provincial", "prefecture", "county")}
    assert counts["provincial"] == 31
    xinjiang = Region.objects.get(code="650000")
    assert xinjiang.short_name == "新疆"
    # 14 prefectures and the group of cities directly under the region.
    assert xinjiang.children.count() == 15
    xiantao = Region.objects.get(name="仙桃市")
    assert xiantao in Region.objects.within(Region.objects.get(code="420000"))
    assert [item.code for item in Region.objects.above(xiantao).order_by("code")] == [
        "100000",
        "420000",
        "429000",
        "429004",
    ]
    again = load_regions(rows)
    assert (again.created, again.updated, again.unchanged) == (0, 0, count)


def test_the_tree_decides_not_the_digits(world: World) -> None:
    assert set(Region.objects.within(world.shuoan)) == {world.shuoan, world.county}
    assert set(Region.objects.within(world.region)) == {world.region, world.shuoan, world.county, world.other}
    assert set(Region.objects.above(world.other)) == {world.nation, world.region, world.other}
    assert not Region.objects.within().exists()
    depths = {item.code: item.tree_depth for item in Region.objects.with_tree_fields()}
    assert depths == {"100000": 0, "990000": 1, "990200": 2, "999001": 2, "990221": 3}


@pytest.mark.django_db
def test_successors_and_periods() -> None:
    text = (
        "\ufeffcode,name,parent,level,short_name,valid_from,valid_to,successors\n"
        "370000,山东省,,,,,,\n370100,济南市,370000,,,,,\n371200,莱芜市,370000,,,1992-11-30,2018-12-25,370100\n"
    )
    load_regions(read_region_rows(text))
    step = RegionSuccession.objects.get()
    assert (step.predecessor.name, step.successor.name, step.on) == ("莱芜市", "济南市", date(2018, 12, 26))
    assert [r.name for r in Region.objects.valid_on(date(2019, 1, 1))] == ["山东省", "济南市"]
    assert step.predecessor.is_valid_on(date(2018, 12, 25)) and not step.predecessor.is_valid_on(date(2018, 12, 26))


@pytest.mark.django_db
def test_all_mistakes_are_told_at_once_and_nothing_is_saved() -> None:
    rows = [
        RegionRow("990000", "甲"),
        RegionRow("990000", "甲二"),
        RegionRow("99", "乙"),
        RegionRow("990300", "", parent="998800"),
        RegionRow("990400", "丁", level="galaxy"),
        RegionRow("990500", "戊", valid_from=date(2020, 1, 1), valid_to=date(2019, 1, 1)),
        RegionRow("990600", "己", successors=("990000",)),
    ]
    with pytest.raises(RegionListError) as caught:
        load_regions(rows)
    text = str(caught.value)
    for part in ("重复", "6、9 或 12 位", "没有名称", "998800", "galaxy", "早于生效日期", "没有失效日期"):
        assert part in text
    assert not Region.objects.exists()


@pytest.mark.django_db
def test_a_circle_is_refused_also_through_stored_regions() -> None:
    load_regions([RegionRow("990000", "甲"), RegionRow("990100", "乙", parent="990000")])
    with pytest.raises(RegionListError, match="循环"):
        load_regions([RegionRow("990000", "甲", parent="990100")])


def test_a_list_without_its_columns_or_with_bad_dates() -> None:
    with pytest.raises(RegionListError, match="code"):
        list(read_region_rows("代码,名称\n1,2\n"))
    with pytest.raises(RegionListError, match="第 2 行"):
        list(read_region_rows("code,name,valid_to\n990000,甲,2018/1/1\n"))
