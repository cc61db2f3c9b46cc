"""After a change of the rules of names the index and the linking keys follow, while they are in use.

The worker does a portion at a time: first enterprises, then the records of departments. What was done stays done when
it is killed. Lists only grow here: who is found no more by a term stays in it until the next rebuild, which does no
harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from numpy.typing import NDArray

from hengjian.enterprises.linking import FEATURES, Fresh, blocking, features_of
from hengjian.enterprises.models import Enterprise, LinkKey, SourceRecord
from hengjian.enterprises.provenance import live
from hengjian.enterprises.search import many, store
from hengjian.enterprises.search.documents import MARGIN, Portion, keep_portion
from hengjian.enterprises.search.indexing import hold
from hengjian.enterprises.search.models import IndexState
from hengjian.enterprises.search.postings import SEGMENT_BITS, Places
from hengjian.enterprises.search.rows import Regions
from hengjian.enterprises.search.rules_version import rules_version
from hengjian.parties.inserting import insert_values

#: Enterprises or records of one portion: about a second.
PORTION = 5_000


@dataclass(frozen=True)
class Progress:
    """How far the index follows new rules. `percent`: of enterprises and records together."""

    percent: int
    enterprises: int
    records: int


def progress() -> Progress | None:
    """How far it is; None when everything follows the rules in use, and before anybody has looked whether it does."""
    state = IndexState.objects.filter(pk=1).first()
    wanted = rules_version()
    if state is None or state.rules == wanted or not (state.rules or state.next_rules):
        return None
    last, last_record = _last()
    begun = state.next_rules == wanted
    done, records = (min(state.enterprise_at, last), min(state.record_at, last_record)) if begun else (0, 0)
    return Progress(100 * (done + records) // max(1, last + last_record), done, records)


def follow(now: datetime, portion: int = PORTION) -> int:
    """Do the next portion; returns how many enterprises or records were looked at, 0 when there is nothing to do."""
    wanted = rules_version()
    if IndexState.objects.filter(pk=1, rules=wanted).exists():
        return 0
    with transaction.atomic():
        state = hold()
        if state.rebuilding_until and state.rebuilding_until > now:
            return 0
        if state.next_rules != wanted:
            state.next_rules, state.enterprise_at, state.record_at = wanted, 0, 0
            state.save()
    last, last_record = _last()
    if state.enterprise_at < last:
        return _enterprises(state, min(state.enterprise_at + portion, last))
    if state.record_at < last_record:
        return _records(state, min(state.record_at + portion, last_record))
    with transaction.atomic():
        hold()
        IndexState.objects.filter(pk=1, next_rules=wanted).update(rules=wanted, next_rules="")
    return 0


def _last() -> tuple[int, int]:
    """The highest numbers of enterprises and of records."""
    bodies = Enterprise.objects.aggregate(last=Max("pk"))["last"] or 0
    return bodies, SourceRecord.objects.aggregate(last=Max("pk"))["last"] or 0


def _enterprises(state: IndexState, end: int) -> int:
    """Documents and lists of the enterprises behind the cursor."""
    since, above = timezone.now() - MARGIN, Regions()
    first, count = state.enterprise_at + 1, 0
    while first <= end:
        # A portion lies in one segment of the lists.
        stop = min(end + 1, ((first >> SEGMENT_BITS) + 1) << SEGMENT_BITS)
        rows = Portion(first, stop)
        made = many.make([row.subject(above) for row in rows.found])
        keep_portion(rows, made.brands, since)
        lists = many.Segment()
        lists.add(made)
        _add(first >> SEGMENT_BITS, *lists.lists())
        first, count = stop, count + len(rows.found)
    _move(state, enterprise_at=end)
    return max(count, 1)


def _add(segment: int, terms: list[bytes], starts: NDArray[np.int64], places: Places) -> None:
    """Add to the lists what they lack; only then is the index held, and shortly."""
    bounds = starts.tolist()
    for begin in range(0, len(terms), store.BATCH):
        part = range(begin, min(begin + store.BATCH, len(terms)))
        wanted = {terms[at].decode(): places[bounds[at] : bounds[at + 1]] for at in part}
        lacking = store.lacking(segment, wanted)
        if lacking:
            with transaction.atomic():
                hold()
                store.add(segment, lacking)


def _records(state: IndexState, end: int) -> int:
    """Features and blocking keys of the live records behind the cursor."""
    rows = SourceRecord.objects.filter(live(), pk__gt=state.record_at, pk__lte=end).order_by("pk")
    columns = list(rows.values_list("pk", "name", "code", "features", "values", "region__code"))
    read = features_of(
        [
            Fresh(name, code, _part(features, "person"), values.get("address", ""), region[:6])
            for _pk, name, code, features, values, region in columns
        ]
    )
    now = zip(*(read.table[name].to_pylist() for name in FEATURES), strict=True)
    changed: dict[int, list[str]] = {}
    for (pk, _name, _code, before, _values, _region), found in zip(columns, now, strict=True):
        kept = _kept(before, found)
        if before and kept != before:
            changed[pk] = kept
    if changed:
        _write(changed)
    _move(state, record_at=end)
    return max(len(columns), 1)


def _part(features: Sequence[str], name: str) -> str:
    return features[FEATURES.index(name)] if features else ""


def _kept(before: Sequence[str], found: Sequence[str]) -> list[str]:
    """The new features, but for what was read of values that the record shows masked now: persons, addresses."""
    now = list(found)
    if before:
        for name in ("person", "street"):
            now[FEATURES.index(name)] = _part(before, name)
        place = FEATURES.index("place")
        if before[place].startswith(now[place]):
            now[place] = before[place]
    return now


def _write(changed: dict[int, list[str]]) -> None:
    with transaction.atomic():
        # As they are now, and held: a record that was replaced meanwhile has no keys any more.
        rows = SourceRecord.objects.select_for_update().filter(live(), pk__in=list(changed)).order_by("pk")
        held = list(rows.only("pk", "features"))
        gone: list[int] = []
        new: list[tuple[int, int]] = []
        keys = LinkKey.objects.filter(record__in=[row.pk for row in held]).values_list("pk", "record_id", "key")
        there: dict[int, dict[int, int]] = {}
        for pk, record, key in keys:
            there.setdefault(record, {})[key] = pk
        for row in held:
            # Keys of codes do not come from the name and stay.
            before, now = set(blocking(row.features, "")), set(blocking(changed[row.pk], ""))
            own = there.get(row.pk, {})
            gone += [own[key] for key in before - now if key in own]
            new += [(row.pk, key) for key in now - own.keys()]
            row.features = changed[row.pk]
        SourceRecord.objects.bulk_update(held, ["features"], batch_size=500)
        LinkKey.objects.filter(pk__in=gone).delete()
        insert_values(LinkKey, ("record_id", "key"), new)


def _move(state: IndexState, **to: int) -> None:
    """Set the cursor behind a portion, unless newer rules have set it back."""
    with transaction.atomic():
        hold()
        IndexState.objects.filter(pk=1, next_rules=state.next_rules).update(**to)
