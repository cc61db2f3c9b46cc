"""Opens the lake for reading: at a state of the ledger, with whatever the lake does not have yet."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.lake import dimensions, sealing
from hengjian.lake.columns import Columns, columns_of, merged
from hengjian.lake.engines import Session, session
from hengjian.lake.errors import LakeError, MeasureError
from hengjian.lake.expressions import Snapshot
from hengjian.lake.storing import Manifest, Segment, Store, lake
from hengjian.lake.syncing import CHUNK, append, belongs, sync
from hengjian.ledger.drafts import Disclosure
from hengjian.ledger.errors import UnknownKind
from hengjian.ledger.kinds import kind_of
from hengjian.ledger.log import log_size
from hengjian.ledger.models import Fact


@dataclass(frozen=True, slots=True)
class Part:
    """A folder with files, and the manifest that names them."""

    store: Store
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Reading:
    """The lake at one state of the ledger.

    Attributes:
        parts: the lake itself and, where needed, a temporary one with what it does not have.
    """

    snapshot: Snapshot
    parts: tuple[Part, ...]

    def columns(self, kind: str) -> Columns:
        """The payload columns of a kind; those that it is registered with when there are no facts of it.

        Raises:
            MeasureError: no room has registered the kind, and no fact is of it.
            LakeError: a field has changed its type, and the lake has not been brought up to that yet.
        """
        known: Columns | None = {}
        for part in self.parts:
            if known is not None and kind in part.manifest.datasets:
                known = merged(known, dict(part.manifest.datasets[kind].columns))
        if known is None:
            raise LakeError(
                _("事实种类“%(kind)s”的字段类型已改变，数据湖尚未更新。请运行“hengjian lake sync”。") % {"kind": kind}
            )
        if known:
            return known
        try:
            return columns_of(kind_of(kind).payload)
        except UnknownKind as error:
            raise MeasureError(str(error)) from None

    def segments(self, kind: str) -> list[tuple[Part, Segment]]:
        """The files of a kind that hold facts of this state."""
        return [
            (part, segment)
            for part in self.parts
            if kind in part.manifest.datasets
            for segment in part.manifest.datasets[kind].segments
            if segment.first < self.snapshot.tree_size
        ]

    def files(self, kind: str) -> list[Path]:
        return [part.store.path(segment.file) for part, segment in self.segments(kind)]

    def region_files(self) -> list[Path]:
        """The newest table of regions."""
        found = [(part, part.manifest.tables["regions"]) for part in self.parts if "regions" in part.manifest.tables]
        return [part.store.path(table.file) for part, table in found[-1:] if table.rows]

    def ends_files(self) -> list[Path]:
        return [
            part.store.path(segment.file)
            for part in self.parts
            for segment in part.manifest.ends
            if segment.first < self.snapshot.tree_size
        ]


@dataclass(frozen=True, slots=True)
class Opened(Reading):
    """The lake with an engine that reads it."""

    session: Session


def snapshot(
    tree_size: int | None = None, valid_on: date | None = None, disclosure: Disclosure = "internal"
) -> Snapshot:
    """The state that a reading is about.

    Without `valid_on`, ends are judged as of today; at a given `tree_size` as of the day on which its last fact was
    recorded, so that the same question has the same answer for ever.

    Raises:
        LakeError: the ledger has never had this size.
    """
    size = log_size()
    if tree_size is None:
        return Snapshot(size, valid_on or timezone.localdate(), valid_on is not None, disclosure)
    if not 0 <= tree_size <= size:
        raise LakeError(
            _("总账现有 %(size)d 条事实，没有 %(wanted)d 条的状态。请核对检查点。")
            % {"size": size, "wanted": tree_size}
        )
    day = valid_on
    if day is None:
        recorded = Fact.objects.filter(leaf_index=tree_size - 1).values_list("recorded_at", flat=True).first()
        day = timezone.localdate(recorded) if recorded else timezone.localdate()
    return Snapshot(tree_size, day, valid_on is not None, disclosure)


@contextmanager
def opened(state: Snapshot, kinds: frozenset[str], engine: str | None = None) -> Iterator[Opened]:
    """Open the lake with an engine; see `reading`."""
    with reading(state, kinds) as found, session(engine) as running:
        yield Opened(found.snapshot, found.parts, running)


@contextmanager
def reading(state: Snapshot, kinds: frozenset[str] | None = None) -> Iterator[Reading]:
    """The files of the lake at a state of the ledger; what it lacks is copied first.

    Inside a transaction the missing facts (of these kinds, or all) go to a temporary folder instead: they may never be
    committed, and the lake must not hold what the ledger does not.
    """
    store = lake()
    if not connection.in_atomic_block:
        manifest = store.manifest()
        if manifest.tree_size < state.tree_size or not belongs(manifest) or manifest.seals != sealing.stamp():
            sync(store=store)
        yield Reading(state, (Part(store, store.manifest()),))
        return
    manifest = store.manifest()
    parts = [Part(store, manifest)] if manifest.tree_size and belongs(manifest) else []
    state = replace(state, sealed=tuple(sealing.pending(store, manifest)))
    first = manifest.tree_size if parts else 0
    if first >= state.tree_size:
        yield Reading(state, tuple(parts))
        return
    with tempfile.TemporaryDirectory(prefix="hengjian-lake-") as folder:
        tail = Store(Path(folder))
        made = Manifest(tree_size=first)
        while made.tree_size < state.tree_size:
            made = append(tail, made, made.tree_size, min(state.tree_size, made.tree_size + CHUNK), kinds)
        yield Reading(state, (*parts, Part(tail, dimensions.refresh(tail, made))))
