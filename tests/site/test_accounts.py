"""Log-in, its limits, the second factor, and what is closed."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from hengjian.parties.models import Region, Unit, User

pytestmark = pytest.mark.django_db
PASSWORD = "Liangchuan-2026"


@pytest.fixture
def officer() -> User:
    cache.clear()
    region = Region.objects.create(code="990000", name="澜川自治区", level="province")
    unit = Unit.objects.create(name="领导小组办公室", region=region, level="province")
    return User.objects.create_user(username="lusiyuan@zqb", password=PASSWORD, unit=unit, display_name="陆思远")


def log_in(client: Client, password: str = PASSWORD, path: str = "/account/login/") -> object:
    return client.post(path, {"login": "lusiyuan@zqb", "password": password})


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def enrol(client: Client) -> str:
    page = client.get("/account/second-factor/totp/activate/").content.decode()
    secret = re.search(r'<dd class="code">([A-Z2-7]+)</dd>', page)
    assert secret is not None
    assert 'src="data:image/svg+xml' in page
    response = client.post("/account/second-factor/totp/activate/", {"code": code(secret[1])})
    assert response.status_code == 302
    return secret[1]


def test_log_in_and_out(officer: User) -> None:
    client = Client()
    page = client.get("/account/login/").content.decode()
    for words in ("登录工作平台", "本平台为非涉密系统", 'autocomplete="username"', 'autocomplete="current-password"'):
        assert words in page
    assert log_in(client, path="/account/login/?next=/help/")["Location"] == "/help/"  # type: ignore[index]
    assert client.get("/help/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/help/").status_code == 302


def test_a_wrong_password_says_what_to_do_and_not_which_part_was_wrong(officer: User) -> None:
    wrong = Client().post("/account/login/", {"login": "lusiyuan@zqb", "password": "x"}).content.decode()
    unknown = Client().post("/account/login/", {"login": "nobody", "password": "x"}).content.decode()
    for page in (wrong, unknown):
        assert "账号或口令不正确。忘记口令的，请联系本单位管理员重置。" in page
        assert 'role="alert"' in page


def test_failed_attempts_are_limited_across_processes(officer: User) -> None:
    """The count lies in the shared cache table, so that another worker knows it."""
    for _attempt in range(5):
        log_in(Client(), "wrong")
    page = log_in(Client(), "wrong")
    assert "登录失败次数过多" in page.content.decode()  # type: ignore[attr-defined]
    assert "登录失败次数过多" in log_in(Client()).content.decode()  # type: ignore[attr-defined]


def test_a_disabled_account_cannot_log_in(officer: User) -> None:
    officer.is_active = False
    officer.save()
    client = Client()
    log_in(client)
    assert client.get("/help/").status_code == 302


@pytest.mark.parametrize("name", ["account_signup", "account_reset_password", "account_email", "account_set_password"])
def test_nobody_signs_up_or_resets_by_mail(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_the_second_factor_is_kept_encrypted_and_asked_for(officer: User) -> None:
    client = Client()
    log_in(client)
    secret = enrol(client)
    stored = Authenticator.objects.get(user=officer, type=Authenticator.Type.TOTP)
    assert secret not in str(stored.data)
    client.post("/account/logout/")

    assert log_in(client)["Location"] == "/account/second-factor/authenticate/"  # type: ignore[index]
    assert client.get("/help/").status_code == 302
    page = client.post("/account/second-factor/authenticate/", {"code": "000000"}).content.decode()
    assert "验证码不正确" in page
    cache.clear()
    client.post("/account/second-factor/authenticate/", {"code": code(secret)})
    assert client.get("/help/").status_code == 200


def test_where_it_is_demanded_nothing_opens_before_it_is_set_up(officer: User, settings: object) -> None:
    settings.HENGJIAN_REQUIRE_SECOND_FACTOR = True  # type: ignore[attr-defined]
    client = Client()
    log_in(client)
    for path in ("/help/", "/search/", "/"):
        assert client.get(path)["Location"] == "/account/second-factor/totp/activate/"
    enrol(client)
    assert client.get("/help/").status_code == 200
    page = client.post("/account/second-factor/totp/deactivate/").content.decode()
    assert "工作人员不能停用第二重验证" in page
    citizen = User.objects.create_user(username="citizen", password=PASSWORD)
    visitor = Client()
    visitor.force_login(citizen)
    assert visitor.get("/help/").status_code == 200


def test_changing_the_password(officer: User) -> None:
    client = Client()
    log_in(client)
    weak = {"oldpassword": PASSWORD, "password1": "12345", "password2": "12345"}
    assert "field--error" in client.post("/account/password/", weak).content.decode()
    good = {"oldpassword": PASSWORD, "password1": "Other-words-2026", "password2": "Other-words-2026"}
    response = client.post("/account/password/", good, follow=True)
    assert "口令已修改" in response.content.decode()
    assert log_in(Client(), "Other-words-2026")["Location"] == "/"  # type: ignore[index]


def test_account_pages_speak_chinese_and_wear_the_frame(officer: User) -> None:
    client = Client()
    log_in(client)
    enrol(client)
    pages = {
        "/account/second-factor/": "验证器应用",
        "/account/second-factor/recovery-codes/": "每个备用码只能用一次",
        "/account/second-factor/recovery-codes/generate/": "原有的备用码将全部作废",
        "/account/second-factor/totp/deactivate/": "只凭口令就能登录",
        "/account/logout/": "未提交的内容不会保存",
    }
    for path, words in pages.items():
        html = client.get(path).content.decode()
        assert words in html, path
        assert "topbar" in html, path
    codes = client.get("/account/second-factor/recovery-codes/download/").content.decode()
    assert len(codes.split()) >= 10
