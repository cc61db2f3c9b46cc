"""Brings the lake up to the ledger: append what is new, merge small files, rebuild, compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from hengjian.lake import dimensions, sealing
from hengjian.lake.columns import Columns, declared_columns, merged
from hengjian.lake.errors import LakeError
from hengjian.lake.merging import merge
from hengjian.lake.reading import leaf_hash, read_facts
from hengjian.lake.storing import Dataset, Manifest, Segment, Store, lake, retire
from hengjian.lake.writing import database, write_batch, write_kind
from hengjian.ledger.log import log_size

CHUNK = 131_072  # facts that are read, written and made to count at once: what a killed process does again
Progress = Callable[[int, int], None]


def sync(progress: Progress | None = None, store: Store | None = None) -> int:
    """Copy what the ledger has and the lake has not, and take out what was sealed; safe to run in several processes at
    once, and to kill.

    A lake that belongs to another ledger (a restored backup, another database) is built anew.

    Args:
        progress: called with (facts in the lake, facts in the ledger) after every stretch.

    Returns:
        The number of facts copied by this call.

    Raises:
        LakeError: the folder cannot be read or written.
    """
    store = store or lake()
    copied = 0
    while True:
        with store.locked():
            manifest, size = store.manifest(), log_size()
            known = manifest
            if not belongs(manifest):
                manifest = retire(Manifest(retired=manifest.retired), manifest.files())
            # Before and after: what is left out while copying must be known as sealed, or it would never come back.
            manifest = sealing.clear(store, manifest)
            first = manifest.tree_size
            last = min(size, first + CHUNK)
            if first < last:
                manifest = merge(store, append(store, manifest, first, last))
            if last == size:
                manifest = dimensions.refresh(store, sealing.clear(store, manifest))
            if manifest != known:
                store.save(store.tidy(manifest))
        copied += last - first
        if progress is not None:
            progress(last, size)
        if last >= size:
            return copied


def rebuild(progress: Progress | None = None, store: Store | None = None) -> int:
    """Forget the lake and copy the whole ledger; returns the number of facts copied."""
    store = store or lake()
    with store.locked():
        try:
            old = store.manifest()
        except LakeError:  # a damaged manifest is a reason to rebuild
            old = Manifest()
        store.save(store.tidy(retire(Manifest(retired=old.retired), old.files())))
    return sync(progress, store)


def belongs(manifest: Manifest) -> bool:
    """Whether the lake was made from this ledger: the last leaf that it holds is the ledger's leaf of that number."""
    return manifest.tree_size == 0 or leaf_hash(manifest.tree_size - 1) == manifest.head


def append(store: Store, manifest: Manifest, first: int, last: int, kinds: frozenset[str] | None = None) -> Manifest:
    """Write the facts with first <= leaf_index < last (of some kinds only) and add their files to the manifest."""
    return append_batch(store, manifest, read_facts(first, last, kinds), first, last, leaf_hash(last - 1) or "")


def append_batch(store: Store, manifest: Manifest, batch: pa.Table, first: int, last: int, head: str) -> Manifest:
    """Write facts that were read (`reading.SCHEMA`); `head` is the hash of the last leaf of the stretch."""
    columns, changed = _columns(manifest, batch["kind"].unique().to_pylist())
    with database(store) as connection:
        written, ends = write_batch(connection, store, batch, first, last, columns)
    datasets = dict(manifest.datasets)
    for kind, segment in written.items():
        before = datasets[kind].segments if kind in datasets else ()
        datasets[kind] = Dataset(columns=columns[kind], segments=(*before, segment))
    manifest = manifest.model_copy(
        update={
            "tree_size": last,
            "head": head,
            "datasets": datasets,
            "ends": (*manifest.ends, ends) if ends else manifest.ends,
        }
    )
    for kind in changed:
        manifest = rewrite(store, manifest, kind)
    return manifest


def _columns(manifest: Manifest, kinds: list[str]) -> tuple[dict[str, Columns], list[str]]:
    """The columns in which facts of these kinds are written, and the kinds with a field that has changed its type."""
    columns: dict[str, Columns] = {}
    changed = []
    for kind in kinds:
        now = declared_columns(kind)
        dataset = manifest.datasets.get(kind)
        joined = merged(dataset.columns, now) if dataset else now
        if joined is None:
            changed.append(kind)
        columns[kind] = now if joined is None else joined
    return columns, changed


def rewrite(store: Store, manifest: Manifest, kind: str) -> Manifest:
    """Read all facts of a kind again from the ledger: one of its fields has another type than before."""
    old = manifest.datasets[kind]
    columns = declared_columns(kind)
    segments: list[Segment] = []
    first = 0
    with database(store) as connection:
        while (batch := read_facts(first, manifest.tree_size, [kind], ends=False, limit=CHUNK)).num_rows:
            last = batch["leaf_index"][-1].as_py() + 1
            connection.register("batch", batch)
            segments.append(write_kind(connection, store, kind, first, last, columns))
            first = last
    datasets = {**manifest.datasets, kind: Dataset(columns=columns, segments=tuple(segments))}
    return retire(manifest.model_copy(update={"datasets": datasets}), {segment.file for segment in old.segments})


@dataclass(frozen=True, slots=True)
class Status:
    """How far the lake is, and what lies in it."""

    tree_size: int
    ledger_size: int
    same_ledger: bool
    kinds: Mapping[str, Dataset]
    files: int
    bytes: int


def status(store: Store | None = None) -> Status:
    """The state of the lake beside the ledger."""
    manifest = (store or lake()).manifest()
    segments = [segment for dataset in manifest.datasets.values() for segment in dataset.segments] + [*manifest.ends]
    return Status(
        manifest.tree_size,
        log_size(),
        belongs(manifest),
        manifest.datasets,
        len(segments),
        sum(segment.bytes for segment in segments),
    )


def compact(store: Store | None = None) -> tuple[int, int]:
    """Bring the lake up to date and merge all files that can be; returns the number of files before and after."""
    store = store or lake()
    sync(store=store)
    with store.locked():
        manifest = store.manifest()
        merged_all = merge(store, manifest, everything=True)
        if merged_all != manifest:
            store.save(store.tidy(merged_all))
    return len(manifest.files()), len(merged_all.files())
