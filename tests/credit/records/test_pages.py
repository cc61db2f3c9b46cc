"""Pages of the room: who sees what, what a button does, what a bad sheet is told."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hengjian.cases.models import Case
from hengjian.credit.records.ending import end
from hengjian.credit.records.facts import REPAIRED
from hengjian.credit.records.looks import log_look
from hengjian.credit.records.models import CreditRecord, Delivery, DeliveryTemplate, Look
from hengjian.credit.sharing.publicity import headings as penalty_headings
from hengjian.documents.sheets import write_xlsx
from hengjian.ledger.drafts import Source
from hengjian.ledger.models import Fact
from hengjian.parties.models import User
from tests.credit.records.conftest import MARK, World, days_ago
from tests.places import queries_of

Make = Callable[..., CreditRecord]
HEADINGS = [
    "行政相对人名称",
    "统一社会信用代码",
    "行政处罚决定书文号",
    "处罚类别",
    "罚款金额（元）",
    "罚款档次",
    "处罚决定日期",
]


def browser(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def sheet(world: World, *rows: list[Any], headings: list[str] | None = None) -> SimpleUploadedFile:
    data = write_xlsx(headings or HEADINGS, rows)
    return SimpleUploadedFile("处罚.xlsx", data)


def row(world: World, number: int, **changes: Any) -> list[Any]:
    cells = {
        "name": world.firm.name,
        "code": world.firm.code,
        "document": f"批〔2026〕{number}号",
        "kinds": "罚款",
        "amount": "30000",
        "level": "较大数额",
        "day": days_ago(20).isoformat(),
        **changes,
    }
    return list(cells.values())


def test_lists_by_reader(world: World, record: Make) -> None:
    record()
    url = reverse("credit_records:index")
    for user, seen in (
        (world.place.officer, True),
        (world.firm_user, True),
        (world.other_firm_user, False),
        (world.place.other, False),
        (world.place.county_officer, False),
    ):
        page = browser(user).get(url)
        assert page.status_code == 200
        assert (MARK in page.content.decode()) == seen, user
        assert (MARK in browser(user).get(url + "?export=csv").content.decode("utf-8-sig")) == seen
    assert browser(None).get(url).status_code == 302


def test_record_page_by_reader(world: World, record: Make) -> None:
    public = record()
    shared = record(values={"measures": ["warning"], "fine_level": "", "note": "内部备注"}, decided_on=days_ago(20))
    for user, sees_public, sees_shared in (
        (world.place.officer, 200, 200),
        (world.place.other, 200, 200),
        (world.firm_user, 200, 200),
        (world.other_firm_user, 200, 404),
        (world.place.citizen, 200, 404),
    ):
        client = browser(user)
        assert client.get(public.get_absolute_url()).status_code == sees_public, user
        page = client.get(shared.get_absolute_url())
        assert page.status_code == sees_shared, user
        assert ("内部备注" in page.content.decode()) == (user == world.place.officer)
    assert browser(None).get(public.get_absolute_url()).status_code == 302


def test_after_repair_only_the_number_is_left(world: World, record: Make) -> None:
    made = record()
    end([made], REPAIRED, "repaired", source=Source(system="tests"))
    for user, status in (
        (world.place.officer, 200),
        (world.firm_user, 200),
        (world.place.other, 404),
        (world.place.citizen, 404),
    ):
        page = browser(user).get(made.get_absolute_url())
        assert page.status_code == status
        assert MARK not in page.content.decode()
        assert browser(user).get(reverse("credit_records:notice", args=[made.key])).status_code == 404
    sealed = reverse("credit_records:sealed", args=[made.key])
    assert browser(world.place.officer).get(sealed).status_code == 404
    client = browser(world.place.reviewer)
    assert MARK not in client.get(sealed).content.decode()
    assert client.post(sealed, {"purpose": "x"}).status_code == 422
    assert MARK in client.post(sealed, {"purpose": "执法案卷评查"}).content.decode()
    assert Look.objects.get().purpose == "执法案卷评查"
    assert Fact.objects.filter(kind="credit.sealed_looked").count() == 1
    assert "执法案卷评查" in browser(world.firm_user).get(reverse("credit_records:looks")).content.decode()


def test_a_record_by_the_form(world: World) -> None:
    client = browser(world.place.officer)
    assert "行政处罚" in client.get(reverse("credit_records:choose")).content.decode()
    url = reverse("credit_records:new", args=["penalty"])
    given = {
        "_subject": world.firm.code,
        "_catalogue": "N-03-02",
        "_document": "文〔2026〕1号",
        "_decided_on": days_ago(9).isoformat(),
        "title": "案",
        "measures": ["fine"],
        "fine_level": "larger",
        "amount": "12.5",
    }
    assert client.post(url, {**given, "_subject": "91350100M000100Y43"}).status_code == 422
    assert client.post(url, {**given, "amount": "许多"}).status_code == 422
    assert client.post(url, given).status_code == 302
    assert CreditRecord.objects.get().values["amount"] == "12.50"
    assert browser(world.place.inspector).get(url).status_code == 403
    assert browser(world.firm_user).post(url, given).status_code == 403


def test_buttons_of_the_record_page(world: World, record: Make) -> None:
    made, client = record(), browser(world.place.officer)
    url = made.get_absolute_url()
    client.post(url, {"do": "dispute"})
    assert "异议处理中" in client.get(url).content.decode()
    client.post(url, {"do": "settle"})
    client.post(url, {"do": "fulfil", "fulfilled_on": days_ago(3).isoformat()})
    made.refresh_from_db()
    assert (made.fulfilled_on, made.disputed_since) == (days_ago(3), None)
    correct = reverse("credit_records:correct", args=[made.key])
    assert client.get(correct).status_code == 200
    assert client.post(correct, {"amount": "77", "measures": ["fine"], "_reason": "误录"}).status_code == 302
    for do in ("fulfil", "dispute", "withdraw"):
        refused = browser(world.place.other).post(url, {"do": do, "withdraw-reason": "无权"})
        assert refused.status_code == 403, do
    assert client.post(url, {"do": "withdraw", "withdraw-reason": ""}).status_code == 422
    assert client.post(url, {"do": "withdraw", "withdraw-reason": "法院撤销"}).status_code == 302
    assert not CreditRecord.objects.exists()


def test_shield_by_the_head(world: World, record: Make) -> None:
    made, until = record(), (timezone.localdate() + timedelta(days=60)).isoformat()
    given = {"do": "shield", "shield-until": until, "shield-reason": "重整计划获批"}
    assert browser(world.place.officer).post(made.get_absolute_url(), given).status_code == 403
    assert browser(world.place.head).post(made.get_absolute_url(), given).status_code == 302
    assert "屏蔽" in browser(world.firm_user).get(made.get_absolute_url()).content.decode()


def test_the_enterprise_applies(world: World, record: Make) -> None:
    made = record()
    url = reverse("credit_records:apply", args=[made.key])
    assert browser(world.firm_user).get(url).status_code == 200
    given = {"fulfilled_on": days_ago(9).isoformat(), "statement": "已缴清", "committed": "on"}
    assert browser(world.firm_user).post(url, {**given, "committed": ""}).status_code == 422
    assert browser(world.other_firm_user).post(url, given).status_code == 403
    assert browser(world.firm_user).post(url, given).status_code == 302
    case = Case.objects.get()
    assert case.filer == world.firm.account
    for user, seen in ((world.place.officer, True), (world.firm_user, True), (world.place.other, False)):
        page = browser(user).get(reverse("credit_records:repairs")).content.decode()
        assert (case.number in page) == seen
        assert MARK not in page


def test_intake_from_a_sheet(world: World) -> None:
    client, url = browser(world.place.officer), reverse("credit_records:upload")
    file = sheet(
        world,
        row(world, 1),
        row(world, 2, code="91350100M000100Y43"),
        row(world, 3, day="昨天"),
        row(world, 1),
        row(world, 5, level="巨大"),
    )
    answer = client.post(url, {"unit": world.place.market.pk, "category": "penalty", "file": file})
    delivery = Delivery.objects.get()
    assert answer.status_code == 302
    # The catalogue has one entry of penalties, so none has to be named.
    assert (delivery.state, delivery.total, delivery.good, delivery.wrong) == ("checked", 5, 1, 4)
    page = client.get(delivery.get_absolute_url()).content.decode()
    assert "主体库" in page
    assert "同一份决定" in page
    assert browser(world.place.other).get(delivery.get_absolute_url()).status_code == 404
    assert client.post(delivery.get_absolute_url(), {"do": "apply"}).status_code == 302
    delivery.refresh_from_db()
    made = CreditRecord.objects.get()
    assert (delivery.state, delivery.rows, made.document, made.batch) == ("applied", [], "批〔2026〕1号", delivery)
    assert client.post(delivery.get_absolute_url(), {"do": "undo", "reason": ""}).status_code == 422
    client.post(delivery.get_absolute_url(), {"do": "undo", "reason": "传错了表"})
    assert not CreditRecord.objects.exists()
    client.post(url, {"unit": world.place.market.pk, "category": "penalty", "file": sheet(world, row(world, 1))})
    again = Delivery.objects.order_by("-pk")[0]
    assert (again.good, again.wrong) == (1, 0)
    client.post(again.get_absolute_url(), {"do": "drop"})
    again.refresh_from_db()
    assert (again.state, again.rows) == ("dropped", [])


def test_own_headings_are_mapped_once(world: World) -> None:
    client, url = browser(world.place.officer), reverse("credit_records:upload")
    own = ["单位", "代码号", "文件", "罚种", "钱数", "档", "哪天"]
    given = {"unit": world.place.market.pk, "category": "penalty"}
    client.post(url, {**given, "file": sheet(world, row(world, 1), headings=own)})
    delivery = Delivery.objects.get()
    assert delivery.state == "mapping"
    fields = ["", "_subject", "_document", "measures", "amount", "fine_level", "_decided_on"]
    columns = {f"column_{number}": code for number, code in enumerate(fields)}
    bad = client.post(delivery.get_absolute_url(), {"do": "map", **columns, "column_1": ""})
    assert bad.status_code == 422
    client.post(delivery.get_absolute_url(), {"do": "map", **columns})
    delivery.refresh_from_db()
    assert (delivery.state, delivery.good) == ("checked", 1)
    assert DeliveryTemplate.objects.get().columns["罚种"] == "measures"
    client.post(url, {**given, "file": sheet(world, row(world, 2), headings=own)})
    assert Delivery.objects.order_by("-pk")[0].state == "checked"


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.xlsx", b"no workbook"), ("a.csv", b""), ("a.csv", "统一社会信用代码\n".encode()), ("a.exe", b"MZ\x90\x00")],
)
def test_bad_files(world: World, name: str, data: bytes) -> None:
    given = {"unit": world.place.market.pk, "category": "penalty", "file": SimpleUploadedFile(name, data)}
    assert browser(world.place.officer).post(reverse("credit_records:upload"), given).status_code == 422
    assert not Delivery.objects.exists()


def test_templates_and_tables(world: World, record: Make) -> None:
    record(decided_on=days_ago(100))
    record(decided_on=days_ago(1))
    client = browser(world.place.officer)
    assert client.get(reverse("credit_records:template", args=["penalty"])).content[:2] == b"PK"
    assert client.get(reverse("credit_records:template", args=["gossip"])).status_code == 404
    page = client.get(reverse("credit_records:timeliness")).content.decode()
    assert "50.0%" in page
    assert (
        "没有归集"
        in client.get(reverse("credit_records:timeliness") + "?since=2001-01-01&until=2001-02-01").content.decode()
    )
    assert "N-03-02" in client.get(reverse("credit_records:catalogue")).content.decode()
    assert browser(world.firm_user).get(reverse("credit_records:timeliness")).status_code == 403
    assert client.get(reverse("credit_records:deliveries")).status_code == 200
    notice = client.get(reverse("credit_records:notice", args=[CreditRecord.objects.all()[0].key]))
    assert io.BytesIO(notice.content).read(2) == b"PK"


def test_lists_take_few_queries(world: World, record: Make) -> None:
    client = browser(world.place.officer)
    record()
    one = queries_of(client, reverse("credit_records:index"))
    for _number in range(5):
        record()
    assert queries_of(client, reverse("credit_records:index")) == one


def test_looks_are_for_the_body_and_the_looking_unit(world: World) -> None:
    log_look(world.place.officer, world.firm, "招标审查", "档案")
    url = reverse("credit_records:looks")
    for user, seen in (
        (world.firm_user, True),
        (world.place.head, True),
        (world.other_firm_user, False),
        (world.place.other, False),
    ):
        page = browser(user).get(url)
        assert ("招标审查" in page.content.decode()) == seen, user


@pytest.mark.parametrize(("written", "yuan"), [("5.2", "52000.00"), ("1,000", "10000000.00"), ("0.00005", "0.50")])
def test_a_sheet_in_the_national_layout_gives_its_fines_in_ten_thousand(world: World, written: str, yuan: str) -> None:
    """The headings and the unit of 双公示: 万元, several kinds parted by semicolons."""
    given = {
        "行政相对人名称": world.firm.name,
        "行政相对人代码_1(统一社会信用代码)": world.firm.code,
        "行政处罚决定书文号": "批〔2026〕9号",
        "处罚类别": "罚款;警告",
        "罚款金额(万元)": written,
        "处罚决定日期": days_ago(20).isoformat(),
        "罚款档次": "较大数额",
    }
    headings = penalty_headings("penalty")
    cells = [given.get(heading, "") for heading in [*headings, "罚款档次"]]
    file = sheet(world, cells, headings=[*headings, "罚款档次"])
    client = browser(world.place.officer)
    client.post(reverse("credit_records:upload"), {"unit": world.place.market.pk, "category": "penalty", "file": file})
    delivery = Delivery.objects.get()
    assert (delivery.good, delivery.wrong) == (1, 0), delivery.faults
    client.post(delivery.get_absolute_url(), {"do": "apply"})
    made = CreditRecord.objects.get()
    assert Decimal(str(made.values["amount"])) == Decimal(yuan)
    assert set(made.values["measures"]) == {"fine", "warning"}
