"""Headers of every kind of response, and pages free of what the policy forbids."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from hengjian.parties.models import Region, Unit, User
from hengjian.site.middleware import CONTENT_SECURITY_POLICY

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "hengjian"
EXPECTED = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    region = Region.objects.create(code="990000", name="澜川自治区", level="province")
    unit = Unit.objects.create(name="领导小组办公室", short_name="质强办", region=region, level="province")
    return User.objects.create_user(
        username="lusiyuan@zqb", password="Liangchuan-2026", unit=unit, display_name="陆思远"
    )


@pytest.mark.parametrize(
    "path", ["/account/login/", "/public/", "/public/about/", "/nothing", "/health", "/robots.txt", "/"]
)
def test_the_policy_is_on_every_response(path: str) -> None:
    response = Client().get(path)
    assert set(response["Content-Security-Policy"].split("; ")) == EXPECTED
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert "Strict-Transport-Security" not in response


def test_transport_security_only_where_https_is_configured(settings: object) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000  # type: ignore[attr-defined]
    assert "max-age=31536000" in Client().get("/public/", secure=True)["Strict-Transport-Security"]


def test_nothing_an_official_saw_is_kept_by_the_browser(officer: User) -> None:
    client = Client()
    client.force_login(officer)
    assert client.get("/help/")["Cache-Control"] == "no-store"
    assert "no-store" not in Client().get("/public/").get("Cache-Control", "")


@pytest.mark.parametrize(
    "path", ["/help/", "/search/?q=x", "/account/second-factor/", "/account/password/", "/public/"]
)
def test_pages_hold_nothing_the_policy_forbids(officer: User, path: str) -> None:
    client = Client()
    client.force_login(officer)
    html = client.get(path).content.decode()
    assert "<style" not in html
    assert not re.search(r"\sstyle=", html)
    assert not re.search(r"\son[a-z]+=", html)
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", html)


def test_no_template_or_script_of_any_room_writes_inline_style_or_code() -> None:
    for path in [*PACKAGE.rglob("templates/**/*.html"), *PACKAGE.rglob("static/**/*.js")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|<style|\sonclick=|javascript:", text), path
        assert not re.search(r"\beval\(|new Function\(|innerHTML", text) or path.suffix == ".html", path


def test_a_view_may_set_its_own_policy() -> None:
    from django.http import HttpResponse

    from hengjian.site.middleware import SecurityHeadersMiddleware

    own = SecurityHeadersMiddleware(
        lambda request: HttpResponse(headers={"Content-Security-Policy": "default-src 'self'"})
    )
    request = type("Request", (), {"user": None})()
    assert own(request)["Content-Security-Policy"] == "default-src 'self'"  # type: ignore[arg-type]
    assert "unsafe" not in CONTENT_SECURITY_POLICY
