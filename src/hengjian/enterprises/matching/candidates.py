"""Finding the enterprises that a record may mean, many records at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

import numpy as np
from django.db import connection
from django.db.models import Q

from hengjian.enterprises.loading import with_regions
from hengjian.enterprises.matching.scoring import Asked, Known, Reason, Score, Verdict, score
from hengjian.enterprises.models import Enterprise, EnterpriseCode
from hengjian.enterprises.search import store
from hengjian.enterprises.search.models import Document, Fresh
from hengjian.enterprises.search.terms import brand_of, folded, grams
from hengjian.ledger.projections import batched
from hengjian.methods import uscc
from hengjian.parties.models import Region

#: Enterprises that one record is compared with.
MOST = 48
_TOGETHER = 100
#: So many of those narrow what is left when the telling ones have not.
_FREQUENT_TERMS = 4
#: For more brands than these all that changed is looked through.
_FEW_BRANDS = 8
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Candidate:
    """One enterprise that may be meant; see `scoring.Score`."""

    enterprise: Enterprise
    score: float
    verdict: Verdict
    reasons: tuple[Reason, ...]


@dataclass(slots=True)
class _Record:
    """One record on its way: the terms that may find it, and what they found."""

    asked: Asked
    terms: list[list[str]]
    numbers: list[int]


def match_many(asked: Sequence[Asked], limit: int) -> list[list[Candidate]]:
    """What `hengjian.enterprises.matching.match_many` answers."""
    found: list[list[Candidate]] = []
    for part in batched(asked, _TOGETHER):
        found += _together(part, max(1, min(limit, MOST)))
    return found


def _together(asked: Sequence[Asked], limit: int) -> list[list[Candidate]]:
    records = [_Record(one, [_terms(name) for name in (one.name, *one.former) if name], []) for one in asked]
    _find_by_name(records)
    old = _find_by_code(records)
    known = _known({number for record in records for number in record.numbers}, old)
    chosen = [_best(record, known, limit) for record in records]
    rows = with_regions(number for scores in chosen for number, _score in scores)
    return [
        [
            Candidate(rows[number], one.score, one.verdict, one.reasons)
            for number, one in _by_address(record.asked, scores, known, rows)
            if number in rows
        ]
        for record, scores in zip(records, chosen, strict=True)
    ]


def _terms(name: str) -> list[str]:
    """Terms of which the first, the brand, must be met; the others narrow it, the most telling first."""
    name = name[:_LONGEST_NAME]
    brand, trade, region = brand_of(name)
    text = folded(name)
    if len(brand) < 2:
        return grams(text)
    # Where brand and trade or region meet is rarer than either.
    at = text.find(brand)
    joints = [text[at - 1 : at + 1], text[at + len(brand) - 1 : at + len(brand) + 1]] if at >= 0 else []
    found = ["b" + brand[:12], *("g" + joint for joint in reversed(joints) if len(joint) == 2), *grams(brand + trade)]
    return list(dict.fromkeys([*found, *grams(region)]))


def _find_by_name(records: Sequence[_Record]) -> None:
    lists = _Lists()
    named = [terms for record in records for terms in record.terms if terms]
    lists.read(term for terms in named for term in (terms[:1] if _branded(terms) else terms))
    lists.read(term for terms in named if _branded(terms) and not lists.settles(terms[0]) for term in terms[1:])
    fresh = _fresh({terms[0] for terms in named if _branded(terms)})
    for record in records:
        for terms in record.terms:
            record.numbers += _narrowed(terms, lists)[:MOST].tolist()
            record.numbers += sorted(fresh.get(terms[0], ()) if terms else ())[:MOST]


def _branded(terms: Sequence[str]) -> bool:
    return bool(terms) and terms[0].startswith("b")


class _Lists:
    """What was read of the index for some records: how many have a term, and the lists of the rarer ones."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.whole: dict[str, store.Numbers] = {}
        self._read: set[str] = set()

    def read(self, terms: Iterable[str]) -> None:
        wanted = [term for term in dict.fromkeys(terms) if term not in self._read]
        if wanted:
            self._read.update(wanted)
            counts, whole = store.short_lists_of(wanted)
            self.counts |= counts
            self.whole |= whole

    def settles(self, brand: str) -> bool:
        """Whether so few have the brand that no other term need be read."""
        return brand in self.whole and len(self.whole[brand]) <= MOST

    def frequent(self, terms: Sequence[str]) -> list[str]:
        """Those that too many have to be read as a whole, the most telling first."""
        return sorted((term for term in terms if self.counts.get(term, 0) > store.FEW), key=self.counts.__getitem__)


def _narrowed(terms: Sequence[str], lists: _Lists) -> store.Numbers:
    """The enterprises of the brand, narrowed by what else is rare while there are more than `MOST`."""
    branded, whole = _branded(terms), lists.whole
    usable = sorted((term for term in terms[1 if branded else 0 :] if term in whole), key=lists.counts.__getitem__)
    if branded and terms[0] in whole:
        found = whole[terms[0]]
    elif usable:
        found, usable = whole[usable[0]], usable[1:]
    else:
        return _all_frequent(lists.frequent(terms))
    for term in usable:
        if len(found) <= MOST:
            return found
        fewer = np.intersect1d(found, whole[term], assume_unique=True)
        # A part written otherwise must not lose all.
        found = fewer if len(fewer) else found
    return _among(found, lists.frequent(terms)[:_FREQUENT_TERMS])


