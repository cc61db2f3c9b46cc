"""Subscriptions: when they run, what they send, what happens when nobody takes it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from hengjian.methods.epcis import event_hash, read
from hengjian.parties.models import ApiToken
from hengjian.parties.webhooks import Delivered, DeliveryFailed
from hengjian.trace.events import delivering, websocket
from hengjian.trace.events.actions import CreateQuery, Subscribe
from hengjian.trace.events.capture import add_events
from hengjian.trace.events.models import Event, Subscription
from hengjian.trace.events.schedules import FIELDS, ScheduleError, read_schedule
from tests.trace.events.conftest import Chain, event
from tests.trace.events.test_interface import bearer


class Receiver:
    """Stands for the other side; `answers` are given in turn, then 200."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.got: list[Any] = []
        self.answers: list[Any] = []
        monkeypatch.setattr(delivering, "post", self.post)

    def post(self, url: str, body: bytes, **given: Any) -> Delivered:
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Exception):
            raise answer
        if answer == 200:
            self.got.append((url, body, given))
        return Delivered(answer, "", 0.1)

    def numbers(self) -> list[list[str]]:
        found = []
        for _url, body, _given in self.got:
            events = json.loads(body)["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
            found.append([item["epcList"][0].rpartition("/")[2] for item in events])
        return found


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    return Receiver(monkeypatch)


def subscribe(chain: Chain, **more: Any) -> Subscription:
    user = chain.maker_user
    query = CreateQuery(user=user, unit=chain.maker, name="shipped", parameters={"EQ_bizStep": ["shipping"]}).execute()
    given: dict[str, Any] = {"dest": "https://example.com/in", "secret": "token", **more}
    if "schedule" not in given:
        given["stream"] = True
    return Subscribe(user=user, query=query, **given).execute()


def capture(chain: Chain, *events: dict[str, Any]) -> None:
    add_events(list(events), chain.maker, None, system="test")


def test_new_events_are_sent_once_and_signed(chain: Chain, receiver: Receiver) -> None:
    capture(chain, event(1))
    made = subscribe(chain)
    now = timezone.now()
    assert delivering.send_due(now) == 0 and not receiver.got  # what was there before is not sent
    capture(chain, event(2), event(3, bizStep="packing"), event(4))
    assert delivering.send_due(now + timedelta(seconds=6)) == 1
    assert delivering.send_due(now + timedelta(seconds=60)) == 0
    assert receiver.numbers() == [["2", "4"]]
    url, body, given = receiver.got[0]
    assert (url, given["secret"], given["signature_header"]) == ("https://example.com/in", "token", "GS1-Signature")
    results = json.loads(body)["epcisBody"]["queryResults"]
    assert (results["queryName"], results["subscriptionID"]) == ("shipped", str(made.pk))
    answered = read(body)
    assert event_hash(answered.events[0], answered.context) == Event.objects.get(pk=2).hash_uri
    made.refresh_from_db()
    assert (made.sent, made.failures, made.position) == (2, 0, 4)


def test_older_events_on_request(chain: Chain, receiver: Receiver) -> None:
    capture(chain, event(1))
    subscribe(chain, initial_record_time=timezone.now() - timedelta(days=1))
    delivering.send_due(timezone.now())
    assert receiver.numbers() == [["1"]]


def test_large_results_come_in_batches_that_the_receiver_can_take(
    chain: Chain, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "BATCH", 8)
    subscribe(chain)
    capture(chain, *(event(n) for n in range(1, 6)))
    receiver.answers = [413]
    delivering.send_due(timezone.now())
    assert receiver.numbers() == [["1", "2"], ["3", "4"], ["5"]]


def test_failures_are_tried_again_later_and_end_some_day(
    chain: Chain, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = subscribe(chain)
    capture(chain, event(1))
    receiver.answers = [500, DeliveryFailed("nobody")]
    now = timezone.now()
    for failures, pause in ((1, 60), (2, 120)):
        assert delivering.send_due(now) == 1
        made.refresh_from_db()
        assert made.failures == failures and made.last_error and made.next_action_at == now + timedelta(seconds=pause)
        now = made.next_action_at
    delivering.send_due(now)
    assert receiver.numbers() == [["1"]]
    made.refresh_from_db()
    assert (made.failures, made.last_error) == (0, "")
    monkeypatch.setattr(delivering, "TRIES", 1)
    capture(chain, event(2))
    receiver.answers = [404]
    delivering.send_due(now + timedelta(hours=1))
    made.refresh_from_db()
    assert made.state == "broken" and made.next_action_at is None


def test_by_schedule_and_empty_on_request(chain: Chain, receiver: Receiver) -> None:
    made = subscribe(chain, schedule={"second": "0", "minute": "0", "hour": "8"}, report_if_empty=True)
    first = made.next_action_at
    assert first is not None and timezone.localtime(first).hour == 8 and first > timezone.now()
    assert delivering.send_due(first - timedelta(seconds=1)) == 0
    delivering.send_due(first)
    assert receiver.numbers() == [[]]
    made.refresh_from_db()
    assert made.next_action_at == first + timedelta(days=1)


def test_what_the_owner_may_not_see_is_not_sent(chain: Chain, receiver: Receiver) -> None:
    subscribe(chain)
    add_events([event(1)], chain.shop, None, system="test")
    delivering.send_due(timezone.now())
    assert not receiver.got
    capture(chain, event(2))
    chain.maker_user.is_active = False
    chain.maker_user.save()
    delivering.send_due(timezone.now() + timedelta(minutes=1))
    assert not receiver.got and "not active" in Subscription.objects.get().last_error


# ---- schedules

MOMENT = datetime(2026, 9, 30, 23, 59, 58)  # a Wednesday


@pytest.mark.parametrize(
    ("schedule", "following"),
    [
        ({}, datetime(2026, 9, 30, 23, 59, 59)),
        ({"second": "0"}, datetime(2026, 10, 1, 0, 0, 0)),
        ({"second": "0", "minute": "0,30"}, datetime(2026, 10, 1, 0, 0, 0)),
        ({"second": "0", "minute": "30", "hour": "[9-17]"}, datetime(2026, 10, 1, 9, 30)),
        ({"second": "0", "minute": "0", "hour": "8", "dayOfWeek": "1"}, datetime(2026, 10, 5, 8)),
        ({"second": "0", "minute": "0", "hour": "0", "dayOfMonth": "31"}, datetime(2026, 10, 31)),
        ({"second": "5", "minute": "4", "hour": "3", "dayOfMonth": "29", "month": "2"}, datetime(2028, 2, 29, 3, 4, 5)),
        ({"second": "58,59", "minute": "59", "hour": "23"}, datetime(2026, 9, 30, 23, 59, 59)),
        ({"second": "0", "dayOfWeek": "[6-7]", "month": "1,12"}, datetime(2026, 12, 5)),
    ],
)
def test_the_next_moment(schedule: dict[str, str], following: datetime) -> None:
    assert read_schedule(schedule).next_after(MOMENT) == following


@pytest.mark.parametrize(
    "schedule",
    [{name: text} for name in FIELDS for text in ("x", "99", "[5-1]", "1-5", "1,,2", "*", "-1", "1" * 2000)]
    + [{"year": "2026"}],
)
def test_what_is_no_schedule(schedule: dict[str, str]) -> None:
    with pytest.raises(ScheduleError):
        read_schedule(schedule)


def test_a_schedule_that_never_comes() -> None:
    with pytest.raises(ScheduleError):
        read_schedule({"dayOfMonth": "31", "month": "2"}).next_after(MOMENT)


# ---- WebSocket


class Socket:
    """The other side of a WebSocket."""

    def __init__(self, path: str, token: str = "", query: str = "stream=true") -> None:
        self.sent: list[dict[str, Any]] = []
        self.leave = asyncio.Event()
        self.scope = {
            "type": "websocket",
            "path": path,
            "query_string": query.encode(),
            "headers": [(b"authorization", f"Bearer {token}".encode())],
        }
        self.connected = False

    async def receive(self) -> dict[str, Any]:
        if not self.connected:
            self.connected = True
            return {"type": "websocket.connect"}
        await self.leave.wait()
        return {"type": "websocket.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    async def until(self, number: int) -> None:
        for _ in range(400):
            if len(self.sent) >= number:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"only {self.sent}")


def run(talk: Coroutine[Any, Any, Any]) -> Any:
    """What a conversation gives: in a thread of its own, because Playwright leaves a running loop in the main one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, talk).result()


def token_of(chain: Chain) -> str:
    bearer(chain)
    return f"hj_{len('maker'):08x}_" + "a" * 43


@pytest.mark.django_db(transaction=True)
def test_a_websocket_gives_what_comes(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "POLL", 0.05)
    raw = token_of(chain)
    CreateQuery(user=chain.maker_user, unit=chain.maker, name="q", parameters={"EQ_bizStep": ["shipping"]}).execute()
    capture(chain, event(1))

    async def talk() -> list[dict[str, Any]]:
        socket = Socket("/epcis/queries/q/events", raw)
        task = asyncio.create_task(websocket.application(socket.scope, socket.receive, socket.send))
        await socket.until(1)
        await sync_to_async(capture)(chain, event(2), event(3, bizStep="packing"))
        await socket.until(2)
        socket.leave.set()
        await asyncio.wait_for(task, 5)
        return socket.sent

    sent = run(talk())
    assert [item["type"] for item in sent] == ["websocket.accept", "websocket.send"]
    events = json.loads(sent[1]["text"])["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert [item["epcList"][0].rpartition("/")[2] for item in events] == ["2"]

    async def refused(path: str, token: str, query: str) -> int:
        socket = Socket(path, token, query)
        await websocket.application(socket.scope, socket.receive, socket.send)
        return int(socket.sent[-1]["code"])

    good = "/epcis/queries/q/events"
    for path, token, query, code in (
        (good, "", "stream=true", 4401), ("/epcis/queries/none/events", raw, "stream=true", 4404),
        ("/elsewhere", raw, "stream=true", 4404), (good, raw, "", 4400), (good, raw, "minute=99", 4400),
        (good, raw, "stream=true&initialRecordTime=now", 4400), (good, raw, "stream=true&minute=0", 4400),
    ):  # fmt: skip
        assert run(refused(path, token, query)) == code, (path, query)


@pytest.mark.django_db(transaction=True)
def test_a_connection_ends_with_its_token_and_does_not_wait_for_ever(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "POLL", 0.05)
    monkeypatch.setattr(websocket, "RECHECK", timedelta(0))
    raw = token_of(chain)
    CreateQuery(user=chain.maker_user, unit=chain.maker, name="q", parameters={"EQ_bizStep": ["shipping"]}).execute()

    async def taken_back() -> int:
        socket = Socket("/epcis/queries/q/events", raw)
        task = asyncio.create_task(websocket.application(socket.scope, socket.receive, socket.send))
        await socket.until(1)
        await sync_to_async(ApiToken.objects.update)(revoked_at=timezone.now())
        await asyncio.wait_for(task, 20)
        await sync_to_async(ApiToken.objects.update)(revoked_at=None)
        return int(socket.sent[-1]["code"])

    assert run(taken_back()) == 4401

    async def too_slow() -> int:
        socket = Socket("/epcis/queries/q/events", raw)
        plain = socket.send

        async def send(message: Any) -> None:
            if message["type"] == "websocket.send":
                await asyncio.sleep(60)
            await plain(message)

        task = asyncio.create_task(websocket.application(socket.scope, socket.receive, send))
        await socket.until(1)
        monkeypatch.setattr(websocket, "PATIENCE", 0.1)
        await sync_to_async(capture)(chain, event(1))
        await asyncio.wait_for(task, 20)
        return int(socket.sent[-1]["code"])

    assert run(too_slow()) == 1013
    monkeypatch.setattr(websocket, "MOST", 0)

    async def one_too_many() -> int:
        socket = Socket("/epcis/queries/q/events", raw)
        await websocket.application(socket.scope, socket.receive, socket.send)
        return int(socket.sent[-1]["code"])

    assert run(one_too_many()) == 4429
    assert not +websocket._connections
