"""A worker that is killed in the middle of a file: the next one goes on where the last whole slice ended."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.security.test_killed import ROOT, Lab
from tests.trace.exchange.victim import ROWS, SLICE

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def test_a_killed_worker_loses_no_slice_and_doubles_none(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    name = lab.create("exchange")
    command = [sys.executable, "-m", "tests.trace.exchange.victim"]
    done = subprocess.run(command, cwd=ROOT, env=lab.environment(name), capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "victim_{name}"')
    played = json.loads(done.stdout)
    killed = -signal.SIGKILL
    assert [one["exit"] for one in played] == [killed, killed, 0] * 3
    first, second, checked, taking, going_on, taken, undoing, still_undoing, undone = played
    # The second slice was not committed; the next worker did two more.
    assert (first["state"], first["rows"]) == ("checking", SLICE)
    assert (second["state"], second["rows"]) == ("checking", 3 * SLICE)
    assert (checked["state"], checked["rows"], checked["events"]) == ("preview", ROWS, 0)
    assert (taking["state"], taking["done"], taking["events"]) == ("taking", SLICE, SLICE)
    assert (going_on["state"], going_on["events"], going_on["added"]) == ("taking", 3 * SLICE, 3 * SLICE)
    assert (taken["state"], taken["events"], taken["added"], taken["already"]) == ("done", ROWS, ROWS, 0)
    assert (taken["facts"], taken["file"]) == (1, False)
    assert (undoing["state"], undoing["declared"]) == ("undoing", SLICE)
    assert (still_undoing["state"], still_undoing["declared"]) == ("undoing", 3 * SLICE)
    assert (undone["state"], undone["declared"], undone["events"], undone["facts"]) == ("undone", ROWS, ROWS, 2)
