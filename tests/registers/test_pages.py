"""The generated pages: list, detail, forms, public pages; who sees what."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from hengjian.parties.models import User
from hengjian.registers.actions import CreateEntry
from hengjian.registers.declarations import RegisterType
from hengjian.registers.models import EntryBase
from tests.registers.conftest import World

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
