"""Real worker processes on one database file: one is killed in the middle of a handler, two finish the work."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CLOCKS = 8
SET_UP = """
import sys
from datetime import datetime, timedelta
import django
django.setup()
from django.utils import timezone
from hengjian.clocks import worker
from hengjian.clocks.actions import start_clock
from hengjian.clocks.models import Deadline, DeadlineChange
from hengjian.clocks.rules import Term
NOW = timezone.make_aware(datetime(2026, 3, 11, 10))

def rang(deadline, code, now):
    DeadlineChange.objects.create(deadline=deadline, verb="rang", new_state=deadline.state, new_due=deadline.due_at)
"""
PREPARE = f"""
from django.core.management import call_command
call_command("migrate", verbosity=0)
start = timezone.make_aware(datetime(2026, 3, 2, 10))
for number in range({CLOCKS}):
    start_clock(f"task:{{number}}", "test", start, term=Term(10, "working_day"), alarms=[("before", -3)], now=start)
"""
HANGS = """
import time

def hangs(deadline, code, now):
    rang(deadline, code, now)
    if deadline.owner == "task:3":
        print("in the handler", flush=True)
        time.sleep(600)

worker.register_handler("test", hangs)
worker.run_due(NOW)
"""
FINISHES = """
worker.register_handler("test", rang)
print(worker.run_due(NOW + timedelta(minutes=minutes)))
"""
COUNTS = """
rows = Deadline.objects.order_by("owner")
print([row.changes.filter(verb="rang").count() for row in rows], [row.pk for row in rows if row.next_action_at])
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HENGJIAN_")}
    return kept | {"DJANGO_SETTINGS_MODULE": "hengjian.site.settings", "HENGJIAN_DATA_DIR": str(tmp_path)}


def run(code: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SET_UP + code], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_done_twice(environment: dict[str, str]) -> None:
    run(PREPARE, environment)
    with subprocess.Popen(
        [sys.executable, "-c", SET_UP + HANGS], env=environment, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None and "in the handler" in first.stdout.readline()
        first.kill()
    # Three were rung and saved, the fourth was undone with its process, the others were only claimed.
    assert run(COUNTS, environment).startswith("[1, 1, 1, 0, 0, 0, 0, 0]")
    assert run("minutes = 30" + FINISHES, environment).strip() == "0"
    code = [sys.executable, "-c", SET_UP + "minutes = 61" + FINISHES]
    two = [subprocess.Popen(code, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert sum(int(process.communicate(timeout=120)[0]) for process in two) == CLOCKS - 3
    assert run(COUNTS, environment).strip() == f"{[1] * CLOCKS} []"
