"""Benchmarks of the lake in a folder of its own; the project's database is not touched.

10,000,000 synthetic facts of the kinds that the shipped indicators count go through the lake's own writer. Then every
figure of these indicators is computed by region and month on DuckDB and on Spark, each in a fresh process; the two must
agree to the last digit. Copying is measured on a real ledger, beside the same figure in plain SQL on that ledger.
"""

from __future__ import annotations

import importlib.util
import json
import os
import pickle
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import track

from hengjian.cli._bench import BenchRow, row

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from hengjian.lake.measures import Measure, Standing

FACTS = int(os.environ.get("HENGJIAN_BENCH_FACTS", 10_000_000))
LEDGER = FACTS // 50
STRETCH = 100_000
Figures = tuple[list[list[tuple[Any, ...]]], list[list[tuple[Any, ...]]]]  # of measures and of standings, by question
SUBJECTS = 400_000
COUNTIES = [f"99{prefecture:02}{county:02}" for prefecture in range(1, 16) for county in range(1, 11)]


def run(console: Console) -> list[BenchRow]:
    """Measure in fresh processes and return the rows."""
    with tempfile.TemporaryDirectory(prefix="hengjian-bench-") as folder:
        built = _process("build", folder)
        ledger = _process("ledger", folder)
        duckdb_ = _process("duckdb", folder)
        what = f"{FACTS:,} facts, {built['measures']:.0f} figures of {built['kinds']:.0f} kinds by county and month"
        rows = [
            row(f"write {FACTS:,} facts as columns", built["write"], "facts/s"),
            row(f"sync, SQLite, {LEDGER:,} facts", ledger["sync"], "facts/s", 50_000),
            row("size of one fact in the lake", built["bytes"], "bytes"),
            row(f"{what}, DuckDB", duckdb_["seconds"], "s", 10, "less"),
            row("… of these the measures, without states at the ends of months", duckdb_["counted"], "s"),
            row("… peak memory, DuckDB", duckdb_["memory"], "MB", 4_000, "less"),
            row(f"one measure by county and month, {LEDGER:,} facts, lake", ledger["lake"], "ms"),
            row("… the same figure in SQL on the ledger, SQLite", ledger["sql"], "ms"),
        ]
        if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
            console.print("Spark is not measured: it needs hengjian[spark] and Java.")
            return rows
        spark = _process("spark", folder)
        same = agreement(*(pickle.loads((Path(folder) / f"{one}.pickle").read_bytes()) for one in ("duckdb", "spark")))
        rows.append(row(f"{what}, Spark, with its start", spark["seconds"], "s"))
        rows.append(row("figures that DuckDB and Spark agree on", same, "%", 100))
        return rows


def agreement(one: Figures, other: Figures) -> float:
    """How many of all figures are the same, in per cent; those that only one engine has are not."""
    alike, told = 0, 0
    for here, there in zip((*one[0], *one[1]), (*other[0], *other[1]), strict=True):
        alike += len(set(here) & set(there))
        told += len(set(here) | set(there))
    return 100 * alike / told


def _process(part: str, folder: str) -> dict[str, float]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HENGJIAN_")}
    environment |= {"HENGJIAN_DATA_DIR": folder, "HENGJIAN_BENCH_FACTS": str(FACTS)}
    subprocess.run([sys.executable, "-m", "hengjian.cli.bench_lake", part, folder], env=environment, check=True)
    measured: dict[str, float] = json.loads((Path(folder) / f"{part}.json").read_text())
    return measured


def main(part: str, folder: Path) -> None:
    """One part, in its own process; the figures go to `<part>.json`."""
    from hengjian.cli import _django

    _django.setup()
    parts = {"build": build, "ledger": ledger}
    measured = parts[part](folder) if part in parts else ask(folder, part)
    (folder / f"{part}.json").write_text(json.dumps(measured))


def measures() -> list[Measure]:
    """The measures of all shipped indicators that count facts."""
    from hengjian.indicators.catalogue import shipped
    from hengjian.indicators.declarations import FromFacts

    found = []
    for declared in shipped().values():
        if isinstance(declared.source, FromFacts):
            found += [one for one in (declared.source.numerator, declared.source.denominator) if one is not None]
    return found


