"""Subscriptions, messages, receipts, screenings, bulk files, the reconciliation service."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from hengjian.credit.records.models import CreditRecord
from hengjian.credit.sharing import delivering, queries, screening, telling
from hengjian.credit.sharing.actions import (
    AddToPortfolio,
    ConfirmReceipts,
    EndSubscription,
    SendAgain,
    StartScreening,
    Subscribe,
)
from hengjian.credit.sharing.models import Alert, Event, Subscription
from hengjian.enterprises.hooks import tell_changed
from hengjian.pages.models import Notification
from hengjian.parties.verbs import ActionRefused
from hengjian.parties.webhooks import Delivered, DeliveryFailed

from .conftest import Tokens, World
from .test_redteam import API, Record, login


@pytest.fixture
def watching(world: World) -> Subscription:
    row = Subscribe(
        user=world.place.officer, unit=world.place.market, title="重点企业", purpose="日常监管",
        events=["penalty", "name"], url="https://hooks.example.com/x",
    ).execute()  # fmt: skip
    added = AddToPortfolio(
        user=world.place.officer, subscription=row, codes=[world.firm.code, f" {world.firm.code.lower()}", "9999"]
    ).execute()
    assert (added.added, added.known, added.missing) == (1, 0, ("9999",))
    return row


def test_events_reach_who_asked_for_them(world: World, watching: Subscription, record: Record) -> None:
    one = record()
    alert = Alert.objects.get()
    assert (alert.event, alert.record, alert.sending, alert.due) == (Event.PENALTY, one.key, "waiting", None)
    assert Notification.objects.filter(user=world.place.officer).count() == 1
    telling.recorded([one])
    assert Alert.objects.count() == 1
    world.firm.name = "更名后的公司"
    world.firm.save()
    tell_changed([world.firm.pk])
    tell_changed([world.firm.pk])
    assert list(Alert.objects.filter(event=Event.NAME).values_list("note", flat=True)) == ["更名后的公司"]


def test_a_region_is_watched_without_a_list(world: World, record: Record) -> None:
    row = Subscribe(
        user=world.place.officer, unit=world.place.market, title="全区", purpose="监管", events=["penalty"],
        region=world.place.region, kind="company",
    ).execute()  # fmt: skip
    record()
    assert row.alerts.count() == 1
    with pytest.raises(ActionRefused):
        AddToPortfolio(user=world.place.officer, subscription=row, codes=[world.firm.code]).execute()


def test_delivery_tries_again_and_gives_up_in_sight(
    world: World, watching: Subscription, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    record()
    sent: list[bytes] = []
    answers: list[Delivered | Exception] = [DeliveryFailed("down"), Delivered(500, "no", 0.1), Delivered(204, "", 0.1)]

    def post(url: str, body: bytes, **given: object) -> Delivered:
        sent.append(body)
        assert given["secret"] == watching.secret
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(delivering, "post", post)
    now = timezone.now() + timedelta(seconds=1)
    assert delivering.deliver(now) == 1 and delivering.deliver(now) == 0
    assert delivering.deliver(now + timedelta(minutes=2)) == 1
    assert delivering.deliver(now + timedelta(minutes=3)) == 0
    assert delivering.deliver(now + timedelta(minutes=20)) == 1
    alert = Alert.objects.get()
    assert (alert.sending, alert.attempts, alert.next_at) == ("sent", 3, None)
    told = json.loads(sent[0])
    assert told["event"] == "penalty" and told["record"]["title"] and told["enterprise"]["code"] == world.firm.code
    Alert.objects.update(sending="waiting", next_at=now, attempts=len(delivering.PAUSES))
    answers.append(DeliveryFailed("down"))
    delivering.deliver(now)
    assert Alert.objects.get().sending == "dead"
    assert SendAgain(user=world.place.officer, subscription=watching).execute() == 1
    assert Alert.objects.get().sending == "waiting"


def test_receipts_are_owed_confirmed_and_named(world: World, watching: Subscription, record: Record) -> None:
    one = record()
    one.state = CreditRecord.State.REPAIRED
    telling.sealed([one])
    alert = Alert.objects.get(event=Event.REPAIR)
    assert alert.due and alert.due > timezone.localdate()
    assert queries.waiting_for(world.place.officer) == 1 and queries.waiting_for(world.place.other) == 0
    late = queries.receipts(alert.due + timedelta(days=1))
    assert [(row.unit, row.overdue, row.oldest) for row in late] == [(world.place.market, 1, alert.due)]
    with pytest.raises(ActionRefused, match="没有回执"):
        EndSubscription(user=world.place.officer, subscription=watching).execute()
    done = ConfirmReceipts(user=world.place.officer, subscription=watching, alerts=[alert.key], note="已撤下").execute()
    assert done == 1
    row = queries.receipts()[0]
    assert (row.told, row.confirmed, row.in_time, row.open, row.overdue) == (1, 1, 1, 0, 0)
    with pytest.raises(ActionRefused):
        ConfirmReceipts(user=world.place.officer, subscription=watching, alerts=[alert.key]).execute()


def test_screening_in_portions(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "PORTION", 2)
    monkeypatch.setattr(screening, "_ROUND", 1)
    rows = [{"name": world.firm.name}, {"code": world.other_firm.code}, {"name": "完全没有这家实业公司"}]
    made = StartScreening(
        user=world.place.officer, unit=world.place.market, title="名单", purpose="监管", rows=rows
    ).execute()
    now = timezone.now()
    assert screening.run_waiting(now) == 2
    made.refresh_from_db()
    assert (made.state, made.done) == ("running", 2)
    assert screening.run_waiting(now) == 1 and screening.run_waiting(now) == 0
    made.refresh_from_db()
    assert made.state == "done" and [len(found) > 0 for found in made.answers] == [True, True, False]
    assert made.answers[1][0]["verdict"] == "same"
    client = login(world.place.officer)
    assert world.firm.name in client.get(made.get_absolute_url()).content.decode()
    assert client.get(f"{made.get_absolute_url()}?verdict=none").status_code == 200
    sheet = client.get(f"{made.get_absolute_url()}answers.xlsx")
    assert sheet.status_code == 200 and sheet.content[:2] == b"PK"


def test_pages(world: World, watching: Subscription, record: Record) -> None:
    record()
    client = login(world.place.officer)
    for path in ("", "new/", f"subscriptions/{watching.key}/", "screenings/"):
        assert client.get(f"/credit/sharing/{path}").status_code == 200, path
    assert client.get("/credit/sharing/oversight/").status_code == 403
    from tests.places import person

    office = person("office1", world.place.market, "office")
    assert login(office).get("/credit/sharing/oversight/").status_code == 200
    page = f"/credit/sharing/subscriptions/{watching.key}/"
    sheet = SimpleUploadedFile("名单.csv", f"统一社会信用代码\n{world.other_firm.code}\n".encode())
    assert client.post(page, {"do": "add", "codes": "", "file": sheet}).status_code == 302
    assert watching.portfolio.count() == 2
    bad = SimpleUploadedFile("坏.csv", b"\x00\x01\x02")
    assert client.post(page, {"do": "add", "codes": "", "file": bad}).status_code == 200
    assert client.post(page, {"do": "remove", "key": world.other_firm.key}).status_code == 302
    assert watching.portfolio.count() == 1
    wrong = client.post("/credit/sharing/screenings/", {"purpose": "监管", "file": bad})
    assert wrong.status_code == 422


def test_bulk_files_hold_what_is_published(world: World, record: Record) -> None:
    one, two = record(), record(document="第二号")
    answer = Client().get(f"{API}/bulk")
    data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert {row["记录编号"] for row in rows} == {str(one.key), str(two.key)}
    assert rows[0]["行政相对人代码_1(统一社会信用代码)"] == world.firm.code
    assert rows[0]["处罚类别"].split(";")[0] == "罚款" and rows[0]["罚款金额(万元)"] == "5.2"
    assert not any(text for heading, text in rows[0].items() if "证件" in heading or "法定代表人" in heading)
    said = Client().get(f"{API}/bulk/statement").json()
    assert said["sha256"] == hashlib.sha256(data).hexdigest() and said["rows"] == 2
    CreditRecord.objects.filter(pk=one.pk).update(
        sealed_at=timezone.now(), recorded_at=timezone.now() - timedelta(days=3), title="", state="repaired"
    )
    since = timezone.localdate().isoformat()
    delta = Client().get(f"{API}/bulk", {"since": since, "format": "jsonl"})
    lines = [json.loads(line) for line in b"".join(delta.streaming_content).splitlines()]  # type: ignore[attr-defined]
    assert [row["id"] for row in lines] == [str(two.key), str(one.key)]
    assert lines[1] == {"id": str(one.key), "state": "停止使用"}


def test_the_interface(world: World, token_client: Tokens) -> None:
    client = token_client(
        world.place.officer, world.place.market, "sharing.match", "sharing.subscribe", "sharing.view", "sharing.confirm"
    )

    def send(path: str, body: object) -> dict[str, object]:
        answer = client.post(API + path, body, content_type="application/json")
        assert answer.status_code in (200, 201), answer.content
        return dict(answer.json())

    found = send("/match", {"bodies": [{"name": world.firm.name}, {"code": world.other_firm.code}]})["results"]
    assert [rows[0]["verdict"] for rows in found] == ["same", "same"]  # type: ignore[attr-defined]
    made = send("/subscriptions", {"title": "名单", "purpose": "监管", "events": ["penalty"]})
    assert made["secret"] and made["watched"] == 0
    added = send(f"/subscriptions/{made['id']}/portfolio", {"codes": [world.firm.key, "没有"]})
    assert added == {"added": 1, "known": 0, "missing": ["没有"]}
    job = send("/screenings", {"purpose": "监管", "bodies": [{"name": world.firm.name}]})
    assert client.get(f"{API}/screenings/{job['id']}").json()["total"] == 1
    hits = client.get(f"{API}/enterprises", {"q": world.firm.code}).json()
    assert hits["items"][0]["how"] == "code" and hits["more"] is False
    assert client.get(f"{API}/enterprises", {"q": "公司", "region": "123456"}).status_code == 422


def test_reconciliation(world: World) -> None:
    client, url = Client(), f"{API}/reconcile"
    manifest = client.get(url)
    assert manifest["Access-Control-Allow-Origin"] == "*" and "0.2" in manifest.json()["versions"]
    queries_ = {
        "q0": {"query": world.firm.name},
        "q1": {"query": "", "properties": [{"pid": "code", "v": world.firm.code}]},
    }
    found = client.post(url, {"queries": json.dumps(queries_)}).json()
    for name in queries_:
        best = found[name]["result"][0]
        assert best["id"] == world.firm.key and best["match"] is True and 0 < best["score"] <= 100
    wanted = {"ids": [world.firm.key, "E404"], "properties": [{"id": "code"}, {"id": "unknown"}]}
    extended = client.post(url, {"extend": json.dumps(wanted)}).json()
    assert extended["rows"] == {world.firm.key: {"code": [{"str": world.firm.code}]}, "E404": {"code": []}}
    assert client.get(f"{url}/suggest/entity", {"prefix": world.firm.name[:3]}).json()["result"]
    assert client.get(f"{url}/suggest/property", {"prefix": "地"}).json()["result"]
    assert client.get(f"{url}/suggest/type", {"prefix": "x"}).json()["result"][0]["id"] == "enterprise"
    card = client.get(f"{url}/preview", {"id": world.firm.key})
    assert card.status_code == 200 and world.firm.name in card.content.decode()
    assert "frame-ancestors *" in card["Content-Security-Policy"]
    assert manifest.json()["view"]["url"].startswith(manifest.json()["identifierSpace"])
    asked = client.options(url, headers={"origin": "https://refine.example", "access-control-request-method": "POST"})
    assert asked.status_code == 204 and asked["Access-Control-Allow-Origin"] == "*"
    assert client.post(url, {"queries": "{"})["Access-Control-Allow-Origin"] == "*"
    for broken in ("{", "[]", '{"q0": 1}', '{"q0": {"query": 5}}'):
        assert client.post(url, {"queries": broken}).status_code == 400
    many = {f"q{n}": {"query": "x"} for n in range(60)}
    assert client.post(url, {"queries": json.dumps(many)}).status_code == 413
