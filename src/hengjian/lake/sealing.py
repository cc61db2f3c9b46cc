"""Takes sealed facts out of the files: what the ledger shows nobody must not lie here as a copy.

The files are written again without them at the next sync; a reading that cannot wait for it (inside a transaction)
leaves them out itself. When a seal ends, the facts are read from the ledger again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import Count, Q
from django.utils import timezone

from hengjian.lake.columns import Columns, declared_columns
from hengjian.lake.reading import read_facts
from hengjian.lake.storing import Dataset, Manifest, Segment, Store, retire
from hengjian.lake.writing import PARQUET, database, fetch_one, segment, text, write_ends, write_kind
from hengjian.ledger.models import Fact, Seal

SCHEMA = pa.schema([("leaf_index", pa.int64())])


def stamp() -> str:
    """The state of the ledger's seals: how many have begun, have ended, were lifted. None of these ever falls."""
    now = timezone.now()
    counted = Seal.objects.aggregate(
        begun=Count("pk", filter=Q(effective_at__lte=now)),
        ended=Count("pk", filter=Q(until__lte=now)),
        lifted=Count("lifted"),
    )
    begun = counted["begun"]
    return f"{begun}:{counted['ended']}:{counted['lifted']}" if begun else ""


def leaves() -> list[int]:
    """The leaves that are sealed now, ascending."""
    return sorted(set(Seal.objects.active().values_list("leaf_index", flat=True)))


def known(store: Store, manifest: Manifest) -> list[int]:
    """The leaves that were sealed when the files were last cleared."""
    if not manifest.sealed:
        return []
    return pq.read_table(store.path(manifest.sealed))["leaf_index"].to_pylist()


def pending(store: Store, manifest: Manifest) -> list[int]:
    """Leaves that are sealed and may still lie in the files."""
    if manifest.seals == stamp():
        return []
    before = set(known(store, manifest))
    return [leaf for leaf in leaves() if leaf not in before]


def clear(store: Store, manifest: Manifest) -> Manifest:
    """The manifest with files that hold nothing sealed; to be called under the lock."""
    now = stamp()
    if manifest.seals == now:
        return manifest
    before, after = set(known(store, manifest)), set(leaves())
    changed = sorted(before ^ after)
    again = sorted(leaf for leaf in before - after if leaf < manifest.tree_size)
    manifest = _rewritten(store, manifest, changed, again)
    file = ""
    if after:
        file = store.new_file("tables", "sealed")
        pq.write_table(pa.table([sorted(after)], schema=SCHEMA), store.path(file))
    gone = {manifest.sealed} if manifest.sealed else set()
    return retire(manifest.model_copy(update={"seals": now, "sealed": file}), gone)


def _rewritten(store: Store, manifest: Manifest, changed: Sequence[int], again: Sequence[int]) -> Manifest:
    """Write the files that hold a changed leaf once more, without what is sealed and with what is not any more."""
    kinds: dict[str, list[int]] = {}
    for leaf, kind in Fact.everything.filter(leaf_index__in=changed).values_list("leaf_index", "kind"):
        if leaf < manifest.tree_size:
            kinds.setdefault(kind, []).append(leaf)
    if not kinds:
        return manifest
    datasets, shown, gone = dict(manifest.datasets), set(again), set()
    with database(store) as connection:
        for kind, leaves_ in sorted(kinds.items()):
            columns = datasets[kind].columns if kind in datasets else declared_columns(kind)
            segments: list[Segment] = []
            for one in datasets[kind].segments if kind in datasets else ():
                inside = [leaf for leaf in leaves_ if one.first <= leaf < one.last]
                leaves_ = [leaf for leaf in leaves_ if leaf not in inside]
                if inside:
                    gone.add(one.file)
                    back = [leaf for leaf in inside if leaf in shown]
                    one = _without(connection, store, kind, columns, one, inside, back)
                segments.append(one)
            # A stretch of which all was sealed when it was copied has no file.
            segments += [_single(connection, store, kind, columns, leaf) for leaf in leaves_ if leaf in shown]
            datasets[kind] = Dataset(columns=columns, segments=tuple(sorted(segments, key=lambda one: one.first)))
        ends = _ends(connection, store, manifest.ends, again)
    ordered = tuple(sorted((*manifest.ends, *ends), key=lambda one: one.first))
    return retire(manifest.model_copy(update={"datasets": datasets, "ends": ordered}), gone)


def _ends(
    connection: duckdb.DuckDBPyConnection, store: Store, there: Sequence[Segment], again: Sequence[int]
) -> list[Segment]:
    """What facts that are shown again superseded or withdrew; corrections written under a seal were not told yet."""
    found = []
    for leaf in again:
        files = ", ".join(text(str(store.path(one.file))) for one in there if one.first <= leaf < one.last)
        told = f"SELECT count(*) FROM read_parquet([{files}]) WHERE by_leaf = {leaf}"
        if files and fetch_one(connection, told)[0]:
            continue
        ends = write_ends(connection, store, read_facts(leaf, leaf + 1), leaf, leaf + 1)
        found += [ends] if ends else []
    return found


def _without(
    connection: duckdb.DuckDBPyConnection,
    store: Store,
    kind: str,
    columns: Columns,
    one: Segment,
    out: Iterable[int],
    back: Iterable[int],
) -> Segment:
    """The segment without the leaves `out`, and with those of `back` read from the ledger again."""
    extra = [_single(connection, store, kind, columns, leaf) for leaf in back]
    parts = [
        f"SELECT * FROM read_parquet([{text(str(store.path(one.file)))}]) "
        f"WHERE leaf_index NOT IN ({', '.join(map(str, out))})"
    ]
    parts += [f"SELECT * FROM read_parquet([{text(str(store.path(piece.file)))}])" for piece in extra]
    file = store.new_file(f"facts/{kind}", f"{one.first}-{one.last}")
    connection.execute(
        f"COPY (SELECT * FROM ({' UNION ALL BY NAME '.join(parts)}) ORDER BY leaf_index) "
        f"TO {text(str(store.path(file)))} {PARQUET}"
    )
    for piece in extra:
        store.path(piece.file).unlink()
    return segment(connection, store, file, one.first, one.last)


def _single(connection: duckdb.DuckDBPyConnection, store: Store, kind: str, columns: Columns, leaf: int) -> Segment:
    """One fact as a file of its own."""
    connection.register("batch", read_facts(leaf, leaf + 1, [kind], ends=False))
    written = write_kind(connection, store, kind, leaf, leaf + 1, columns)
    connection.unregister("batch")
    return written
