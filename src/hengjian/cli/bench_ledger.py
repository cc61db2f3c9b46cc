"""Benchmarks of the ledger on SQLite in a folder of its own; the project's database is not touched.

The timeline is measured among 5,000,000 facts with the real table and indexes. To keep the run short these rows are
copied in SQL from facts that were appended properly, with other subjects; their hashes are never looked at.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.progress import Progress

from hengjian.cli._bench import BenchRow, row

if TYPE_CHECKING:
    from hengjian.ledger.drafts import FactDraft

Argument = TypeVar("Argument")
FACTS = 200_000
LARGE = 5_000_000
SUBJECTS = 250_000  # 20 facts about each, among LARGE
LOOKUPS = 2_000


def run(console: Console) -> list[BenchRow]:
    """Measure in a fresh process with a fresh database and return the rows."""
    with tempfile.TemporaryDirectory(prefix="hengjian-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HENGJIAN_")}
        environment["HENGJIAN_DATA_DIR"] = folder
        result = Path(folder) / "result.json"
        subprocess.run([sys.executable, "-m", "hengjian.cli.bench_ledger", str(result)], env=environment, check=True)
        measured: dict[str, float] = json.loads(result.read_text())
    return [
        row(f"append_many, SQLite, {FACTS:,} facts with references", measured["append"], "facts/s", 20_000),
        row("append, SQLite, one transaction per fact", measured["single"], "facts/s"),
        row(f"verify, SQLite, {FACTS:,} facts", measured["verify"], "facts/s", 50_000),
        row("prove one fact, SQLite, p99", measured["prove"], "ms"),
        row(f"timeline of one subject among {LARGE:,} facts, p99", measured["timeline"], "ms", 15, "less"),
        row("size of one fact on disk, with indexes and log", measured["bytes"], "bytes"),
    ]


def main(result: Path) -> None:
    """Measure everything in this process and write the figures as JSON."""
    from hengjian.cli import _django

    _django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    register()
    from django.db import connection

    from hengjian.ledger.actions import append, append_many
    from hengjian.ledger.checkpoints import sign_checkpoint
    from hengjian.ledger.drafts import INTERNAL
    from hengjian.ledger.models import Fact
    from hengjian.ledger.proving import prove
    from hengjian.ledger.verification import verify

    random = Random(2026)
    measured: dict[str, float] = {}
    with Progress() as bar:
        task = bar.add_task("append_many", total=FACTS)
        start = time.perf_counter()
        append_many(drafts(FACTS, random), lambda done: bar.update(task, completed=done))
        measured["append"] = FACTS / (time.perf_counter() - start)
        singles = list(drafts(500, random))
        start = time.perf_counter()
        for draft in singles:
            append(draft)
        measured["single"] = len(singles) / (time.perf_counter() - start)
        sign_checkpoint()
        task = bar.add_task("verify", total=FACTS)
        report = verify(lambda done, total: bar.update(task, completed=done))
        if not report.passed:
            raise SystemExit(f"the ledger does not verify: {report.findings[:3]}")
        measured["verify"] = report.size / report.seconds
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        measured["bytes"] = Path(str(connection.settings_dict["NAME"])).stat().st_size / report.size
        facts = [Fact.objects.get(leaf_index=random.randrange(FACTS)) for _ in range(500)]
        measured["prove"] = _p99(lambda fact: prove(fact, disclosure=INTERNAL), facts)
        _enlarge(bar)
        measured["timeline"] = _timeline(random)
    result.write_text(json.dumps(measured))


def drafts(number: int, random: Random) -> Iterator[FactDraft]:
    """Inspection results about random enterprises, built while they are appended."""
    from hengjian.ledger.drafts import FactDraft, Source

    first = date(2020, 1, 1)
    sources = [Source(unit=f"unit:{unit}", system="bench") for unit in range(40)]
    for _ in range(number):
        day = first + timedelta(days=random.randrange(2000))
        yield FactDraft(
            kind="bench.inspected",
            subject=f"enterprise:{random.randrange(SUBJECTS):018d}",
            payload={
                "lot": f"L{random.randrange(10**9)}",
                "conforming": True,
                "items": 12,
                "failed": 0,
                "standard": "GB 4943.1-2022",
                "sampled_on": day,
            },
            region="990100",
            occurred_on=day,
            source=sources[random.randrange(40)],
            refs={"product": f"product:{random.randrange(100_000)}"},
        )


def register() -> None:
    from pydantic import BaseModel, ConfigDict, Field

    from hengjian.ledger.drafts import PUBLIC
    from hengjian.ledger.kinds import FactKind, register_kind

    class Inspected(BaseModel):
        model_config = ConfigDict(extra="forbid")
        lot: str
        conforming: bool
        items: int = Field(ge=0)
        failed: int = Field(ge=0)
        standard: str
        sampled_on: date

    # `date` is imported in this module, where pydantic looks annotations up.
    register_kind(FactKind("bench.inspected", "抽查结果", Inspected, "enterprise", PUBLIC))


def _enlarge(bar: Progress) -> None:
    """Copy rows until there are LARGE, each with a random subject; the trigger against bulk tricks steps aside."""
    from django.db import connection

    from hengjian.ledger.models import Fact
    from hengjian.ledger.triggers import removed

    columns = [field.attname for field in Fact._meta.concrete_fields]
    with removed(connection), connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size = -400000")
        cursor.execute("SELECT count(*) FROM ledger_fact")
        have = int(cursor.fetchone()[0])
        task = bar.add_task("enlarge", total=LARGE, completed=have)
        own = have
        while have < LARGE:
            number = min(own, LARGE - have)
            replaced = {
                "id": "lower(hex(randomblob(16)))",
                "leaf_index": f"leaf_index + {have}",
                "subject": f"printf('enterprise:%018d', abs(random()) % {SUBJECTS})",
            }
            chosen = ", ".join(replaced.get(name, name) for name in columns)
            # A Django cursor would take the per cent signs for parameters.
            cursor.cursor.execute(
                f"INSERT INTO ledger_fact ({', '.join(columns)}) SELECT {chosen} FROM ledger_fact "
                f"WHERE leaf_index < {number}"
            )
            have += number
            bar.update(task, completed=have)
        cursor.execute("PRAGMA cache_size = -2000")  # back to SQLite's default for the measurement


def _timeline(random: Random) -> float:
    """p99 in ms of reading one enterprise's whole timeline into objects, on a fresh connection."""
    from django.db import connection

    from hengjian.ledger.drafts import PUBLIC
    from hengjian.ledger.queries import timeline

    connection.close()
    subjects = [f"enterprise:{random.randrange(SUBJECTS):018d}" for _ in range(LOOKUPS)]
    return _p99(lambda subject: list(timeline(subject, disclosure=PUBLIC)), subjects)


def _p99(work: Callable[[Argument], object], arguments: Sequence[Argument]) -> float:
    """The 99th percentile of the wall times of `work` over all arguments, in ms."""
    taken = []
    for argument in arguments:
        start = time.perf_counter()
        work(argument)
        taken.append(time.perf_counter() - start)
    return sorted(taken)[int(len(taken) * 0.99)] * 1000


if __name__ == "__main__":
    main(Path(sys.argv[1]))
