"""Compares the lake with the ledger, row by row: what the ledger would write now must be what lies there."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
from django.utils.translation import gettext as _

from hengjian.lake.columns import COMMON, physical_names
from hengjian.lake.storing import Dataset, Manifest, Segment, Store, lake
from hengjian.lake.syncing import CHUNK, Progress, append, belongs
from hengjian.lake.writing import database, fetch_one, quoted, text

MOST_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class Verified:
    """What was compared, and where lake and ledger differ."""

    facts: int
    findings: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.findings


def verify(progress: Progress | None = None, store: Store | None = None) -> Verified:
    """Read the ledger again as far as the lake goes and compare every row of every kind, and `ends`.

    Args:
        progress: called with (facts compared, facts in the lake).
    """
    store = store or lake()
    manifest = store.manifest()
    if not belongs(manifest):
        return Verified(0, (_("数据湖来自另一个总账。请运行“hengjian lake sync”重新复制。"),))
    missing = [file for file in sorted(manifest.files()) if not store.path(file).exists()]
    if missing:
        shown = [_("缺少文件 %(file)s。请运行“hengjian lake rebuild”。") % {"file": file} for file in missing]
        return Verified(0, tuple(shown[:MOST_FINDINGS]))
    findings: list[str] = []
    for first in range(0, manifest.tree_size, CHUNK):
        last = min(manifest.tree_size, first + CHUNK)
        findings += _stretch(store, manifest, first, last)
        if progress is not None:
            progress(last, manifest.tree_size)
        if len(findings) >= MOST_FINDINGS:
            break
    return Verified(manifest.tree_size, tuple(findings[:MOST_FINDINGS]))


def _stretch(store: Store, manifest: Manifest, first: int, last: int) -> Iterator[str]:
    """Differences between lake and ledger for first <= leaf_index < last."""
    columns = {kind: Dataset(columns=dataset.columns) for kind, dataset in manifest.datasets.items()}
    with tempfile.TemporaryDirectory(prefix="hengjian-lake-") as folder, database(store) as connection:
        again = Store(Path(folder))
        fresh = append(again, Manifest(tree_size=first, datasets=columns), first, last)
        for kind in sorted(manifest.datasets.keys() | fresh.datasets.keys()):
            here, there = manifest.datasets.get(kind), fresh.datasets.get(kind)
            names = [*COMMON, *physical_names(here.columns if here else {}).values()]
            ours = _rows(store, here.segments if here else (), "leaf_index", first, last)
            theirs = _rows(again, there.segments if there else (), "leaf_index", first, last)
            yield from _differences(connection, kind, "leaf_index", names, ours, theirs)
        ends = _rows(store, manifest.ends, "by_leaf", first, last)
        fresh_ends = _rows(again, fresh.ends, "by_leaf", first, last)
        yield from _differences(connection, "ends", "by_leaf", ["target", "by_leaf", "from_day"], ends, fresh_ends)


def _rows(store: Store, segments: tuple[Segment, ...], key: str, first: int, last: int) -> str:
    """SQL for the rows of a stretch, or nothing when no file can have any."""
    files = [store.path(one.file) for one in segments if one.first < last and first < one.last]
    listed = ", ".join(text(str(path)) for path in files)
    source = f"read_parquet([{listed}], union_by_name = true) WHERE {key} >= {first} AND {key} < {last}"
    return source if files else ""


def _differences(
    connection: duckdb.DuckDBPyConnection, what: str, key: str, names: list[str], ours: str, theirs: str
) -> Iterator[str]:
    chosen = ", ".join(quoted(name) for name in names)
    for one, other, said in (
        (theirs, ours, _("%(what)s：数据湖缺少第 %(leaf)d 条，或内容不同（共 %(count)d 条）。")),
        (ours, theirs, _("%(what)s：数据湖多出第 %(leaf)d 条，或内容不同（共 %(count)d 条）。")),
    ):
        if not one:
            continue
        less = f" EXCEPT ALL SELECT {chosen} FROM {other}" if other else ""
        count, leaf = fetch_one(connection, f"SELECT count(*), min({key}) FROM (SELECT {chosen} FROM {one}{less})")
        if count:
            yield said % {"what": what, "leaf": leaf, "count": count}
