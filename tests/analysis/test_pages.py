"""Pages of the room: what they show, to whom, and how many queries they take."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from hengjian.indicators.models import Target
from hengjian.parties.models import RoleGrant
from tests.analysis.conftest import World
from tests.places import queries_of

PAGES = ("map", "compare", "industries", "supervision", "satisfaction", "air", "composites", "calendar", "reports")


def at(client: Client, name: str, *args: object, **query: object) -> str:
    response = client.get(reverse(f"analysis:{name}", args=args), query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


@pytest.fixture
def analyst(client: Client, filled: World) -> Client:
    client.force_login(filled.analyst)
    return client


def test_the_profile_shows_values_changes_targets_and_what_is_missing(analyst: Client, filled: World) -> None:
    Target.objects.create(
        indicator="engineering.first_time",
        region=filled.top,
        period="2025",
        due_on="2025-12-31",
        operator="at_least",
        value=Decimal(95),
    )
    page = at(analyst, "region", "990000")
    assert "工程质量" in page and "产品质量" in page
    row = filled.values[0].indicator
    assert row == "engineering.first_time"
    assert "91.92%" in page and "1,673 / 1,820" in page
    assert "未达目标" in page and "3.08 个百分点" in page
    assert "按风险选取" in page and "含假定" in page and "初步值" in page
    assert "没有数据的指标" in page
    part = at(analyst, "region", "990300")
    assert re.search(r"第 \d～?\d? ?位|第 3 位，共 4 个", part)
    assert 'aria-label="2023年' in part


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_in_both_languages(analyst: Client, name: str) -> None:
    at(analyst, name)
    analyst.cookies["django_language"] = "en"
    page = analyst.get(reverse(f"analysis:{name}"), headers={"accept-language": "en"}).content.decode()
    assert "<h1" in page


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_empty_in_words_where_there_is_nothing(client: Client, world: World, name: str) -> None:
    RoleGrant.objects.create(user=world.analyst, role="analyst", region=world.top)
    client.force_login(world.analyst)
    assert at(client, name)


@pytest.mark.parametrize("name", ["index", *PAGES])
def test_pages_are_for_officers(client: Client, filled: World, name: str) -> None:
    address = reverse(f"analysis:{name}")
    assert client.get(address).status_code == 302
    client.force_login(filled.citizen)
    assert client.get(address).status_code in (200, 403)
    if name not in ("reports",):
        assert client.get(address).status_code == 403


def test_values_that_are_not_approved_are_seen_by_their_own_unit_only(client: Client, filled: World) -> None:
    provisional = filled.values[-1]
    assert provisional.status == "provisional"
    for user, sees in ((filled.analyst, True), (filled.other, False), (filled.county, False)):
        client.force_login(user)
        assert ("初步值" in at(client, "region", "990000")) is sees, user
    client.logout()
    public = at(client, "public_region", "990000")
    assert "初步值" not in public and "99" not in re.findall(r"<strong[^>]*>([\d.]+)%", public)


def test_the_map_has_a_tile_for_every_part_and_the_same_in_a_table(analyst: Client, filled: World) -> None:
    page = at(analyst, "map", indicator="engineering.first_time", period="2024")
    assert page.count('<g class="l') == 4
    assert 'aria-label="望澜市 92.00%"' in page
    assert page.count('<th role="rowheader"') == 4
    assert "aria-current" in page and "period=2025" in page and "period=2023" in page
    assert "不是行政区域边界" in page


def test_mixing_families_is_refused_in_words_with_a_way_out(analyst: Client, filled: World) -> None:
    filled.rate("pass_rate.supervision", filled.parts["990100"], "2025", 90, 100)
    filled.rate("pass_rate.supervision", filled.parts["990300"], "2025", 80, 100)
    address = reverse("analysis:compare") + "?regions=990100&regions=990300"
    fine = analyst.get(f"{address}&indicator=engineering.first_time")
    assert fine.status_code == 200 and "<svg" in fine.content.decode()
    mixed = analyst.get(f"{address}&indicator=engineering.first_time&indicator=pass_rate.supervision")
    assert mixed.status_code == 422
    text = mixed.content.decode()
    assert "口径不同" in text and "只比较" in text
    assert analyst.get(reverse("analysis:compare") + "?regions=990100").status_code == 422


def test_the_supervision_page_counts_what_was_inspected(analyst: Client, filled: World) -> None:
    page = at(analyst, "supervision")
    assert "87.31～88.08" in page
    assert "28,265" in page and "3,476" in page
    assert "不代表全部产品" in page
    assert "生产" in page and "流通" in page and "93.30%" in page


def test_a_place_opens_to_the_values_that_it_comes_from(analyst: Client, filled: World) -> None:
    page = at(analyst, "region", "990300")
    links = re.findall(r'href="(/analysis/values/(\d+)/standing/)">([^<]+)</a>', page)
    assert links
    for address, pk, words in links:
        told = analyst.get(address).content.decode()
        assert words in told
        own = next(row for row in filled.values if row.pk == int(pk))
        beside = [
            row
            for row in filled.values
            if (row.indicator, row.period, row.dimensions) == (own.indicator, own.period, "")
            and row.region.parent_id == own.region.parent_id
        ]
        assert len(beside) > 1
        assert all(f'href="{row.get_absolute_url()}"' in told for row in beside)
        assert f"共 {len(beside)} 个 −" in told
    pk = int(links[0][1])
    two = at(analyst, "standing", pk, regions=["990100", "990300"])
    assert "共 2 个 −" in two and "只在选定的地区之间比较" in two
    broken_down = next(row for row in filled.values if row.dimensions)
    assert analyst.get(reverse("analysis:standing", args=[broken_down.pk])).status_code == 404


def test_places_on_the_map_are_those_of_the_profiles(analyst: Client, filled: World) -> None:
    page = at(analyst, "map", indicator="engineering.first_time")
    for address, words in re.findall(r'href="(/analysis/values/\d+/standing/)">([^<]+)</a>', page):
        assert words in analyst.get(address).content.decode()


def test_an_interval_opens_to_its_counts_and_formula(client: Client, filled: World) -> None:
    rate = next(row for row in filled.values if (row.numerator, row.denominator) == (24_789, 28_265))
    address = reverse("indicators:interval", args=[rate.pk])
    client.force_login(filled.analyst)
    assert f'href="{address}"' in at(client, "supervision")
    page = client.get(address).content.decode()
    # (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n) by hand, z = 1.959964
    assert "87.3141%～88.0799%" in page and "87.31～88.08" in page
    assert f"{rate.get_absolute_url()}?part=denominator" in page and "24,789" in page and "28,265" in page
    assert "Wilson" in page and "按风险选取" in page
    plain = next(row for row in filled.values if row.denominator is None and row.low is None)
    assert client.get(reverse("indicators:interval", args=[plain.pk])).status_code == 404
    client.logout()
    assert client.get(address).status_code == (200 if rate.public and rate.status == "approved" else 404)


def test_the_public_page_says_it_in_plain_words_and_opens_the_parts(client: Client, filled: World) -> None:
    page = at(client, "public_region", "990000")
    assert "检查专挑问题多的查" in page
    assert "这个数怎么来的" in page and "24,789 / 28,265" in page
    assert next(row for row in filled.values if row.indicator == "qci").get_absolute_url() in page
    assert "望澜市" in at(client, "public")
    assert client.get(reverse("analysis:public_region", args=["111111"])).status_code == 404


def test_pages_take_as_many_queries_for_many_values_as_for_few(analyst: Client, filled: World) -> None:
    paths = [reverse("analysis:region", args=["990300"]), reverse("analysis:map")]
    few = [queries_of(analyst, path) for path in paths]
    for code in ("lift.inspected", "lift.insured", "metrology.pass", "metrology.coverage", "engineering.supervised"):
        for year in ("2024", "2025"):
            for part in filled.parts.values():
                filled.rate(code, part, year, 80, 100)
    assert [queries_of(analyst, path) for path in paths] == few


def test_an_unknown_region_or_period_does_not_break_a_page(analyst: Client) -> None:
    assert analyst.get(reverse("analysis:map"), {"period": "x", "indicator": "<script>"}).status_code == 200
    assert analyst.get(reverse("analysis:map"), {"region": "000"}).status_code == 404
    assert analyst.get(reverse("analysis:calendar"), {"year": "abc"}).status_code == 200
