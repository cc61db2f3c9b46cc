"""Benchmark of taking in deliveries, on a database of its own in a temporary folder.

HENGJIAN_BENCH_INTAKE sets the number of rows of the first sheet (default 100,000); another department then delivers
10,000 more about the same and about new bodies, a third of them without a code. HENGJIAN_BENCH_DATABASE_URL measures on
another, empty database (PostgreSQL).
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from rich.console import Console

from hengjian.cli._bench import BenchRow, row
from hengjian.cli._made_enterprises import made_enterprises
from hengjian.cli.bench_credit import otherwise

if TYPE_CHECKING:
    from hengjian.enterprises.models import IntakeBatch
    from hengjian.parties.models import Unit, User

SIZE = int(os.environ.get("HENGJIAN_BENCH_INTAKE", "100000"))
LATER = 10_000
#: Of the later rows so many are about bodies that the first sheet has.
KNOWN = 0.7
SEED = 13
HEAD = ("企业名称", "统一社会信用代码", "法定代表人", "住所", "成立日期", "登记状态")
STREETS = ("人民路", "解放路", "建设街", "胜利路", "友好北路", "团结大街", "光明街", "创业大道", "和平路", "文化巷")
FAMILY, GIVEN = "王李张刘陈杨赵黄周吴徐孙马郭何高林罗", "伟芳敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚"


def run(console: Console) -> list[BenchRow]:
    """Measure in a fresh process with a fresh database and return the rows."""
    with tempfile.TemporaryDirectory(prefix="hengjian-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HENGJIAN_")}
        environment |= {
            "HENGJIAN_DATA_DIR": folder,
            "HENGJIAN_DATABASE_URL": os.environ.get("HENGJIAN_BENCH_DATABASE_URL", ""),
            "HENGJIAN_BENCH_INTAKE": str(SIZE),
        }
        result = Path(folder) / "result.json"
        subprocess.run([sys.executable, "-m", "hengjian.cli.bench_intake", str(result)], env=environment, check=True)
        measured: dict[str, float] = json.loads(result.read_text(encoding="utf-8"))
    return [
        row(f"sheet of {SIZE:,} enterprises: read, checked, taken in", measured["first"], "s", 60.0, "less"),
        row("  of it, processor time", measured["first_cpu"], "s"),
        row("  of it, reading and checking", measured["first_check"], "s"),
        row(f"{LATER:,} records of another department into them", measured["later"], "s", 10.0, "less"),
        row("  of it, processor time", measured["later_cpu"], "s"),
        row("  of them on the right body", measured["right"], "%"),
        row("bodies whose key or records changed by it", measured["moved"], "", 0.0, "less"),
        row("memory at its peak", measured["memory"], "MB"),
    ]


def main(result: Path, size: int = SIZE, later: int = LATER) -> None:
    """Deliver twice, write the figures as JSON."""
    from hengjian.cli import _django

    _django.setup()
    from django.core.management import call_command

    from hengjian.enterprises.models import Enterprise, SourceRecord
    from hengjian.parties.models import Region, RoleGrant, Unit, User

    call_command("migrate", verbosity=0)
    region, _made = Region.objects.get_or_create(code="650000", defaults={"name": "新疆", "level": "provincial"})
    units = []
    for key, name in (("market", "市场监管局"), ("tax", "税务局")):
        unit = Unit.objects.create(
            key=f"bench-{key}", name=name, region=region, level=region.level, family="market_regulation"
        )
        user = User.objects.create_user(f"bench-{key}", password="", display_name=name, unit=unit)
        RoleGrant.objects.create(user=user, role="officer", unit=unit)
        units.append((unit, user))
    random = Random(SEED)
    rows = [of_body(one, random) for one in islice(made_enterprises(size + later, [region.pk]), size + later)]
    measured: dict[str, float] = {}
    deliver(*units[0], rows[:size], "first", measured)
    bodies = dict(Enterprise.objects.values_list("pk", "key"))
    owners = dict(SourceRecord.objects.values_list("pk", "enterprise_id"))
    known = random.sample(range(size), int(later * KNOWN))
    told = [as_written(rows[number], random) for number in known] + rows[size : size + later - len(known)]
    deliver(*units[1], told, "later", measured)
    moved = sum(Enterprise.objects.filter(pk=pk, key=key).count() != 1 for pk, key in islice(bodies.items(), 2_000))
    after = dict(SourceRecord.objects.filter(pk__in=list(owners)[:30_000]).values_list("pk", "enterprise_id"))
    measured["moved"] = moved + sum(owners[pk] != owner for pk, owner in after.items())
    first = dict(SourceRecord.objects.filter(source=units[0][0]).values_list("number", "enterprise_id"))
    second = dict(SourceRecord.objects.filter(source=units[1][0]).values_list("number", "enterprise_id"))
    # Rows of a sheet are counted from 2: the first is its head.
    hits = sum(second.get(place + 2) == first.get(number + 2) for place, number in enumerate(known))
    measured["right"] = 100 * hits / len(known)
    measured["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result.write_text(json.dumps(measured), encoding="utf-8")


def of_body(one: tuple[str, str, str, str, str, int], random: Random) -> tuple[str, ...]:
    """A row of the sheet about a made-up body."""
    person = random.choice(FAMILY) + random.choice(GIVEN) + random.choice(GIVEN)
    street = f"{random.choice(STREETS)}{random.randrange(1, 400)}号"
    day = f"20{random.randrange(1, 26):02d}-{random.randrange(1, 13):02d}-{random.randrange(1, 29):02d}"
    return (one[2], one[1], person, street, day, "存续")


def as_written(row: tuple[str, ...], random: Random) -> tuple[str, ...]:
    """The same body as another department writes it."""
    return (otherwise(row[0], random), "" if random.random() < 0.33 else row[1], *row[2:])


def deliver(
    unit: Unit, user: User, rows: Sequence[tuple[str, ...]], name: str, measured: dict[str, float]
) -> IntakeBatch:
    """Hand a sheet in, have it checked and taken in, as the pages and the worker do."""
    from hengjian.documents.sheets import write_csv
    from hengjian.documents.uploads import check_upload
    from hengjian.enterprises.actions.intake import SUFFIXES, AssignColumns, ConfirmIntake, StartIntake
    from hengjian.enterprises.batches import advance

    data = write_csv(HEAD, rows)
    start, used = time.perf_counter(), time.process_time()
    batch = StartIntake(
        user=user, unit=unit, region=unit.region, data=data, checked=check_upload(data, f"{name}.csv", SUFFIXES)
    ).execute()
    if batch.state == batch.State.MAPPING:
        AssignColumns(user=user, batch=batch, columns=batch.columns).execute()
    while advance(batch, 60.0):
        batch.refresh_from_db()
    measured[f"{name}_check"] = time.perf_counter() - start
    ConfirmIntake(user=user, batch=batch, skip_wrong=True).execute()
    while advance(batch, 60.0):
        batch.refresh_from_db()
    measured[name], measured[f"{name}_cpu"] = time.perf_counter() - start, time.process_time() - used
    print(name, batch.state, batch.message, batch.total, batch.created, batch.matched, batch.unsure, flush=True)
    if batch.state != batch.State.APPLIED:
        raise SystemExit(f"the delivery was not taken in: {batch.message}")
    return batch


if __name__ == "__main__":
    main(Path(sys.argv[1]))
