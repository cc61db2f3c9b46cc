"""Where messages about credit go, with a real receiver: no redirect, no address inside, whatever it is written as."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hengjian.credit.records.models import CreditRecord
from hengjian.credit.sharing import delivering
from hengjian.credit.sharing.actions import Subscribe
from hengjian.credit.sharing.models import Alert, Subscription
from hengjian.parties.verbs import ActionRefused
from tests.parties.test_webhooks import receiver

from .conftest import World

__all__ = ["receiver"]
Record = Callable[..., CreditRecord]


def watching(world: World, url: str) -> Subscription:
    row = Subscribe(
        user=world.place.officer, unit=world.place.market, title="名单", purpose="监管", events=["penalty"], url=url
    ).execute()
    row.portfolio.create(enterprise=world.firm, name=world.firm.name)
    return row


def send() -> Alert:
    delivering.deliver(timezone.now() + timedelta(seconds=1))
    return Alert.objects.get()


def test_a_message_arrives_and_a_redirect_is_not_followed(world: World, record: Record, receiver: Any) -> None:
    base = f"http://127.0.0.1:{receiver.server_port}"
    row = watching(world, f"{base}/moved")
    record()
    alert = send()
    assert (alert.sending, alert.attempts, len(receiver.got)) == ("waiting", 1, 1) and alert.answer.startswith("302")
    Subscription.objects.filter(pk=row.pk).update(url=f"{base}/in")
    Alert.objects.update(next_at=timezone.now())
    assert send().sending == "sent"
    assert [path for path, _headers, _body in receiver.got] == ["/moved", "/in"]
    assert receiver.got[1][1]["Webhook-Id"] == str(alert.key)


def test_when_the_network_is_no_longer_allowed_nothing_is_sent(
    world: World, record: Record, receiver: Any, settings: Any
) -> None:
    watching(world, f"http://127.0.0.1:{receiver.server_port}/in")
    record()
    settings.HENGJIAN_WEBHOOK_NETWORKS = ["10.8.0.0/16"]
    alert = send()
    assert alert.sending == "dead" and "内部网络" in alert.answer and not receiver.got


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"], ["::1"], ["93.184.216.34", "192.168.1.1"], ["2606:2800:220:1::1", "fd00::1"],
        ["::ffff:10.0.0.1"], ["64:ff9b::a00:1"], ["fe80::1%eth0"], ["100.64.0.9"], ["0.0.0.0"], ["169.254.169.254"],
    ],
)  # fmt: skip
def test_a_name_that_leads_inside_reaches_nothing(
    world: World, record: Record, monkeypatch: pytest.MonkeyPatch, found: list[str]
) -> None:
    watching(world, "https://hooks.example.com:8443/in")
    record()
    families = [socket.AF_INET6 if ":" in one else socket.AF_INET for one in found]
    answers = [(family, socket.SOCK_STREAM, 6, "", (one, 8443)) for family, one in zip(families, found, strict=True)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **named: answers)
    monkeypatch.setattr(socket, "create_connection", lambda *args, **named: pytest.fail("connected"))
    alert = send()
    assert alert.sending == "dead" and "内部网络" in alert.answer


@pytest.mark.parametrize(
    "url",
    ["https://127.1/", "https://2130706433/", "https://[::]/", "https://[fe80::1]/", "https://[2002:7f00:1::]/",
     "https://[64:ff9b::7f00:1]/", "https://example.com:70000/", "http://example.com/", "https://localhost.:0/",
     "https://a b.example/", "https://example.com/\r\nHost: inside", "file:///etc/passwd"],
)  # fmt: skip
def test_such_an_address_is_not_even_kept(world: World, url: str) -> None:
    with pytest.raises(ActionRefused):
        watching(world, url)
    assert not Subscription.objects.exists()
