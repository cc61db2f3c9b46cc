"""Benchmark of finding and matching enterprises and of their dossiers, on a database of its own in a temporary folder.

HENGJIAN_BENCH_ENTERPRISES sets the size (default 5,000,000, which needs about 8 GB of disk and a quarter of an hour).
HENGJIAN_BENCH_FACTS sets the facts of the ledger behind them (default two for each enterprise; 560 bytes each with
their indexes, so that 50,000,000 need 28 GB more). One body has a file of 5,000 besides.
HENGJIAN_BENCH_DATABASE_URL measures on another, empty database (PostgreSQL). HENGJIAN_BENCH_KEEP names a folder that is
kept and used again, so that a second run only measures.
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
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, Literal

from rich.console import Console
from rich.progress import Progress

from hengjian.cli._bench import BenchRow, row
from hengjian.cli._made_enterprises import made_enterprises

SIZE = int(os.environ.get("HENGJIAN_BENCH_ENTERPRISES", "5000000"))
FACTS = int(os.environ.get("HENGJIAN_BENCH_FACTS", 2 * SIZE))
LONG_FILE, DOSSIERS = 5_000, 300
SEED = 7
CODES, NAMES, MATCHES, BATCHES = 3_000, 600, 600, 20
TOGETHER = 100
# The words that most names contain, alone and together, among them pairs that never stand beside each other.
WORST = (
    "科技",
    "有限",
    "新疆",
    "公司",
    "新疆科技",
    "有限公司",
    "商贸有限",
    "合作社 科技",
    "新疆 有限公司",
    "责任 合作社",
    "鑫",
    "华",
)
Query = Callable[[], object]


def run(console: Console) -> list[BenchRow]:
    """Measure in a fresh process and return the rows."""
    with _folder() as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HENGJIAN_")}
        environment |= {
            "HENGJIAN_DATA_DIR": str(folder),
            "HENGJIAN_DATABASE_URL": os.environ.get("HENGJIAN_BENCH_DATABASE_URL", ""),
            "HENGJIAN_BENCH_ENTERPRISES": str(SIZE),
            "HENGJIAN_BENCH_FACTS": str(FACTS),
            "HENGJIAN_LOOKUPS_PER_HOUR": "1000000",
        }
        result = folder / "result.json"
        subprocess.run([sys.executable, "-m", "hengjian.cli.bench_credit", str(result)], env=environment, check=True)
        measured: dict[str, float] = json.loads(result.read_text(encoding="utf-8"))
    at = f"{measured['enterprises']:,.0f} enterprises, {'PostgreSQL' if measured['postgres'] else 'SQLite'}"
    return [
        row(f"index of {at}, made again", measured["reindex"], "s"),
        row("  of it, processor time of all processes", measured["index_cpu"], "s"),
        row("  of it, memory at its peak in the main process", measured["index_memory"], "MB", 2000.0, "less"),
        row("  of it, size of the database with enterprises and index", measured["disk"], "MB"),
        row(f"look-up by code at {at}, p99", measured["code_p99"], "ms", 20.0, "less"),
        row("  of it, median", measured["code_p50"], "ms"),
        row(f"query by name at {at}, realistic mix, p95", measured["name_p95"], "ms", 150.0, "less"),
        row("  of it, median", measured["name_p50"], "ms"),
        row("  of it, p99", measured["name_p99"], "ms"),
        row("query of only the most frequent words, slowest", measured["worst"], "ms", 150.0, "less"),
        row(f"match, one by one, at {at}", measured["match_single"], "requests/s", 200.0),
        row(f"match, {TOGETHER} at a time", measured["match_many"], "requests/s", 200.0),
        row("  of them found first, name written otherwise", measured["match_found"], "%"),
        row(
            f"dossier of an enterprise, {measured['facts']:,.0f} facts in the ledger, median",
            measured["dossier_p50"],
            "ms",
        ),
        row("  of it, p95", measured["dossier_p95"], "ms"),
        row(f"dossier of a body with {LONG_FILE:,} facts, overview, for the enterprise", measured["long"], "ms"),
        row("  of it, timeline", measured["long_timeline"], "ms"),
        row("memory of the querying process at its peak", measured["memory"], "MB"),
    ]


@contextmanager
def _folder() -> Any:
    kept = os.environ.get("HENGJIAN_BENCH_KEEP", "")
    if kept:
        Path(kept).mkdir(parents=True, exist_ok=True)
        yield Path(kept)
        return
    with tempfile.TemporaryDirectory(prefix="hengjian-bench-") as folder:
        yield Path(folder)


def main(result: Path, size: int = SIZE) -> None:
    """Build where nothing is built, measure everything in this process, write the figures as JSON."""
    from hengjian.cli import _django

    _django.setup()
    from django.db import connection

    measured: dict[str, float] = {"enterprises": size, "postgres": float(connection.vendor == "postgresql")}
    build(size, measured, result.parent / "built.json")
    measured["facts"] = float(fill(size, FACTS))
    measured.setdefault("index_memory", _memory())
    measured |= measure(size)
    measured["memory"] = _memory()
    result.write_text(json.dumps(measured), encoding="utf-8")


def build(size: int, measured: dict[str, float], kept: Path) -> None:
    """Enter the enterprises by bulk SQL and make the index; what that took is kept beside."""
    from django.core.management import call_command
    from django.db import connection

    from hengjian.enterprises.models import Enterprise
    from hengjian.enterprises.search.rebuilding import reindex
    from hengjian.parties.models import Region

    call_command("migrate", verbosity=0)
    if kept.exists() and Enterprise.objects.count() == size:
        measured |= json.loads(kept.read_text(encoding="utf-8"))
        return
    top = Region.objects.get_or_create(code="650000", defaults={"name": "新疆", "level": "provincial"})[0]
    regions = [
        Region.objects.get_or_create(
            code=f"65{number:02d}00", defaults={"name": f"第{number}区", "level": "prefecture", "parent": top}
        )[0].pk
        for number in range(1, 22)
    ]
    with Progress() as bar:
        entering = bar.add_task("enterprises", total=size)
        with connection.schema_editor() as editor:
            for one in Enterprise._meta.indexes:
                editor.remove_index(Enterprise, one)
        enter(made_enterprises(size, regions), lambda count: bar.update(entering, completed=count))
        with connection.schema_editor() as editor:
            for one in Enterprise._meta.indexes:
                editor.add_index(Enterprise, one)
        indexing = bar.add_task("index", total=size)
        start, used = time.perf_counter(), _processor()
        reindex(lambda done, total: bar.update(indexing, completed=done))
        measured["reindex"] = time.perf_counter() - start
        measured["index_cpu"] = _processor() - used
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        measured["disk"] = float(cursor.fetchone()[0]) / 1e6
    kept.write_text(
        json.dumps({name: measured[name] for name in ("reindex", "index_cpu", "disk")} | {"index_memory": _memory()}),
        encoding="utf-8",
    )


def fill(size: int, facts: int) -> int:
    """Bring the ledger to so many facts; how many there are."""
    from django.db import connection

    from hengjian.cli._made_facts import enter_facts, enter_long_file, index_facts
    from hengjian.enterprises.models import Enterprise
    from hengjian.ledger.models import Fact
    from hengjian.parties.models import Region, Unit

    registrar = {
        "name": "新疆市场监督管理局",
        "region": Region.objects.get(code="650000"),
        "kind": Unit.Kind.GOVERNMENT,
    }
    Unit.objects.get_or_create(key="650000-market-regulation", defaults=registrar)
    newest = Fact.everything.order_by("-leaf_index").values_list("leaf_index", flat=True)
    there = (newest.first() or -1) + 1
    rounds = max(1, facts // size)
    if there < rounds * size:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:  # a file that nobody else needs
                for setting in ("journal_mode=off", "synchronous=off", "cache_size=-1000000"):
                    cursor.execute(f"PRAGMA {setting}")
        with Progress() as bar:
            entering = bar.add_task("facts", total=rounds * size)
            enter_facts(size, rounds, lambda count: bar.update(entering, completed=count))
        index_facts()
        there = rounds * size
    if there == rounds * size:
        enter_long_file(Enterprise.objects.get(pk=1).subject, LONG_FILE, there)
        there += LONG_FILE
    return there


def enter(rows: Iterable[Sequence[Any]], advance: Callable[[int], None]) -> None:
    """Insert (key, code, name, kind, status, region), ten thousand rows a statement."""
    from django.db import connection, transaction
    from django.utils import timezone

    from hengjian.ledger.projections import batched

    now = timezone.now().isoformat(sep=" ")
    done = 0
    sql = (
        "INSERT INTO enterprises_enterprise (key, code, name, kind, status, region_id, address, created_at, updated_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, '', %s, %s)"
    )
    for part in batched(rows, 10_000):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, [(*one, now, now) for one in part])
        done += len(part)
        advance(done)


def measure(size: int) -> dict[str, float]:
    """Percentiles in milliseconds, requests per second."""
    from hengjian.enterprises.matching import Asked, match, match_many
    from hengjian.enterprises.search import search

    random = Random(SEED)
    sample = _sample(size, random)
    # Once for what is read only once per process: tables of pinyin, of divisions.
    search("xinda")
    match(Asked(name=sample[0][1]))
    codes = _times(lambda text: search(text), [code for code, _name in random.choices(sample, k=CODES)])
    names = _times(lambda text: search(text), mix(sample, random))
    worst = [max(_times(lambda text: search(text), [text] * 3)) for text in WORST]
    asked = [Asked(name=otherwise(name, random)) for _code, name in random.choices(sample, k=MATCHES)]
    expected = [name for _code, name in sample]
    start = time.perf_counter()
    for one in asked:
        match(one)
    single = MATCHES / (time.perf_counter() - start)
    pairs = random.choices(sample, k=TOGETHER * BATCHES)
    batch = [Asked(name=otherwise(name, random)) for _code, name in pairs]
    start = time.perf_counter()
    answers = match_many(batch)
    many = len(batch) / (time.perf_counter() - start)
    hit = sum(
        any(one.enterprise.name == name for one in found[:3])
        for (_code, name), found in zip(pairs, answers, strict=True)
    )
    assert expected
    return dossiers(sample) | {
        "code_p50": _percentile(codes, 50), "code_p99": _percentile(codes, 99),
        "name_p50": _percentile(names, 50), "name_p95": _percentile(names, 95), "name_p99": _percentile(names, 99),
        "worst": max(worst), "match_single": single, "match_many": many, "match_found": 100 * hit / len(pairs),
    }  # fmt: skip


def dossiers(sample: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Milliseconds of the page of a dossier, as everybody and as the enterprise itself gets it, without the network."""
    from django.contrib.auth.models import AnonymousUser
    from django.template.loader import render_to_string
    from django.test import RequestFactory

    from hengjian.credit.dossier.readers import Reader
    from hengjian.credit.dossier.views.dossier import contents
    from hengjian.enterprises.models import Enterprise
    from hengjian.enterprises.queries import by_code

    def page(code: str, side: Literal["public", "own"] = "public", tab: str = "") -> None:
        request = RequestFactory().get("/", {"tab": tab})
        request.user = AnonymousUser()
        enterprise = by_code(code)
        assert enterprise is not None
        render_to_string("credit_dossier/public.html", contents(request, enterprise, Reader(side)), request)

    # What is read once per process: templates, words of registers and procedures.
    page(sample[0][0])
    taken = _times(page, [code for code, _name in sample[1 : DOSSIERS + 1]])
    large = Enterprise.objects.values_list("code", flat=True).get(pk=1)
    return {
        "dossier_p50": _percentile(taken, 50),
        "dossier_p95": _percentile(taken, 95),
        "long": statistics.median(_times(lambda code: page(code, "own"), [large] * 5)),
        "long_timeline": statistics.median(_times(lambda code: page(code, "own", "timeline"), [large] * 5)),
    }


