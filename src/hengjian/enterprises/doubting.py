"""Work for people: pairs of bodies that may be one, and codes that more than one body bears."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hengjian.enterprises.linking import decided_apart
from hengjian.enterprises.models import CodeClaim, CodeConflict, Enterprise, ReviewPair, SourceRecord
from hengjian.enterprises.provenance import live

Reason = ReviewPair.Reason
CHUNK = 2_000


@dataclass(frozen=True)
class Found:
    """Two records of two bodies that may be one."""

    one: SourceRecord
    other: SourceRecord
    probability: float
    reason: str


def note_pairs(found: Iterable[Found], at: datetime) -> int:
    """Put pairs into the queue; those that are there already, or that a person has decided, stay as they are."""
    best: dict[tuple[int, int], Found] = {}
    for pair in found:
        one, other = pair.one.enterprise_id or 0, pair.other.enterprise_id or 0
        if one == other:
            continue
        key = (min(one, other), max(one, other))
        if key not in best or pair.probability > best[key].probability:
            best[key] = pair
    if not best:
        return 0
    there: set[tuple[int, int]] = set()
    every = sorted({body for key in best for body in key})
    for start in range(0, len(every), CHUNK):
        rows = ReviewPair.objects.filter(one__in=every[start : start + CHUNK])
        there.update(rows.exclude(state=ReviewPair.State.MOOT).values_list("one", "other"))
        rows.filter(state=ReviewPair.State.MOOT).delete()
    apart = decided_apart(best)
    rows_new = []
    for (low, high), pair in best.items():
        if (low, high) in there or ((low, high) in apart and pair.reason != Reason.FORBIDDEN):
            continue
        records = (pair.one, pair.other) if pair.one.enterprise_id == low else (pair.other, pair.one)
        rows_new.append(
            ReviewPair(
                one_id=low,
                other_id=high,
                one_record=records[0],
                other_record=records[1],
                region_id=records[0].region_id,
                probability=pair.probability,
                reason=pair.reason,
                found_at=at,
            )
        )
    ReviewPair.objects.bulk_create(rows_new, ignore_conflicts=True, batch_size=500)
    return len(rows_new)


def note_conflicts(claims: Sequence[tuple[str, int]], at: datetime) -> int:
    """Make or complete the work item of each code that more than one body bears.

    Args:
        claims: (code, body) for bodies that bear a code which another body holds; the holder is found here.
    """
    by_code: dict[str, set[int]] = defaultdict(set)
    for code, body in claims:
        by_code[code].add(body)
    made = 0
    holders = dict(Enterprise.objects.filter(code__in=by_code).values_list("code", "pk"))
    for code, bodies in sorted(by_code.items()):
        bodies |= {holders[code]} if code in holders else set()
        if len(bodies) < 2:
            continue
        evidence = _evidence(code, bodies)
        if len(evidence) < 2:
            continue
        first = evidence.get(holders.get(code, -1)) or next(iter(evidence.values()))
        conflict, new = CodeConflict.objects.exclude(state=CodeConflict.State.CLOSED).get_or_create(
            code=code, defaults={"region_id": first.region_id, "found_at": at}
        )
        made += new
        for body in sorted(evidence):
            CodeClaim.objects.get_or_create(conflict=conflict, enterprise_id=body, defaults={"record": evidence[body]})
    return made


def _evidence(code: str, bodies: Iterable[int]) -> dict[int, SourceRecord]:
    """Body → a live record of it that bears the code, the oldest."""
    rows = SourceRecord.objects.filter(live(), enterprise__in=bodies, code=code).order_by("-pk")
    return {row.enterprise_id or 0: row for row in rows}


def in_conflict(one: int, other: int) -> bool:
    """Whether two bodies bear one code and nobody has settled which of them may."""
    open_ones = CodeConflict.objects.exclude(state=CodeConflict.State.CLOSED)
    return open_ones.filter(claims__enterprise=one).filter(claims__enterprise=other).exists()
