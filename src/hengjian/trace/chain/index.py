"""The graph over all captured events: derived, mapped from files that the processes share, extended as events come.

A generation is a folder of arrays that is never changed, and says up to which event it goes. A process maps the newest
one and works in what came since; the worker writes a new generation when that has become much. Everything can be thrown
away and made again (`hengjian trace index --rebuild`). Numbers of events come in the order of commits, so whoever has
read up to a number has read everything before it.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import connection
from django.db.models import Max, QuerySet

from hengjian.methods.trace_graph.happenings import Happening, digest
from hengjian.methods.trace_graph.network import Network
from hengjian.trace.events.models import Event, PartyKey

log = logging.getLogger(__name__)

FORMAT = 2
MANIFEST = "manifest.json"
UNIT = "unit:"
"""Before the key of a unit, where a party is one of ours."""
BATCH = 5_000
#: So many events since the generation, and the worker writes the next.
MERGE_AFTER = 20_000
IN_REQUEST = 20_000
"""So many new events a page works in before it answers; of more, it says how many it does not know yet."""
Progress = Callable[[int, int], None]


class ChainIndex:
    """The network up to an event.

    Attributes:
        through: number of that event; generation: folder the network was mapped from; since: events worked in after it.
        behind: how many events are captured that it does not know yet.
    """

    def __init__(self, network: Network, through: int, generation: str = "") -> None:
        self.network, self.through, self.generation = network, through, generation
        self.since = self.behind = 0
        self.origin = _origin(through)

    @property
    def holds(self) -> bool:
        """Whether the database still has what was read: a transaction that was rolled back gives its numbers again."""
        return not self.network.stale and self.origin == _origin(self.through)

    def extend(self, most: int | None = None) -> None:
        """Work in the events that were captured since, `most` of them."""
        last, left = newest(), most
        while self.through < last and not self.network.stale and (left is None or left > 0):
            happenings, through = read(self.through, BATCH if left is None else min(BATCH, left))
            self._take_back(happenings)
            self.network.add(happenings)
            self.since += len(happenings)
            self.through, self.origin = through, _origin(through)
            left = None if left is None else left - len(happenings)
        self.behind = max(0, last - self.through)  # numbers follow each other

    def _take_back(self, happenings: list[Happening]) -> None:
        """Remove earlier events that an error declaration now says did not happen."""
        wrong = {one.identity for one in happenings if one.void}
        if not wrong:
            return
        earlier = _happenings(Event.objects.filter(pk__lte=self.through, declaration="", hash__in=wrong))
        for one in earlier:
            self.network.remove(one)


def newest() -> int:
    """Number of the last event."""
    return Event.objects.aggregate(last=Max("pk"))["last"] or 0


def read(after: int, limit: int) -> tuple[list[Happening], int]:
    """(events behind a number in their order, number of the last)."""
    rows = Event.objects.filter(pk__gt=after).order_by("pk")[:limit]
    found = list(_happenings(rows))
    return found, found[-1].number if found else after


def _happenings(rows: QuerySet[Event]) -> Iterator[Happening]:
    parties = dict(PartyKey.objects.values_list("key", "unit__key"))
    for event in rows.select_related("context", "party").iterator(chunk_size=500):
        yield happening_of(event, parties)


def happening_of(event: Event, parties: Mapping[str, str]) -> Happening:
    """What a captured event says; it is known by its hash, which an error declaration repeats.

    Args:
        parties: key of a party or place → key of the unit that declared it as its own.
    """
    one = digest(event.document, event.pk, event.prefixes)
    one.identity = event.hash
    if one.kind == "TransformationEvent" and not event.document.get("transformationID"):
        one.process = event.hash
    one.holder = _party(one.holder, parties) or _party(one.site, parties, known=True) or UNIT + event.party.key
    one.other = _party(one.other, parties) or _party(one.other_site, parties, known=True)
    return one


def _party(key: str, parties: Mapping[str, str], *, known: bool = False) -> str:
    """A party under the key of its unit, so that it is one party however it is named."""
    return UNIT + parties[key] if key in parties else "" if known else key


# ---- what this process holds

_lock = threading.Lock()
_held: dict[str, ChainIndex] = {}


def current_index(most: int | None = None) -> ChainIndex:
    """The index with every event that is captured now; inside a transaction also those of the transaction.

    With `most`, no more new events than that are worked in, and `behind` says how many are missing: whoever asks when
    a million events have just come gets an answer at once, and the worker catches up.

    What a process holds belongs to its database: one transaction that is rolled back makes it read again.
    """
    with _lock:
        name = str(connection.settings_dict["NAME"])
        held = _held.get(name)
        generation, through = _manifest()
        if held is None or not held.holds or (generation and held.generation != generation):
            held = _held[name] = _opened(generation, through, most)
        held.extend(most)
        if held.network.stale:
            held = _held[name] = _built(None)
        return held


def refresh(most: int | None = None) -> int:
    """Work in what is new, `most` events, and write a generation when that has become much; how many are left. For the
    worker.

    A generation is written again after one in fifty of its events is new, so that a long chain is not copied each time.
    """
    held = current_index(most)
    if held.since >= max(MERGE_AFTER, held.through // 50) or (held.since and not held.generation):
        store(held)
    return held.behind


def rebuild(progress: Progress | None = None) -> ChainIndex:
    """Make the index again from all events and store it."""
    built = _built(progress)
    store(built)
    with _lock:
        _held[str(connection.settings_dict["NAME"])] = built
    return built


def forget() -> None:
    """Let go of what this process holds."""
    with _lock:
        _held.clear()


def _built(progress: Progress | None) -> ChainIndex:
    index, last = ChainIndex(Network(), 0), newest()
    void = set(Event.objects.exclude(declaration="").values_list("hash", flat=True))
    while index.through < last:
        found, through = read(index.through, BATCH)
        index.network.add(one for one in found if one.identity not in void)
        index.through = through
        index.since += len(found)
        if progress is not None:
            progress(through, last)
    index.network.stale = False
    index.origin = _origin(index.through)
    return index


# ---- files


def folder() -> Path:
    """Where the generations of this database are."""
    return Path(settings.DATA_DIR) / "trace-index"


def store(index: ChainIndex) -> None:
    """Write a generation; a process killed meanwhile leaves the old one."""
    base = folder()
    base.mkdir(parents=True, exist_ok=True)
    name = f"{index.through}-{os.getpid()}-{os.urandom(4).hex()}"
    place = base / name
    place.mkdir()
    for part, array in index.network.arrays().items():
        np.save(place / f"{part}.npy", array)
    written = base / f"{MANIFEST}.{os.getpid()}"
    manifest = {"format": FORMAT, "generation": name, "through": index.through, "origin": index.origin}
    written.write_text(json.dumps(manifest), encoding="utf-8")
    written.replace(base / MANIFEST)
    index.generation, index.since = name, 0
    for old in base.iterdir():
        if old.is_dir() and old.name != name and not _young(old):
            shutil.rmtree(old, ignore_errors=True)


def _young(place: Path) -> bool:
    """Whether another process may be about to map it."""
    newest_time = max((path.stat().st_mtime for path in place.parent.iterdir()), default=0.0)
    return newest_time - place.stat().st_mtime < 600


def _origin(through: int) -> str:
    """Hash of the last event: a restored or another database is recognised by it."""
    return Event.objects.filter(pk=through).values_list("hash", flat=True).first() or ""


def _manifest() -> tuple[str, int]:
    try:
        read_ = json.loads((folder() / MANIFEST).read_text(encoding="utf-8"))
        known = read_["format"] == FORMAT and read_["origin"] == _origin(int(read_["through"]))
        return (str(read_["generation"]), int(read_["through"])) if known else ("", 0)
    except (OSError, ValueError, KeyError):
        return "", 0


def _opened(generation: str, through: int, most: int | None) -> ChainIndex:
    """The stored generation, its files mapped copy-on-write; without one, everything is read, or nothing yet where
    only so much may be."""
    if generation:
        place = folder() / generation
        try:
            arrays = {path.stem: np.asarray(np.load(path, mmap_mode="c")) for path in sorted(place.glob("*.npy"))}
            return ChainIndex(Network(arrays), through, generation)
        except (OSError, ValueError, KeyError):
            log.warning("the stored trace index %s cannot be read and is made again", generation)
    return _built(None) if most is None else ChainIndex(Network(), 0)
