"""Refusing to mix with other data, removing, generating many duties, and a build that is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from typer.testing import CliRunner

from hengjian.cli import demo as command
from hengjian.cli.bench_policy import LENGTH, documents
from hengjian.demo import state
from hengjian.demo.bulk import UNITS_PER_TASK, add_duties
from hengjian.demo.texts import demo_year
from hengjian.demo.world import create_world
from hengjian.documents.actions import store_file
from hengjian.documents.files import path_of
from hengjian.ledger.models import Fact
from hengjian.ledger.triggers import missing
from hengjian.parties.auditing import record
from hengjian.parties.models import AuditEntry, Region, User
from hengjian.plans.models import Duty, Plan, Task
from hengjian.plans.writing import write_fact


def quiet(done: int, total: int, stage: str) -> None:
    """No progress is shown in tests."""


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command without its own set-up: the test database has its tables."""
    monkeypatch.setattr(command, "_ready", lambda: None)
    return CliRunner()


@pytest.mark.django_db
def test_build_refuses_to_mix_with_other_data(prepared: CliRunner) -> None:
    assert state.is_empty()
    Region.objects.create(code="110000", name="某省", level="provincial")
    result = prepared.invoke(command.app, ["build"])
    assert result.exit_code == 2
    assert "HENGJIAN_DATA_DIR" in result.output
    assert Region.objects.count() == 1
    assert command.accounts() == []


@pytest.mark.django_db
def test_reset_refuses_what_is_not_the_demonstration(prepared: CliRunner) -> None:
    assert prepared.invoke(command.app, ["reset", "--yes"]).exit_code == 0  # nothing there, nothing to do
    create_world(demo_year(timezone.localdate()).start)
    Region.objects.create(code="110000", name="某省", level="provincial")
    result = prepared.invoke(command.app, ["reset", "--yes"])
    assert result.exit_code == 2
    assert "110000 某省" in result.output
    assert User.objects.filter(username="office").exists()


@pytest.mark.django_db(transaction=True)
def test_reset_empties_everything_and_puts_the_guards_back(prepared: CliRunner) -> None:
    create_world(demo_year(timezone.localdate()).start)
    add_duties(20, quiet)
    user = User.objects.get(username="office")
    file = store_file(b"name\r\nx\r\n", "a.csv", subject="duty:1", stored_by=user.ref)
    record("plans.sign", user=user)
    assert Fact.objects.exists()
    assert prepared.invoke(command.app, ["reset"], input="n\n").exit_code == 1  # asks first
    assert Region.objects.exists()
    assert prepared.invoke(command.app, ["reset", "--yes"]).exit_code == 0
    assert state.is_empty()
    assert not AuditEntry.objects.exists()
    assert not path_of(file.sha256).exists()
    assert missing(connection) == []
    create_world(demo_year(timezone.localdate()).start)
    entry = record("plans.sign", user=User.objects.get(username="office"))
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(reason="x")
    add_duties(5, quiet)
    write_fact("plan.archived", Plan.objects.get(), {"title": "x", "percent": 0, "tasks": 1, "closed": 0}, user=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Fact.objects.all().update(region="000000")


@pytest.mark.django_db
def test_generated_duties_follow_the_rules_of_the_room() -> None:
    create_world(demo_year(timezone.localdate()).start)
    assert add_duties(300, quiet) == 300
    assert add_duties(300, quiet) == 0
    plan = Plan.objects.get()
    assert plan.tasks.count() == 300 / UNITS_PER_TASK
    for task in Task.objects.prefetch_related("duties")[:20]:
        duties = list(task.duties.all())
        assert [duty.role for duty in duties] == ["lead"] + ["support"] * 4
        assert abs(task.percent - sum(duty.percent for duty in duties) / 5) <= 0.5
    closed = Duty.objects.filter(state="closed")
    assert set(closed.values_list("light", "percent")) == {("blue", 100)}
    assert Fact.objects.filter(kind="plan.light").count() >= 250


def test_bench_documents_are_long_and_differ() -> None:
    from random import Random

    found = documents(5, Random(1))
    assert len(set(found)) == 5
    assert all(LENGTH <= len(text) < LENGTH * 1.3 for text in found)


@pytest.mark.slow
def test_a_killed_build_leaves_an_empty_database(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HENGJIAN_", "DJANGO_"))}
    environment = kept | {"HENGJIAN_DATA_DIR": str(tmp_path)}
    database = tmp_path / "hengjian.sqlite3"
    arguments = [sys.executable, "-m", "hengjian", "demo", "build"]
    process = subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        # The write-ahead file grows beyond the migrations' once the build's pages spill into it, or time is up.
        deadline = time.monotonic() + 60
        while not (database.exists() and migrated(database)) and time.monotonic() < deadline:
            assert process.poll() is None
            time.sleep(0.1)
        time.sleep(6)
        assert process.poll() is None, "the build was over before it could be killed"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    with sqlite3.connect(database) as connected:
        for table in ("parties_region", "parties_user", "plans_plan", "ledger_fact"):
            assert connected.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    shown = subprocess.run([*arguments[:-1], "accounts"], env=environment, capture_output=True, text=True, check=False)
    assert shown.returncode == 2
    assert "hengjian demo build" in shown.stderr


def migrated(database: Path) -> bool:
    """Whether the last migration has been committed (the cache table is the site's)."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connected:
        found = connected.execute("SELECT count(*) FROM sqlite_master WHERE name = 'hengjian_cache'").fetchone()
        return bool(found[0])
