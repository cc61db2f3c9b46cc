"""Every page for the own unit, a colleague, another unit, the office, a citizen and nobody; leaks per list."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hengjian.parties import auditing
from hengjian.parties.auditing import field_labels
from hengjian.parties.models import ApiToken, AuditEntry, RoleGrant, Unit, UnitAlias, User
from tests.parties.conftest import World, grant

PEOPLE = ("office", "head", "officer", "colleague", "stranger", "city", "citizen", "admin", None)


def client_of(world: World, name: str | None) -> Client:
    client = Client()
    if name is not None:
        client.force_login(world.people[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


def token_of(world: World, unit: Unit, name: str) -> ApiToken:
    return ApiToken.objects.create(
        unit=unit, name=name, prefix=name, digest="0" * 64, scopes=["parties.view_unit"], created_by=world.head
    )


@pytest.fixture
def addresses(world: World) -> dict[str, str]:
    market = world.units["market_regulation"]
    return {
        "units": reverse("directory:units"),
        "unit": reverse("directory:unit", args=[market.key]),
        "add_alias": reverse("directory:add_alias", args=[market.key]),
        "people": reverse("directory:people"),
        "person": reverse("directory:person", args=[world.officer.pk]),
        "new_person": reverse("directory:new_person"),
        "edit_person": reverse("directory:edit_person", args=[world.officer.pk]),
        "grant": reverse("directory:grant_role", args=[world.officer.pk]),
        "revoke": reverse("directory:revoke_role", args=[world.officer.grants.get().pk]),
        "roles": reverse("directory:roles"),
        "tokens": reverse("directory:tokens"),
        "new_token": reverse("directory:new_token"),
        "revoke_token": reverse("directory:revoke_token", args=[token_of(world, market, "abc").pk]),
        "audit": reverse("directory:audit"),
        "profile": reverse("directory:profile"),
    }


#: Who gets 200; others get 403 or 404 (a row out of sight does not exist), without a login the log-in page.
#: Lists answer everyone who is logged in, with the rows that they may see.
OPEN = {
    "units": PEOPLE[:-1],
    "unit": ("office", "head", "officer", "colleague", "admin"),
    "add_alias": ("office", "admin"),
    "people": PEOPLE[:-1],
    "person": ("office", "head", "admin"),
    "new_person": ("admin",),
    "edit_person": ("admin",),
    "grant": ("office", "admin"),
    "revoke": ("office", "admin"),
    "roles": ("office", "head", "officer", "colleague", "stranger", "city", "admin"),
    "tokens": PEOPLE[:-1],
    "new_token": ("head", "admin"),
    "revoke_token": ("head", "admin"),
    "audit": PEOPLE[:-1],
    "profile": PEOPLE[:-1],
}


@pytest.mark.parametrize("name", PEOPLE)
def test_who_gets_which_page(world: World, addresses: dict[str, str], name: str | None) -> None:
    client = client_of(world, name)
    for page, address in addresses.items():
        status = client.get(address).status_code
        if name is None:
            assert status == 302, page
        elif name in OPEN[page]:
            assert status == 200, (page, name, status)
        else:
            assert status in (403, 404), (page, name, status)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("office", {"market", "city"}),
        ("head", {"market"}),
        ("city", {"city"}),
        ("stranger", set()),
        ("citizen", set()),
        ("admin", {"market", "city", "national"}),
    ],
)
def test_no_list_leaks_rows_of_others(world: World, name: str, seen: set[str]) -> None:
    """On the page, in the export, with any filter."""
    national = Unit.objects.get(region=world.nation, family="market_regulation")
    places = {
        "market": world.units["market_regulation"],
        "city": world.city_units["market_regulation"],
        "national": national,
    }
    for word, unit in places.items():
        token_of(world, unit, f"token{word}")
        person = User.objects.create_user(f"person{word}", unit=unit, display_name=f"{word}员")
        auditing.record("parties.edit_unit", unit, user=person, reason=f"reason{word}")
    client = client_of(world, name)
    for page, mark in (("tokens", "token{}"), ("people", "person{}"), ("audit", "reason{}")):
        for suffix in ("", "?export=csv", "?q=&size=200"):
            response = client.get(reverse(f"directory:{page}") + suffix)
            assert response.status_code == 200
            text = b"".join(response).decode("utf-8-sig")
            found = {word for word in places if mark.format(word) in text}
            assert found == seen, (page, suffix, name)
    rows = re.findall(r"/directory/units/([a-z0-9-]+)/", client.get(reverse("directory:units")).content.decode())
    expected = seen if name != "stranger" else set()
    assert {word for word, unit in places.items() if unit.key in rows} == expected


def test_a_role_is_granted_and_taken_back(world: World) -> None:
    office, market = client_of(world, "office"), world.units["market_regulation"]
    address = reverse("directory:grant_role", args=[world.colleague.pk])
    response = office.post(address, {"role": "reviewer", "unit": market.pk, "ceiling": 10, "reason": "岗位调整"})
    assert response.status_code == 302
    given = RoleGrant.objects.get(user=world.colleague, role="reviewer")
    assert (given.unit, given.granted_by) == (market, world.office)
    again = office.post(address, {"role": "reviewer", "unit": market.pk, "ceiling": 10})
    assert again.status_code == 422 and "已有同样的授权" in again.content.decode()
    revoke = reverse("directory:revoke_role", args=[given.pk])
    assert office.post(revoke, {"reason": ""}).status_code == 422
    assert office.post(revoke, {"reason": "调离"}).status_code == 302
    given.refresh_from_db()
    assert not given.is_valid_on(timezone.localdate())
    assert [entry.reason for entry in AuditEntry.objects.order_by("pk")] == ["岗位调整", "调离"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"role": "system_admin", "ceiling": 10, "region": "region"}, "只能由系统管理员"),
        ({"role": "officer", "ceiling": 30, "unit": "unit"}, "密级"),
        ({"role": "officer", "ceiling": 10}, "密级"),
        (
            {"role": "officer", "ceiling": 10, "unit": "unit", "valid_from": "2026-02-01", "valid_to": "2026-01-01"},
            "早于",
        ),
        ({"role": "wizard", "ceiling": 10, "unit": "unit"}, "role"),
        ({"role": "officer", "ceiling": 10, "unit": "foreign"}, "unit"),
    ],
)
def test_a_grant_never_exceeds_its_giver(world: World, data: dict[str, object], message: str) -> None:
    foreign = Unit.objects.get(region=world.nation, family="customs")
    marks = {"unit": world.units["market_regulation"].pk, "region": world.region.pk, "foreign": foreign.pk}
    sent = {key: marks.get(str(value), value) for key, value in data.items()}
    before = RoleGrant.objects.count()
    response = client_of(world, "office").post(reverse("directory:grant_role", args=[world.colleague.pk]), sent)
    assert response.status_code in (403, 422) and message in response.content.decode()
    assert RoleGrant.objects.count() == before


def test_nobody_grants_to_oneself_and_the_last_administrator_stays(world: World) -> None:
    client = client_of(world, "admin")
    response = client.post(reverse("directory:grant_role", args=[world.admin.pk]), {"role": "office", "ceiling": 10})
    assert "不能给自己授权" in response.content.decode()
    last = world.admin.grants.get()
    response = client.post(reverse("directory:revoke_role", args=[last.pk]), {"reason": "x"})
    assert "最后一位系统管理员" in response.content.decode()
    grant(world.head, "system_admin")
    assert client.post(reverse("directory:revoke_role", args=[last.pk]), {"reason": "x"}).status_code == 302


def test_a_new_account_shows_its_password_once(world: World, settings: object) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # type: ignore[attr-defined]
    client, market = client_of(world, "admin"), world.units["market_regulation"]
    data = {"username": "xinren", "display_name": "新人", "unit": market.pk}
    response = client.post(reverse("directory:new_person"), data)
    password = response.context["secret"]
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]
    made = User.objects.get(username="xinren")
    assert made.password.startswith("argon2$argon2id$") and made.check_password(password)
    assert password not in str(AuditEntry.objects.values())
    assert not made.grants.exists()
    again = client.post(reverse("directory:new_person"), {**data, "username": "XinRen"})
    assert again.status_code == 422 and "已被使用" in again.content.decode()


def test_accounts_are_closed_but_not_by_their_owner(world: World) -> None:
    client = client_of(world, "admin")
    address = reverse("directory:edit_person", args=[world.officer.pk])
    assert client.post(address, {"display_name": "甲", "unit": "", "reason": "离职"}).status_code == 302
    world.officer.refresh_from_db()
    assert not world.officer.is_active
    own = client.post(reverse("directory:edit_person", args=[world.admin.pk]), {"display_name": "管", "reason": "x"})
    assert own.status_code == 422 and "不能停用自己" in own.content.decode()
    entry = AuditEntry.objects.get()
    assert entry.changes["display_name"] is None and entry.changes["is_active"] == [True, False]


def test_a_token_is_shown_once_and_revoked(world: World) -> None:
    client, market = client_of(world, "head"), world.units["market_regulation"]
    data = {
        "unit": market.pk,
        "name": "数据交换",
        "scopes": ["parties.view_unit"],
        "expires_on": (timezone.localdate() + timedelta(days=30)).isoformat(),
    }
    response = client.post(reverse("directory:new_token"), data)
    secret = response.context["secret"]
    assert secret in response.content.decode() and "no-store" in response["Cache-Control"]
    assert secret not in client.get(reverse("directory:tokens")).content.decode()
    token = ApiToken.objects.get()
    assert client_of(world, "stranger").post(reverse("directory:revoke_token", args=[token.pk])).status_code == 404
    assert client_of(world, "colleague").post(reverse("directory:revoke_token", args=[token.pk])).status_code == 404
    assert client.post(reverse("directory:revoke_token", args=[token.pk]), {"reason": "停用"}).status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None
    data["expires_on"] = (timezone.localdate() + timedelta(days=3000)).isoformat()
    assert "一年以内" in client.post(reverse("directory:new_token"), data).content.decode()


def test_everyone_edits_only_the_own_profile(world: World) -> None:
    client = client_of(world, "citizen")
    address = reverse("directory:profile")
    assert client.post(address, {"email_digest": "on"}).status_code == 422
    assert client.post(address, {"email": "a@example.org", "email_digest": "on"}).status_code == 302
    world.citizen.refresh_from_db()
    assert world.citizen.email_digest and world.citizen.email == "a@example.org"
    assert AuditEntry.objects.get().changes["email"] is None


def test_an_alias_is_added_once(world: World) -> None:
    unit = world.units["industry_information"]
    client, address = client_of(world, "office"), reverse("directory:add_alias", args=[unit.key])
    assert client.post(address, {"alias": "工信部门", "kind": "short"}).status_code == 302
    assert UnitAlias.objects.filter(unit=unit, alias="工信部门").exists()
    assert "已有同样的别名" in client.post(address, {"alias": "工信部门", "kind": "short"}).content.decode()


def test_pages_keep_their_query_counts(world: World, django_assert_max_num_queries) -> None:
    market = world.units["market_regulation"]
    client = client_of(world, "office")

    def add(count: int) -> None:
        for n in range(count):
            person = User.objects.create_user(f"more{User.objects.count()}-{n}", unit=market)
            grant(person, "officer", unit=market)
            token_of(world, market, f"t{User.objects.count()}")
            auditing.record("parties.edit_unit", market, user=person)

    counts: dict[str, list[int]] = {}
    for _round in range(2):
        add(4)
        for page in ("units", "people", "tokens", "audit"):
            with django_assert_max_num_queries(40) as captured:
                assert client.get(reverse(f"directory:{page}")).status_code == 200
            counts.setdefault(page, []).append(len(captured))
    assert all(first == second for first, second in counts.values()), counts


def test_the_log_says_fields_as_pages_do() -> None:
    assert str(field_labels("unit")["short_name"]) == "简称"
    assert str(field_labels("no-such-thing")["region"]) == "地区"
