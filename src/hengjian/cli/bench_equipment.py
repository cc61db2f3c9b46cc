"""Benchmark of lifts: what is overdue among 600,000, the public page behind a QR code.

A database of its own in a temporary folder. The lifts are copied in SQL from some that were computed properly.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from hengjian.cli._bench import BenchRow, row

LIFTS = 600_000
SEED = 2_000
REPEAT = 5
PAGE_TARGET, SWEEP_TARGET = 400.0, 60.0
OVERDUE, SWEEP, PUBLIC = "overdue", "sweep", "public"


def run(console: Console) -> list[BenchRow]:
    """Measure in a fresh process with a fresh database and return the rows."""
    with tempfile.TemporaryDirectory(prefix="hengjian-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HENGJIAN_")}
        environment["HENGJIAN_DATA_DIR"] = folder
        result = Path(folder) / "result.json"
        subprocess.run([sys.executable, "-m", "hengjian.cli.bench_equipment", str(result)], env=environment, check=True)
        taken: dict[str, float] = json.loads(result.read_text(encoding="utf-8"))
    return [
        row(f"lifts overdue for maintenance, page of {LIFTS:,}", taken[OVERDUE] * 1000, "ms", PAGE_TARGET, "less"),
        row(f"sweep of {LIFTS:,} lifts: overdue by maintainer", taken[SWEEP], "s", SWEEP_TARGET, "less"),
        row("public page of a lift by city and code", taken[PUBLIC] * 1000, "ms", PAGE_TARGET, "less"),
    ]


def main(result: Path) -> None:
    """Build, measure everything in this process, write the figures as JSON."""
    from hengjian.cli import _django
    from hengjian.cli._messages import compile_all

    compile_all()
    _django.setup()
    from django.core.management import call_command
    from django.db.models import Count
    from django.test import Client
    from django.utils import timezone

    from hengjian.demo.texts import demo_year
    from hengjian.demo.world import create_world
    from hengjian.parties.models import Region, RoleGrant, User
    from hengjian.systems.equipment.models import Lift
    from hengjian.systems.equipment.queries import overdue_lifts

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    today = timezone.localdate()
    create_world(demo_year(today).start)
    with Progress() as bar:
        _fill(bar)
    user = User.objects.get(username="market")
    RoleGrant.objects.get_or_create(user=user, role="officer", region=Region.objects.get(code="990000"))
    officer, anyone = Client(SERVER_NAME="127.0.0.1"), Client(SERVER_NAME="127.0.0.1")
    officer.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    scope = Lift.objects.order_by("-pk").values_list("key_scope", flat=True)[0]

    def sweep() -> Any:
        rows = overdue_lifts(Lift.objects.filter(register="lift"), "maintenance", today)
        return list(rows.values_list("maint_unit").annotate(n=Count("pk")).order_by("-n"))

    taken = {
        OVERDUE: _median(lambda: _ok(officer.get("/equipment/overdue/?what=maintenance"))),
        SWEEP: _median(sweep),
        PUBLIC: _median(lambda: _ok(anyone.get(f"/equipment/lift/{scope}/300001/"))),
    }
    result.write_text(json.dumps(taken), encoding="utf-8")


def _ok(response: Any) -> None:
    if response.status_code != 200:
        raise SystemExit(f"the page answers {response.status_code}")


def _median(work: Callable[[], object]) -> float:
    """Seconds, without the first call, which loads templates and fills caches."""
    work()
    taken = []
    for _turn in range(REPEAT):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def _fill(bar: Progress) -> None:
    """SEED lifts with their computed days, then copies for one invented city after another."""
    from django.db import connection
    from django.utils import timezone

    from hengjian.parties.models import Region, Unit
    from hengjian.systems.equipment.actions import next_maintenance
    from hengjian.systems.equipment.computing import compute_lift
    from hengjian.systems.equipment.models import Lift

    today = timezone.localdate()
    region, unit = Region.objects.get(code="990302"), Unit.objects.get(key="990302-market-regulation")
    lifts = []
    for number in range(SEED):
        maintained = today - timedelta(days=number % 19)
        lift = Lift(
            register="lift",
            key=f"{300000 + number}",
            key_scope="990300",
            title=f"银杏花园{number}幢",
            site=f"银杏花园{number}幢",
            unit=unit,
            region=region,
            status="in_use",
            confidentiality=0,
            kind="traction",
            use_unit=f"物业{number % 40}",
            maint_unit=f"电梯公司{number % 60}",
            install_inspected_on=today - timedelta(days=400 + number),
            last_inspected_on=today - timedelta(days=number % 300),
            last_maintained_on=maintained,
            next_maintenance=next_maintenance(region.code, maintained),
            insured_until=today + timedelta(days=number % 400 - 20),
        )
        compute_lift(lift)
        lifts.append(lift)
    Lift.objects.bulk_create(lifts, batch_size=500)
    columns = [str(field.column) for field in Lift._meta.concrete_fields if not field.primary_key]
    table, rounds = Lift._meta.db_table, LIFTS // SEED - 1
    units = list(Unit.objects.filter(family="market_regulation").order_by("pk").values_list("pk", "region_id"))
    task = bar.add_task("lifts", total=rounds)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {table}")
        last = int(cursor.fetchone()[0])
        for number in range(rounds):
            keeper, place = units[number % len(units)]
            replaced = {"key_scope": f"'c{number}'", "unit_id": str(keeper), "region_id": str(place)}
            chosen = ", ".join(replaced.get(name, name) for name in columns)
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table} WHERE id <= {last}"
            )
            bar.update(task, completed=number + 1)
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
