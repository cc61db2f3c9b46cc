"""Benchmark of cases: a list page over a million, a sweep of a million clocks, many people filing at once.

A database of its own in a temporary folder; the project's data is not touched. Rows are made by SQL. The lists are
measured as requests without the network, the filing against a running server.
"""

from __future__ import annotations

import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from rich.console import Console

from hengjian.cli._bench import BenchRow, row

CASES = 1_000_000
DUE = 20_000
SUBMITTERS = 200
REPEAT = 5
TYPE = "complaint"
LIST_LIMIT, SWEEP_LIMIT = 400.0, 60.0
# Name → (account, query): what an officer, an office over the whole region and a searching officer ask.
QUERIES = {
    "an officer's unit": ("market", ""),
    "an officer's unit, late ones": ("market", "open=late&sort=due"),
    "whole region": ("office", ""),
    "whole region, one state": ("office", "state={state}"),
    "whole region, one unit, open": ("office", "unit={unit}&open=open"),
    "whole region, one month": ("office", "opened_from=2026-03-01&opened_to=2026-03-31"),
}


def run(console: Console) -> list[BenchRow]:
    """Measure in a fresh process with a fresh database."""
    with tempfile.TemporaryDirectory(prefix="hengjian-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HENGJIAN_")}
        environment |= {"HENGJIAN_DATA_DIR": folder, "HENGJIAN_FILINGS_PER_HOUR": "100000"}
        result = Path(folder) / "result.json"
        subprocess.run([sys.executable, "-m", "hengjian.cli.bench_cases", str(result)], env=environment, check=True)
        measured: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    rows = [
        row(f"list page of {CASES:,} cases, {name}, median", value, "ms", LIST_LIMIT, "less")
        for name, value in measured["lists"].items()
    ]
    sweep = f"sweep of {CASES:,} open clocks with {DUE:,} due"
    rows.append(row(sweep, measured["sweep"], "s", SWEEP_LIMIT, "less"))
    filed = measured["filed"]
    rows.append(row(f"{SUBMITTERS} people filing at once, each form sent twice", filed["seconds"], "s"))
    rows.append(row("… cases made", filed["made"], "cases", float(SUBMITTERS)))
    rows.append(row("… lost or doubled", filed["wrong"], "cases", 0.0, "less"))
    return rows


def main(result: Path) -> None:
    """Build, measure everything, write the figures as JSON."""
    from hengjian.cli import _django
    from hengjian.cli._messages import compile_all

    compile_all()
    _django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from hengjian.demo.texts import demo_year
    from hengjian.demo.world import create_world

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    create_world(demo_year(timezone.localdate()).start)
    filed = file_at_once()
    add_cases(CASES)
    measured = {"lists": measure_lists(), "filed": filed, "sweep": measure_sweep()}
    result.write_text(json.dumps(measured), encoding="utf-8")


