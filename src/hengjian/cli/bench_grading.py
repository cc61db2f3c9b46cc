"""Benchmark of the monthly grading and of dossiers, on a database of its own in a temporary folder.

HENGJIAN_BENCH_GRADED sets the number of enterprises (default 1,000,000); HENGJIAN_BENCH_DATABASE_URL measures on
another, empty database (PostgreSQL). A third of the enterprises has facts: checks, penalties, list entries.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from rich.console import Console
from rich.progress import Progress

from hengjian.cli._bench import BenchRow, row
from hengjian.cli._made_enterprises import made_enterprises

if TYPE_CHECKING:
    from hengjian.ledger.drafts import FactDraft

SIZE = int(os.environ.get("HENGJIAN_BENCH_GRADED", "1000000"))
SEED = 11
PACK = "risk-class"
MONTHS = ("2026-08", "2026-09")
#: New facts between the two months, as a share of the enterprises.
MOVING = 0.02
#: Facts of the enterprise with the longest dossier.
MANY = 5_000


def run(console: Console) -> list[BenchRow]:
    """Measure in a fresh process with a fresh database and return the rows."""
    with tempfile.TemporaryDirectory(prefix="hengjian-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HENGJIAN_")}
        environment |= {
            "HENGJIAN_DATA_DIR": folder,
            "HENGJIAN_DATABASE_URL": os.environ.get("HENGJIAN_BENCH_DATABASE_URL", ""),
            "HENGJIAN_BENCH_GRADED": str(SIZE),
        }
        result = Path(folder) / "result.json"
        subprocess.run([sys.executable, "-m", "hengjian.cli.bench_grading", str(result)], env=environment, check=True)
        measured: dict[str, float] = json.loads(result.read_text(encoding="utf-8"))
    at = f"{SIZE:,} enterprises, {measured['facts']:,.0f} facts"
    return [
        row(f"first month of {at}", measured["first"], "s", 120.0, "less"),
        row("  of it, processor time", measured["first_cpu"], "s"),
        row(f"next month, {100 * MOVING:.0f} % with new facts", measured["next"], "s", 120.0, "less"),
        row("  of it, processor time", measured["next_cpu"], "s"),
        row("computing the first month again and comparing all", measured["replay"], "s"),
        row("memory at its peak", measured["memory"], "MB"),
        row(
            f"dossier among {measured['facts'] + measured['graded']:,.0f} facts, p95",
            measured["dossier"],
            "ms",
            300.0,
            "less",
        ),
        row(f"dossier of an enterprise with {MANY:,} facts", measured["long_dossier"], "ms", 300.0, "less"),
    ]


def main(result: Path, size: int = SIZE) -> None:
    """Build, measure everything in this process, write the figures as JSON."""
    from hengjian.cli import _django

    _django.setup()
    from django.core.management import call_command

    from hengjian.cli.bench_credit import enter
    from hengjian.credit.grading.models import Run
    from hengjian.credit.grading.packs import pack_named
    from hengjian.credit.grading.runs import begin, carry_out, last_day, replay
    from hengjian.ledger.actions import append_many
    from hengjian.ledger.log import log_size
    from hengjian.parties.models import Region

    call_command("migrate", verbosity=0)
    codes = [f"65{number:02d}00" for number in range(1, 22)]
    regions = [
        Region.objects.get_or_create(code=code, defaults={"name": code, "level": "prefecture"})[0].pk for code in codes
    ]
    random = Random(SEED)
    subjects: list[str] = []
    with Progress() as bar:
        task = bar.add_task("enterprises", total=size)

        def made() -> Iterator[tuple[object, ...]]:
            for one in made_enterprises(size, regions):
                subjects.append(f"enterprise:{one[1]}")
                yield one

        enter(made(), lambda count: bar.update(task, completed=count))
        task = bar.add_task("facts", total=size // 3)
        about = random.sample(subjects, size // 3)
        facts = append_many(
            drafts(about, date(2025, 1, 1), 570, random), lambda count: bar.update(task, completed=count)
        ).total
    measured: dict[str, float] = {"facts": facts}
    for name, month in zip(("first", "next"), MONTHS, strict=True):
        if name == "next":
            append_many(drafts(random.sample(subjects, int(size * MOVING)), date(2026, 9, 1), 28, random))
        start, used = time.perf_counter(), time.process_time()
        run = carry_out(begin(pack_named(PACK, last_day(month)), month))
        measured[name], measured[f"{name}_cpu"] = time.perf_counter() - start, time.process_time() - used
        print(month, run.total, run.changed, run.counts, flush=True)
    start = time.perf_counter()
    answer = replay(Run.objects.get(month=MONTHS[0]))
    measured["replay"] = time.perf_counter() - start
    if not answer.holds:
        raise SystemExit(f"the first month does not come out again: {answer.different[:3]}")
    measured["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    measured["graded"] = float(log_size() - facts)
    measured |= dossiers(about, random)
    result.write_text(json.dumps(measured), encoding="utf-8")


def dossiers(about: list[str], random: Random) -> dict[str, float]:
    """Milliseconds to put a dossier together for everybody: the 95th of a hundred usual ones, and a very long one."""
    from hengjian.credit.dossier.dossier import Dossier
    from hengjian.credit.dossier.readers import PUBLIC
    from hengjian.enterprises.queries import by_subject
    from hengjian.ledger.actions import append_many

    def taken(subject: str) -> float:
        body = by_subject(subject)
        assert body is not None
        start = time.perf_counter()
        Dossier(body, PUBLIC).all()
        return (time.perf_counter() - start) * 1000

    usual, long = about[:101], about[101]
    append_many(drafts([long] * MANY, date(2025, 1, 1), 570, random))
    taken(usual[0])  # what is read once per process
    times = sorted(taken(subject) for subject in usual[1:])
    return {"dossier": times[94], "long_dossier": statistics.median(taken(long) for _ in range(3))}


def drafts(subjects: list[str], first: date, days: int, random: Random) -> Iterator[FactDraft]:
    """One fact about each subject: checks with and without problems, penalties, lists."""
    from hengjian.ledger.drafts import FactDraft, Source

    source = Source(system="bench")
    for subject in subjects:
        day = first + timedelta(days=random.randrange(days))
        kind = random.choices(("draw.result", "credit.recorded", "credit_list.entered"), (70, 27, 3))[0]
        number = f"{random.getrandbits(32):08x}"
        payload: dict[str, object]
        if kind == "draw.result":
            payload = {
                "draw": f"draw:{day.month}", "title": "抽查", "name": subject[11:], "code": random.choice("112567"),
                "code_title": "", "ended_on": day, "published_on": day, "version": 1,
            }  # fmt: skip
        elif kind == "credit.recorded":
            payload = {
                "record": UUID(int=random.getrandbits(128), version=4), "category": "penalty", "catalogue": "3.1",
                "edition": "2024", "severity": random.choice(("minor", "general", "serious")), "title": "处罚",
                "document": number, "decided_on": day, "published_from": day,
            }  # fmt: skip
        else:
            payload = {
                "entry": f"L{number}", "code": "serious_breach", "title": "严重违法失信名单", "weight": "serious",
                "criterion": "food", "document": number,
            }  # fmt: skip
        yield FactDraft(
            kind=kind, subject=subject, payload=payload, region="650100", occurred_on=day, source=source
        )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