def _among(found: store.Numbers, terms: Sequence[str]) -> store.Numbers:
    """Those of many that also have terms which too many have to be read as a whole; the most telling first."""
    for term in terms:
        if len(found) <= MOST:
            break
        fewer = store.among(found, term)
        found = fewer if len(fewer) else found
    return found


def _all_frequent(terms: Sequence[str]) -> store.Numbers:
    """Those that have the most telling of terms each of which is frequent; a few of many."""
    found: list[store.Numbers] = []
    if terms:
        clauses = [(term,) for term in terms[:_FREQUENT_TERMS]]
        for portion in store.Reader().common(clauses):
            found.append(portion)
            if sum(map(len, found)) >= MOST:
                break
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _fresh(brands: set[str]) -> dict[str, set[int]]:
    """Those that changed and are not merged yet, by brand term."""
    found: dict[str, set[int]] = {}
    with connection.cursor() as cursor:
        # Each question asks it, and mostly there is nothing.
        cursor.execute(f"SELECT 1 FROM {Fresh._meta.db_table} LIMIT 1")
        if not brands or cursor.fetchone() is None:
            return found
    rows = Fresh.objects.order_by("-at")
    if len(brands) <= _FEW_BRANDS:
        holds = [Q(terms__contains=f"\n{brand}\n") for brand in sorted(brands)]
        rows = rows.filter(reduce(or_, holds))
    for pk, lines in rows.values_list("pk", "terms")[: store.FEW]:
        for term in brands.intersection(lines.split("\n")):
            found.setdefault(term, set()).add(pk)
    return found


def _find_by_code(records: Sequence[_Record]) -> dict[int, list[str]]:
    """Add those that have the code; returns the older codes of enterprises that were found by one."""
    current: dict[str, list[_Record]] = {}
    for record in records:
        text = uscc.normalise(record.asked.code)
        if text:
            current.setdefault(text, []).append(record)
            examined = uscc.examine(record.asked.code)
            if examined.repaired and examined.repaired != text:
                current.setdefault(examined.repaired, []).append(record)
    if not current:
        return {}
    for pk, code in Document.objects.filter(code__in=list(current)).values_list("pk", "code"):
        for record in current[code]:
            record.numbers.insert(0, pk)
    old: dict[int, list[str]] = {}
    rows = EnterpriseCode.objects.filter(value__in=list(current)).values_list(
        "value", "enterprise", "enterprise__merged_into"
    )
    for value, number, merged in rows:
        kept = merged or number
        old.setdefault(kept, []).append(value)
        for record in current[value]:
            record.numbers.insert(0, kept)
    inner = [text for text in current if len(text) in (9, 15)]
    if inner:
        inside = store.having_organisation_codes([text[-9:] for text in inner])
        by_end = {text[-9:]: text for text in inner}
        for pk, code in inside.values_list("pk", "code")[:1000]:
            for record in current[by_end[code[8:17]]]:
                record.numbers.insert(0, pk)
    return old


def _known(numbers: set[int], old: dict[int, list[str]]) -> dict[int, Known]:
    found: dict[int, Known] = {}
    for part in batched(numbers, 500):
        with connection.cursor() as cursor:
            cursor.execute(f"{_KNOWN} ({', '.join(['%s'] * len(part))})", part)
            for pk, names, code, region, kind, status in cursor.fetchall():
                known = Known(names.split("\n"), code, region or "", kind, status, old_codes=old.get(pk, ()))
                found[pk] = known
    return found


# In plain SQL as in `store`: asked for each record, and building it took longer than reading.
_KNOWN = (
    "SELECT d.enterprise_id, d.names, d.code, r.code, d.kind, d.status"
    f" FROM {Document._meta.db_table} d LEFT JOIN {Region._meta.db_table} r ON r.id = d.region"
    " WHERE d.enterprise_id IN"
)


def _best(record: _Record, known: dict[int, Known], limit: int) -> list[tuple[int, Score]]:
    pairs = [
        (number, score(record.asked, known[number])) for number in dict.fromkeys(record.numbers) if number in known
    ]
    pairs.sort(key=_order)
    return pairs[:limit]


def _order(pair: tuple[int, Score]) -> tuple[float, int]:
    return -pair[1].score, pair[0]


def _by_address(
    asked: Asked, best: list[tuple[int, Score]], known: dict[int, Known], rows: dict[int, Enterprise]
) -> list[tuple[int, Score]]:
    """The best ones judged once more where the record has an address."""
    if not asked.address:
        return best
    again = [
        (number, score(asked, replace(known[number], address=rows[number].address if number in rows else "")))
        for number, _score in best
    ]
    return sorted(again, key=_order)
