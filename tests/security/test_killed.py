"""Processes killed in the middle of the plan loop, and two that do the same at once: nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]


@dataclass
class Lab:
    """Copies of one prepared database: SQLite files, or databases of the PostgreSQL server under test."""

    folder: Path
    made: list[str] = field(default_factory=list)

    def environment(self, name: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("HENGJIAN_")}
        data = self.folder / name
        data.mkdir(exist_ok=True)
        return kept | {
            "DJANGO_SETTINGS_MODULE": "hengjian.site.settings",
            "HENGJIAN_DATABASE_URL": self.address(name),
            "HENGJIAN_DATA_DIR": str(data),
            "PYTHONPATH": str(ROOT),
        }

    def address(self, name: str) -> str:
        if connection.vendor == "sqlite":
            return f"sqlite:///{self.folder / name / 'db.sqlite3'}"
        given = connection.settings_dict
        user, host = quote(given["USER"], safe=""), quote(given["HOST"], safe="")
        place = f"/victim_{name}?host={host}" if "%2F" in host else f"{host}:{given['PORT'] or 5432}/victim_{name}"
        return f"postgresql://{user}{':' + quote(given['PASSWORD'], safe='') if given['PASSWORD'] else ''}@{place}"

    def create(self, name: str, template: str = "") -> str:
        """A new database, empty or a copy."""
        self.made.append(name)
        if connection.vendor == "sqlite":
            target = self.folder / name
            shutil.copytree(self.folder / template, target) if template else target.mkdir()
            return name
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "victim_{name}"')
            cursor.execute(f'CREATE DATABASE "victim_{name}"' + (f' TEMPLATE "victim_{template}"' if template else ""))
        if template:  # keys of the ledger
            shutil.copytree(self.folder / template, self.folder / name)
        return name

    def start(self, name: str, *words: str, fatal: int = 0) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.security.victim", str(fatal), *words]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment(name), stdout=subprocess.PIPE, text=True)

    def run(self, name: str, *words: str, fatal: int = 0) -> list[str]:
        """What the process says, line by line; without `fatal` it has to end well."""
        process = self.start(name, *words, fatal=fatal)
        output, _ = process.communicate(timeout=300)
        assert process.returncode == (-signal.SIGKILL if fatal else 0)
        return output.splitlines()


def states(lines: list[str]) -> list[dict[str, Any]]:
    """What `state` said, each time it was asked."""
    return [json.loads(line) for line in lines if line.startswith("{")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("killed")


@pytest.fixture
def lab(folder: Path) -> Iterator[Lab]:
    """The prepared database is made once for all tests of the module."""
    lab = Lab(folder)
    if not (folder / "origin").exists():
        lab.create("origin")
        lab.run("origin", "set_up")
        lab.made.clear()
    yield lab
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name in lab.made:
                cursor.execute(f'DROP DATABASE IF EXISTS "victim_{name}"')


@pytest.mark.parametrize(("what", "again", "whole"), [
    ("assign", "assign", True), ("confirm", "confirm", True), ("accept", "accept", True), ("work", "work_later", False),
])  # fmt: skip
def test_a_killed_process_loses_nothing_and_does_nothing_twice(lab: Lab, what: str, again: str, whole: bool) -> None:
    (before,) = states(lab.run("origin", "state"))
    said = lab.run(lab.create(f"{what}_whole", "origin"), what, "state")
    (after,) = states(said)
    assert after != before
    statements = next(int(line) for line in said if line.isdigit())
    for share in (0.5, 1.0):
        name = lab.create(f"{what}_{int(share * 100)}", "origin")
        lab.run(name, what, fatal=max(1, int(statements * share)))
        killed, repeated = states(lab.run(name, "state", "verify", again, "state", "verify"))
        if whole:
            # Sessions aside, one transaction: all of it or nothing.
            assert killed == before
        assert repeated == after


@pytest.mark.parametrize(("first", "second"), [("assign", "assign"), ("confirm", "confirm_second"), ("work", "work")])
def test_two_at_once_have_one_effect(lab: Lab, first: str, second: str) -> None:
    alone, together = lab.create(f"{first}_alone", "origin"), lab.create(f"{first}_two", "origin")
    (expected,) = states(lab.run(alone, first, "state"))
    processes = [lab.start(together, what) for what in (first, second)]
    assert [process.wait(timeout=300) for process in processes] == [0, 0]
    (found,) = states(lab.run(together, "state", "verify"))
    for counts in (expected, found):
        counts.pop("AuditEntry")  # the second attempt to assign is on record, too
    assert found == expected


def test_two_reviewers_accept_once(lab: Lab) -> None:
    alone, together = lab.create("accept_alone", "origin"), lab.create("accept_two", "origin")
    expected = states(lab.run(alone, "accept", "state"))
    processes = [lab.start(together, what) for what in ("accept", "accept_second")]
    answers = sorted(process.communicate(timeout=300)[0].split()[0] for process in processes)
    assert answers == ["accepted", "refused"]
    assert states(lab.run(together, "state", "verify")) == expected
