from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from hengjian.cases.actions import OpenCase
from hengjian.cases.models import Case
from hengjian.parties.models import User
from hengjian.registers.actions import SetStatus
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import entries
from hengjian.systems.certification import queries, related
from hengjian.systems.certification.models import TestReport
from tests.methods.test_calibration_certificates import CERTIFICATE
from tests.systems.certification.conftest import LAB
from tests.systems.market_world import MarketWorld

Enter = Callable[..., EntryBase]
Report = Callable[..., TestReport]


def signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def test_capability_by_region_and_what_expires(world: MarketWorld, lab: EntryBase) -> None:
    client = signed_in(world.county_officer)
    page = client.get("/certification/").content.decode()
    assert "澜东区" in page and "建材" in page
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/certification/?export=xlsx").content))
    rows = book.get_sheet_by_index(0).to_python()
    assert ["澜东区", 1.0, 1.0] in rows and ["合计", 1.0, 1.0] in rows
    assert queries.capability(date(2030, 1, 1), ["00", "02"]).bodies == 0
    late = queries.renewals(entries("institution"), date(2026, 9, 2))[0]
    assert (late.apply_by, late.is_late(date(2026, 9, 2)), late.is_late(date(2026, 9, 1))) == (
        date(2026, 9, 1),
        True,
        False,
    )


def test_renewals_and_reports_of_others_are_not_shown(world: MarketWorld, lab: EntryBase, report: Report) -> None:
    report("R1", date(2020, 1, 1))
    other = signed_in(world.other_officer).get("/certification/").content.decode()
    assert "已过申请期限" not in other and LAB.name not in other
    for user in (None, world.citizen):
        assert signed_in(user).get("/certification/").status_code in (302, 403)


@pytest.mark.parametrize(
    ("kind", "number", "status", "words"),
    [
        ("cma", "2031 2111 0023", 200, "新疆"),
        ("cma", "203221110023", 422, "不存在"),
        ("cma", "123", 422, "12 位数字"),
        ("ccc", "2019010715123456", 200, "2019"),
        ("ccc", "1", 422, "16 位数字"),
        ("cnas", "L1234", 200, "写法正确"),
        ("cnas", "-", 422, "CNAS"),
        ("other", "1", 422, ""),
    ],
)
def test_numbers_are_checked_for_everybody(lab: EntryBase, kind: str, number: str, status: int, words: str) -> None:
    page = signed_in(None).get("/certification/number/", {"kind": kind, "number": number})
    assert page.status_code == status
    assert words in page.content.decode()
    assert signed_in(None).get("/certification/number/").status_code == 200


def test_a_known_number_shows_the_state_of_its_body(world: MarketWorld, lab: EntryBase) -> None:
    address = "/certification/number/?kind=cma&number=203121110023"
    assert LAB.name in signed_in(None).get(address).content.decode()
    SetStatus(user=world.county_officer, entry=lab, status="suspended", reason="x").execute()
    assert "暂停" in signed_in(None).get(address).content.decode()


def upload(user: User | None, data: bytes, name: str = "dcc.xml") -> object:
    return signed_in(user).post("/certification/calibration/import/", {"file": SimpleUploadedFile(name, data)})


def test_a_calibration_certificate_is_uploaded_once(world: MarketWorld) -> None:
    first, second = (upload(world.county_officer, CERTIFICATE.encode()) for _turn in range(2))
    assert first.status_code == second.status_code == 302  # type: ignore[attr-defined]
    entry = entries("calibration_certificate").get()
    page = signed_in(world.county_officer).get(f"/registers/calibration_certificate/{entry.pk}/").content.decode()
    assert "dcc.xml" in page and "306.248" in page


@pytest.mark.parametrize("data", [b"", b"<a/>", b"\x00\x01", b"<!DOCTYPE a><a/>"])
def test_bad_certificates_are_refused_with_a_reason(world: MarketWorld, data: bytes) -> None:
    assert upload(world.county_officer, data).status_code == 422  # type: ignore[attr-defined]
    assert not entries("calibration_certificate").exists()


def test_others_upload_nothing(world: MarketWorld) -> None:
    for user in (world.citizen, world.enterprise):
        assert upload(user, CERTIFICATE.encode()).status_code == 403  # type: ignore[attr-defined]
    assert upload(None, CERTIFICATE.encode()).status_code == 302  # type: ignore[attr-defined]


