"""Reading and writing postings: lists of a term, intersections segment by segment, merging what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Substr
from numpy.typing import NDArray

from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.search import postings
from hengjian.enterprises.search.models import Fresh, Posting
from hengjian.enterprises.search.postings import SEGMENT_BITS, SEGMENT_SIZE
from hengjian.enterprises.search.terms import Clause
from hengjian.ledger.projections import batched

Numbers = NDArray[np.int64]
#: A term with at most so many enterprises is read as a whole; others segment by segment, until there are enough.
FEW = 6_000
#: Of a segment so many are read along with their number.
_SHORT = 500
#: Terms that one query may add by a beginning ("p" + "xind").
MOST_TERMS = 300
BATCH = 400
#: A term that many times as frequent as the rarest one says little more; what it lets through is read and judged.
TELLING = 25
NARROW = 400


def _key(term: str) -> bytes:
    return term.encode()


def counts_of(terms: Iterable[str]) -> dict[str, dict[int, int]]:
    """How many enterprises of which segment have each term."""
    found: dict[str, dict[int, int]] = {}
    for part in batched(terms, BATCH):
        for term, segment, count in _held("count", part):
            found.setdefault(bytes(term).decode(), {})[segment] = count
    return found


def lists_of(terms: Iterable[str], segments: Sequence[int] | None = None) -> dict[tuple[str, int], bytes]:
    """The encoded lists of the terms, by term and segment."""
    found: dict[tuple[str, int], bytes] = {}
    for part in batched(terms, BATCH):
        for term, segment, places in _held("places", part, segments):
            found[bytes(term).decode(), segment] = bytes(places)
    return found


def short_lists_of(terms: Iterable[str]) -> tuple[dict[str, int], dict[str, Numbers]]:
    """(how many enterprises have each term, those of the terms that at most `FEW` have), asked together: mostly the
    lists are short and this is the only question."""
    counts: dict[str, int] = {}
    parts: dict[str, list[Numbers]] = {}
    longer: set[str] = set()
    for part in batched(terms, BATCH):
        for key, segment, count, places in _held(f"count, CASE WHEN count <= {_SHORT} THEN places END", part):
            term = bytes(key).decode()
            counts[term] = counts.get(term, 0) + count
            if places is None:
                longer.add(term)
            else:
                parts.setdefault(term, []).append(numbers_in(segment, places))
    again = [term for term in longer if counts[term] <= FEW]
    for term in longer:
        parts.pop(term, None)
    for (term, segment), data in lists_of(again).items():
        parts.setdefault(term, []).append(numbers_in(segment, data))
    lists = {term: np.concatenate(those) for term, those in parts.items() if counts[term] <= FEW}
    return counts, lists


def _held(columns: str, terms: Sequence[str], segments: Sequence[int] | None = None) -> list[tuple[Any, ...]]:
    """(term, segment, columns) of what is held. In plain SQL: building the query took Django longer than reading."""
    values: list[bytes | int] = [_key(term) for term in terms]
    where = f"term IN ({', '.join(['%s'] * len(values))})"
    if segments is not None:
        if not segments:
            return []
        where += f" AND segment IN ({', '.join(['%s'] * len(segments))})"
        values += [int(segment) for segment in segments]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT term, segment, {columns} FROM {Posting._meta.db_table} WHERE {where}", values)
        return cursor.fetchall()


def beginning_with(text: str) -> tuple[str, ...]:
    """The terms that begin with a text, at most `MOST_TERMS`."""
    first = _key(text)
    rows = Posting.objects.filter(term__gte=first, term__lt=first + b"\xff").order_by("term").values_list("term")
    found = dict.fromkeys(bytes(row[0]).decode() for row in rows[: MOST_TERMS * 3])
    changed = Fresh.objects.filter(terms__contains=f"\n{text}").order_by("pk").values_list("terms", flat=True)
    for lines in changed[:MOST_TERMS]:
        found.update(dict.fromkeys(term for term in lines.split("\n") if term.startswith(text)))
    return tuple(found)[:MOST_TERMS]


def having_organisation_codes(codes: Sequence[str]) -> QuerySet[Enterprise]:
    """The enterprises whose unified code contains one of these organisation codes (an index of theirs)."""
    return Enterprise.objects.alias(organisation=Substr("code", 9, 9)).filter(organisation__in=codes)


class Reader:
    """Reads for one question; what it has counted it keeps."""

    def __init__(self) -> None:
        self._counts: dict[str, dict[int, int]] = {}
        self._fresh: bool | None = None

    def common(self, clauses: Sequence[Clause]) -> Iterator[Numbers]:
        """The enterprises that meet all clauses, in portions, in the order of their numbers; those that changed last.

        A superset: a term may belong to a former state of an enterprise, and frequent terms are left out where few
        enterprises are left. Whoever asks compares the enterprise itself.
        """
        if clauses:
            yield from self._merged(clauses)
            fresh = self._changed(clauses)
            if len(fresh):
                yield fresh

    def is_rare(self, clauses: Sequence[Clause]) -> bool:
        """Whether so few enterprises meet one of the clauses that all can be looked at."""
        self._count(clauses)
        return min(map(self._total, clauses), default=0) <= FEW

    def _count(self, clauses: Sequence[Clause]) -> None:
        terms = [term for clause in clauses for term in clause if term not in self._counts]
        if terms:
            found = counts_of(dict.fromkeys(terms))
            self._counts.update((term, found.get(term, {})) for term in terms)

    def _total(self, clause: Clause) -> int:
        return sum(sum(self._counts[term].values()) for term in clause)

    def _merged(self, clauses: Sequence[Clause]) -> Iterator[Numbers]:
        self._count(clauses)
        ordered = sorted(dict.fromkeys(clauses), key=self._total)
        smallest = self._total(ordered[0])
        if smallest == 0:
            return
        held = [{segment for term in clause for segment in self._counts[term]} for clause in ordered]
        segments = sorted(set.intersection(*held))
        if smallest > FEW:
            size, at = 1, 0
            while at < len(segments):
                yield from _intersect(ordered, segments[at : at + size])
                at, size = at + size, min(size * 2, 8)
            return
        telling = [clause for clause in ordered if self._total(clause) <= smallest * TELLING + NARROW]
        portions = list(_intersect(telling, segments))
        if len(telling) < len(ordered) and sum(map(len, portions)) > NARROW:
            kept = sorted({int(portion[0]) >> SEGMENT_BITS for portion in portions})
            portions = list(_intersect(ordered, kept))
        yield from portions

    def _changed(self, clauses: Sequence[Clause]) -> Numbers:
        """Those among the changed ones that meet all clauses."""
        if self._fresh is None:
            self._fresh = Fresh.objects.exists()
        rows = Fresh.objects.all() if self._fresh else Fresh.objects.none()
        for clause in clauses:
            asked = Q()
            for term in clause[:50]:
                asked |= Q(terms__contains=f"\n{term}\n")
            rows = rows.filter(asked)
        return np.array(list(rows.order_by("pk").values_list("pk", flat=True)[:FEW]), np.int64)


def _intersect(clauses: Sequence[Clause], segments: Sequence[int]) -> Iterator[Numbers]:
    lists = lists_of(dict.fromkeys(term for clause in clauses for term in clause), segments)
    for segment in segments:
        parts = []
        for clause in clauses:
            held = [lists[term, segment] for term in clause if (term, segment) in lists]
            if not held:
                break
            parts.append(postings.either(held))
        else:
            found = postings.common(parts)
            if len(found):
                yield _numbers(segment, found)


def among(numbers: Numbers, term: str) -> Numbers:
    """Those of some enterprises that have a term; only the segments in which they are are read."""
    segments = numbers >> SEGMENT_BITS
    kept = []
    for (_term, segment), data in sorted(lists_of([term], np.unique(segments).tolist()).items()):
        places = (numbers[segments == segment] & (SEGMENT_SIZE - 1)).astype(np.uint32)
        found = postings.common([postings.encode(places), data])
        if len(found):
            kept.append(_numbers(segment, found))
    return np.concatenate(kept) if kept else np.zeros(0, np.int64)


def numbers_in(segment: int, data: bytes) -> Numbers:
    """The enterprises of an encoded list."""
    return _numbers(segment, postings.decode(data))


def _numbers(segment: int, places: postings.Places) -> Numbers:
    return places.astype(np.int64) + (segment << SEGMENT_BITS)


def merge(pairs: Mapping[str, Sequence[int]]) -> None:
    """Add enterprises to the lists of terms; inside a transaction that holds the index."""
    segments: dict[int, dict[str, list[int]]] = {}
    for term, numbers in pairs.items():
        for number in numbers:
            segments.setdefault(number >> SEGMENT_BITS, {}).setdefault(term, []).append(number & (SEGMENT_SIZE - 1))
    for segment, lists in sorted(segments.items()):
        add(segment, {term: np.unique(np.array(places, np.uint32)) for term, places in lists.items()})


def lacking(segment: int, lists: Mapping[str, postings.Places]) -> dict[str, postings.Places]:
    """Those of the lists of which not every place is in the index."""
    found = {}
    for part in batched(lists, BATCH):
        before = lists_of(part, [segment])
        for term in part:
            held = before.get((term, segment))
            if held is None or len(postings.common([postings.encode(lists[term]), held])) < len(lists[term]):
                found[term] = lists[term]
    return found


def add(segment: int, lists: Mapping[str, postings.Places]) -> None:
    """Add places (sorted, distinct) of a segment to the lists of terms; inside a transaction that holds the index."""
    for part in batched(sorted(lists), BATCH):
        before = lists_of(part, [segment])
        made = []
        for term in part:
            places = lists[term]
            if (term, segment) in before:
                places = np.union1d(postings.decode(before[term, segment]), places).astype(np.uint32)
            made.append(Posting(term=_key(term), segment=segment, count=len(places), places=postings.encode(places)))
        Posting.objects.bulk_create(
            made, update_conflicts=True, unique_fields=["term", "segment"], update_fields=["count", "places"]
        )
