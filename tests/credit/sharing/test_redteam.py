"""Who tries to get what is not theirs: refused, limited, logged."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from hengjian.credit.records.ending import end
from hengjian.credit.records.facts import WITHDRAWN
from hengjian.credit.records.looks import looks_at
from hengjian.credit.records.models import CreditRecord
from hengjian.credit.sharing import delivering, telling
from hengjian.credit.sharing.actions import Subscribe
from hengjian.credit.sharing.models import Alert, Screening, Subscription, Use
from hengjian.ledger.drafts import Source
from hengjian.parties.models import Unit, User
from hengjian.parties.verbs import ActionRefused
from hengjian.parties.webhooks import sign, verify

from .conftest import Tokens, World

API = "/api/v1/credit"
Record = Callable[..., CreditRecord]


def login(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def subscribed(user: User, unit: Unit, **more: Any) -> Subscription:
    return Subscribe(user=user, unit=unit, title="名单", purpose="日常监管", events=["penalty"], **more).execute()


def test_the_public_sees_only_what_is_published(world: World, record: Record) -> None:
    shown = record()
    answer = Client().get(f"{API}/enterprises/{world.firm.code}")
    assert answer.status_code == 200 and answer.json()["public_only"] is True
    assert {row["id"] for row in answer.json()["records"]} <= {str(shown.key)}
    assert not looks_at(world.firm).exists()


def test_a_known_reader_states_a_purpose_and_is_logged(world: World, record: Record, token_client: Tokens) -> None:
    record()
    client = token_client(world.place.officer, world.place.market, "credit.view")
    refused = client.get(f"{API}/enterprises/{world.firm.code}")
    assert refused.status_code == 400 and refused.json()["code"] == "purpose_required"
    assert not looks_at(world.firm).exists()
    answer = client.get(
        f"{API}/enterprises/{world.firm.code}", headers={"x-purpose": "%E8%A1%8C%E6%94%BF%E8%AE%B8%E5%8F%AF"}
    )
    assert answer.status_code == 200 and len(answer.json()["records"]) == 1
    look = looks_at(world.firm).get()
    assert look.purpose == "行政许可" and look.unit == world.place.market


def test_a_token_without_the_scope_gets_nothing_more(world: World, token_client: Tokens) -> None:
    client = token_client(world.place.officer, world.place.market, "sharing.view")
    assert client.post(f"{API}/match", {"bodies": [{"name": "甲"}]}, content_type="application/json").status_code == 403
    answer = client.get(f"{API}/enterprises/{world.firm.code}")
    assert answer.status_code == 200 and answer.json()["public_only"] is True


@pytest.mark.parametrize("path", ["/alerts", "/subscriptions", "/screenings"])
def test_logged_out_and_citizens_are_refused(world: World, path: str) -> None:
    assert Client().get(API + path).status_code == 401
    assert login(world.place.citizen).get(API + path).status_code == 403
    assert Client(headers={"authorization": "Bearer hj_00000000_" + "x" * 43}).get(API + path).status_code == 401


def test_another_units_things_do_not_exist(world: World, token_client: Tokens) -> None:
    row = subscribed(world.place.officer, world.place.market)
    done = Screening.objects.create(
        unit=world.place.market, title="名单", purpose="监管", rows=[{"name": "甲"}], total=1
    )
    other = token_client(
        world.place.other, world.place.tourism, "sharing.view", "sharing.subscribe", "sharing.confirm", "sharing.match"
    )
    body = {"codes": [world.firm.code]}
    assert (
        other.post(f"{API}/subscriptions/{row.key}/portfolio", body, content_type="application/json").status_code == 404
    )
    assert other.get(f"{API}/screenings/{done.key}").status_code == 404
    assert other.get(f"{API}/subscriptions").json()["total"] == 0
    for page in (row.get_absolute_url(), done.get_absolute_url(), f"{done.get_absolute_url()}answers.xlsx"):
        assert login(world.place.other).get(page).status_code == 404
        assert login(world.place.citizen).get(page).status_code == 404
        assert Client().get(page).status_code == 302
    with pytest.raises(Exception, match="权限"):
        subscribed(world.place.other, world.place.market)


def test_an_enterprise_sees_of_another_only_what_is_public(world: World, record: Record, token_client: Tokens) -> None:
    record()
    client = login(world.other_firm_user)
    answer = client.get(f"{API}/enterprises/{world.firm.code}", {"purpose": "看看"})
    public = Client().get(f"{API}/enterprises/{world.firm.code}").json()["records"]
    assert {row["id"] for row in answer.json().get("records", [])} <= {row["id"] for row in public}
    with pytest.raises(ActionRefused):
        subscribed(world.other_firm_user, world.other_firm.account, region=world.place.region)  # type: ignore[arg-type]


def test_mass_harvesting_is_stopped_and_noted(
    world: World, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now().replace(minute=10)  # within one hour, however slow the machine
    monkeypatch.setattr("hengjian.credit.sharing.use.timezone.now", lambda: now)
    settings.HENGJIAN_CREDIT_LIMITS = {"address": (1000, 1), "user": (3, 1000)}
    client = Client()
    assert client.get(f"{API}/enterprises/{world.firm.code}").status_code == 200
    assert client.get(f"{API}/enterprises/{world.firm.code}").status_code == 200
    answer = client.get(f"{API}/enterprises/{world.other_firm.code}")
    assert answer.status_code == 429 and answer.json()["code"] == "harvest_limit"
    assert "批量" in answer.json()["next_step"]
    # The list of a search counts as well as single enterprises, and so does the reconciliation service.
    assert client.get(f"{API}/enterprises", {"q": world.other_firm.name[:4]}).status_code == 429
    used = Use.objects.get()
    assert used.caller.startswith("address:") and used.refused == 2 and used.first_refused_at
    assert "127.0.0.1" not in used.caller
    person = login(world.place.officer)
    codes = [person.get(f"{API}/enterprises", {"q": "公司"}).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    page = login(world.place.head).get("/credit/sharing/oversight/")
    assert page.status_code == 403


@pytest.mark.parametrize("path", ["enterprises/{}", "lists/memberships/{}", "grading/{}", "reconcile/preview?id={}"])
def test_no_address_hands_out_one_enterprise_after_the_other(
    world: World, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    now = timezone.now().replace(minute=10)
    monkeypatch.setattr("hengjian.credit.sharing.use.timezone.now", lambda: now)
    settings.HENGJIAN_CREDIT_LIMITS = {"address": (1000, 1), "user": (1000, 1000)}
    client = Client()
    named = (world.firm, world.firm, world.other_firm)
    asked = [one.key if "preview" in path else one.code for one in named]
    codes = [client.get(f"{API}/{path.format(one)}").status_code for one in asked]
    # 404: no grade was computed in this world; the question counts all the same.
    assert codes[0] in (200, 404) and codes[1] == codes[0] and codes[2] == 429
    assert Use.objects.get().refused == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x", "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.8/", "https://0x7f000001/", "https://user:pw@example.com/", "ftp://example.com/",
        "https://[::ffff:10.0.0.1]/", "gopher://example.com", "https://example.com:0/",
    ],
)  # fmt: skip
def test_messages_go_nowhere_inside(world: World, url: str) -> None:
    with pytest.raises(ActionRefused):
        subscribed(world.place.officer, world.place.market, url=url)


def test_a_name_that_leads_inside_later_is_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch, record: Record
) -> None:
    row = subscribed(world.place.officer, world.place.market, url="https://hooks.example.com/x")
    row.portfolio.create(enterprise=world.firm, name=world.firm.name)
    record()
    monkeypatch.setattr("socket.getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("10.1.2.3", 443))])
    assert delivering.deliver(timezone.now() + timedelta(seconds=1)) == 1
    alert = Alert.objects.get()
    assert alert.sending == "dead" and "内部网络" in alert.answer


def test_an_old_message_cannot_be_sent_again() -> None:
    body = b'{"event": "penalty"}'
    signed = sign("secret", body, 1_000)
    assert verify("secret", body, signed, now=1_100)
    assert not verify("secret", body, signed, now=5_000)
    assert not verify("secret", body + b" ", signed, now=1_100) and not verify("other", body, signed, now=1_100)


def test_a_sealed_record_leaves_nothing_in_a_message(world: World, record: Record) -> None:
    row = subscribed(world.place.officer, world.place.market)
    row.portfolio.create(enterprise=world.firm, name=world.firm.name)
    one = record()
    alert = Alert.objects.get(event="penalty")
    assert "封存标记" in str(telling.body_of(alert))
    CreditRecord.objects.filter(pk=one.pk).update(sealed_at=timezone.now(), state="repaired")
    one.refresh_from_db(from_queryset=CreditRecord.everything.all())
    telling.sealed([one])
    stop = Alert.objects.get(event="repair")
    assert stop.due is not None
    for told in (alert, stop):
        assert "封存标记" not in str(telling.body_of(told))
    page = login(world.place.officer).get(row.get_absolute_url())
    assert page.status_code == 200 and "封存标记" not in page.content.decode()


def test_an_account_is_counted_from_whatever_address(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hengjian.credit.dossier.views.dossier.DOSSIERS", 2)
    client, page = login(world.place.citizen), f"/credit/enterprises/{world.firm.code}/"
    answers = [
        client.get(page, REMOTE_ADDR=f"192.0.2.{number}", headers={"x-forwarded-for": f"198.51.100.{number}"})
        for number in range(4)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    used = Use.objects.get(caller=f"user:{world.place.citizen.pk}")
    assert (used.refused, used.first_refused_at is not None) == (2, True)
    # Who reads for an authority works through more of them.
    officer = login(world.place.officer)
    assert {officer.get(page).status_code for _number in range(4)} == {200}


def test_an_enterprise_is_to_another_what_everybody_is(world: World, record: Record) -> None:
    record()
    path = f"{API}/enterprises/{world.firm.code}"
    assert login(world.other_firm_user).get(path).json()["public_only"] is True
    assert not looks_at(world.firm).exists()
    assert login(world.firm_user).get(path, {"purpose": "自查"}).json()["public_only"] is False


def test_a_sealed_record_and_none_at_all_look_alike(world: World, record: Record) -> None:
    made = record()
    end([made], WITHDRAWN, "withdrawn", source=Source(system="tests"))
    for user in (world.place.citizen, world.other_firm_user, world.place.other):
        client = login(user)
        for part in ("", "sealed/", "correct/", "apply/", "notice/"):
            answers = [client.get(f"/credit/records/{key}/{part}") for key in (made.key, uuid4())]
            texts = [re.sub(rb'(x-csrftoken": |value=)"[^"]*"|[0-9a-f-]{36}', b"", one.content) for one in answers]
            assert [one.status_code for one in answers] == [404, 404] and texts[0] == texts[1], part


@pytest.mark.parametrize("words", ["王建国", "110101199003078515", "13800138000", "%", "_", "'\"--", "\x00"])
def test_nobody_is_found_by_person(world: World, words: str) -> None:
    for client in (Client(), login(world.place.officer)):
        found = client.get(f"{API}/enterprises", {"q": words})
        assert found.status_code in (200, 400, 422) and not found.json().get("items")
