"""The generated pages: list, detail, forms, public pages; who sees what."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hengjian.ledger.models import VaultAccess
from hengjian.parties.models import RoleGrant, User
from hengjian.registers.actions import ChangeEntry, CreateEntry, SetStatus
from hengjian.registers.catalogue import forget
from hengjian.registers.declarations import RegisterType
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import entries
from tests.registers.conftest import LAB, World, declare

PHONE = "19900001234"
VALUES = {
    "name": "澜东食品检验所",
    "kind": "food",
    "staff": 12,
    "founded": "2020-03-01",
    "phone": PHONE,
    "head": "温既明",
}


def create(world: World, key: str = "AB0001", **more: Any) -> EntryBase:
    given: dict[str, Any] = {"values": VALUES, "on": date(2026, 3, 1), **more}
    return CreateEntry(
        user=world.county_officer,
        register="test_lab",
        unit=world.county_market,
        region=world.county,
        key=key,
        **given,
    ).execute()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def entry(world: World, lab: RegisterType) -> EntryBase:
    return create(world)


def test_pages_of_the_own_unit(world: World, entry: EntryBase) -> None:
    client = signed_in(world.county_officer)
    for address, wanted in {
        "/registers/": "试验机构",
        "/registers/?q=AB0001": "澜东食品检验所",
        "/registers/test_lab/": "AB0001",
        f"/registers/test_lab/{entry.pk}/": "199****1234",
        "/registers/test_lab/new/": "机构名称",
        f"/registers/test_lab/{entry.pk}/change/": "变更说明",
        "/registers/reminders/": "到期提醒",
        "/registers/imports/": "导入记录",
        "/registers/test_lab/import/": "下载模板",
        "/registers/public/": "试验机构",
        "/registers/public/test_lab/": "AB0001",
        f"/registers/public/test_lab/{entry.pk}/": "温**",
        "/search/?q=AB0001": "澜东食品检验所",
    }.items():
        for language in ("zh-hans", "en"):
            answer = client.get(address, headers={"accept-language": language}, follow=True)
            assert answer.status_code == 200, address
            text = answer.content.decode()
            assert PHONE not in text
            if language == "zh-hans":
                assert wanted in text, address


# ---- who sees and changes what

PAGES = ("/registers/test_lab/{pk}/", "/registers/test_lab/{pk}/change/", "/registers/test_lab/key/AB0001/")


def test_others_see_and_change_nothing(world: World, entry: EntryBase) -> None:
    for user in (world.other_officer, world.tourism_officer, world.enterprise, world.citizen):
        client = signed_in(user)
        for page in PAGES:
            assert client.get(page.format(pk=entry.pk)).status_code in (403, 404), (user, page)
        answer = client.post(PAGES[0].format(pk=entry.pk), {"do": "status", "status": "revoked", "on": "2026-05-01"})
        assert answer.status_code in (403, 404)
        listed = client.get("/registers/test_lab/")
        assert "澜东食品检验所" not in listed.content.decode()
        exported = client.get("/registers/test_lab/?export=csv")
        assert "澜东食品检验所" not in exported.content.decode("utf-8-sig", errors="replace")
    public = Client()
    for page in (*PAGES, "/registers/", "/registers/test_lab/", "/registers/test_lab/new/", "/registers/imports/"):
        assert public.get(page.format(pk=entry.pk)).status_code == 302
    entry.refresh_from_db()
    assert entry.status == "valid"


def test_the_head_of_the_region_sees_below(world: World, entry: EntryBase) -> None:
    RoleGrant.objects.create(user=world.head, role="unit_head", region=world.region)
    assert signed_in(world.head).get(PAGES[0].format(pk=entry.pk)).status_code == 200


def test_forms_bring_back_what_was_typed(world: World, lab: RegisterType) -> None:
    client = signed_in(world.county_officer)
    given = {
        "_key": "bad",
        "name": "甲所",
        "kind": "food",
        "staff": "0",
        "_on": "2026-05-01",
        "_region": world.county.pk,
    }
    answer = client.post("/registers/test_lab/new/", given)
    text = answer.content.decode()
    assert answer.status_code == 422 and "甲所" in text
    assert "不符合证书编号的编号规则" in text and "不能小于 1" in text
    assert client.post("/registers/test_lab/new/", {**given, "_key": "AB0009", "staff": "3"}).status_code == 302
    made = entries("test_lab").get(key="AB0009")
    page = f"/registers/test_lab/{made.pk}/change/"
    assert 'value="3"' in client.get(page).content.decode()
    changed = {**given, "_key": "AB0009", "staff": "4", "_reason": "增员", "phone": PHONE}
    assert client.post(page, changed).status_code == 302
    made.refresh_from_db()
    assert made.extras["staff"] == 4 and made.extras["sealed"]["phone"]["shown"] == "199****1234"


def test_steps_on_the_page(world: World, entry: EntryBase) -> None:
    client = signed_in(world.county_officer)
    page = PAGES[0].format(pk=entry.pk)
    answer = client.post(page, {"do": "status", "status": "revoked", "on": "2026-05-01"})
    assert answer.status_code == 422 and "没有填写变更说明" in answer.content.decode()
    assert client.post(page, {"do": "done:check", "on": "2026-05-01"}).status_code == 302
    assert client.post(page, {"do": "status", "status": "paused", "on": "2026-06-01"}).status_code == 302
    entry.refresh_from_db()
    assert (entry.status, entry.extras["checked"]) == ("paused", "2026-05-01")
    assert client.post(page, {"do": "nothing"}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_personal_data_is_shown_once_for_a_purpose(world: World, lab: RegisterType) -> None:
    page = PAGES[0].format(pk=create(world).pk)
    client = signed_in(world.county_officer)
    assert client.post(page, {"do": "reveal", "field": "phone", "purpose": "x"}).status_code == 422
    assert PHONE in client.post(page, {"do": "reveal", "field": "phone", "purpose": "核实证书信息"}).content.decode()
    assert PHONE not in client.get(page).content.decode()
    assert [row.purpose for row in VaultAccess.objects.all()] == ["核实证书信息"]
    assert client.post(page, {"do": "reveal", "field": "head", "purpose": "核实证书信息"}).status_code == 400


def test_public_pages_show_public_fields_only(world: World, entry: EntryBase) -> None:
    ChangeEntry(
        user=world.county_officer, entry=entry, values={"note": "内部备注"}, valid_to="2026-06-01", reason="内部原因"
    ).execute()
    public = Client()
    text = public.get(f"/registers/public/test_lab/{entry.pk}/").content.decode()
    assert "温**" in text and "199****1234" in text and "已过期" in text and "is-red" in text
    for hidden in (PHONE, "温既明", "内部备注", "内部原因", "人数"):
        assert hidden not in text
    for address in ("/registers/public/test_lab/", "/registers/public/test_lab.csv", "/registers/public/test_lab.json"):
        content = public.get(address).content.decode("utf-8-sig")
        assert "AB0001" in content
        assert PHONE not in content and "温既明" not in content and "内部备注" not in content
    assert public.get("/registers/public/test_lab/key/AB0001/").status_code == 302
    assert "澜东食品检验所" in public.get("/registers/public/?q=AB0001").content.decode()


def test_what_is_not_public_is_nowhere_in_public(world: World, lab: RegisterType) -> None:
    forget(lab.code)
    declare(LAB.replace("light: amber, counts: false,", "light: amber, counts: false, public: false,"))
    entry = create(world)
    SetStatus(user=world.county_officer, entry=entry, status="paused", reason="整改").execute()
    public = Client()
    assert public.get(f"/registers/public/test_lab/{entry.pk}/").status_code == 404
    for address in ("/registers/public/?q=AB0001", "/registers/public/test_lab/", "/registers/public/test_lab.json"):
        assert "澜东食品检验所" not in public.get(address).content.decode()
    # Also not for an officer who is logged in: the public page is the same for everybody.
    client = signed_in(world.county_officer)
    assert "澜东食品检验所" not in client.get("/registers/public/test_lab/").content.decode()


def test_an_enterprise_files_and_withdraws_on_its_pages(world: World, lab: RegisterType) -> None:
    forget(lab.code)
    text = LAB.replace("light: amber, counts: false,", "light: amber, counts: false, by_filer: true,")
    declare(text + "filed_by: enterprise\n")
    client = signed_in(world.enterprise)
    assert "提交并公开" in client.get("/registers/test_lab/new/").content.decode()
    given = {"_key": "AB0001", "name": "甲所", "_region": world.county.pk}
    assert client.post("/registers/test_lab/new/", given).status_code == 302
    entry = entries("test_lab").get()
    assert (entry.filer, entry.unit) == (world.works, world.county_market)
    page = PAGES[0].format(pk=entry.pk)
    assert client.get(page).status_code == 200
    assert client.post(page, {"do": "status", "status": "revoked", "on": "2026-11-01"}).status_code == 422
    changed = {**given, "name": "乙所", "_on": timezone.localdate(), "_reason": "更名"}
    assert client.post(f"{page}change/", changed).status_code == 302
    assert client.post(page, {"do": "status", "status": "paused", "on": timezone.localdate()}).status_code == 302
    assert signed_in(world.county_officer).get(page).status_code == 200
    assert signed_in(world.other_officer).get(page).status_code == 404


def test_lists_ask_few_questions(world: World, lab: RegisterType, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        create(world, f"AB{number:04d}")
    client = signed_in(world.county_officer)
    address = "/registers/test_lab/?col=key&col=name&col=unit&col=region&col=kind&col=holder&size=50"
    client.get(address)
    with django_assert_max_num_queries(54):
        assert client.get(address).content.decode().count("AB00") >= 12
    with django_assert_max_num_queries(8):
        Client().get("/registers/public/test_lab/")