def standings() -> list[Standing]:
    """The states that the shipped indicators count at the end of each period."""
    from hengjian.indicators.catalogue import shipped
    from hengjian.indicators.declarations import FromStanding
    from hengjian.lake.measures import Standing

    sources = [one.source for one in shipped().values() if isinstance(one.source, FromStanding)]
    return [
        Standing(
            kinds=one.kinds,
            where=one.where,
            meets=one.meets,
            sum=one.sum,
            date=one.date,
            region=one.region,
            dimensions=one.by,
        )
        for one in sources
    ]


def build(folder: Path) -> dict[str, float]:
    """Write the facts and the table of regions."""
    import duckdb

    from hengjian.lake.merging import merge
    from hengjian.lake.storing import Manifest, Store
    from hengjian.lake.syncing import append_batch

    store = Store(folder / "synthetic")
    store.folder.mkdir()
    manifest = Manifest()
    counted: list[Measure | Standing] = [*measures(), *standings()]
    kinds = sorted({kind for measure in counted for kind in measure.kinds})
    taken = 0.0
    with duckdb.connect() as connection:
        connection.execute("SELECT setseed(0.5)")
        for number, first in enumerate(track(range(0, FACTS, STRETCH), description="write", transient=True)):
            last = min(FACTS, first + STRETCH)
            batch = synthetic(connection, kinds[number % len(kinds)], counted, first, last)
            start = time.perf_counter()
            manifest = merge(store, append_batch(store, manifest, batch, first, last, "00"))
            taken += time.perf_counter() - start
    store.save(_with_regions(store, manifest))
    size = sum(segment.bytes for dataset in manifest.datasets.values() for segment in dataset.segments)
    return {"write": FACTS / taken, "bytes": size / FACTS, "measures": len(counted), "kinds": len(kinds)}


def synthetic(
    connection: duckdb.DuckDBPyConnection, kind: str, counted: Sequence[Measure | Standing], first: int, last: int
) -> pa.Table:
    """Facts of a kind with random values; texts take the values that conditions ask for. One in 100 is replaced."""
    from hengjian.lake.columns import declared_columns
    from hengjian.lake.measures import Standing
    from hengjian.lake.reading import SCHEMA
    from hengjian.lake.writing import text

    asked: dict[str, set[str]] = {}
    for measure in counted:
        conditions = (*measure.where, *(measure.meets if isinstance(measure, Standing) else ()))
        for wanted in conditions if kind in measure.kinds else ():
            values = wanted.value if isinstance(wanted.value, tuple) else (wanted.value,)
            asked.setdefault(wanted.field, set()).update(str(value) for value in values if value is not None)
    value = {
        "integer": "(random() * 100)::INT",
        "float": "random()",
        "decimal": "((random() * 1000)::DECIMAL(10, 2))::VARCHAR",
        "boolean": "random() < 0.5",
        "date": "(DATE '2021-12-01' + (random() * 1800)::INT)::VARCHAR",
        "datetime": "(TIMESTAMP '2021-12-01' + to_days((random() * 1800)::INT))::VARCHAR || 'Z'",
        "list": "['a', 'b']",
        "json": "NULL",
    }
    tree: dict[str, Any] = {}
    for column, type_ in declared_columns(kind).items():
        *path, name = column.split(".")
        place = tree
        for step in path:
            place = place.setdefault(step, {})
        choices = ", ".join(text(one) for one in [*sorted(asked.get(column, ())), "u", "v", "w"])
        place[name] = value.get(type_, f"([{choices}])[1 + (random() * {len(asked.get(column, ())) + 2})::INT]")
    counties = ", ".join(text(code) for code in COUNTIES)
    made = connection.sql(
        f"SELECT i AS leaf_index, uuid()::VARCHAR AS id, {text(kind)} AS kind, "
        f"'thing:' || (random() * {SUBJECTS})::INT AS subject, ([{counties}])[1 + (random() * 149)::INT] AS region, "
        "(DATE '2021-12-01' + (random() * 1800)::INT)::VARCHAR AS occurred_on, '2026-11-01 00:00:00' AS recorded_at, "
        "NULL AS ends_on, 'unit:bench' AS source_unit, '' AS source_system, '{}' AS refs, 'public' AS disclosure, "
        "'' AS catalogue, NULL AS supersedes, NULL AS retracts, "
        f"to_json({_struct(tree)})::VARCHAR AS payload, CASE WHEN i % 100 = 99 THEN i - 1 END AS target, "
        f"CASE WHEN i % 100 = 99 THEN {text(kind)} END AS target_kind FROM range({first}, {last}) facts(i)"
    )
    return made.to_arrow_table().cast(SCHEMA)


