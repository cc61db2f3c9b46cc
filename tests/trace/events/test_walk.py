"""A program's way through the interface over real connections: it captures, asks, pages, orders, and is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.utils import timezone

from hengjian.parties.webhooks import verify
from hengjian.trace.events import jobs
from hengjian.trace.events.interface import capturing
from hengjian.trace.events.models import Event
from tests.trace.events.conftest import CONTEXT, Chain, document, event
from tests.trace.events.test_delivery import token_of

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Answer:
    """What came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def numbers(self) -> list[str]:
        assert self.status == 200, self.body
        events = self.json["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        return [item["epcList"][0].rpartition("/")[2] for item in events]

    def problem(self) -> tuple[int, str]:
        assert self.headers["content-type"] == "application/problem+json"
        assert self.json["status"] == self.status and self.json["title"] and self.json["detail"]
        return self.status, self.json["type"].removeprefix("epcisException:")


@dataclass
class Program:
    """A client with a token; every call is a connection of its own."""

    host: str
    token: str

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        if not path.startswith("/"):
            path = f"/epcis/{path}"
        sent = {
            "Authorization": f"Bearer {self.token}",
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        data = json.dumps(body).encode() if body is not None else None
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        connection = HTTPConnection(self.host, timeout=20)
        try:
            connection.request(method, path, data, sent)
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read())
        finally:
            connection.close()


class Receiver(BaseHTTPRequestHandler):
    """Takes what subscriptions send."""

    got: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(({name.lower(): text for name, text in self.headers.items()}, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def program(chain: Chain, live_server: Any) -> Program:
    return Program(urlsplit(str(live_server.url)).netloc, token_of(chain))


@pytest.fixture
def receiver(settings: Any) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """A server on this machine, which only this test's setting lets subscriptions reach."""
    handler = type("Own", (Receiver,), {"got": []})
    settings.HENGJIAN_WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/in", handler.got  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


def test_capture_question_order_and_delivery(
    program: Program,
    receiver: tuple[str, list[tuple[dict[str, str], bytes]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Captured: the job is asked until it is done; large documents wait for the worker.
    made = program("POST", "capture", document(*(event(number) for number in range(1, 6))))
    assert made.status == 202 and made.headers["gs1-capture-error-behaviour"] == "rollback"
    job = program("GET", urlsplit(made.headers["location"]).path).json
    assert (job["running"], job["success"], job["hengjian:added"]) == (False, True, 5)
    monkeypatch.setattr(capturing, "INLINE", 100)
    waiting = urlsplit(program("POST", "capture", document(event(6))).headers["location"]).path
    assert program("GET", waiting).json["running"] is True
    jobs.run_due(timezone.now())
    assert program("GET", waiting).json["success"] is True
    again = program("POST", "events", {"@context": CONTEXT} | event(1))
    assert again.problem() == (409, "ResourceAlreadyExistsException") and Event.objects.count() == 6

    # Asked, page by page.
    asked = "events?EQ_bizStep=shipping|receiving&perPage=2&orderBy=eventTime&orderDirection=ASC"
    seen, path = [], asked
    for _turn in range(5):
        page = program("GET", path)
        seen += page.numbers()
        if 'rel="next"' not in page.headers.get("link", ""):
            break
        token = parse_qs(urlsplit(page.headers["link"].partition(">")[0].lstrip("<")).query)["nextPageToken"][0]
        path = f"{asked}&nextPageToken={quote(token)}"
    assert seen == ["1", "2", "3", "4", "5", "6"]

    # Known answers are not sent again, HEAD has no body, OPTIONS says what can be done, versions are negotiated.
    whole = program("GET", "events")
    same = program("GET", "events", If_None_Match=whole.headers["etag"])
    assert (same.status, same.body) == (304, b"")
    head = program("HEAD", "events")
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", whole.headers["etag"])
    options = program("OPTIONS", "events")
    assert options.status == 204 and {"GET", "POST", "OPTIONS"} <= set(options.headers["allow"].split(", "))
    assert options.headers["gs1-epcis-version"] == "2.0.0"

    # A named query, an order for it, and what is sent, signed.
    query = {"name": "shipped", "query": {"EQ_bizStep": ["shipping"]}}
    assert program("POST", "queries", query).status == 201
    assert program("POST", "queries", query).problem() == (409, "ResourceAlreadyExistsException")
    assert len(program("GET", "queries/shipped/events").numbers()) == 6
    address, got = receiver
    order = {"dest": address, "signatureToken": "secret", "stream": True}
    ordered = program("POST", "queries/shipped/subscriptions", order)
    assert ordered.status == 201, ordered.body
    program("POST", "events", {"@context": CONTEXT} | event(7))
    program("POST", "events", {"@context": CONTEXT} | event(8, bizStep="packing"))
    jobs.run_due(timezone.now() + timedelta(seconds=10))
    assert len(got) == 1
    headers, body = got[0]
    assert verify("secret", body, headers["gs1-signature"], now=int(timezone.now().timestamp()))
    assert Answer(200, {}, body).numbers() == ["7"]
    own = urlsplit(ordered.headers["location"]).path
    assert program("GET", own).json["hengjian:sent"] == 1
    assert program("DELETE", own).status == 204
    assert program("GET", own).problem() == (404, "NoSuchResourceException")


def test_what_goes_wrong_is_told_as_problems(program: Program) -> None:
    nobody = Program(program.host, "hj_00000000_" + "b" * 43)
    assert nobody("GET", "events").problem() == (401, "SecurityException")
    assert program("GET", "events?EQ_colour=red").problem() == (400, "QueryParameterException")
    assert program("GET", "events", Accept="image/png").problem() == (406, "NotAcceptableException")
    assert program("POST", "capture", document(), Content_Type="image/png").problem() == (
        415,
        "UnsupportedMediaTypeException",
    )
    assert program("GET", "queries/none").problem() == (404, "NoSuchNameException")
    assert program("GET", "events", GS1_EPCIS_Min="3.0.0").problem()[0] == 406
    inside = {"dest": "http://127.0.0.1:1/in", "stream": True}
    program("POST", "queries", {"name": "all", "query": {}})
    refused = program("POST", "queries/all/subscriptions", inside)
    assert refused.problem() == (400, "SubscriptionControlsException")