def mix(sample: Sequence[tuple[str, str]], random: Random) -> list[str]:
    """What people type: brands, parts, whole names, several words, pinyin, initials, mistakes, frequent words."""
    from hengjian.enterprises.search.spelling import initials, spelled
    from hengjian.enterprises.search.terms import brand_of

    queries = []
    for _code, name in random.choices(sample, k=NAMES):
        brand, trade, region = brand_of(name)
        kind = random.random()
        if kind < 0.25:
            queries.append(brand or name[:4])
        elif kind < 0.4:
            queries.append(brand + trade)
        elif kind < 0.55:
            queries.append(name)
        elif kind < 0.65:
            queries.append(f"{region} {brand}".strip())
        elif kind < 0.75:
            at = random.randrange(max(1, len(name) - 3))
            queries.append(name[at : at + random.choice((2, 3, 4))])
        elif kind < 0.83:
            queries.append(sorted(spelled(brand + trade[:1]))[0] if brand else "xinda")
        elif kind < 0.88:
            queries.append(sorted(initials(brand))[0] if len(brand) > 1 else "xd")
        elif kind < 0.93:
            at = random.randrange(len(name))
            queries.append(name[:at] + "澜" + name[at + 1 :])
        else:
            queries.append(random.choice(WORST))
    return queries


def otherwise(name: str, random: Random) -> str:
    """The name as another department may write it."""
    if random.random() < 0.5:
        name = name.replace("有限责任公司", "有限公司") if "责任" in name else name.replace("有限公司", "有限责任公司")
    if random.random() < 0.2:
        name = name.removeprefix("新疆").removeprefix("内蒙古").removeprefix("宁夏")
    return name


def _sample(size: int, random: Random) -> list[tuple[str, str]]:
    from hengjian.enterprises.models import Enterprise

    numbers = [random.randrange(1, size + 1) for _ in range(2_000)]
    return list(Enterprise.objects.filter(pk__in=numbers).order_by("pk").values_list("code", "name"))


def _times(work: Callable[[str], object], texts: Iterable[str]) -> list[float]:
    taken = []
    for text in texts:
        start = time.perf_counter()
        work(text)
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def _percentile(values: Sequence[float], share: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def _processor() -> float:
    """Seconds of this process and of those that it started and that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]))