def _struct(tree: dict[str, Any]) -> str:
    parts = (f'"{name}": {_struct(one) if isinstance(one, dict) else one}' for name, one in tree.items())
    return "{" + ", ".join(parts) + "}" if tree else "NULL"


def _with_regions(store: Any, manifest: Any) -> Any:
    import pyarrow.parquet as pq

    from hengjian.lake import dimensions
    from hengjian.lake.storing import Table

    rows: list[tuple[str | None, ...]] = [("990000", "region", "provincial", None, None, "990000", None, None, None)]
    for code in sorted({county[:4] + "00" for county in COUNTIES}):
        rows.append((code, code, "prefecture", "990000", None, "990000", code, None, None))
    for code in COUNTIES:
        rows.append((code, code, "county", code[:4] + "00", None, "990000", code[:4] + "00", code, None))
    file = store.new_file("tables", "regions")
    pq.write_table(dimensions.as_table(dimensions.REGIONS, rows), store.path(file))
    return manifest.model_copy(update={"tables": {"regions": Table(file=file, rows=len(rows), digest="")}})


def ask(folder: Path, engine: str) -> dict[str, float]:
    """All measures on one engine; the answers go to `<engine>.pickle`."""
    from hengjian.lake.engines import session
    from hengjian.lake.expressions import Snapshot
    from hengjian.lake.opening import Opened, Part
    from hengjian.lake.queries import Ask, tally_in
    from hengjian.lake.standings import StandingAsk, standing_in
    from hengjian.lake.storing import Store

    store = Store(folder / "synthetic")
    wanted = [Ask(measure, "month", "county") for measure in measures()]
    states = [StandingAsk(standing, "month", "county") for standing in standings()]
    start = time.perf_counter()
    with ExitStack() as stack:
        running = stack.enter_context(session(engine))
        state = Snapshot(FACTS, date(2026, 11, 1), False, "internal")
        lake = Opened(state, (Part(store, store.manifest()),), running)
        found = tally_in(lake, wanted)
        counted = time.perf_counter() - start
        stood = standing_in(lake, states, date(2022, 1, 1), date(2026, 10, 31))
    seconds = time.perf_counter() - start
    plain = [[(one.region, one.period, str(one.value), one.facts) for one in tallies] for tallies in found]
    held = [[(one.region, one.period, str(one.part), str(one.whole)) for one in answer] for answer in stood]
    (folder / f"{engine}.pickle").write_bytes(pickle.dumps((plain, held)))
    return {"seconds": seconds, "counted": counted, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def ledger(folder: Path) -> dict[str, float]:
    """Copy a real ledger; one measure in the lake and in SQL on the ledger."""
    from random import Random

    from django.core.management import call_command
    from django.db import connection

    from hengjian.cli import bench_ledger
    from hengjian.lake.measures import Measure
    from hengjian.lake.queries import tally
    from hengjian.lake.syncing import sync
    from hengjian.ledger.actions import append_many

    call_command("migrate", verbosity=0)
    bench_ledger.register()
    append_many(bench_ledger.drafts(LEDGER, Random(2026)))
    start = time.perf_counter()
    copied = sync()
    measured = {"sync": copied / (time.perf_counter() - start)}
    items = Measure(kinds=("bench.inspected",), sum="items")
    start = time.perf_counter()
    found = {(one.region, f"{one.period:%Y-%m}"): int(one.value) for one in tally(items, level="county")}
    measured["lake"] = (time.perf_counter() - start) * 1000
    start = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.cursor.execute(  # a Django cursor would take the per cent signs for parameters
            "SELECT region, strftime('%Y-%m', occurred_on), sum(json_extract(payload, '$.items')) FROM ledger_fact f "
            "WHERE kind = 'bench.inspected' AND retracts IS NULL AND (ends_on IS NULL OR ends_on > date('now')) "
            "AND NOT EXISTS (SELECT 1 FROM ledger_fact s WHERE s.supersedes = f.id) "
            "AND NOT EXISTS (SELECT 1 FROM ledger_fact r WHERE r.retracts = f.id AND r.occurred_on <= date('now')) "
            "GROUP BY 1, 2"
        )
        plain = {(region, month): total for region, month, total in cursor.fetchall()}
    measured["sql"] = (time.perf_counter() - start) * 1000
    if plain != found:
        raise SystemExit("the lake and the ledger disagree")
    return measured


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
