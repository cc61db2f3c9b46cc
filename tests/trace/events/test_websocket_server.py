"""The WebSockets of queries as they are served: a process of its own (`hengjian serve websocket`), real connections."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection

from hengjian.parties.models import ApiToken
from hengjian.trace.events.actions import CreateQuery
from hengjian.trace.events.capture import add_events
from hengjian.trace.events.models import Event
from hengjian.trace.events.output import moment_text
from tests.security.test_killed import ROOT, Lab
from tests.trace.events.conftest import Chain, event
from tests.trace.events.sockets import Refused, WebSocket
from tests.trace.events.test_delivery import token_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
PATH = "/epcis/queries/q/events?stream=true"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The server on the database of the test."""
    name = str(connection.settings_dict["NAME"])
    address = f"sqlite:///{name}"
    if connection.vendor == "postgresql":
        address = Lab(ROOT).address("x").replace("victim_x", name)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HENGJIAN_")}
    environment = kept | {
        "DJANGO_SETTINGS_MODULE": "hengjian.site.settings",
        "HENGJIAN_DATABASE_URL": address,
        "HENGJIAN_DATA_DIR": str(settings.DATA_DIR),
        "HENGJIAN_WEBSOCKET_PORT": str(port),
    }
    command = [sys.executable, "-m", "hengjian", "serve", "websocket"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None
            time.sleep(0.1)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def capture(chain: Chain, *numbers: int, **more: object) -> None:
    add_events([event(number, **more) for number in numbers], chain.maker, None, system="test")


def code_of(port: int, path: str, token: str) -> int:
    """With which code a connection is refused, by the handshake or right after it."""
    try:
        WebSocket(port, path, token).read()
    except Refused as refused:
        return refused.code
    raise AssertionError("not refused")


def test_connections_over_a_real_server(chain: Chain) -> None:
    raw, port = token_of(chain), free_port()
    CreateQuery(user=chain.maker_user, unit=chain.maker, name="q", parameters={"EQ_bizStep": ["shipping"]}).execute()
    with served(port):
        # Refused: by status where the server can, else by the code that stands for it.
        assert code_of(port, PATH, "") in {401, 403, 4401}
        assert code_of(port, PATH, "hj_00000000_" + "x" * 43) in {401, 403, 4401}
        assert code_of(port, "/epcis/queries/none/events?stream=true", raw) in {403, 404, 4404}

        first, slow = WebSocket(port, PATH, raw), WebSocket(port, PATH, raw, small=True)
        long = "https://example.com/" + "x" * 3000
        capture(chain, 1)
        assert first.numbers() == [1]
        # One that does not read holds nobody up and gets everything when it does.
        for start in range(2, 1002, 100):
            capture(chain, *range(start, start + 100), **{"ex:note": long, "@context": [{"ex": "https://e.x/"}]})
        got: list[int] = []
        while len(got) < 1000:
            got += first.numbers()
        assert got == list(range(2, 1002))
        late: list[int] = []
        while len(late) < 1001:
            late += slow.numbers()
        assert late == list(range(1, 1002))
        slow.close()
    with pytest.raises((EOFError, Refused, OSError)):
        first.read()

    # While nobody serves, events come; who connects again says from when on.
    last = Event.objects.get(pk=Event.objects.order_by("-pk").values_list("pk", flat=True)[0])
    capture(chain, 1002, 1003)
    with served(port):
        again = WebSocket(port, f"{PATH}&initialRecordTime={moment_text(last.record_time).replace('+', '%2B')}", raw)
        seen: list[int] = []
        while not seen or seen[-1] < 1003:
            seen += again.numbers()
        assert seen[-2:] == [1002, 1003] and set(seen) <= set(range(902, 1004))
        ApiToken.objects.all().delete()
        assert code_of(port, PATH, raw) in {401, 403, 4401}
        again.close()
