"""An enterprise's own account: made in one step, able to do nothing but claim, limited per address."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client

from hengjian.parties.models import AuditEntry, RoleGrant, User

pytestmark = pytest.mark.django_db
PAGE = "/account/register/"
GIVEN = {
    "display_name": "樊景行",
    "username": "fanjingxing",
    "password": "Toys-of-Shuoan-7",
    "again": "Toys-of-Shuoan-7",
    "consent": "on",
}


@pytest.fixture(autouse=True)
def fresh() -> None:
    cache.clear()


def test_an_account_is_made_and_signed_in(client: Client) -> None:
    assert "注册企业经办人账号" in client.get("/account/login/?next=/credit/mine/").content.decode()
    page = client.get(f"{PAGE}?next=/credit/mine/").content.decode()
    assert 'autocomplete="new-password"' in page and 'value="/credit/mine/"' in page
    made = client.post(PAGE, {**GIVEN, "next": "/credit/mine/"})
    assert made.status_code == 302 and made["Location"] == "/credit/mine/"
    page = client.get("/credit/mine/").content.decode()
    assert "账号已开通" in page and "认领企业" in page
    user = User.objects.get(username="fanjingxing")
    assert user.check_password(GIVEN["password"]) and user.unit is None and not RoleGrant.objects.exists()
    assert not (user.is_staff or user.is_superuser)
    assert GIVEN["password"] not in str(list(AuditEntry.objects.values())) and "樊景行" not in str(
        list(AuditEntry.objects.values("changes"))
    )
    assert client.get(PAGE)["Location"] == "/credit/mine/"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"again": "other"}, "两次输入的口令不一致"),
        ({"password": "fanjingxing", "again": "fanjingxing"}, "相似"),
        ({"password": "short1A", "again": "short1A"}, "10"),
        ({"username": "a b c d"}, "用户名只能含"),
        ({"username": "ab"}, "4"),
        ({"consent": ""}, "须同意才能注册"),
        ({"display_name": " "}, "请填写"),
    ],
)
def test_what_is_refused_says_why(client: Client, changes: dict[str, str], words: str) -> None:
    answer = client.post(PAGE, {**GIVEN, **changes})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not User.objects.exists() and "Toys-of-Shuoan-7" not in answer.content.decode()


def test_a_name_is_taken_whatever_its_case(client: Client) -> None:
    User.objects.create_user("FanJingXing", password="x")
    assert "已被使用" in client.post(PAGE, GIVEN).content.decode()


def test_nobody_is_sent_elsewhere(client: Client) -> None:
    for wanted in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        assert 'name="next" value="/credit/mine/"' in client.get(PAGE, {"next": wanted}).content.decode()
    assert client.post(PAGE, {**GIVEN, "next": "//evil.example/"})["Location"] == "/credit/mine/"


def test_one_address_makes_few_and_the_door_can_be_shut(settings: LazySettings) -> None:
    settings.HENGJIAN_REGISTRATIONS_PER_HOUR = 2
    codes = [
        Client().post(PAGE, {**GIVEN, "username": f"person-{number}"}, REMOTE_ADDR="192.0.2.7").status_code
        for number in range(3)
    ]
    assert codes == [302, 302, 429] and User.objects.count() == 2
    settings.HENGJIAN_REGISTRATIONS_PER_HOUR = 0
    assert Client().get(PAGE).status_code == 404
    assert "注册企业经办人账号" not in Client().get("/account/login/").content.decode()
