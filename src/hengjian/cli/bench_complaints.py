"""Benchmark of complaints: the ticket list over a million rows, a sheet of a hundred thousand calls.

A database of its own in a temporary folder; the project's data is not touched. The million is made by SQL out of a few
real tickets, the sheet is checked and imported by the code that the worker runs. Lists are measured as requests without
the network.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console

from hengjian.cli._bench import BenchRow, row

TICKETS = 1_000_000
ROWS = 100_000
REPEAT = 5
LIST_LIMIT, IMPORT_LIMIT = 300.0, 90.0
QUERIES = {
    "a county's officer": ("beichuan-market", ""),
    "a county's officer, open ones": ("beichuan-market", "state=open"),
    "whole region": ("office", ""),
    "whole region, one category": ("office", "category=food"),
    "whole region, one line, one month": ("office", "channel=12345&received_from=2026-03-01&received_to=2026-03-31"),
    "whole region, oldest first": ("office", "sort=received"),
    "whole region, a line's number": ("office", "q=12345-000000123"),
}
TEXTS = (
    "在店里买的糕点开袋发霉，要求赔偿",
    "电热水器漏电保护频繁跳闸，维修两次仍未修好，要求更换",
    "超市还在卖过期牛奶，请查处",
    "健身房关门，会员卡余额拒绝退，要求退款，并且存在虚假宣传",
    "请问电梯维保单位的资质在哪里可以查到",
)


def run(console: Console) -> list[BenchRow]:
    """Measure in a fresh process with a fresh database."""
    with tempfile.TemporaryDirectory(prefix="hengjian-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HENGJIAN_")}
        environment["HENGJIAN_DATA_DIR"] = folder
        result = Path(folder) / "result.json"
        command = [sys.executable, "-m", "hengjian.cli.bench_complaints", str(result), str(TICKETS), str(ROWS)]
        subprocess.run(command, env=environment, check=True)
        measured: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    rows = [
        row(f"list page of {TICKETS:,} tickets, {name}, median", value, "ms", LIST_LIMIT, "less")
        for name, value in measured["lists"].items()
    ]
    rows.append(row(f"check a sheet of {ROWS:,} calls, every fault at once", measured["check"], "s"))
    name = f"check and import {ROWS:,} calls into tickets, cases, clocks, facts"
    rows.append(row(name, measured["check"] + measured["import"], "s", IMPORT_LIMIT, "less"))
    return rows


def main(result: Path, tickets: int, rows: int) -> None:
    """Measure everything in this process and write the figures as JSON."""
    from hengjian.cli import _django

    _django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from hengjian.demo.world import create_world

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    create_world(timezone.localdate().replace(month=1, day=1))
    measured: dict[str, Any] = _sheet(rows)
    _enlarge(tickets)
    measured["lists"] = _lists()
    result.write_text(json.dumps(measured), encoding="utf-8")


def _sheet(rows: int) -> dict[str, float]:
    """Seconds to check and to import a sheet of so many calls."""
    from django.utils import timezone

    from hengjian.documents.sheets import write_xlsx
    from hengjian.methods import fictional
    from hengjian.parties.models import User
    from hengjian.systems.complaints import importing
    from hengjian.systems.complaints.models import TicketBatch
    from hengjian.systems.complaints.sheets import FIELDS

    random = Random(2026)
    shops = fictional.enterprises(random, 200)
    now = timezone.localtime()
    names = [field.name for field in FIELDS]

    def calls() -> Any:
        for number in range(rows):
            shop = shops[number % len(shops)]
            values = {
                "source_number": f"12345-{number:09d}",
                "received_at": (now - timedelta(hours=1 + random.randrange(2000))).strftime("%Y-%m-%d %H:%M"),
                "content": TEXTS[number % len(TEXTS)],
                "respondent_name": shop.name,
                "respondent_code": shop.code,
                "claims": "赔偿" if number % 5 in (0, 1, 3) else "",
                "amount": random.randrange(10, 3000),
                "region": shop.region,
                "name": fictional.person(random),
                "phone": fictional.phone(random),
            }
            yield [values.get(name, "") for name in names]

    data = write_xlsx([field.titles[0] for field in FIELDS], calls())
    officer = User.objects.select_related("unit__region").get(username="shuoan-market")
    assert officer.unit is not None
    batch = importing.UploadBatch(
        user=officer, unit=officer.unit, channel="12345", name="热线.xlsx", data=data
    ).execute()
    measured = {"check": _timed(lambda: importing.advance(batch))}
    batch.refresh_from_db()
    importing.ConfirmBatch(user=officer, batch=batch).execute()
    measured["import"] = _timed(lambda: importing.advance(batch))
    batch.refresh_from_db()
    if (batch.state, batch.done) != (TicketBatch.State.DONE, rows):
        raise SystemExit(f"the import did not end: {batch.state}, {batch.done} of {rows} rows")
    return measured


def _timed(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _enlarge(tickets: int) -> None:
    """Copy the tickets in SQL until there are so many, spread over a year."""
    from django.db import connection

    from hengjian.systems.complaints.models import Ticket

    columns = [str(field.column) for field in Ticket._meta.concrete_fields if field.column != "id"]
    replaced = {
        "number": "'B' || (t.id + n.k * 10000000)",
        "source_number": "'B' || (t.id + n.k * 10000000)",
        "token": "NULL",
        "received_at": "datetime(t.received_at, '-' || (n.k * 7 % 365) || ' days')",
        "state": "CASE WHEN n.k % 12 = 0 THEN 'open' ELSE 'done' END",
        "category": "CASE n.k % 6 WHEN 0 THEN 'food' WHEN 1 THEN 'online' ELSE t.category END",
    }
    values = ", ".join(replaced.get(column, f"t.{column}") for column in columns)
    have = Ticket.objects.count()
    copies = max(0, -(-(tickets - have) // have))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < {copies}) "
            f"INSERT INTO complaints_ticket ({', '.join(columns)}) SELECT {values} FROM complaints_ticket t, n "
            f"WHERE {copies} > 0 LIMIT {max(0, tickets - have)}"
        )
        cursor.execute("ANALYZE complaints_ticket")


def _lists() -> dict[str, float]:
    """Median milliseconds of the list page for each question."""
    from django.test import Client

    from hengjian.parties.models import User

    measured = {}
    for name, (account, query) in QUERIES.items():
        client = Client()
        user = User.objects.get(username=account)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        taken = []
        for _turn in range(REPEAT + 1):
            start = time.perf_counter()
            response = client.get(f"/complaints/?{query}", HTTP_HOST="localhost")
            taken.append((time.perf_counter() - start) * 1000)
            if response.status_code != 200:
                raise SystemExit(f"the list of {account} answered {response.status_code}")
        measured[name] = statistics.median(taken[1:])
    return measured


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
