"""Pages of the room: who sees what, the citizen's steps, the desk, sheets, statistics, and what never appears."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
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
from hengjian.demo.clock import at as at_time
from hengjian.systems.complaints.actions.tickets import Registered
from hengjian.systems.complaints.models import Ticket
from tests.systems.complaints.conftest import BOTH, PERSON, World
from tests.systems.complaints.filing import as_, row, upload

Register = Callable[..., Registered]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


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


def test_the_receipt_leads_to_the_case_for_half_an_hour(world: World) -> None:
    client = as_(None)
    receipt = walk(client, EVENT, WHOM, WISH, WHO)["Location"]
    page = client.get(receipt)
    assert "no-store" in page["Cache-Control"]
    number, code = re.findall(r'name="(?:number|code)" value="([^"]+)"', page.content.decode())[:2]
    followed = client.post(reverse("cases:track"), {"do": "open", "number": number, "code": code}, follow=True)
    assert number in followed.content.decode() and "办理进展" in followed.content.decode()
    with at_time(timezone.now() + timedelta(minutes=31)):
        assert code not in client.get(receipt).content.decode()


def test_what_another_page_knows_is_filled_in(world: World) -> None:
    told = {"kind": "report", "category": "engineering", "place": "990321", "address": "柳堤路 1 号", "content": "外墙"}
    page = as_(None).get(reverse("complaints:public_new"), told).content.decode()
    assert '<option value="engineering" selected>' in page and '<option value="990321" selected>' in page
    assert "柳堤路 1 号" in page and "外墙" in page
    assert as_(None).get(reverse("complaints:public_new"), {"category": "no", "place": "<b>"}).status_code == 200


# ---- the desk


def test_the_desk_clicked_twice_registers_once(world: World) -> None:
    client = as_(world.officer)
    address = reverse("complaints:new")
    token = re.findall(r'name="token" value="([^"]+)"', client.get(address).content.decode())[0]
    for _time in range(2):
        assert client.post(address, desk_form(token=token)).status_code == 302
    assert Ticket.objects.count() == 1
    client.post(address, desk_form())
    assert Ticket.objects.count() == 2


def test_numbers_and_codes_are_found_by_their_beginning(world: World, register: Register) -> None:
    ticket = register(kinds=("complaint",)).ticket
    Ticket.objects.filter(pk=ticket.pk).update(source_number="12345-000777", respondent_key="91990321MA00000000")
    client = as_(world.officer)
    for words, found in (
        (ticket.number, True), (ticket.number[:-2].lower(), True), ("12345-0007", True), ("91990321MA00000000", True),
        ("91990321MA00000001", False), ("12345-0008", False), (ticket.title[:3], True), ("没有这回事", False),
    ):  # fmt: skip
        page = client.get(reverse("complaints:tickets"), {"q": words}).content.decode()
        assert (reverse("complaints:ticket", args=[ticket.pk]) in page) == found, words


def test_who_is_complained_about_by_several_is_listed(world: World, register: Register) -> None:
    first = register(kinds=("complaint",)).ticket
    client = as_(world.officer)
    address = reverse("complaints:statistics")
    today = timezone.localdate()
    asked = {"start": "2026-01-01", "end": today.isoformat()}
    assert "被诉较多" not in client.get(address, asked).content.decode()
    second = register(kinds=("complaint",)).ticket
    shown = client.get(address, asked).content.decode()
    assert "被诉较多" in shown and first.respondent_name in shown
    assert client.get(address, {**asked, "export": "respondent"})["Content-Type"].endswith("sheet")
    assert "近期另有 1 件" in client.get(reverse("complaints:ticket", args=[second.pk])).content.decode()
    assert "被诉较多" not in as_(world.far_officer).get(address, asked).content.decode()


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
