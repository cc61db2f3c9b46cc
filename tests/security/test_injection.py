"""What a hostile person types into every field: no page makes an element, an attribute or a formula of it."""

from __future__ import annotations

import io
import re
from typing import Any

import lxml.html
import pytest
from django.test import override_settings

from hengjian.documents.sheets import read_sheet
from hengjian.parties.models import Region, Unit, User
from hengjian.site.middleware import CONTENT_SECURITY_POLICY
from tests.security.conftest import MARK, MARKUP, PASSWORD, Land, person
from tests.security.walking import routes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counted_once"), pytest.mark.timeout(900)]


def made_of_input(html: str) -> list[str]:
    """Elements and attributes that only the hostile input can have made."""
    faults = []
    for element in lxml.html.fromstring(html).iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag.startswith("hj-"):
            faults.append(f"<{element.tag}>")
        for name, value in element.attrib.items():
            if re.fullmatch(r"on[a-z]+|style|srcdoc", name):
                faults.append(f"<{element.tag} {name}={value[:30]}>")
            picture = element.tag == "img" and value.startswith("data:image/")
            addressed = name in ("href", "src", "action", "formaction")
            if addressed and not picture and re.match(r"\s*(javascript|data|vbscript):", value, re.I):
                faults.append(f"<{element.tag} {name}={value[:30]}>")
        if element.tag == "script" and not element.get("src"):
            faults.append("<script> without an address")
    return faults


#: In an address, for whoever opens the most pages; what is stored meets all three.
TYPED = f"?q={MARKUP}&edit=0-0&rel={MARKUP}&sort={MARKUP}&next=javascript:alert(1)"


@pytest.mark.any_database
def test_no_page_makes_anything_of_what_was_typed(land: Land) -> None:
    shown = 0
    faults = []
    for user in (land.office, land.head, land.officer):
        client = land.client(user)
        for route in routes():
            for query in ("", TYPED) if user == land.office else ("",):
                response = client.get(route.path(land) + query)
                assert response.status_code < 500, (user.username, route.path(land), query)
                if not response.get("Content-Type", "").startswith("text/html") or not response.content.strip():
                    continue
                html = response.content.decode()
                shown += MARKUP[:9] in html or "&lt;hj-x" in html
                if found := made_of_input(html):
                    faults.append(f"{route.path(land)}{query}: {found}")
                assert response["Content-Security-Policy"] == CONTENT_SECURITY_POLICY, route.path(land)
    assert not faults, "\n".join(faults)
    assert shown > 10  # the input did reach the pages


FORMULAS = ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_no_sheet_holds_a_formula(land: Land, suffix: str) -> None:
    for place, task in enumerate(land.plan.tasks.order_by("pk")):
        type(task).objects.filter(pk=task.pk).update(title=FORMULAS[place % len(FORMULAS)])
    response = land.client(land.office).get(f"/plans/tasks/?export={suffix}&plan={land.plan.pk}")
    assert response.status_code == 200
    data = response.content
    if suffix == "csv":
        cells = [cell.strip('"') for line in data.decode("utf-8-sig").splitlines() for cell in line.split(",")]
        assert any("1+1" in cell for cell in cells)
        assert not [cell for cell in cells if re.match(r"[=@\t\r]|[+-](?!\d+(\.\d+)?%?$)", cell)]
    else:
        import zipfile

        with zipfile.ZipFile(io.BytesIO(data)) as book:
            sheets = [book.read(name).decode() for name in book.namelist() if "/sheet" in name]
        assert all("<f>" not in sheet for sheet in sheets)
    assert read_sheet is not None


def test_names_of_downloads_do_not_make_headers(land: Land) -> None:
    type(land.file).objects.filter(pk=land.file.pk).update(name='a"\r\nSet-Cookie: x=1\r\n\r\n<script>.txt')
    response = land.client(land.officer).get(f"/documents/files/{land.file.pk}/")
    assert response.status_code == 200
    assert "Set-Cookie" not in {name for name in response.headers if name != "Content-Disposition"}
    assert "\n" not in response["Content-Disposition"] and "\r" not in response["Content-Disposition"]
    assert response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"


# ---- log-in, sessions, redirects, cookies


@pytest.fixture
def officer(db: None) -> User:
    from django.core.cache import cache

    cache.clear()
    region = Region.objects.create(code="990000", name="澜川自治区", level="provincial")
    unit = Unit.objects.create(key="u", name="水利厅", region=region, level="provincial")
    return person("officer", unit, "officer")


def enter(client: Any, path: str = "/account/login/") -> Any:
    return client.post(path, {"login": "officer", "password": PASSWORD})


def test_logging_in_gives_a_new_session(officer: User, client: Any) -> None:
    """A session that an attacker planted before is not the one that is logged in."""
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies["sessionid"] = planted = session.session_key
    assert enter(client).status_code == 302
    assert client.cookies["sessionid"].value != planted
    other = type(client)()
    other.cookies["sessionid"] = planted
    assert other.get("/help/").status_code == 302


def test_a_changed_password_ends_the_other_sessions(officer: User, client: Any) -> None:
    thief = type(client)()
    enter(client)
    enter(thief)
    assert thief.get("/help/").status_code == 200
    new = "Another-word-2026"
    client.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.get("/help/").status_code == 200
    assert thief.get("/help/").status_code == 302


def test_logging_out_ends_the_session_for_good(officer: User, client: Any) -> None:
    enter(client)
    kept = client.cookies["sessionid"].value
    client.post("/account/logout/")
    client.cookies["sessionid"] = kept
    assert client.get("/help/").status_code == 302


ELSEWHERE = ["https://evil.example/", "//evil.example/", "/\\evil.example", "https:evil.example", "javascript:alert(1)",
             "http://testserver@evil.example/", "\thttps://evil.example", "///evil.example"]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_redirect_leads_elsewhere(officer: User, client: Any, target: str) -> None:
    from urllib.parse import quote

    answers = [
        enter(client, f"/account/login/?next={quote(target)}"),
        client.post("/language/", {"language": "en", "next": target}, headers={"Referer": target}),
        client.post("/views/save", {"list": "plans.tasks", "name": "x", "query": "", "next": target}),
        client.get(f"/account/logout/?next={quote(target)}"),
        client.post("/account/logout/", {"next": target}),
    ]
    for answer in answers:
        assert "evil" not in answer.get("Location", "") and not answer.get("Location", "").startswith("java")


def test_an_unknown_host_is_refused(client: Any) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "testserver:80@evil.example"):
        response = client.get("/account/login/", headers={"Host": host})
        assert response.status_code == 400
        assert "evil" not in response.content.decode()


def test_cookies_are_closed_to_scripts_and_other_sites(officer: User, client: Any) -> None:
    client.get("/account/login/")
    enter(client)
    for name in ("sessionid", "csrftoken"):
        cookie = client.cookies[name]
        assert cookie["httponly"] and cookie["samesite"] == "Lax", name
    with override_settings(SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True):
        fresh = type(client)()
        fresh.get("/account/login/", secure=True)
        fresh.post("/account/login/", {"login": "officer", "password": PASSWORD}, secure=True)
        assert fresh.cookies["sessionid"]["secure"] and fresh.cookies["csrftoken"]["secure"]


def test_private_answers_are_not_stored(land: Land) -> None:
    client = land.client(land.officer)
    for route in routes():
        response = client.get(route.path(land))
        if response.status_code == 200 and MARK.encode() in b"".join(response):
            assert "no-store" in response["Cache-Control"], route.path(land)
