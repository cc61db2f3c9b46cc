"""Benchmark of registers: pages over 600,000 lifts, import of 100,000 rows from .xlsx.

A database of its own in a temporary folder. The 600,000 lifts are copied in SQL from some that were entered properly.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.progress import Progress

from hengjian.cli._bench import BenchRow, row

LIFTS = 600_000
SEED = 6_000
IMPORTED = 100_000
WRONG_EVERY = 100
REPEAT = 7
CODE = "lift"
# Name → (account, query); the first is the page that has a target.
PAGES = {
    f"list of {LIFTS:,} lifts, filtered by status, kind and region": ("status=in_use&kind=traction&region={region}"),
    "list, everything": "",
    "list, overdue maintenance, sorted by its day": "validity=late-maintenance&sort=next_maintenance",
    "list, text in four columns": "q=花园",
    "list, last page": "page=12000",
}
TARGET = 400.0


def run(console: Console) -> list[BenchRow]:
    """Measure in a fresh process with a fresh database and return the rows."""
    with tempfile.TemporaryDirectory(prefix="hengjian-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HENGJIAN_")}
        environment["HENGJIAN_DATA_DIR"] = folder
        result = Path(folder) / "result.json"
        subprocess.run([sys.executable, "-m", "hengjian.cli.bench_registers", str(result)], env=environment, check=True)
        measured: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    rows = [
        row(f"import of {IMPORTED:,} rows from .xlsx, check", measured["check"], "s"),
        row(f"import of {IMPORTED:,} rows from .xlsx, check and entry", measured["import"], "s", 90.0, "less"),
        row("  of it, memory at its peak", measured["memory"], "MB"),
    ]
    for number, (name, taken) in enumerate(measured["pages"].items()):
        target = TARGET if number == 0 else None
        rows.append(row(f"{name}, median", statistics.median(taken), "ms", target, "less"))
    return rows


def main(result: Path) -> None:
    """Build, measure everything in this process, write the figures as JSON."""
    from hengjian.cli import _django
    from hengjian.cli._messages import compile_all

    compile_all()
    _django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from hengjian.demo.texts import demo_year
    from hengjian.demo.world import create_world

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    create_world(demo_year(timezone.localdate()).start)
    measured: dict[str, Any] = {}
    with Progress() as bar:
        measured |= _import(bar)
        bar.console.print(measured)
        _enlarge(bar)
        measured["pages"] = _pages(bar)
    result.write_text(json.dumps(measured), encoding="utf-8")


def _rows(count: int) -> tuple[list[str], list[list[Any]]]:
    """A filled-in sheet: every field of a lift, one row in a hundred with two mistakes."""
    from hengjian.registers.catalogue import register_type
    from hengjian.registers.sheets import columns_of

    random, declared = Random(2026), register_type(CODE)
    columns = columns_of(declared)
    day = date(2024, 1, 1)

    def cell(number: int, column: Any) -> Any:
        spec = column.spec
        if column.code == "key":
            return f"{number:06d}"
        if column.code == "region":
            return ("990102", "990103", "990302", "990321")[number % 4]
        if spec is None:
            return None
        if spec.type == "choice":
            return spec.choices[number % len(spec.choices)].title if spec.choices else None
        if spec.type == "date":
            return day + timedelta(days=random.randrange(700)) if spec.required else None
        if spec.type == "integer":
            return random.randrange(2, 40)
        if spec.type in ("text", "address"):
            return f"银杏花园{number % 997}幢{number % 7}单元" if spec.max_length >= 40 else None
        return None

    rows = [[cell(number, column) for column in columns] for number in range(count)]
    for row_ in rows[WRONG_EVERY - 1 :: WRONG_EVERY]:
        row_[0] = "坏"
    return [column.title for column in columns], rows


def _import(bar: Progress) -> dict[str, float]:
    """Seconds from the uploaded bytes to the finished report, and to the last entry."""
    import resource

    from hengjian.documents.sheets import write_xlsx
    from hengjian.documents.uploads import check_upload
    from hengjian.parties.models import User
    from hengjian.registers import batches
    from hengjian.registers.import_actions import SUFFIXES, ConfirmImport, StartImport

    titles, rows = _rows(IMPORTED)
    data = write_xlsx(titles, rows)
    del rows
    user = User.objects.get(username="market")
    unit = user.unit
    assert unit is not None
    task = bar.add_task(f"import, {len(data) / 1e6:.1f} MB", total=2 * IMPORTED)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    checked = check_upload(data, "lifts.xlsx", SUFFIXES)
    batch = StartImport(user=user, register=CODE, unit=unit, region=unit.region, data=data, checked=checked).execute()
    while batch.state in batches.AT_WORK:
        batches.advance(batch, 3)
        bar.update(task, completed=batch.done)
    check = time.perf_counter() - start
    wrong = IMPORTED // WRONG_EVERY
    if (batch.state, batch.new, batch.wrong) != ("checked", IMPORTED - wrong, wrong):
        raise SystemExit(f"the check found {batch.state} {batch.new} {batch.wrong} {batch.message}")
    ConfirmImport(user=user, batch=batch, skip_wrong=True).execute()
    while batch.state in batches.AT_WORK:
        batches.advance(batch, 3)
        bar.update(task, completed=IMPORTED + batch.done)
    if batch.state != "applied":
        raise SystemExit(f"the import ended as {batch.state}: {batch.message}")
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"check": check, "import": time.perf_counter() - start, "memory": (after - before) / 1024}


def _enlarge(bar: Progress) -> None:
    """Copy lifts until there are LIFTS, spread over the region's units."""
    from django.db import connection

    from hengjian.parties.models import Unit
    from hengjian.registers.catalogue import register_type
    from hengjian.registers.storing import model_of

    model = model_of(register_type(CODE))
    table = model._meta.db_table
    columns = [str(field.column) for field in model._meta.concrete_fields if not field.primary_key]
    units = list(Unit.objects.filter(family="market_regulation").order_by("pk").values_list("pk", "region_id"))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id NOT IN (SELECT id FROM {table} ORDER BY id LIMIT {SEED})")
        cursor.execute(f"SELECT max(id) FROM {table}")
        last = int(cursor.fetchone()[0])
        rounds = LIFTS // SEED - 1
        task = bar.add_task("lifts", total=rounds)
        for number in range(rounds):
            unit, region = units[number % len(units)]
            replaced = {
                "key_scope": f"'{number}'",
                "unit_id": str(unit),
                "region_id": str(region),
                "batch_id": "NULL",
                "status": "CASE WHEN id % 10 = 0 THEN 'stopped' WHEN id % 31 = 0 THEN 'scrapped' ELSE 'in_use' END",
            }
            chosen = ", ".join(replaced.get(name, name) for name in columns)
            # A Django cursor would take the per cent signs for parameters.
            cursor.cursor.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table} WHERE id <= {last}"
            )
            bar.update(task, completed=number + 1)
        cursor.execute("ANALYZE")


def _pages(bar: Progress) -> dict[str, list[float]]:
    """Milliseconds of whole requests by the officer of the whole region."""
    from django.test import Client

    from hengjian.parties.models import Region, RoleGrant, User

    user = User.objects.get(username="market")
    RoleGrant.objects.get_or_create(user=user, role="officer", region=Region.objects.get(code="990000"))
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    region = Region.objects.get(code="990100").pk
    task = bar.add_task("requests", total=len(PAGES) * REPEAT)
    measured: dict[str, list[float]] = {}
    for name, query in PAGES.items():
        address = f"/registers/{CODE}/?{query.format(region=region)}"
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
    return measured


if __name__ == "__main__":
    main(Path(sys.argv[1]))
