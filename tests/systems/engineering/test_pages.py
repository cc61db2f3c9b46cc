"""Pages of the room, by people of several units."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hengjian.cases.models import Case
from hengjian.parties.models import User
from hengjian.systems.engineering.models import RoleHolder
from hengjian.systems.engineering.rules import Role
from tests.systems.engineering.conftest import Site
from tests.systems.engineering.test_projects import ID_NUMBER

TODAY = timezone.localdate()


def browser(user: User | None, language: str = "zh-hans") -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    client.cookies["django_language"] = language
    return client


def text(response: Any) -> str:
    return response.content.decode()


def test_appoint_commit_and_open_the_procedure(site: Site) -> None:
    project = site.project()
    page = f"/engineering/projects/{project.pk}/"
    officer = browser(site.officer)
    assert "五方承诺 0/5" in text(officer.get(page))
    form = {"do": "appoint", "role": "owner", "name": "祁望野", "unit": "望澜城建", "since": "2014-09-01"}
    late = {**form, "since": (TODAY + timedelta(1)).isoformat()}
    assert "不能晚于今天" in text(officer.post(page, late))
    assert officer.post(page, {**form, "id_number": ID_NUMBER}).status_code == 302
    holder = RoleHolder.objects.get()
    sign = {"do": "commit", "holder": holder.pk, "signed_on": "2014-09-01", "authorised_on": "2014-09-01"}
    assert officer.post(page, sign).status_code == 302
    shown = text(officer.get(page))
    assert "五方承诺 1/5" in shown and "已签署备案" in shown and ID_NUMBER not in shown
    answer = officer.post(page, {"do": "project_supervision"})
    case = Case.objects.get()
    assert answer.url.endswith(f"/{case.pk}/") and case.data["project"] == project.key


def test_others_neither_see_nor_change(site: Site) -> None:
    project = site.project()
    holder = site.appoint(project, Role.OWNER)
    page = f"/engineering/projects/{project.pk}/"
    for user in (site.stranger, site.market.other_officer, site.market.citizen):
        client = browser(user)
        assert client.get(page).status_code == 404
        assert client.post(page, {"do": "project_supervision"}).status_code == 404
        found = client.get("/engineering/people/", {"q": holder.unit})
        assert holder.name not in text(found)
    assert browser(None).get(page).status_code == 302
    assert not Case.objects.exists()


def test_the_public_page_shows_names_and_units_only(site: Site) -> None:
    project = site.project()
    site.all_five(project)
    site.appoint(project, Role.BUILDER, since=TODAY, name="程如砚", reason="更换", id_number=ID_NUMBER, licence="J-1")
    anyone = browser(None)
    shown = text(anyone.get(f"/engineering/public/{project.pk}/"))
    assert "邵止境" in shown and "程如砚" in shown and "望澜石溪建设工程有限公司" in shown
    assert ID_NUMBER not in shown and "J-1" not in shown and "vault:" not in shown
    assert project.name in text(anyone.get("/engineering/public/?q=安居"))
    assert "没有查到" in text(anyone.get("/engineering/public/?q=无此工程"))
    form = re.findall(r'href="(/complaints/public/new/[^"]+)"', shown)[0]
    assert project.key in text(anyone.get(html.unescape(form)))


@pytest.mark.django_db(transaction=True)
def test_an_identity_number_for_a_purpose(site: Site) -> None:
    project = site.project()
    holder = site.appoint(project, Role.BUILDER, id_number=ID_NUMBER)
    url = f"/engineering/projects/{project.pk}/identity/{holder.pk}/"
    answer = browser(site.officer).post(url, {"purpose": "核对执业资格"})
    assert ID_NUMBER in text(answer) and answer["Cache-Control"] == "no-store"
    assert ID_NUMBER not in text(browser(site.officer).post(url, {"purpose": ""}))
    assert browser(site.stranger).post(url, {"purpose": "核对执业资格"}).status_code == 404
    assert browser(site.officer).get(url).status_code == 405


def test_people_and_rates(site: Site) -> None:
    project = site.project()
    site.all_five(project)
    site.supervised(project)
    officer = browser(site.officer)
    assert project.name in text(officer.get("/engineering/people/?q=岳听澜"))
    shown = text(officer.get("/engineering/rates/"))
    assert "100.00" in shown and "1/1" in shown
    assert officer.get("/engineering/rates/?export=xlsx").content[:2] == b"PK"
    assert officer.get("/engineering/rates/?first=2026-12-01&last=2026-01-01").status_code == 200
    assert "Projects accepted" in text(browser(site.officer, "en").get("/engineering/rates/"))