def add_cases(number: int) -> None:
    """Cases of one procedure spread over the units, half of them closed, with a clock for each open one."""
    from django.db import connection

    from hengjian.cases.catalogue import case_type
    from hengjian.parties.models import Unit

    declared = case_type(TYPE)
    states = [state.code for state in declared.states if not state.end]
    end = next(state.code for state in declared.states if state.end)
    units = list(Unit.objects.exclude(kind=Unit.Kind.ENTERPRISE).values_list("pk", "region_id"))
    market = Unit.objects.get(users__username="market")
    # The bench's officer has a busy unit: a fiftieth of everything.
    units = [unit if place % 50 else (market.pk, market.region_id) for place, unit in enumerate(units[:500])]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bench_units (n INTEGER PRIMARY KEY, unit INTEGER, region INTEGER)")
        cursor.executemany(
            "INSERT INTO bench_units VALUES (%s, %s, %s)", [(n, unit, region) for n, (unit, region) in enumerate(units)]
        )
        cursor.execute("CREATE TEMP TABLE bench_states (n INTEGER PRIMARY KEY, code TEXT)")
        cursor.executemany("INSERT INTO bench_states VALUES (%s, %s)", list(enumerate(states)))
        cursor.execute(
            f"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {int(number)})
            INSERT INTO cases_case (type, type_version, number, title, rules_on, opened_at, closed_at, state,
                state_since, outcome, outcome_code, unit_id, region_id, confidentiality, subject, origin, category,
                channel, data, identity, tracking, clock, due_at, paused, rating_note, version)
            SELECT %s, %s, 'B' || i, '示例事由第' || i || '号：商品与宣传不符', '2026-03-01',
                datetime('2025-12-01', '+' || (i %% 400000) || ' minutes'),
                CASE WHEN i %% 2 THEN datetime('2026-01-01', '+' || (i %% 400000) || ' minutes') END,
                CASE WHEN i %% 2 THEN %s ELSE s.code END, '2026-01-01 00:00:00',
                CASE WHEN i %% 2 THEN %s ELSE '' END, '', u.unit, u.region, 10, '', '', 'goods', '12315',
                '{{"facts": "示例"}}', '', '', %s,
                CASE WHEN i %% 2 = 0 THEN datetime('2026-11-01', '+' || (i %% 90000) || ' minutes') END, 0, '', 1
            FROM n JOIN bench_units u ON u.n = i %% {len(units)} JOIN bench_states s ON s.n = i %% {len(states)}
            """,
            [declared.code, declared.version, end, declared.outcomes[0].code, declared.clocks[0].code],
        )
        cursor.execute(
            """
            INSERT INTO clocks_deadline (owner, purpose, unit, region, rule_id, rule_version, started_at, term_amount,
                term_unit, term_roll, due_on, due_at, provisional, calendar_version, explanation, state, last_event_at,
                alarms, alarms_from, next_action_at)
            SELECT 'case:' || id, %s, '', '000000', '', '', opened_at, 60, 'calendar_day', '', '2099-01-05',
                '2099-01-05 15:59:59', 0, 'x', '[]', 'open', opened_at, '[["before", -2], ["over", 1]]',
                '2026-01-01 00:00:00', '2098-12-31 01:00:00'
            FROM cases_case
            """,
            [declared.purpose(declared.clocks[0].code)],
        )
        cursor.execute("ANALYZE")


def measure_lists() -> dict[str, float]:
    """Median server time of each query in ms."""
    from django.test import Client
    from django.urls import reverse

    from hengjian.cases.catalogue import case_type
    from hengjian.parties.models import Unit, User

    state = next(item.code for item in case_type(TYPE).states if not item.end)
    unit = Unit.objects.get(users__username="market").pk
    found = {}
    for name, (account, query) in QUERIES.items():
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(User.objects.get(username=account), backend="django.contrib.auth.backends.ModelBackend")
        address = f"{reverse('cases:list', args=[TYPE])}?{query.format(state=state, unit=unit)}"
        taken = []
        for turn in range(REPEAT + 1):
            start = time.perf_counter()
            response = client.get(address)
            if response.status_code != 200:
                raise SystemExit(f"{address} answers {response.status_code}")
            if turn:
                taken.append((time.perf_counter() - start) * 1000)
        found[name] = statistics.median(taken)
        print(f"{name}: {found[name]:.0f} ms", flush=True)
    return found


def measure_sweep() -> float:
    """Seconds until no alarm is left of 20,000 clocks that ran out, among a million."""
    from django.utils import timezone

    from hengjian.clocks import worker
    from hengjian.clocks.models import Deadline

    now = timezone.now()
    keys = list(Deadline.objects.filter(state="open").order_by("pk").values_list("pk", flat=True)[: 2 * DUE : 2])
    late = now - timedelta(days=5)
    for first in range(0, len(keys), 500):
        Deadline.objects.filter(pk__in=keys[first : first + 500]).update(
            due_at=late, due_on=timezone.localdate(late), next_action_at=now - timedelta(hours=1)
        )
    start = time.perf_counter()
    while Deadline.objects.filter(next_action_at__lte=now).exists():
        worker.run_due(now)
    taken = time.perf_counter() - start
    print(f"sweep: {taken:.1f} s", flush=True)
    return taken


# ---- filing at once


def file_at_once() -> dict[str, float]:
    """Threads that each fill in the public form and send it twice, against a running server."""
    from hengjian.cases.models import Case
    from hengjian.cases.views.common import public_types

    declared = next(item for item in public_types() if item.filer == "citizen")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
         "--workers", "2", "--blocking-threads", "4", "hengjian.site.wsgi:application"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        base = f"http://127.0.0.1:{port}"
        wait_for(f"{base}/health")
        before = Case.objects.count()
        problems: list[str] = []
        start = time.perf_counter()
        threads = [
            threading.Thread(target=file_one, args=(base, declared, number, problems)) for number in range(SUBMITTERS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        taken = time.perf_counter() - start
        made = Case.objects.count() - before
    finally:
        server.terminate()
        server.wait()
    for problem in problems[:3]:
        print(problem, flush=True)
    print(f"filed {made} in {taken:.1f} s, {len(problems)} problems", flush=True)
    return {"seconds": taken, "made": made, "wrong": abs(made - SUBMITTERS) + len(problems)}


def wait_for(address: str, most: float = 60.0) -> None:
    end = time.monotonic() + most
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{address} does not answer")


def file_one(base: str, declared: Any, number: int, problems: list[str]) -> None:
    """One person: opens the form, sends it twice, reads the receipt."""
    try:
        jar = CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        address = f"{base}/cases/public/{declared.code}/"
        page = opener.open(address, timeout=120).read().decode()
        data = form_values(page, declared, number)
        body = urlencode(data, doseq=True).encode()
        receipts = set()
        for _twice in range(2):
            answer = opener.open(urllib.request.Request(address, body, {"Referer": address}), timeout=120)
            receipts.add("".join(re.findall(r"<strong[^>]*>([^<]+)</strong>", answer.read().decode())[:2]))
            if not answer.url.endswith("/done/"):
                raise ValueError(f"the form came back: {answer.url}")
        if len(receipts) != 1:
            raise ValueError(f"two receipts: {receipts}")
    except Exception as error:  # whatever goes wrong for one person is counted
        problems.append(f"{number}: {type(error).__name__} {error}")


def form_values(page: str, declared: Any, number: int) -> dict[str, Any]:
    """The hidden fields of the page and a value for each visible one."""
    data: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="hidden"' in tag:
            data[name[1]] = value[1] if value else ""
        elif name and re.search(r'type="(checkbox|radio)"', tag):
            data.setdefault(name[1], value[1] if value else "on")
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        values = [value for value in re.findall(r'value="([^"]*)"', options) if value]
        data[name] = values[0] if values else ""
    for spec in declared.fields:
        if spec.required and spec.code not in data:
            data[spec.code] = {"money": "10", "integer": "1", "decimal": "1", "date": "2026-03-01"}.get(
                spec.type, f"示例 {number}"
            )
    return {**data, "_id_name": "苏和平", "_id_phone": "13800001234"}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
