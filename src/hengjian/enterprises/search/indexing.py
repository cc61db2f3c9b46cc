"""Keeping the index: what changed at once, the whole of it on demand."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context

import numpy as np
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from hengjian.enterprises.models import Enterprise, EnterpriseName
from hengjian.enterprises.search import store
from hengjian.enterprises.search.models import Document, Fresh, IndexState, Posting
from hengjian.enterprises.search.postings import SEGMENT_BITS, SEGMENT_SIZE
from hengjian.enterprises.search.terms import Made, Subject, brand_of, pairs_of, terms_of
from hengjian.ledger.projections import batched
from hengjian.parties.models import Region

#: Changed enterprises that the worker merges at a time, and that rest unmerged without harm to the speed.
FOLD = 20_000
RESTING = 300
OLDEST = timedelta(minutes=10)
_PORTION = 4_000
#: From this many on the terms are made in several processes.
_MANY = 50_000
#: A rebuild that does not report for so long has died.
_LEASE = timedelta(minutes=30)
_OTHER_NAMES = 12

Progress = Callable[[int, int], None]
Row = tuple[int, tuple[str, ...], str, int, str, str]


def index(ids: Sequence[int]) -> None:
    """Take in what became of these enterprises; inside the transaction that changed them."""
    above = _Regions()
    now = timezone.now()
    for part in batched(dict.fromkeys(ids), 2_000):
        rows = list(_rows(Q(pk__in=part)))
        gone = set(part) - {row[0] for row in rows}
        Document.objects.filter(pk__in=gone).delete()
        Fresh.objects.filter(pk__in=gone).delete()
        _save_documents(rows)
        Fresh.objects.bulk_create(
            [Fresh(enterprise_id=row[0], terms=_lines(_subject(row, above)), at=now) for row in rows],
            update_conflicts=True,
            unique_fields=["enterprise"],
            update_fields=["terms", "at"],
        )
        # A body that was merged is found by its names under the one it became.
        kept = Enterprise.objects.filter(pk__in=gone, merged_into__isnull=False).values_list("merged_into", flat=True)
        missing = [pk for pk in dict.fromkeys(kept) if pk is not None and pk not in ids]
        if missing:
            index(missing)


def _lines(subject: Subject) -> str:
    return "\n" + "\n".join(sorted(terms_of(subject))) + "\n"


def fold(now: datetime, least: int = RESTING) -> int:
    """Merge the changed enterprises into the postings, when there are many or old ones; returns how many."""
    with transaction.atomic():
        state = _hold()
        if state.rebuilding_until and state.rebuilding_until > now:
            return 0
        waiting = Fresh.objects.order_by("at", "pk")
        oldest = waiting.first()
        if oldest is None or (waiting[least : least + 1].count() == 0 and oldest.at > now - OLDEST):
            return 0
        rows = list(waiting.select_for_update()[:FOLD])
        pairs: dict[str, list[int]] = {}
        for row in rows:
            for term in row.terms.split("\n"):
                if term:
                    pairs.setdefault(term, []).append(row.pk)
        store.merge(pairs)
        for part in batched([row.pk for row in rows], 1_000):
            Fresh.objects.filter(pk__in=part).delete()
        IndexState.objects.filter(pk=state.pk).update(merged_at=now)
    return len(rows)


def reindex(progress: Progress = lambda done, total: None, processes: int | None = None) -> int:
    """Make the whole index again, segment by segment, while it is in use; returns the number of enterprises.

    A reader sees each segment as it was or as it is now. What changes meanwhile stays among the fresh ones.
    """
    last = Enterprise.objects.aggregate(last=Max("pk"))["last"] or 0
    total = Enterprise.objects.count()
    above, done = _Regions(), 0
    workers = processes or min(os.cpu_count() or 1, 4)
    pool = ProcessPoolExecutor(workers, get_context("spawn")) if workers > 1 and total >= _MANY else None
    try:
        for segment in range((last >> SEGMENT_BITS) + 1):
            _lease(timezone.now() + _LEASE)
            done = _rebuild(segment, above, pool, done, lambda count: progress(count, total))
        Posting.objects.filter(segment__gt=last >> SEGMENT_BITS).delete()
    finally:
        _lease(None)
        if pool is not None:
            pool.shutdown(cancel_futures=True)
    return done


def _rebuild(segment: int, above: _Regions, pool: Executor | None, done: int, progress: Callable[[int], None]) -> int:
    first, end = segment << SEGMENT_BITS, (segment + 1) << SEGMENT_BITS
    here = Q(pk__gte=first, pk__lt=end)
    fresh = list(Fresh.objects.filter(here).values_list("pk", "at"))
    numbers: dict[str, int] = {}
    pairs = [np.zeros(0, np.int64)]
    waiting: list[Future[Made]] = []

    def take(made: Made) -> None:
        terms, which, numbered = made
        known = np.array([numbers.setdefault(term, len(numbers)) for term in terms], np.int64)
        pairs.append((known[which] << SEGMENT_BITS) | (numbered & (SEGMENT_SIZE - 1)))

    for rows in batched(_rows(here), _PORTION):
        with transaction.atomic():
            _save_documents(rows)
        subjects = [_subject(row, above) for row in rows]
        if pool is None:
            take(pairs_of(subjects))
        else:
            waiting.append(pool.submit(pairs_of, subjects))
            if len(waiting) > 6:
                take(waiting.pop(0).result())
        done += len(rows)
        progress(done)
    for left in waiting:
        take(left.result())
    together = np.concatenate(pairs)
    pairs.clear()
    with transaction.atomic():
        _hold()
        store.replace(segment, list(numbers), together)
        for part in batched(fresh, 500):
            stale = Q()
            for pk, at in part:
                stale |= Q(pk=pk, at=at)
            Fresh.objects.filter(stale).delete()
    return done


def _rows(which: Q) -> Iterator[Row]:
    """(number, names, code, region, kind, status) of the bodies that stand for themselves, by number."""
    rows = Enterprise.objects.filter(which, merged_into__isnull=True).order_by("pk")
    columns = ("pk", "name", "code", "region_id", "kind", "status")
    for part in batched(rows.values_list(*columns).iterator(chunk_size=_PORTION), _PORTION):
        numbers = [row[0] for row in part]
        others = _other_names(numbers)
        for number, name, code, region, kind, status in part:
            yield number, (name, *others.get(number, ())), code, region, kind, status


def _other_names(numbers: Sequence[int]) -> dict[int, list[str]]:
    """Former names and other writings, and the names of those that were merged into them."""
    found: dict[int, list[str]] = {}
    own = Q(enterprise__in=numbers)
    told = EnterpriseName.objects.filter(own).order_by("enterprise", "-until", "pk").values_list("enterprise", "name")
    merged = Enterprise.objects.filter(merged_into__in=numbers).order_by("pk").values_list("merged_into", "name")
    for number, name in (*told, *merged):
        if number is None:
            continue
        names = found.setdefault(number, [])
        if name not in names and len(names) < _OTHER_NAMES:
            names.append(name)
    return found


def _save_documents(rows: Iterable[Row]) -> None:
    documents = [
        Document(
            enterprise_id=number,
            names="\n".join(names),
            brand=brand_of(names[0])[0][:40],
            code=code,
            region=region,
            kind=kind,
            status=status,
        )
        for number, names, code, region, kind, status in rows
    ]
    Document.objects.bulk_create(
        documents,
        batch_size=_PORTION,
        update_conflicts=True,
        unique_fields=["enterprise"],
        update_fields=["names", "brand", "code", "region", "kind", "status"],
    )


def _subject(row: Row, above: _Regions) -> Subject:
    number, names, code, region, kind, status = row
    return Subject(number, names, code, above[region], kind, status == Enterprise.Status.ACTIVE)


class _Regions:
    """Region → itself and all above it, read once."""

    def __init__(self) -> None:
        self._parents = dict(Region.objects.values_list("pk", "parent_id"))
        self._lines: dict[int, tuple[int, ...]] = {}

    def __getitem__(self, region: int) -> tuple[int, ...]:
        if region not in self._lines:
            line: list[int] = []
            at: int | None = region
            while at is not None and at not in line:
                line.append(at)
                at = self._parents.get(at)
            self._lines[region] = tuple(line)
        return self._lines[region]


def _hold() -> IndexState:
    """The one row, locked until the end of the transaction."""
    state, _made = IndexState.objects.select_for_update().get_or_create(pk=1)
    return state


def _lease(until: datetime | None) -> None:
    with transaction.atomic():
        _hold()
        IndexState.objects.filter(pk=1).update(rebuilding_until=until)
