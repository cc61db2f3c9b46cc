from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from hengjian.methods.ratios import Ratio
from hengjian.parties.models import User
from hengjian.registers.actions import CreateEntry
from hengjian.systems.standards import queries, related
from hengjian.systems.standards.models import Standard, StandardDeclaration
from tests.systems.market_world import MarketWorld
from tests.systems.standards.conftest import MILK

Add = Callable[..., Standard]
Declare = Callable[..., StandardDeclaration]


def signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def add_need(world: MarketWorld, item: str, **values: str) -> None:
    CreateEntry(
        user=world.officer, register="standard_system_item", unit=world.market, region=world.region,
        values={"item": item, "domain": "food", **values},
    ).execute()  # fmt: skip


@pytest.fixture
def directory(world: MarketWorld, add_standard: Add) -> None:
    for number, degree in enumerate(["IDT", "IDT", "MOD", "NEQ", ""], 1):
        more = {"adoption_degree": degree, "adopted_number": "ISO 1"} if degree else {}
        add_standard(f"GB/T {number}-2020", domain="food", **more)
    add_standard("GB 9-2020", domain="energy")
    add_standard("GB 8-2010", domain="energy", status="withdrawn")
    add_need(world, "已有的", standard="GB/T 1-2020")
    add_need(world, "缺的")


def test_adoption_and_gap_by_field(directory: None) -> None:
    lines, total = queries.overview(timezone.localdate())
    food = next(line for line in lines if line.code == "food")
    rule = queries.adoption_rule(timezone.localdate()).parameters
    assert food.adoption(rule) == Ratio(3, 4)  # type: ignore[arg-type]
    assert (food.standards, food.needed, food.present, food.gap) == (5, 2, 1, 1)
    assert (total.standards, total.mandatory, total.ended) == (6, 1, 1)
    only, _total = queries.overview(timezone.localdate(), level="sector")
    assert not any(line.standards for line in only)


@pytest.mark.parametrize("who", ["county_officer", "citizen", None])
def test_the_overview_is_open_to_everybody(world: MarketWorld, directory: None, who: str | None) -> None:
    client = signed_in(getattr(world, who) if who else None)
    for address in ("/standards/", "/standards/?by=consumer_field&level=national", "/standards/?by=x&level=y"):
        assert client.get(address).status_code == 200
    assert "3/4 = 75.00 %" in client.get("/standards/").content.decode()
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/standards/?export=xlsx").content))
    assert any(row[0] == "合计" and row[1] == 6 for row in book.get_sheet_by_index(0).to_python())


def test_a_declaration_beside_standard_and_peers(world: MarketWorld, add_standard: Add, declare: Declare) -> None:
    add_standard("GB 19645-2010", indicators=MILK)
    mine = declare(executes="GB 19645-2010", indicators="蛋白质 | ≥ 3.2 g/100g\n铅 | ≤ 50 μg/kg\n钙 | ≥ 100 mg/100g")
    sheet = queries.compare(mine)
    verdicts = {line.comparison.name: line.comparison.verdict for line in sheet.lines}
    assert verdicts == {"蛋白质": "stricter", "铅": "same", "钙": "additional"}
    assert sheet.unnamed == ["气味"]
    StandardDeclaration.objects.filter(pk=mine.pk).update(enterprise="91990100MA0000000X")
    other = declare(executes="GB 19645-2010", indicators="蛋白质 | ≥ 31 g/kg")
    line = queries.compare(other).lines[0]
    assert line.place == (2, 2) and line.best is not None and line.best.text == "≥ 3.2 g/100g"


@pytest.mark.parametrize("who", ["enterprise", "other_officer", None])
def test_the_comparison_is_public(world: MarketWorld, add_standard: Add, declare: Declare, who: str | None) -> None:
    add_standard("GB 19645-2010", indicators=MILK)
    made = declare(executes="GB 19645-2010", indicators="蛋白质 | ≥ 3.2 g/100g")
    page = signed_in(getattr(world, who) if who else None).get(f"/standards/declarations/{made.pk}/compare/")
    assert page.status_code == 200 and "优于标准" in page.content.decode()
    assert signed_in(None).get("/standards/declarations/999999/compare/").status_code == 404


def test_flagged_declarations_are_listed_to_their_unit(world: MarketWorld, add_standard: Add, declare: Declare) -> None:
    add_standard("GB/T 100-2010", withdrawn_on=timezone.localdate() - timedelta(days=3))
    made = declare(executes="GB/T 100-2010")
    own, other = (signed_in(user).get("/standards/flagged/") for user in (world.county_officer, world.other_officer))
    assert made.key in own.content.decode() and made.key not in other.content.decode()
    assert signed_in(None).get("/standards/flagged/").status_code == 302
    entry = signed_in(world.county_officer).get(f"/registers/standard_declaration/{made.pk}/").content.decode()
    assert "GB/T 100-2010 已废止或被代替" in entry and "指标比较" in entry


def test_a_standard_shows_who_cites_it(world: MarketWorld, add_standard: Add, declare: Declare) -> None:
    standard = add_standard("GB 19645-2010")
    add_standard("GB 19645-2026", status="upcoming")
    made = declare(executes="GB 19645-2010")
    found = [row.title for row in related.of_entry(world.county_officer, [standard.ref])]
    assert found == ["GB 19645-2026 某标准", made.title]
    assert [row.title for row in related.of_entry(world.other_officer, [standard.ref])] == ["GB 19645-2026 某标准"]


def test_declarations_can_be_drawn_by_class(world: MarketWorld, add_standard: Add, declare: Declare) -> None:
    add_standard("GB/T 100-2010", withdrawn_on=timezone.localdate())
    flagged, own = (
        declare(executes="GB/T 100-2010"),
        declare(own_number="Q/A B1-2026", own_name="x", indicators="a | ≥ 1"),
    )
    targets = {row.id: row for row in related.drawable(world.county_market, world.county, timezone.localdate())}
    assert (targets[flagged.key].stratum, targets[own.key].stratum) == ("引用已废止标准", "企业标准")
    assert targets[own.key].unit == world.company.code, "so that the enterprise's relatives are kept away"
    assert not list(related.drawable(world.other_market, world.other_county, timezone.localdate()))


def test_what_ended_within_a_year_is_a_public_list(add_standard: Add) -> None:
    today = timezone.localdate()
    add_standard("GB/T 1-2010", withdrawn_on=today, status="withdrawn", replaced_by="GB/T 1-2026")
    add_standard("GB/T 2-2010", withdrawn_on=today - timedelta(days=800), status="withdrawn")
    add_standard("GB/T 3-2010")
    assert [(row["number"], row["by"]) for row in related.withdrawn_rows(today)] == [("GB/T 1-2010", "GB/T 1-2026")]


def test_the_number_of_queries_does_not_grow(world: MarketWorld, add_standard: Add, declare: Declare) -> None:
    add_standard("GB 19645-2010", indicators=MILK)
    made = declare(executes="GB 19645-2010", indicators="蛋白质 | ≥ 3.2 g/100g")
    client = signed_in(world.county_officer)
    addresses = ("/standards/", f"/standards/declarations/{made.pk}/compare/")

    def count() -> list[int]:
        found = []
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as queries_done:
                client.get(address)
            found.append(len(queries_done))
        return found

    before = count()
    for number in range(4):
        add_standard(f"GB/T {number + 50}-2020", domain="food")
        declare(executes="GB 19645-2010", model=f"M{number}")
    assert count() == before
    assert max(before) <= 48
