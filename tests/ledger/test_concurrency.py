"""Several processes append at once; one is killed in the middle."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
Query = Callable[[str], list[tuple[Any, ...]]]


def environment(url: str, folder: Path) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "hengjian.site.settings",
        "HENGJIAN_DATABASE_URL": url,
        "HENGJIAN_DATA_DIR": str(folder),
        "PYTHONPATH": str(ROOT),
    }


def start(variables: dict[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tests.ledger.writer", *arguments], cwd=ROOT, env=variables)


def append_together(variables: dict[str, str], query: Query) -> None:
    """Three writers of 20 transactions with 15 facts, and one that is killed in its fifth transaction."""
    writers = [start(variables, name, "20", "15") for name in "abc"]
    victim = start(variables, "victim", "5", "15", "kill")
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]
    assert victim.wait(timeout=120) == -signal.SIGKILL
    assert start(variables, "later", "1", "1").wait(timeout=60) == 0

    total = 3 * 20 * 15 + 4 * 15 + 1
    assert query("SELECT leaf_index FROM ledger_fact ORDER BY leaf_index") == [(number,) for number in range(total)]
    batches = Counter(subject for (subject,) in query("SELECT subject FROM ledger_fact"))
    assert batches.pop("enterprise:later-0") == 1
    assert "enterprise:victim-3" in batches and "enterprise:victim-4" not in batches
    assert len(batches) == 64 and set(batches.values()) == {15}  # every transaction is whole
    assert query("SELECT count(*) FROM ledger_factref") == [(2 * total,)]
    assert query("SELECT count(DISTINCT id) FROM ledger_fact") == [(total,)]
    verified = subprocess.run(
        [sys.executable, "-m", "hengjian", "ledger", "verify"], cwd=ROOT, env=variables, capture_output=True, text=True
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert f"{total} 条事实" in verified.stdout


@pytest.mark.slow
def test_processes_on_one_sqlite_file(tmp_path: Path) -> None:
    file = tmp_path / "shared.sqlite3"
    variables = environment(f"sqlite:///{file}", tmp_path)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=variables, check=True)
    append_together(variables, lambda sql: sqlite3.connect(file).execute(sql).fetchall())


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_processes_on_one_postgresql_server(tmp_path: Path) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the run on PostgreSQL does this")
    given = connection.settings_dict
    user, password, host = (quote(str(given[name] or ""), safe="") for name in ("USER", "PASSWORD", "HOST"))
    who = f"{user}:{password}@" if password else f"{user}@"
    place = f"/{given['NAME']}?host={host}" if "%2F" in host else f"{host}:{given['PORT'] or 5432}/{given['NAME']}"

    def query(sql: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    append_together(environment(f"postgresql://{who}{place}", tmp_path), query)
