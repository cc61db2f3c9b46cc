"""Finding the enterprises that a record may mean, many records at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from hengjian.enterprises.matching.scoring import Asked, Known, Reason, Score, Verdict, score
from hengjian.enterprises.models import Enterprise, EnterpriseCode
from hengjian.enterprises.search import store
from hengjian.enterprises.search.models import Document
from hengjian.enterprises.search.terms import brand_of, folded, grams
from hengjian.ledger.projections import batched
from hengjian.methods import uscc
from hengjian.parties.models import Region

#: Enterprises that one record is compared with.
MOST = 48
#: A term that more enterprises have tells nothing on its own.
_FREQUENT = store.FEW
_TOGETHER = 100
#: So many of those narrow what is left when the telling ones have not.
_FREQUENT_TERMS = 4
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
    rows = Enterprise.objects.select_related("region").in_bulk(
        list({number for scores in chosen for number, _score in scores})
    )
    return [
        [Candidate(rows[number], one.score, one.verdict, one.reasons) for number, one in scores if number in rows]
        for scores in chosen
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
    every = dict.fromkeys(term for record in records for terms in record.terms for term in terms)
    counts = {term: sum(held.values()) for term, held in store.counts_of(every).items()}
    readable = [term for term in every if 0 < counts.get(term, 0) <= _FREQUENT]
    lists: dict[str, list[store.Numbers]] = {}
    for (term, segment), data in store.lists_of(readable).items():
        lists.setdefault(term, []).append(store.numbers_in(segment, data))
    whole = {term: np.concatenate(parts) for term, parts in lists.items()}
    fresh = _fresh(every)
    for record in records:
        for terms in record.terms:
            found = _narrowed(terms, counts, whole)
            if len(found) > MOST:
                frequent = [term for term in terms if counts.get(term, 0) > _FREQUENT]
                found = _among(found, sorted(frequent, key=lambda term: counts[term])[:_FREQUENT_TERMS])
            record.numbers += found[:MOST].tolist()
            sets = [fresh.get(term, set()) for term in terms[:1]]
            record.numbers += sorted(set.intersection(*sets))[:MOST] if sets else []


def _narrowed(terms: Sequence[str], counts: dict[str, int], whole: dict[str, store.Numbers]) -> store.Numbers:
    """The enterprises of the brand, narrowed by what else is rare while there are more than `MOST`."""
    branded = bool(terms) and terms[0].startswith("b")
    usable = sorted((term for term in terms[1 if branded else 0 :] if term in whole), key=lambda term: counts[term])
    if branded and terms[0] in whole:
        found = whole[terms[0]]
    elif usable:
        found, usable = whole[usable[0]], usable[1:]
    else:
        return np.zeros(0, np.int64)
    for term in usable:
        if len(found) <= MOST:
            break
        fewer = np.intersect1d(found, whole[term], assume_unique=True)
        # A part written otherwise must not lose all.
        found = fewer if len(fewer) else found
    return found


def _among(found: store.Numbers, terms: Sequence[str]) -> store.Numbers:
    """Those of many that also have terms which too many have to be read as a whole; the most telling first."""
    for term in terms:
        if len(found) <= MOST:
            break
        fewer = store.among(found, term)
        found = fewer if len(fewer) else found
    return found


def _fresh(terms: Iterable[str]) -> dict[str, set[int]]:
    """Those that changed and are not merged yet, by brand term."""
    from hengjian.enterprises.search.models import Fresh

    found: dict[str, set[int]] = {}
    wanted = {term for term in terms if term.startswith("b")}
    for pk, lines in Fresh.objects.order_by("-at").values_list("pk", "terms")[: store.FEW]:
        for term in lines.split("\n"):
            if term in wanted:
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
        told = Document.objects.filter(pk__in=part).values_list("pk", "names", "code", "region", "kind", "status")
        rows = list(told)
        regions = dict(Region.objects.filter(pk__in={row[3] for row in rows}).values_list("pk", "code"))
        for pk, names, code, region, kind, status in rows:
            found[pk] = Known(names.split("\n"), code, regions.get(region, ""), kind, status, old_codes=old.get(pk, ()))
    return found


def _best(record: _Record, known: dict[int, Known], limit: int) -> list[tuple[int, Score]]:
    pairs = [
        (number, score(record.asked, known[number])) for number in dict.fromkeys(record.numbers) if number in known
    ]
    pairs.sort(key=lambda pair: (-pair[1].score, pair[0]))
    best = pairs[:limit]
    if record.asked.address and best:
        addresses = dict(
            Enterprise.objects.filter(pk__in=[number for number, _score in best]).values_list("pk", "address")
        )
        best = [(number, score(record.asked, _with(known[number], addresses.get(number, "")))) for number, _ in best]
        best.sort(key=lambda pair: (-pair[1].score, pair[0]))
    return best


def _with(known: Known, address: str) -> Known:
    return Known(known.names, known.code, known.region, known.kind, known.status, address, known.old_codes)
