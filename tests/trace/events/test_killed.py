"""Captures whose process is killed in the middle: a document is there whole or not at all, and again adds nothing."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.security.test_killed import ROOT, Lab
from tests.trace.events.victim import EVENTS, MOMENTS, THINGS, WAYS

Found = dict[str, Any]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("captures")


def test_a_killed_capture_is_whole_or_absent(folder: Path) -> None:
    lab = Lab(folder)
    name = lab.create("captures")
    command = [sys.executable, "-m", "tests.trace.events.victim"]
    done = subprocess.run(command, cwd=ROOT, env=lab.environment(name), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    played = json.loads(done.stdout)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "victim_{name}"')
    assert set(played) == {f"{how} {moment}" for how in WAYS for moment in MOMENTS}
    for scene, (killed, again, once_more) in played.items():
        how, moment = scene.split()
        _check(killed, again, once_more, worker=how == "worker", done=moment == "committed")


def _check(killed: Found, again: Found, once_more: Found, *, worker: bool, done: bool) -> None:
    nothing = {"events": 0, "things": 0, "readers": 0, "facts": 0, "whole": True}
    everything = {"events": EVENTS, "things": EVENTS * THINGS, "readers": EVENTS, "facts": 1, "whole": True}
    waiting, finished, repeated = [True, True, 0, 0], [False, True, EVENTS, 0], [False, True, 0, EVENTS]

    def holds(found: Found, expected: Found) -> None:
        assert {name: found[name] for name in expected} == expected

    holds(killed, {"exit": -signal.SIGKILL, "files": int(worker), **(everything if done else nothing)})
    assert killed["jobs"] == ([finished] if done else [waiting] if worker else [])
    # Who hands the same in again has a job and a fact of that; the worker has nothing left to do.
    more = 0 if worker else int(done)
    holds(again, {"exit": 0, "files": 0, **everything, "facts": 1 + more})
    assert again["jobs"] == [finished, *[repeated] * more]
    more = 0 if worker else more + 1
    holds(once_more, {"exit": 0, "files": 0, **everything, "facts": 1 + more})
    assert once_more["jobs"] == [finished, *[repeated] * more]
