"""Benchmark of the pages of the plans room over many duties: server time of whole requests, without the network.

A database of its own in a temporary folder; the project's data is not touched.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from hengjian.cli._bench import BenchRow, row

DUTIES = 20_000
REPEAT = 30
LEDGER = f"task ledger, {DUTIES:,} duties"
# Name → (account, address name, query); the first is the page that has a target.
PAGES: dict[str, tuple[str, str, str]] = {
    LEDGER: ("office", "plans:ledger", ""),
    "task ledger, filtered by light, sorted by progress": (
        "office",
        "plans:ledger",
        "light=amber&light=red&sort=percent",
    ),
    "task ledger, search in the clauses": ("office", "plans:ledger", "q=电梯"),
    "task ledger as one department sees it": ("market", "plans:ledger", ""),
    "workbench of the office": ("office", "plans:workbench", ""),
    "workbench of a department": ("market", "plans:workbench", ""),
    "cockpit": ("office", "plans:cockpit", ""),
}


def run(console: Console) -> list[BenchRow]:
    """Measure in a fresh process with a fresh database and return the rows: median and 95th percentile in ms."""
    with tempfile.TemporaryDirectory(prefix="hengjian-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HENGJIAN_")}
        environment["HENGJIAN_DATA_DIR"] = folder
        result = Path(folder) / "result.json"
        subprocess.run([sys.executable, "-m", "hengjian.cli.bench_plans", str(result)], env=environment, check=True)
        measured: dict[str, list[float]] = json.loads(result.read_text(encoding="utf-8"))
    rows = []
    for name, taken in measured.items():
        ordered = sorted(taken)
        target = 300.0 if name == LEDGER else None
        rows.append(row(f"{name}, median", statistics.median(ordered), "ms", target, "less"))
        rows.append(row(f"{name}, p95", ordered[int(len(ordered) * 0.95)], "ms", target, "less"))
    return rows


def main(result: Path) -> None:
    """Build, measure everything in this process, write the times as JSON."""
    from hengjian.cli import _django
    from hengjian.cli._messages import compile_all

    compile_all()
    _django.setup()
    from django.core.management import call_command
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from hengjian.demo.bulk import add_duties
    from hengjian.demo.texts import demo_year
    from hengjian.demo.world import create_world
    from hengjian.parties.models import User

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    measured: dict[str, list[float]] = {}
    with Progress() as bar:
        task = bar.add_task("duties", total=DUTIES)
        create_world(demo_year(timezone.localdate()).start)
        add_duties(DUTIES, lambda done, total, _stage: bar.update(task, completed=done, total=total))
        task = bar.add_task("requests", total=len(PAGES) * REPEAT)
        for name, (account, page, query) in PAGES.items():
            client = Client(SERVER_NAME="127.0.0.1")
            client.force_login(User.objects.get(username=account), backend="django.contrib.auth.backends.ModelBackend")
            address = f"{reverse(page)}?{query}"
            measured[name] = []
            for turn in range(REPEAT + 2):
                start = time.perf_counter()
                response = client.get(address)
                taken = time.perf_counter() - start
                if response.status_code != 200:
                    raise SystemExit(f"{address} answers {response.status_code}")
                if turn >= 2:  # the first two load templates and fill caches
                    measured[name].append(taken * 1000)
                    bar.advance(task)
    result.write_text(json.dumps(measured), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
