"""Benchmark of linking registers: three departments tell of made-up bodies, often without a code or with a wrong one.

HENGJIAN_BENCH_LINKAGE sets the number of bodies (default 40,000: about 100,000 records). With HENGJIAN_BENCH_PEERS
Splink links the same records in an environment of its own: raw names by likeness, as its documentation proposes; it
has no parser of Chinese names.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from rich.console import Console

from hengjian.cli._bench import BenchRow, row
from hengjian.cli._made_enterprises import made_enterprises
from hengjian.cli._peers import NotAvailable, PeerFailed, run_python
from hengjian.cli.bench_credit import otherwise
from hengjian.cli.bench_intake import of_body

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZE = int(os.environ.get("HENGJIAN_BENCH_LINKAGE", "40000"))
SEED = 17
NEW = 10_000
COLUMNS = ("record_id", "name", "code", "representative", "address")
CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def run(console: Console) -> list[BenchRow]:
    """Measure in processes of their own and return the rows."""
    with tempfile.TemporaryDirectory(prefix="hengjian-bench-") as folder:
        result, records = Path(folder) / "result.json", Path(folder) / "records.parquet"
        asked = [sys.executable, "-m", "hengjian.cli.bench_linkage", str(records), str(result)]
        subprocess.run(asked, env=os.environ | {"HENGJIAN_BENCH_LINKAGE": str(SIZE)}, check=True)
        ours: dict[str, float] = json.loads(result.read_text(encoding="utf-8"))
        rows = _rows("linkage", ours)
        rows += [
            row(f"{NEW:,} new records into them", ours["extend"], "s", 10.0, "less"),
            row("  of it, processor time", ours["extend_cpu"], "s"),
        ]
        try:
            rows += _rows("Splink", run_python("splink", SPLINK, {"records": str(records)}))
        except (NotAvailable, PeerFailed) as error:
            console.print(f"Splink: {error}", markup=False)
    return rows


def _rows(who: str, found: dict[str, Any]) -> list[BenchRow]:
    ours = who == "linkage"
    return [
        row(f"{who}: {found['records']:,.0f} raw records", found["wall"], "s", 60.0 if ours else None, "less"),
        row("  of it, processor time", found["cpu"], "s"),
        row("  of it, memory at its peak", found["memory"], "MB", 2500.0 if ours else None, "less"),
        row("  of it, precision of pairs", found["precision"], "", 0.999 if ours else None),
        row("  of it, recall of pairs", found["recall"], "", 0.975 if ours else None),
    ]


def made_records(bodies: int, seed: int = SEED) -> Iterator[tuple[str, str, str, str, str, int]]:
    """(id, name, code, representative, address, body): the first register has all, two others three of four."""
    random = Random(seed)
    for number, one in enumerate(made_enterprises(bodies, [0], seed)):
        name, code, person, address, *_more = of_body(one, random)
        yield f"A{number}", name, code, person, address, number
        for register in "BC":
            if random.random() < 0.75:
                told, strange = otherwise(name, random), of_body(one, random)
                if random.random() < 0.02:
                    place = random.randrange(len(told))
                    told = told[:place] + random.choice("鑫达源盛华") + told[place + 1 :]
                kind, at = random.random(), random.randrange(18)
                wrong = code[:at] + random.choice(CODE_CHARACTERS) + code[at + 1 :]
                yield (
                    f"{register}{number}",
                    told,
                    "" if kind < 0.35 else wrong if kind < 0.37 else code,
                    random.choices((person, "", strange[2]), (80, 15, 5))[0],
                    random.choices((address, strange[3]), (90, 10))[0],
                    number,
                )


def main(records: Path, result: Path, bodies: int = SIZE) -> None:
    """Make the records, link them, add new ones; write the figures as JSON."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from hengjian.methods.record_linkage import extend, link, prepare

    rows = list(made_records(bodies))
    Random(SEED).shuffle(rows)
    whole = pa.table({name: [one[at] for one in rows] for at, name in enumerate((*COLUMNS, "truth"))})
    pq.write_table(whole, records)
    truth = np.array([one[5] for one in rows])
    given = whole.select(list(COLUMNS))
    start, used = time.perf_counter(), _processor()
    linked = link(given)
    found = {"records": float(len(rows)), "wall": time.perf_counter() - start, "cpu": _processor() - used}
    found["memory"] = _memory()
    found["precision"], found["recall"] = quality(linked.clusters.tolist(), truth.tolist())
    new = min(NEW, len(rows) // 10)
    old = prepare(given.slice(new))
    before = link(old)
    start, used = time.perf_counter(), _processor()
    extend(old, before.clusters, given.slice(0, new), before.model)
    found |= {"extend": time.perf_counter() - start, "extend_cpu": _processor() - used}
    result.write_text(json.dumps(found), encoding="utf-8")


def quality(clusters: Sequence[int], truth: Sequence[int]) -> tuple[float, float]:
    """(precision, recall) over pairs of records."""
    from collections import Counter

    def pairs(groups: Counter[Any]) -> int:
        return sum(count * (count - 1) // 2 for count in groups.values())

    right = pairs(Counter(zip(clusters, truth, strict=True)))
    return right / max(1, pairs(Counter(clusters))), right / max(1, pairs(Counter(truth)))


def _processor() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _memory() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


#: What Splink is told to do (its version 5): names and addresses by Jaro-Winkler, code and person exactly.
SPLINK = """
import json, os, resource, sys, time
from collections import Counter
import pandas as pd
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

given = json.load(sys.stdin)
rows = pd.read_parquet(given["records"]).rename(columns={"record_id": "unique_id"})
truth = dict(zip(rows["unique_id"], rows.pop("truth")))
rows = rows.replace("", None)
plain = rows["name"].str.replace("有限责任公司|有限公司|公司", "", regex=True)
rows["tail"], rows["head"] = plain.str[-6:], rows["name"].str[:6]
start = time.perf_counter()
settings = SettingsCreator(
    link_type="dedupe_only",
    blocking_rules_to_generate_predictions=[
        block_on("code"), block_on("tail"), block_on("representative", "head"), block_on("address")
    ],
    comparisons=[
        cl.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.8]),
        cl.ExactMatch("code"),
        cl.ExactMatch("representative").configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("address", [0.95, 0.85]),
    ],
)
linker = Linker(DuckDBAPI().register(rows), settings, log_level=40)
training = linker.training
training.estimate_probability_two_random_records_match(
    [block_on("code"), block_on("name", "representative")], recall=0.7
)
training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
for rule in ("code", "tail"):
    training.estimate_parameters_using_expectation_maximisation(block_on(rule))
predicted = linker.inference.predict(threshold_match_probability=0.5)


def pairs(groups):
    return sum(count * (count - 1) // 2 for count in Counter(groups).values())


best = {"f": -1}
for threshold in (0.5, 0.9, 0.99, 0.999, 0.9999):
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        predicted, threshold_match_probability=threshold
    ).as_pandas_dataframe()
    taken = time.perf_counter() - start
    bodies = clusters["unique_id"].map(truth)
    right = pairs(zip(clusters["cluster_id"], bodies))
    precision, recall = right / max(1, pairs(clusters["cluster_id"])), right / max(1, pairs(bodies))
    f = 2 * precision * recall / max(precision + recall, 1e-9)
    if f > best["f"]:  # the best of its thresholds stands for it
        best = {"f": f, "precision": precision, "recall": recall, "threshold": threshold, "wall": taken}
used = os.times()
print(json.dumps(best | {
    "records": len(rows), "cpu": used.user + used.system,
    "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
