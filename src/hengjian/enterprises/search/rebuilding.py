"""Making the whole index again while it is in use: documents in place, postings beside the old ones, then exchanged.

Terms are made by several processes, segment by segment. Lists go to temporary files by ranges of terms, so that the
new table is filled in the order of its key and memory stays bounded whatever the size of the register.
"""

from __future__ import annotations

import os
import pickle
from bisect import bisect_right
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from multiprocessing import get_context
from tempfile import SpooledTemporaryFile
from typing import IO

import numpy as np
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from numpy.typing import NDArray

from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.search import many, postings
from hengjian.enterprises.search.documents import MARGIN, Portion, keep_portion
from hengjian.enterprises.search.indexing import hold
from hengjian.enterprises.search.models import Fresh, IndexState, Posting
from hengjian.enterprises.search.postings import SEGMENT_BITS, SEGMENT_SIZE
from hengjian.enterprises.search.rows import Regions
from hengjian.enterprises.search.rules_version import rules_version
from hengjian.parties.inserting import write_rows

_PORTION = 4_000
#: From this many on the terms are made in several processes.
_MANY = 50_000
#: A rebuild that does not report for so long has died.
_LEASE = timedelta(minutes=30)
_RANGES = 64
_IN_MEMORY = 1 << 20

Progress = Callable[[int, int], None]


def reindex(progress: Progress = lambda done, total: None, processes: int | None = None) -> int:
    """Make the whole index again while it is in use; returns the number of enterprises.

    Readers see the old postings until the new ones are complete. What changes meanwhile stays among the fresh ones.
    """
    last = Enterprise.objects.aggregate(last=Max("pk"))["last"] or 0
    total = Enterprise.objects.count()
    workers = processes or min(os.cpu_count() or 1, 4)
    since = timezone.now() - MARGIN
    above, done = Regions(), 0
    try:
        with ExitStack() as open_until_end:
            pool = open_until_end.enter_context(_pool(workers)) if workers > 1 and total >= _MANY else None
            new = open_until_end.enter_context(_NewPostings())
            for begin in range(0, last + 1, SEGMENT_SIZE):
                _lease(timezone.now() + _LEASE)
                made = many.Segment()
                for rows, one in _made(begin, min(begin + SEGMENT_SIZE, last + 1), above, pool):
                    made.add(one)
                    keep_portion(rows, one.brands, since)
                    done += len(rows.found)
                    progress(done, total)
                new.add(begin >> SEGMENT_BITS, *made.lists())
            new.fill(lambda: _lease(timezone.now() + _LEASE))
            with transaction.atomic():
                hold()
                new.put_in_place()
                Fresh.objects.filter(at__lt=since).delete()
                # The records of departments follow the rules of names on their own (`following`).
                version = rules_version()
                IndexState.objects.exclude(next_rules=version).update(next_rules=version, record_at=0)
                IndexState.objects.update(enterprise_at=last)
    finally:
        _lease(None)
    return done


def _made(begin: int, end: int, above: Regions, pool: Executor | None) -> Iterator[tuple[Portion, many.Made]]:
    """The portions of a segment with what was made of them; a few are ahead."""
    waiting: list[tuple[Portion, Future[many.Made]]] = []
    for first in range(begin, end, _PORTION):
        rows = Portion(first, min(first + _PORTION, end))
        subjects = [row.subject(above) for row in rows.found]
        if pool is None:
            yield rows, many.make(subjects)
            continue
        waiting.append((rows, pool.submit(many.make, subjects)))
        if len(waiting) > 6:
            ready, future = waiting.pop(0)
            yield ready, future.result()
    for ready, future in waiting:
        yield ready, future.result()


class _NewPostings:
    """A table beside `Posting` that becomes it."""

    def __init__(self) -> None:
        self._table = Posting._meta.db_table
        self._new = f"{self._table}_new"
        self._bounds: list[bytes] = []
        self._files: list[IO[bytes]] = []
        self._open = ExitStack()

    def __enter__(self) -> _NewPostings:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {self._new}")
            if connection.vendor == "postgresql":
                cursor.execute(f"CREATE TABLE {self._new} (LIKE {self._table} INCLUDING ALL)")
                return self
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [self._table])
            (definition,) = cursor.fetchone()
            cursor.execute(definition.replace(self._table, self._new, 1))
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()
        if any(error):
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TABLE IF EXISTS {self._new}")

    def add(self, segment: int, terms: list[bytes], starts: NDArray[np.int64], places: postings.Places) -> None:
        """Lay the lists of a segment down."""
        if not self._files:
            sample = sorted(terms[:: max(1, len(terms) // 20_000)])
            self._bounds = sample[:: max(1, len(sample) // _RANGES)][1:]
            for _ in range(len(self._bounds) + 1):
                self._files.append(self._open.enter_context(_spool()))
        ranges: list[list[tuple[bytes, int, int, bytes]]] = [[] for _ in self._files]
        sparse, ends = places.astype("<u4").tobytes(), starts.tolist()
        for at, term in enumerate(terms):
            begin, end = ends[at], ends[at + 1]
            few = end - begin < postings.DENSE
            data = sparse[4 * begin : 4 * end] if few else postings.encode(places[begin:end])
            ranges[bisect_right(self._bounds, term)].append((term, segment, end - begin, data))
        for file, rows in zip(self._files, ranges, strict=True):
            pickle.dump(rows, file, pickle.HIGHEST_PROTOCOL)

    def fill(self, alive: Callable[[], None]) -> None:
        """Write everything to the new table, in the order of its key, in short transactions."""
        for file in self._files:
            rows: list[tuple[bytes, int, int, bytes]] = []
            length = file.tell()
            file.seek(0)
            while file.tell() < length:
                rows += pickle.load(file)
            rows.sort()
            alive()
            with transaction.atomic(), connection.cursor() as cursor:
                write_rows(cursor, self._new, ("term", "segment", "count", "places"), rows)
            file.close()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"ANALYZE {self._new}")

    def put_in_place(self) -> None:
        """Exchange the tables, in the caller's transaction."""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {self._table}")
            cursor.execute(f"ALTER TABLE {self._new} RENAME TO {self._table}")


def _spool() -> IO[bytes]:
    return SpooledTemporaryFile(_IN_MEMORY)


@contextmanager
def _pool(workers: int) -> Iterator[Executor]:
    pool = ProcessPoolExecutor(workers, get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _lease(until: datetime | None) -> None:
    with transaction.atomic():
        hold()
        IndexState.objects.filter(pk=1).update(rebuilding_until=until)
