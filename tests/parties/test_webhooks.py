"""Outgoing messages: what is sent, how it is signed, and where nothing is ever sent to."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from hengjian.parties import webhooks
from hengjian.parties.webhooks import DeliveryFailed, UrlRefused, check_url, open_sealed, post, seal, sign, verify


class Receiver(BaseHTTPRequestHandler):
    got: list[tuple[str, dict[str, str], bytes]]
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))  # type: ignore[attr-defined]
        if self.path == "/drip":
            self.send_response(200)
            self.end_headers()
            try:
                for _ in range(60):
                    self.wfile.write(b".")
                    self.wfile.flush()
                    time.sleep(0.05)
            except OSError:
                pass
            return
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(b"thanks" + b"x" * 10_000)

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture
def receiver(settings: Any) -> Iterator[Any]:
    settings.HENGJIAN_WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.got = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_message_arrives_signed_and_the_answer_comes_back(receiver: Any) -> None:
    url = f"http://127.0.0.1:{receiver.server_port}/in?from=hj"
    sent = post(url, b'{"a": 1}', secret="shared", signature_header="GS1-Signature", headers={"X-More": "1"})
    assert sent.ok and sent.text.startswith("thanks") and len(sent.text) == webhooks.ANSWER_LIMIT
    path, headers, body = receiver.got[0]
    assert (path, body, headers["X-More"]) == ("/in?from=hj", b'{"a": 1}', "1")
    now = int(time.time())
    assert verify("shared", body, headers["GS1-Signature"], now=now)
    assert not verify("other", body, headers["GS1-Signature"], now=now)
    assert not verify("shared", body + b" ", headers["GS1-Signature"], now=now)
    assert not verify("shared", body, headers["GS1-Signature"], now=now + 301)


def test_a_redirect_is_an_answer_and_not_followed(receiver: Any) -> None:
    sent = post(f"http://127.0.0.1:{receiver.server_port}/moved", b"{}")
    assert sent.status == 302 and not sent.ok and len(receiver.got) == 1
    assert "Webhook-Signature" not in receiver.got[0][1]


def test_a_receiver_that_drips_is_cut_off(receiver: Any) -> None:
    started = time.monotonic()
    sent = post(f"http://127.0.0.1:{receiver.server_port}/drip", b"{}", timeout=0.3)
    assert sent.ok and len(sent.text) < 40
    assert time.monotonic() - started < 2


def test_nobody_listens(settings: Any) -> None:
    settings.HENGJIAN_WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(DeliveryFailed):
        post(f"http://127.0.0.1:{port}/", b"{}", timeout=2)


INSIDE = [
    "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0/",
    "https://10.1.2.3/", "https://192.168.0.1/", "https://169.254.169.254/latest/meta-data/", "https://172.16.0.1/",
    "https://100.64.0.1/", "https://224.0.0.1/", "https://[::1]/", "https://[fd00::1]/", "https://[fe80::1]/",
    "https://[::ffff:127.0.0.1]/", "https://[2002:7f00:1::]/", "https://[64:ff9b::7f00:1]/",
]  # fmt: skip


@pytest.mark.parametrize("url", INSIDE)
def test_addresses_inside_are_refused(url: str) -> None:
    with pytest.raises(UrlRefused):
        check_url(url)


@pytest.mark.parametrize(
    "url",
    ["", "example.com", "ftp://example.com/", "https://", "https://user:pw@example.com/", "https://a b/", "file:///etc",
     "https://example.com:0/", "https://example.com:99999/", "https://例.com/", "https://example.com/\r\nX: 1",
     "http://example.com/", "https://example.com/" + "a" * 2000],
)  # fmt: skip
def test_what_is_no_address_to_send_to(url: str) -> None:
    with pytest.raises(UrlRefused) as refused:
        check_url(url)
    assert refused.value.message and refused.value.next_step


def test_a_public_address_is_taken() -> None:
    assert check_url("https://example.com:8443/a?b=c").hostname == "example.com"


@pytest.mark.parametrize("found", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::1"]])
def test_a_name_that_points_inside_reaches_nothing(monkeypatch: pytest.MonkeyPatch, found: list[str]) -> None:
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in found]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **named: answers)
    monkeypatch.setattr(socket, "create_connection", lambda *args, **named: pytest.fail("connected"))
    with pytest.raises(UrlRefused):
        post("https://rebound.example/", b"{}")


def test_without_encryption_only_inside(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.HENGJIAN_WEBHOOK_NETWORKS = ["10.8.0.0/16"]
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **named: answers)
    with pytest.raises(UrlRefused):
        post("http://example.com/", b"{}")


def test_the_signature_is_a_known_value() -> None:
    digest = "47b6ce0fca59474308e2921c247cb2493dce6b8101d90ac05bd0c6a37d0e046e"
    assert sign("key", b"body", 1700000000) == f"t=1700000000,sha256={digest}"


def test_secrets_lie_encrypted(settings: Any) -> None:
    sealed = seal("口令")
    assert "口令" not in sealed and open_sealed(sealed) == "口令" and seal("") == open_sealed("") == ""
    settings.SECRET_KEY = "another-key-of-thirty-two-characters-at-least"
    with pytest.raises(DeliveryFailed):
        open_sealed(sealed)
