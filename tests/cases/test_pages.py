"""The pages, as everybody sees them: own unit, other unit, other county, filer, strangers, logged out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hengjian.cases.actions import OpenCase, SendCase, TakeStep
from hengjian.cases.declarations import CaseType
from hengjian.cases.models import Case, CaseEvent
from hengjian.documents.models import StoredFile
from hengjian.ledger.models import Fact, VaultAccess
from hengjian.parties.models import AuditEntry
from tests.cases.conftest import VALUES, World, open_case

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003860180 5a34 7d6b0000000049454e44ae426082".replace(" ", "")
)


def client_of(user: Any) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("officer", 200),
        ("officer_two", 200),
        ("head", 200),
        ("farm_officer", 404),
        ("far_officer", 404),
        ("citizen", 404),
        ("enterprise", 404),
        ("overseer", 200),
        ("", 302),
    ],
)
def test_who_sees_the_page_of_a_case(world: World, case: Case, who: str, status: int) -> None:
    client = client_of(getattr(world, who) if who else None)
    assert client.get(reverse("cases:case", args=[case.pk])).status_code == status
    listed = client.get(reverse("cases:list", args=["petition"]))
    if status == 200:
        assert case.number in listed.content.decode()
    else:
        assert case.number not in listed.content.decode()


@pytest.mark.parametrize("who", ["officer", "head", "farm_officer", "far_officer", "citizen", "enterprise", "overseer"])
def test_the_inbox_opens_for_everybody(world: World, case: Case, who: str) -> None:
    page = client_of(getattr(world, who)).get(reverse("cases:inbox"))
    assert page.status_code == 200
    assert (case.title in page.content.decode()) == (who in ("officer", "head"))


def test_an_officer_works_a_case_through_its_page(world: World, case: Case) -> None:
    client = client_of(world.officer)
    url = reverse("cases:case", args=[case.pk])
    page = client.get(url).content.decode()
    assert "受理" in page and "为什么是这一天" in page and "同意办结" not in page
    assert client.post(url, {"do": "step:accept", "version": case.version}).status_code == 302
    assert client.post(url, {"do": "step:propose"}).status_code == 422  # the note is missing
    assert client.post(url, {"do": "step:propose", "_note": "双方和解"}).status_code == 302
    assert client.post(url, {"do": "step:approve"}).status_code == 409
    assert client_of(world.head).post(url, {"do": "step:approve", "_note": "同意"}).status_code == 302
    case.refresh_from_db()
    assert case.outcome == "settled"


def test_people_of_other_units_change_nothing(world: World, case: Case) -> None:
    url = reverse("cases:case", args=[case.pk])
    for user in (world.farm_officer, world.far_officer, world.citizen, world.enterprise):
        assert client_of(user).post(url, {"do": "step:accept"}).status_code == 404
    assert client_of(world.overseer).post(url, {"do": "step:accept"}).status_code in (403, 409)
    case.refresh_from_db()
    assert case.state == "received" and case.events.count() == 1


def test_an_old_page_does_not_overwrite_what_happened_since(world: World, case: Case) -> None:
    url = reverse("cases:case", args=[case.pk])
    client_of(world.officer).post(url, {"do": "note", "note": "已电话联系"})
    answer = client_of(world.officer_two).post(url, {"do": "step:accept", "version": case.version})
    assert answer.status_code == 409
    case.refresh_from_db()
    assert case.state == "received"


def test_a_desk_registers_a_case(world: World, petition: CaseType) -> None:
    client = client_of(world.officer)
    url = reverse("cases:new", args=["petition"])
    assert client.get(url).status_code == 200
    assert client.post(url, {"product": "学习机"}).status_code == 422
    data = {**VALUES, "phone": "13800001234", "_id_name": "苏和平", "_id_phone": "13900005678", "token": "t" * 32}
    assert client.post(url, data).status_code == 302
    assert client.post(url, data).status_code == 302  # sent twice
    (case,) = Case.objects.all()
    assert case.data["phone"].startswith("vault:") and case.identity.startswith("vault:")
    page = client.get(reverse("cases:case", args=[case.pk])).content.decode()
    assert "13800001234" not in page and "苏和平" not in page


# ---- the public


def filled(client: Client, **more: Any) -> dict[str, Any]:
    page = client.get(reverse("cases:public_new", args=["petition"])).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    return {
        **VALUES,
        "token": token[1],
        "_id_name": "苏和平",
        "_id_phone": "13900005678",
        "_receiver": "market",
        **more,
    }


def test_somebody_files_without_logging_in_and_follows_it(world: World, petition: CaseType) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = Client()
    data = filled(client, _files=SimpleUploadedFile("屏幕.png", PNG, "image/png"))
    assert client.post(reverse("cases:public_new", args=["petition"]), data).status_code == 302
    receipt = client.get(reverse("cases:public_done")).content.decode()
    case = Case.objects.get()
    code = re.search(r'receipt-code">([^<]+)', receipt)
    assert code is not None and case.number in receipt
    assert StoredFile.objects.get().stored_by == "filer"

    other = Client()
    wrong = {"do": "open", "number": case.number, "code": "AAAAA-AAAAA"}
    assert other.post(reverse("cases:track"), wrong).status_code == 422
    right = {**wrong, "code": code[1].lower().replace("-", " ")}
    page = other.post(reverse("cases:track"), right, follow=True).content.decode()
    assert "已收到" in page and "苏和平" not in page and "13900005678" not in page
    assert other.post(reverse("cases:track"), {"do": "supplement", "note": "补充发票"}).status_code == 302
    TakeStep(user=world.officer, case=case, step="accept", note="已受理，请等待").execute()
    page = other.get(reverse("cases:track")).content.decode()
    assert "已受理，请等待" in page and "officer" not in page
    assert other.post(reverse("cases:track"), {"do": "withdraw", "note": "已解决"}).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("withdrawn", "withdrawn")


def test_the_same_form_sent_twice_makes_one_case(world: World, petition: CaseType) -> None:
    client = Client()
    data = filled(client)
    url = reverse("cases:public_new", args=["petition"])
    first, second = client.post(url, data), client.post(url, data)
    assert first.status_code == second.status_code == 302
    assert Case.objects.count() == 1
    code = re.search(r'receipt-code">([^<]+)', client.get(reverse("cases:public_done")).content.decode())
    assert code is not None


def test_programs_and_old_forms_are_turned_away(world: World, petition: CaseType) -> None:
    client = Client()
    url = reverse("cases:public_new", args=["petition"])
    assert client.post(url, filled(client, _website="http://x")).status_code == 400
    assert client.post(url, filled(client, token="forged")).status_code == 422
    assert not Case.objects.exists()


def test_filings_of_one_address_are_limited(world: World, petition: CaseType, settings: Any) -> None:
    settings.HENGJIAN_FILINGS_PER_HOUR = 1
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "limits"}}
    client = Client()
    url = reverse("cases:public_new", args=["petition"])
    assert client.post(url, filled(client)).status_code == 302
    assert client.post(url, filled(client)).status_code == 429


def test_a_citizen_follows_what_is_theirs_and_nobody_elses(world: World, petition: CaseType) -> None:
    client = client_of(world.citizen)
    assert client.post(reverse("cases:public_new", args=["petition"]), filled(client)).status_code == 302
    case = Case.objects.get()
    assert case.owner == world.citizen
    assert case.number in client.get(reverse("cases:mine")).content.decode()
    assert client.get(reverse("cases:own", args=[case.pk])).status_code == 200
    assert client.get(reverse("cases:case", args=[case.pk])).status_code == 302  # never the inside
    assert client_of(world.citizen_two).get(reverse("cases:own", args=[case.pk])).status_code == 404
    assert client_of(None).get(reverse("cases:own", args=[case.pk])).status_code == 302
    inside = client_of(world.officer).get(reverse("cases:case", args=[case.pk])).content.decode()
    assert "citizen" not in inside
    assert not CaseEvent.objects.filter(by=world.citizen).exists()
    assert not AuditEntry.objects.filter(user=world.citizen).exists()


def test_an_enterprise_files_and_follows(world: World, petition: CaseType) -> None:
    client = client_of(world.enterprise)
    assert client.post(reverse("cases:public_new", args=["petition"]), filled(client)).status_code == 302
    case = Case.objects.get()
    assert case.filer == world.firm
    assert client.get(reverse("cases:own", args=[case.pk])).status_code == 200


def test_the_identity_opens_for_those_entitled_only(world: World, petition: CaseType) -> None:
    case = open_case(world, identity={"name": "苏和平", "phone": "13900005678"})
    url = reverse("cases:reveal", args=[case.pk])
    asked = {"purpose": "电话回访核实"}
    assert client_of(world.officer).post(url, asked).status_code == 403
    assert client_of(world.farm_head).post(url, asked).status_code == 404
    assert client_of(world.overseer).post(url, asked).status_code == 403
    for user in (world.head, world.cleared):
        answer = client_of(user).post(url, asked)
        assert answer.status_code == 200 and "苏和平" in answer.content.decode()
        assert answer["Cache-Control"] == "no-store"
    assert client_of(world.head).post(url, {"purpose": "看"}).status_code == 403
    assert VaultAccess.objects.filter(action="revealed", unit=world.market.ref).count() == 2
    told = " ".join(str(entry.changes) + entry.label + entry.reason for entry in AuditEntry.objects.all())
    facts = " ".join(str(fact.payload) for fact in Fact.objects.all())
    assert "苏和平" not in told + facts and "13900005678" not in told + facts


def test_a_sensitive_case_is_for_cleared_people_only(world: World, tip: CaseType) -> None:
    given = {"lead": "某厂夜间生产无证产品"}
    case = OpenCase(
        user=world.officer, type="tip", values=given, unit=world.market, region=world.region,
        identity={"name": "苏和平"},
    ).execute().case  # fmt: skip
    url = reverse("cases:case", args=[case.pk])
    for user in (world.officer, world.head, world.overseer):
        assert client_of(user).get(url).status_code == 404
    assert client_of(world.cleared).get(url).status_code == 200
    assert "某厂" not in str(AuditEntry.objects.values_list("label", flat=True))
    assert not Fact.objects.exclude(disclosure="internal").exists()


def test_a_sender_reads_but_takes_no_step(world: World, case: Case) -> None:
    from hengjian.cases.actions import AnswerTransfer

    transfer = SendCase(user=world.officer, case=case, receiver=world.farming, reason="属农业农村部门职责").execute()
    AnswerTransfer(user=world.farm_officer, transfer=transfer, accepts=True).execute()
    url = reverse("cases:case", args=[case.pk])
    sender = client_of(world.officer)
    assert sender.get(url).status_code == 200
    assert sender.post(url, {"do": "step:accept"}).status_code in (403, 409)
    assert client_of(world.farm_officer).post(url, {"do": "step:accept"}).status_code == 302


def test_lists_ask_no_more_questions_for_more_rows(world: World, petition: CaseType) -> None:
    client = client_of(world.officer)

    def asked(name: str, *args: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(f"cases:{name}", args=args)).status_code == 200
        return len(queries)

    open_case(world)
    few = asked("list", "petition"), asked("inbox")
    for _n in range(6):
        open_case(world)
    assert (asked("list", "petition"), asked("inbox")) == few


def test_pages_speak_english(world: World, case: Case) -> None:
    client = client_of(world.officer)
    client.cookies["django_language"] = "en"
    for name, args in (("case", [case.pk]), ("list", ["petition"]), ("inbox", []), ("new", ["petition"])):
        assert client.get(reverse(f"cases:{name}", args=args)).status_code == 200