@pytest.fixture
def service(enter: Enter) -> EntryBase:
    return enter(
        "quality_service", name="乳制品检验", element="testing", provider="望澜质检所", content="蛋白质、微生物检验",
        days=5, fee="减半", status="offered",
    )  # fmt: skip


@pytest.fixture
def demand(world: MarketWorld) -> Case:
    values = {"name": world.company.name, "enterprise": world.company.code, "element": "testing", "need": "检验蛋白质"}
    return OpenCase(
        user=world.enterprise, type="nqi_demand", values=values, unit=world.county_market, region=world.county,
        filer=world.works,
    ).execute().case  # fmt: skip


def test_services_are_public_and_searchable(service: EntryBase) -> None:
    client = signed_in(None)
    assert "乳制品检验" in client.get("/certification/services/?q=微生物").content.decode()
    assert "没有找到" in client.get("/certification/services/?q=电梯").content.decode()


def test_the_desk_matches_with_one_click(world: MarketWorld, service: EntryBase, demand: Case) -> None:
    client = signed_in(world.county_officer)
    page = client.get("/certification/services/desk/").content.decode()
    assert demand.number in page and "乳制品检验" in page and "蛋白" in page
    given = {"case": demand.pk, "service": service.key}
    assert signed_in(world.other_officer).post("/certification/services/desk/", given).status_code == 404
    assert client.post("/certification/services/desk/", given).status_code == 302
    demand.refresh_from_db()
    assert (demand.state, demand.data["service"]) == ("matched", service.key)
    assert client.post("/certification/services/desk/", {"case": "x"}).status_code == 404
    assert demand.number not in signed_in(world.other_officer).get("/certification/services/desk/").content.decode()
    assert signed_in(world.enterprise).get("/certification/services/desk/").status_code == 403


def test_the_page_of_a_body_shows_doubtful_reports(world: MarketWorld, lab: EntryBase, report: Report) -> None:
    doubtful = report("R1", date(2020, 1, 1))
    page = signed_in(world.county_officer).get(f"/registers/institution/{lab.pk}/").content.decode()
    assert doubtful.key in page and "资质有效期外出具" in page


def test_bodies_can_be_drawn(world: MarketWorld, lab: EntryBase, report: Report) -> None:
    report("R1", date(2020, 1, 1))
    found = list(related.drawable(world.county_market, world.county, timezone.localdate()))
    assert [(row.id, row.stratum) for row in found] == [(lab.key, "有疑点报告")]


def test_ended_certificates_leave_the_public_list_when_restored(world: MarketWorld, enter: Enter) -> None:
    made = enter(
        "certificate", "00123Q", scheme="quality_system", holder=LAB.code, holder_name="某", product="服务",
        body_name="某认证公司", valid_from="2024-01-01", valid_to="2027-01-01", on=date(2024, 1, 1),
    )  # fmt: skip
    today, officer = timezone.localdate(), world.county_officer
    SetStatus(user=officer, entry=made, status="suspended", reason="x", on=date(2026, 5, 1)).execute()
    assert [row["number"] for row in related.ended_certificates(today)] == ["00123Q"]
    made.refresh_from_db()
    SetStatus(user=officer, entry=made, status="valid", reason="x").execute()
    assert not list(related.ended_certificates(today))


def test_the_number_of_queries_does_not_grow(
    world: MarketWorld, lab: EntryBase, service: EntryBase, demand: Case, enter: Enter
) -> None:
    client = signed_in(world.county_officer)
    addresses = ("/certification/", "/certification/services/desk/", "/certification/services/")

    def count() -> list[int]:
        found = []
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as done:
                client.get(address)
            found.append(len(done))
        return found

    before = count()
    for number in range(3):
        enter(
            "quality_service",
            name=f"检验{number}",
            element="testing",
            provider="所",
            content="蛋白质",
            status="offered",
        )
        enter(
            "certificate", f"0012{number}Q", scheme="quality_system", holder=LAB.code, holder_name="某", product="服务",
            body_name="某认证公司", valid_from="2024-01-01", valid_to="2027-01-01",
        )  # fmt: skip
    assert count() == before
