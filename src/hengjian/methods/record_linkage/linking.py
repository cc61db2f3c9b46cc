"""Which records denote the same body: prepare, pair, weigh, join.

Runs on DuckDB by default; any other ibis backend (Spark) gives the same answer, because engines only join and count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from hengjian.methods.later import later
from hengjian.methods.record_linkage.comparing import COMPARISONS, candidates, compared, patterns, random_pairs
from hengjian.methods.record_linkage.features import Records, prepare
from hengjian.methods.record_linkage.model import Model, learn

if TYPE_CHECKING:
    import ibis
else:
    ibis = later("ibis")
clustering: Any = later("hengjian.methods.record_linkage.clustering")  # numba

SURE = 0.99
REVIEW = 0.5
Told = Callable[[str], None]


@dataclass(frozen=True)
class Linked:
    """The answer.

    Attributes:
        clusters: shape (records,): number of the first record of the body that each record belongs to.
        model: the weights that were used.
        review: pairs that a person should look at: (row, row, probability, reason), reasons "unsure" (between REVIEW
            and SURE), "codes_differ" (names agree, codes forbid), "code_issued_twice" (one code on two bodies),
            "bodies_may_be_one" (a new record belongs to two known bodies; see `extend`).
        pairs: how many candidate pairs were compared.
    """

    clusters: NDArray[np.int32]
    model: Model
    review: pa.Table
    pairs: int


def link(
    records: pa.Table | Records,
    *,
    connection: ibis.BaseBackend | None = None,
    model: Model | None = None,
    sure: float = SURE,
    processes: int = 2,
    tell: Told = lambda step: None,
) -> Linked:
    """Link records of any number of registers.

    Args:
        records: see `features.prepare`.
        connection: an ibis backend; None: DuckDB in memory.
        model: weights learnt before; None: learn them from these records.
        sure: probability from which on two records are joined.
        tell: is told each step as it begins.

    Raises:
        ValueError: the records lack columns, or ids are used twice.
    """
    tell("prepare")
    ready = records if isinstance(records, Records) else prepare(records, processes)
    count = len(ready.ids)
    if not count:
        return Linked(np.zeros(0, np.int32), learn({}, {}, {}, {}, records=0, with_codes=0), _review([]), 0)
    with TemporaryDirectory() as folder:
        return _linked(ready, _given(connection or _duckdb(), ready.table, folder), model, sure, tell)


def _linked(ready: Records, table: ibis.Table, model: Model | None, sure: float, tell: Told) -> Linked:
    count = len(ready.ids)
    tell("pair")
    pairs = compared(candidates(table), table).cache()
    if model is None:
        tell("learn")
        drawn = _counted(compared(random_pairs(table, count), table), ("pattern",))
        by_code = _counted(pairs, ("codes", "pattern"))
        labels = [{pattern: n for (code, pattern), n in by_code.items() if code == level} for level in range(3)]
        with_codes = int(pc.sum(pc.not_equal(ready.table["code"], "")).as_py() or 0)
        random = {pattern: n for (pattern,), n in drawn.items()}
        model = learn(labels[0], labels[2], labels[1], random, records=count, with_codes=with_codes)
    tell("join")
    return _joined(pairs, model, sure, _code_numbers(ready.table["code"]), np.arange(count, dtype=np.int32))


def _joined(
    pairs: ibis.Table,
    model: Model,
    sure: float,
    codes: NDArray[np.int32],
    start: NDArray[np.int32],
    known: int = 0,
) -> Linked:
    """Join the pairs that are sure, the surest first, beginning with the components `start`; those of the first `known`
    records stay apart from each other."""
    chosen = _chosen(pairs, model)
    joined = chosen["accept"] & (chosen["probability"] >= sure)
    order = np.lexsort((chosen["other"][joined], chosen["one"][joined], -chosen["probability"][joined]))
    first, second = chosen["one"][joined][order], chosen["other"][joined][order]
    clusters, refused = clustering.components(start.size, codes, first, second, start, known)
    held = clustering.held_codes(clusters, codes)
    rows = []
    for a, b in zip(first[refused].tolist(), second[refused].tolist(), strict=True):
        one, other = held[clusters[a]], held[clusters[b]]
        differ = one >= 0 and other >= 0 and one != other
        rows.append((a, b, 1.0, "codes_differ" if differ else "bodies_may_be_one"))
    unsure = chosen["accept"] & ~joined & (clusters[chosen["one"]] != clusters[chosen["other"]])
    rows += _rows(chosen, unsure, "unsure")
    rows += _rows(chosen, ~chosen["accept"], "code_issued_twice")
    return Linked(clusters, model, _review(rows), int(pairs.count().to_pyarrow().as_py()))


def extend(
    old: Records,
    clusters: NDArray[np.int32],
    new: pa.Table | Records,
    model: Model,
    *,
    connection: ibis.BaseBackend | None = None,
    sure: float = SURE,
    processes: int = 2,
    bridge: bool = False,
) -> Linked:
    """Link new records into bodies that are known, without comparing the old records with each other again.

    A new record that belongs to two known bodies does not make them one: it joins the one it is surer of, and the pair
    is told for a person to decide, so that no id that was given is taken back by a delivery.

    Args:
        old, clusters: records linked before and the answer for them.
        new: records with other ids.
        model: the weights that were used.
        bridge: join known bodies that a new record belongs to (for callers that decide on it themselves).

    Returns:
        Clusters of the old records followed by the new ones.

    Raises:
        ValueError: an id is used in both.
    """
    ready = new if isinstance(new, Records) else prepare(new, processes)
    both = pa.chunked_array([*old.ids.chunks, *ready.ids.chunks])
    if pc.count_distinct(both).as_py() != len(both):
        raise ValueError("a record id is used by an old and a new record")
    shift = len(old.ids)
    rows = pc.add(ready.table["row"], pa.scalar(shift, pa.int32()))
    moved = ready.table.set_column(0, "row", rows)
    engine = connection or _duckdb()
    codes = _code_numbers(pa.chunked_array([*old.table["code"].chunks, *moved["code"].chunks]))
    start = np.concatenate((clusters, np.arange(shift, len(both), dtype=np.int32)))
    with TemporaryDirectory() as folder:
        fresh = _given(engine, moved, folder)
        everything = _given(engine, pa.concat_tables([old.table, moved]), folder)
        pairs = compared(candidates(fresh, everything), fresh, everything).cache()
        return _joined(pairs, model, sure, codes, start, 0 if bridge else shift)


def _given(engine: ibis.BaseBackend, features: pa.Table, folder: str) -> ibis.Table:
    """The features in the engine; they go through a file, which every engine reads. Spark reads it only when it must,
    so the folder has to be there until the answer is."""
    path = Path(folder) / f"features-{len(features)}.parquet"
    pq.write_table(features, path)
    return engine.read_parquet(path).cache()


def _duckdb() -> ibis.BaseBackend:
    engine = ibis.duckdb.connect(memory_limit="1100MB", threads=2)
    engine.raw_sql("SET preserve_insertion_order = false")
    return engine


def _counted(table: ibis.Table, by: tuple[str, ...]) -> dict[tuple[int, ...], int]:
    rows = table.group_by(list(by)).aggregate(n=table.count()).to_pyarrow().to_pylist()
    return {tuple(row[name] for name in by): row["n"] for row in rows}


def _chosen(pairs: ibis.Table, model: Model) -> dict[str, NDArray[Any]]:
    """The pairs that matter: those of equal codes, and those of REVIEW and above with a code missing."""
    chances = model.probabilities()
    wanted = [number for number, chance in chances.items() if chance >= REVIEW]
    kept = pairs.filter(pairs.codes.isin([0, 3]) | ((pairs.codes == 1) & pairs.pattern.isin(wanted)))
    found = kept.to_pyarrow()
    pattern = found["pattern"].to_numpy()
    levels = np.array([levels for _number, levels in patterns()], dtype=np.int8)[pattern].reshape(-1, len(COMPARISONS))
    codes = found["codes"].to_numpy()
    equal = codes != 1
    probability = np.array([chances[number] for number in range(len(chances))])[pattern]
    names = [one.name for one in COMPARISONS]
    brand, trade, person, street = (levels[:, names.index(name)] for name in ("brand", "trade", "person", "street"))
    # One code on two bodies: nothing else agrees.
    contradicting = equal & (brand == 2) & ((trade != 0) | (codes == 3)) & (person != 0) & (street != 0)
    # On a body and its branch, or on two kinds: unless people and street say that only a name is spoilt.
    contradicting |= (codes == 3) & ~((person == 0) & (street == 0)) & ~((brand == 0) & (person == 0) & (street == 1))
    return {
        "one": found["one"].to_numpy(),
        "other": found["other"].to_numpy(),
        "probability": np.where(equal & ~contradicting, 1.0, probability),
        "accept": ~contradicting,
    }


def _code_numbers(codes: pa.ChunkedArray) -> NDArray[np.int32]:
    encoded = pc.dictionary_encode(codes).combine_chunks()
    numbers: NDArray[np.int32] = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    empty = pc.index(encoded.dictionary, "").as_py()
    numbers[numbers == empty] = -1
    return numbers


def _rows(chosen: dict[str, NDArray[Any]], which: NDArray[np.bool_], reason: str) -> list[tuple[int, int, float, str]]:
    found = zip(chosen["one"][which], chosen["other"][which], chosen["probability"][which], strict=True)
    return [(int(one), int(other), round(float(chance), 4), reason) for one, other, chance in found]


def _review(rows: list[tuple[int, int, float, str]]) -> pa.Table:
    names = ("one", "other", "probability", "reason")
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [[], [], [], []]
    types = (pa.int32(), pa.int32(), pa.float64(), pa.string())
    arrays = [pa.array(column, type_) for column, type_ in zip(columns, types, strict=True)]
    return pa.table(dict(zip(names, arrays, strict=True))).sort_by(
        [("probability", "descending"), ("one", "ascending")]
    )
