from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from hengjian.documents.sheets import write_xlsx
from hengjian.parties.models import User
from hengjian.systems.metrology.models import Instrument, Verification
from hengjian.systems.metrology.sheets import FIELDS
from tests.systems.market_world import MarketWorld

Add = Callable[..., Instrument]
Verify = Callable[..., Verification]


def signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def rows_of(data: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


@pytest.fixture
def scales(add: Add, verify: Verify) -> list[Instrument]:
    made = [add(last_verified_on="2025-06-01", place=f"摊位{n}", on=date(2025, 6, 2)) for n in range(3)]
    verify(made[0], date(2026, 5, 20))
    return made


def test_rates_show_numerator_and_denominator(world: MarketWorld, scales: list[Instrument]) -> None:
    page = signed_in(world.county_officer).get("/metrology/?period=2026Q2")
    text = page.content.decode()
    assert page.status_code == 200
    assert "1/3 = 33.33 %" in text and "集贸市场" in text
    sheet = signed_in(world.county_officer).get("/metrology/?period=2026Q2&by=region&export=xlsx")
    cells = [row for row in rows_of(sheet.content) if row[0] == "澜东区"]
    assert cells[0][1:4] == [3.0, 1.0, 33.33]


@pytest.mark.parametrize("address", ["/metrology/?period=nonsense&by=nonsense", "/metrology/?period=", "/metrology/"])
def test_a_wrong_address_falls_back(world: MarketWorld, address: str) -> None:
    assert signed_in(world.county_officer).get(address).status_code == 200


def test_others_see_nothing_of_it(world: MarketWorld, scales: list[Instrument]) -> None:
    other = signed_in(world.other_officer)
    assert "1/3" not in other.get("/metrology/?period=2026Q2").content.decode()
    assert scales[1].key not in other.get("/metrology/due/").content.decode()
    assert other.get(f"/metrology/record/{scales[1].pk}/").status_code == 404
    for user in (None, world.citizen):
        assert signed_in(user).get("/metrology/").status_code in (302, 403)


def test_what_is_due_is_listed_and_public(world: MarketWorld, scales: list[Instrument]) -> None:
    office = signed_in(world.county_officer).get("/metrology/due/?period=late").content.decode()
    assert scales[1].key in office and scales[0].key not in office
    public = signed_in(None).get("/metrology/public/due/?period=late")
    assert public.status_code == 200 and scales[1].key in public.content.decode()


def test_a_verification_is_recorded_on_its_page(world: MarketWorld, scales: list[Instrument]) -> None:
    client, address = signed_in(world.county_officer), f"/metrology/record/{scales[1].pk}/"
    assert client.get(address).status_code == 200
    wrong = client.post(address, {"verified_on": "2025-01-01", "result": "passed", "body": "所", "certificate": "1"})
    assert wrong.status_code == 422 and "更晚的检定日期" in wrong.content.decode()
    right = {"verified_on": "2026-06-20", "result": "passed", "body": "所", "certificate": "LJ-1"}
    assert client.post(address, right).status_code == 302
    entry = client.get(f"/registers/instrument/{scales[1].pk}/").content.decode()
    assert "LJ-1" in entry and "2027-06-20" in entry and "逾期检定" in entry


def upload(client: Client, rows: list[list[object]]) -> object:
    data = write_xlsx([item.titles[0] for item in FIELDS], rows)
    return client.post("/metrology/record/sheet/", {"file": SimpleUploadedFile("检定.xlsx", data)})


def test_a_sheet_is_taken_whole_or_not_at_all(world: MarketWorld, scales: list[Instrument]) -> None:
    client, before = signed_in(world.county_officer), Verification.objects.count()
    good = [scales[1].key, "2026-06-20", "合格", "望澜计量测试所", "LJ-1", "", ""]
    bad = [
        ["JL000", "2026-06-20", "合格", "所", "1", "", ""],
        [scales[2].key, "2026-06-20", "很好", "所", "1", "", ""],
        [scales[2].key, "2026-06-20", "合格", "所", "", "", ""],
    ]
    answer = upload(client, [good, *bad])
    text = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status_code == 422 and Verification.objects.count() == before  # type: ignore[attr-defined]
    assert all(words in text for words in ("没有这台器具", "应填合格、降级或不合格", "没有填写证书编号"))
    assert upload(client, [good]).status_code == 302  # type: ignore[attr-defined]
    assert Verification.objects.count() == before + 1


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.xlsx", b"no workbook"), ("a.csv", "甲,乙\n1,2\n".encode()), ("a.csv", b""), ("a.png", b"\x89PNG")],
)
def test_bad_files_are_refused(world: MarketWorld, name: str, data: bytes) -> None:
    client = signed_in(world.county_officer)
    answer = client.post("/metrology/record/sheet/", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422


def test_another_countys_instrument_in_a_sheet_is_unknown(world: MarketWorld, scales: list[Instrument]) -> None:
    answer = upload(signed_in(world.other_officer), [[scales[1].key, "2026-06-20", "合格", "所", "1", "", ""]])
    assert "不归本单位" in answer.content.decode()  # type: ignore[attr-defined]


def test_the_empty_sheet_has_the_headings(world: MarketWorld) -> None:
    data = signed_in(world.county_officer).get("/metrology/record/sheet/template.xlsx").content
    assert [item.titles[0] for item in FIELDS] in rows_of(data)


def test_coverage_page(world: MarketWorld) -> None:
    assert signed_in(world.county_officer).get("/metrology/coverage/").status_code == 200
    assert signed_in(world.citizen).get("/metrology/coverage/").status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_rows(
    world: MarketWorld, add: Add, scales: list[Instrument]
) -> None:
    client = signed_in(world.county_officer)

    def count() -> list[int]:
        found = []
        for address in ("/metrology/?period=2026Q2", "/metrology/due/", "/metrology/coverage/"):
            client.get(address)
            with CaptureQueriesContext(connection) as done:
                client.get(address)
            found.append(len(done))
        return found

    before = count()
    for number in range(5):
        add(last_verified_on="2025-06-01", place=f"新摊位{number}")
    assert count() == before
