"""Pages of the room: who sees what, the citizen's steps, the desk, sheets, statistics, and what never appears."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hengjian.cases.actions.steps import TakeStep
from hengjian.cases.models import Case
from hengjian.cases.queries import tracked
from hengjian.documents.sheets import write_xlsx
from hengjian.documents.sheets_in import read_table
from hengjian.parties.models import User
from hengjian.systems.complaints import importing, jobs, sheets
from hengjian.systems.complaints.actions.tickets import Registered
from hengjian.systems.complaints.models import Ticket, TicketBatch
from tests.systems.complaints.conftest import BOTH, PERSON, World

Register = Callable[..., Registered]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


def as_(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


# ---- who sees what


def test_a_ticket_is_seen_by_its_unit_its_desk_and_nobody_else(world: World, register: Register) -> None:
    ticket = register(kinds=("complaint",)).ticket
    address = reverse("complaints:ticket", args=[ticket.pk])
    for user, status in (
        (world.officer, 200),
        (world.head, 200),
        (world.plain, 200),
        (world.district_officer, 404),
        (world.far_officer, 404),
        (world.city_officer, 404),
        (world.citizen, 404),
        (None, 302),
    ):
        response = as_(user).get(address)
        assert response.status_code == status, user
        listed = as_(user).get(reverse("complaints:tickets"))
        assert (ticket.number in listed.content.decode()) == (status == 200), user


def test_a_ticket_with_a_report_needs_the_ceiling(world: World, register: Register) -> None:
    ticket = register().ticket
    address = reverse("complaints:ticket", args=[ticket.pk])
    assert as_(world.officer).get(address).status_code == 200
    assert as_(world.plain).get(address).status_code == 404
    assert ticket.number not in as_(world.plain).get(reverse("complaints:tickets")).content.decode()


def test_a_desk_keeps_sight_of_the_ticket_but_not_of_the_other_units_report(world: World, register: Register) -> None:
    made = register(places={"operation": "990321", "act": "990302"})
    report = made.opened[1].case
    page = as_(world.officer).get(reverse("complaints:ticket", args=[made.ticket.pk])).content.decode()
    assert report.number in page and reverse("cases:case", args=[report.pk]) not in page


@pytest.mark.parametrize("name", ["tickets", "new", "import", "statistics"])
def test_pages_of_officers_are_closed_to_others(world: World, name: str) -> None:
    address = reverse(f"complaints:{name}")
    assert as_(None).get(address).status_code == 302
    assert as_(world.officer).get(address).status_code == 200
    if name != "tickets":
        assert as_(world.citizen).get(address).status_code == 403


# ---- the citizen


def walk(client: Client, *steps: dict[str, Any], kind: str = "complaint") -> Any:
    """Fill in step after step as a browser would, hidden fields included."""
    page = client.get(reverse("complaints:public_new"), {"kind": kind})
    for given in steps:
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode())
        data: dict[str, Any] = {}
        for name, value in hidden:
            data.setdefault(name, []).append(value)
        data.pop("csrfmiddlewaretoken", None)
        page = client.post(reverse("complaints:public_new"), {**data, "go": "next", **given})
    return page


EVENT = {"category": "product_quality", "content": BOTH, "place": "990321", "address": "", "occurred_on": "2026-05-30"}
WHOM = {"respondent_name": "北川县清屿家居有限公司", "product": "儿童床", "amount": "1280"}
WISH = {"kinds": ["complaint", "report"], "claims": ["return", "damages"]}
WHO = {"name": PERSON["name"], "phone": PERSON["phone"], "website": ""}


def test_a_citizen_files_in_four_steps_with_a_photo_and_gets_numbers_and_codes(world: World) -> None:
    client = as_(None)
    third = walk(client, EVENT, WHOM)
    page = third.content.decode()
    assert "虚假宣传" in page and "分别办理" in page
    assert page.count("checked") >= 2
    photo = SimpleUploadedFile("床.png", PNG, "image/png")
    response = walk(client, EVENT, WHOM, WISH, {**WHO, "files": [photo]})
    assert response.status_code == 302
    done = client.get(response["Location"]).content.decode()
    cases = list(Case.objects.order_by("pk"))
    assert [case.type for case in cases] == ["complaint", "report"]
    codes = re.findall(r">([2-9A-Z]{5}-[2-9A-Z]{5})<", done)
    assert len(codes) == 2 and all(case.number in done for case in cases)
    assert tracked(cases[0].number, codes[0]) == cases[0]
    assert cases[0].data["amount"] in ("1280", "1280.00", 1280)


def test_sent_twice_it_is_filed_once(world: World) -> None:
    client = as_(world.citizen)
    first = walk(client, EVENT, WHOM, WISH)
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', first.content.decode())
    data: dict[str, Any] = {}
    for name, value in hidden:
        data.setdefault(name, []).append(value)
    for _time in range(2):
        assert client.post(reverse("complaints:public_new"), {**data, **WHO, "go": "next"}).status_code == 302
    assert Ticket.objects.count() == 1 and Ticket.objects.get().owner == world.citizen


def test_what_is_missing_is_said_at_its_step(world: World) -> None:
    client = as_(None)
    assert "请填写" in walk(client, {**EVENT, "content": ""}).content.decode()
    assert walk(client, EVENT, WHOM, {**WISH, "claims": []}).status_code == 400
    missing = walk(client, EVENT, WHOM, WISH, {**WHO, "name": ""})
    assert missing.status_code == 400 and not Ticket.objects.exists()
    back = walk(client, EVENT, {**WHOM, "go": "back"})
    assert back.status_code == 200 and "儿童床" in back.content.decode()


def test_a_report_may_be_anonymous_and_a_question_takes_two_steps(world: World) -> None:
    nobody = {"name": "", "phone": "", "website": ""}
    lead = {**EVENT, "content": "该店出售过期食品，请查处"}
    assert walk(as_(None), lead, WHOM, {"kinds": ["report"]}, nobody, kind="report").status_code == 302
    ask = {**EVENT, "content": "请问电梯年检到期找哪里"}
    assert walk(as_(None), ask, nobody, kind="consultation").status_code == 302
    assert sorted(Ticket.objects.values_list("anonymous", flat=True)) == [True, True]


def test_a_program_that_fills_in_everything_files_nothing(world: World) -> None:
    assert walk(as_(None), EVENT, WHOM, WISH, {**WHO, "website": "https://spam.example"}).status_code == 302
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_public_pages_in_both_languages(world: World, language: str, settings: Any) -> None:
    client = as_(None)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for name in ("public_home", "public_new", "public_done"):
        assert client.get(reverse(f"complaints:{name}")).status_code == 200


# ---- the desk


def desk_form(**changes: Any) -> dict[str, Any]:
    return {
        "channel": "12345",
        "content": BOTH,
        "place": "990321",
        "respondent_name": "北川县清屿家居有限公司",
        "claims": ["return"],
        "name": PERSON["name"],
        "phone": PERSON["phone"],
        **changes,
    }


def test_the_desk_is_told_kind_unit_and_repetition_while_it_writes(world: World, register: Register) -> None:
    register(kinds=("complaint",), received_at=timezone.now())
    page = as_(world.officer).post(reverse("complaints:propose"), desk_form()).content.decode()
    assert "虚假宣传" in page and world.market.name in page and "可能重复" in page
    assert Ticket.objects.count() == 1
    other = as_(world.far_officer).post(reverse("complaints:propose"), desk_form()).content.decode()
    assert "可能重复" not in other


def test_the_desk_registers(world: World) -> None:
    client = as_(world.officer)
    response = client.post(reverse("complaints:new"), desk_form())
    assert response.status_code == 302
    ticket = Ticket.objects.get()
    assert ticket.category == "product_quality" and ticket.kinds == ["complaint", "report"]
    page = client.get(response["Location"]).content.decode()
    assert PERSON["name"] not in page and ticket.number in page
    wrong = client.post(reverse("complaints:new"), desk_form(respondent_code="91990100MA00000000"))
    assert wrong.status_code == 400 and Ticket.objects.count() == 1


def test_tickets_are_split_and_joined(world: World, register: Register) -> None:
    first = register(kinds=("complaint",)).ticket
    client = as_(world.officer)
    address = reverse("complaints:ticket", args=[first.pk])
    assert client.post(address, {"do": "split", "kinds": ["report"], "reason": "含违法线索"}).status_code == 302
    first.refresh_from_db()
    assert first.kinds == ["complaint", "report"] and Case.objects.filter(origin=first.ref).count() == 2
    again = register(kinds=("complaint",)).ticket
    address = reverse("complaints:ticket", args=[again.pk])
    assert client.post(address, {"do": "join", "other": "GD-none", "reason": "重复"}).status_code == 400
    assert client.post(address, {"do": "join", "other": first.number, "reason": "重复"}).status_code == 302
    again.refresh_from_db()
    assert again.state == Ticket.State.JOINED and again.joined_to == first
    assert Case.objects.get(origin=again.ref).merged_into == Case.objects.get(origin=first.ref, type="complaint")
    assert as_(world.far_officer).post(address, {"do": "split"}).status_code == 404


def test_a_repeated_report_is_not_processed_again(world: World, register: Register) -> None:
    first = register(kinds=("report",)).ticket
    TakeStep(user=world.officer, case=Case.objects.get(), step="move", note="移送公安").execute()
    second = register(kinds=("report",)).ticket
    address = reverse("complaints:ticket", args=[second.pk])
    given = {"do": "join", "other": first.number, "reason": "同一线索"}
    assert as_(world.officer).post(address, given).status_code == 302
    assert Case.objects.get(origin=second.ref).outcome == "repeated"


# ---- sheets


def sheet(*rows: dict[str, Any]) -> SimpleUploadedFile:
    columns = [field.titles[0] for field in sheets.FIELDS]
    names = [field.name for field in sheets.FIELDS]
    data = write_xlsx(columns, [[row.get(name, "") for name in names] for row in rows])
    return SimpleUploadedFile("12345热线.xlsx", data)


def row(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "source_number": f"W{number}",
        "received_at": "2026-06-01 09:30",
        "content": f"{BOTH}我是{PERSON['name']}",
        "respondent_name": "北川县清屿家居有限公司",
        "claims": "退货、赔偿",
        "region": "990321",
        "name": PERSON["name"],
        "phone": PERSON["phone"],
        **changes,
    }


def upload(client: Client, *rows: dict[str, Any]) -> TicketBatch:
    response = client.post(reverse("complaints:import"), {"channel": "12345", "file": sheet(*rows)})
    assert response.status_code == 302, response.content.decode()
    return TicketBatch.objects.latest("pk")


def test_a_sheet_is_checked_confirmed_and_known_the_next_time(world: World) -> None:
    client = as_(world.officer)
    batch = upload(client, row(1), row(2, region="朔安市城北区", kinds="咨询"), row(3, category="食品"))
    assert (batch.state, batch.new, batch.wrong) == ("checked", 3, 0)
    assert not Ticket.objects.exists()
    assert client.post(reverse("complaints:batch", args=[batch.pk])).status_code == 302
    batch.refresh_from_db()
    assert (batch.state, batch.done) == ("done", 3)
    one, two, three = Ticket.objects.order_by("pk")
    assert one.kinds == ["complaint", "report"] and two.unit == world.district_market and three.category == "food"
    case = Case.objects.get(origin=one.ref, type="complaint")
    assert case.due_at is not None and case.number.startswith("TS2026-990321-") and case.identity.startswith("vault:")
    assert PERSON["name"] not in one.content + str(case.data) + case.title
    TakeStep(user=world.officer, case=case, step="accept").execute()
    again = upload(client, row(1), row(4))
    assert (again.new, again.known) == (1, 1)
    assert as_(world.far_officer).get(reverse("complaints:batch", args=[batch.pk])).status_code == 404


def test_all_faults_of_a_sheet_come_at_once(world: World) -> None:
    client = as_(world.officer)
    batch = upload(
        client,
        row(1, received_at="昨天"),
        row(2, region="火星", category="天气", claims="道歉"),
        row(3, amount="很多", respondent_code="123"),
        row(4),
        row(4, received_at="2010-01-01"),
    )
    assert (batch.new, batch.wrong) == (1, 4)
    page = client.get(reverse("complaints:batch", args=[batch.pk])).content.decode()
    for word in ("昨天", "火星", "天气", "道歉", "来源编号相同"):
        assert word in page
    report = client.get(reverse("complaints:batch_report", args=[batch.pk])).content
    cells = [cell for line in read_table(report, "问题.xlsx") for cell in line]
    assert "来源编号" in cells and len([cell for cell in cells if isinstance(cell, float | int)]) >= 7


def test_rows_from_before_the_procedure_are_told_in_the_check(world: World) -> None:
    """A report of 2019 has no procedure, a complaint of that year has; a text that holds both counts as both."""
    rows = (row(1, kinds="举报"), row(2, kinds="投诉"), row(3), row(4, kinds="咨询"))
    batch = upload(as_(world.officer), *({**item, "received_at": "2019-06-03 10:00"} for item in rows))
    assert (batch.new, batch.wrong) == (2, 2)
    page = as_(world.officer).get(reverse("complaints:batch", args=[batch.pk])).content.decode()
    assert page.count("“举报”的办理程序自 2020-01-01 起适用，2019-06-03 的不能按它登记。") == 2


def test_a_bad_file_is_refused_and_a_table_without_columns_says_so(world: World) -> None:
    client = as_(world.officer)
    bad = SimpleUploadedFile("热线.xlsx", b"no table at all")
    assert client.post(reverse("complaints:import"), {"channel": "12345", "file": bad}).status_code in (302, 400)
    empty = SimpleUploadedFile("热线.csv", "甲,乙\n1,2\n".encode())
    client.post(reverse("complaints:import"), {"channel": "12345", "file": empty})
    batch = TicketBatch.objects.latest("pk")
    page = client.get(reverse("complaints:batch", args=[batch.pk])).content.decode()
    assert batch.state == "failed" and "来源编号" in page


def test_the_worker_takes_long_sheets(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "AT_ONCE_BYTES", 0)
    monkeypatch.setattr(importing, "AT_ONCE_ROWS", 0)
    monkeypatch.setattr(importing, "ROUND", 2)
    client = as_(world.officer)
    batch = upload(client, *(row(number) for number in range(5)))
    assert batch.state == "checking"
    later = timezone.now() + 2 * jobs.PATIENCE
    assert jobs.run_due(later) == 1
    assert "导入 5 件" in client.get(reverse("complaints:batch", args=[batch.pk])).content.decode()
    client.post(reverse("complaints:batch", args=[batch.pk]))
    assert jobs.run_due(later) == 1 and Ticket.objects.count() == 5
    assert jobs.run_due(later) == 0


# ---- statistics, and what never appears


def test_statistics_count_what_one_may_see(world: World, register: Register) -> None:
    made = register(kinds=("complaint",), received_at=timezone.now())
    case = made.opened[0].case
    TakeStep(user=world.officer, case=case, step="accept").execute()
    agreed = {"agreement": "退一赔一", "settled_amount": "1280"}
    TakeStep(user=world.officer, case=case, step="agree", values=agreed).execute()
    TakeStep(user=world.officer, case=case, step="performed").execute()
    TakeStep(user=world.officer, case=case, step="call_back", values={"satisfaction": "5"}).execute()
    client = as_(world.officer)
    page = client.get(reverse("complaints:statistics")).content.decode()
    assert "100.0%" in page and "1280" in page
    none = as_(world.far_officer).get(reverse("complaints:statistics")).content.decode()
    assert "没有您可以查看的工单" in none
    export = client.get(reverse("complaints:statistics"), {"export": "category"})
    assert export["Content-Type"].startswith("application/vnd.openxmlformats")
    wrong = client.get(reverse("complaints:statistics"), {"start": "2026-05-01", "end": "2020-01-01"})
    assert wrong.status_code == 400


def test_more_tickets_take_no_more_queries(world: World, register: Register) -> None:
    client, address = as_(world.officer), reverse("complaints:tickets")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    register(kinds=("complaint",))
    asked()
    few = asked()
    for _number in range(4):
        register(kinds=("complaint",))
    assert asked() == few


def test_who_filed_it_appears_nowhere(world: World) -> None:
    """A name is planted in every way in; afterwards no page, export, log, fact or answer may hold it."""
    client = as_(world.officer)
    client.post(reverse("complaints:new"), desk_form(content=f"{BOTH}我是{PERSON['name']}，{PERSON['phone']}"))
    walk(as_(None), {**EVENT, "content": f"{BOTH}{PERSON['name']}"}, WHOM, WISH, WHO)
    batch = upload(client, row(1))
    client.post(reverse("complaints:batch", args=[batch.pk]))
    planted = (PERSON["name"], PERSON["phone"])
    # Whatever table it is, as the database itself tells it; the sheet that was handed in is a file.
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table == Session._meta.db_table:
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            for line in cursor.fetchall():
                text = repr(line)
                assert not any(word in text for word in planted), table
    for ticket in Ticket.objects.all():
        shown = client.get(reverse("complaints:ticket", args=[ticket.pk])).content.decode()
        assert not any(word in shown for word in planted)
    for case in Case.objects.all():
        shown = client.get(reverse("cases:case", args=[case.pk])).content.decode()
        assert not any(word in shown for word in planted)
    for address in (
        reverse("complaints:tickets") + "?export=csv",
        reverse("complaints:tickets") + "?q=" + PERSON["name"],
        "/open311/v2/requests.json",
        "/search/?q=" + PERSON["phone"],
    ):
        found = client.get(address).content.decode()
        # What one searches for oneself stands in the search field.
        assert found.count(PERSON["name"]) <= (3 if "q=" in address else 0)


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "产品质量"), ("en", "Product quality")])
def test_a_case_names_its_category_and_its_law_in_the_readers_language(
    world: World, register: Register, language: str, name: str
) -> None:
    case = register(kinds=("complaint",)).opened[0].case
    client = as_(world.officer)
    client.cookies["django_language"] = language
    page = client.get(reverse("cases:case", args=[case.pk])).content.decode()
    assert f"<dd>{name}</dd>" in page and "<dd>product_quality</dd>" not in page
    law = "Measures for Handling Complaints and Reports in Market Regulation"
    assert (law in page) == (language == "en") and "市场监督管理投诉举报处理办法" in page
