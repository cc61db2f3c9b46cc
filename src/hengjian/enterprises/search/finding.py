"""Answering a query: which lists to intersect, how well each enterprise fits, in which order they are shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from hengjian.enterprises.loading import with_regions
from hengjian.enterprises.models import Enterprise, EnterpriseCode
from hengjian.enterprises.queries import by_key, survivor
from hengjian.enterprises.search import spelling, store
from hengjian.enterprises.search.models import Document
from hengjian.enterprises.search.store import having_organisation_codes
from hengjian.enterprises.search.terms import ACTIVE, LONGEST_QUERY, Clause, all_of, any_of, folded, grams, one_wrong
from hengjian.methods import uscc
from hengjian.methods.company_names import parse_name
from hengjian.parties.models import Region

How = Literal[
    "code", "old_code", "code_repaired", "code_part", "name", "beginning", "brand", "inside", "parts", "pinyin",
    "initials", "sound", "similar",
]  # fmt: skip
#: Enterprises that are compared with each other before a portion is shown; the order inside a portion is by fitness.
PORTION = 120
#: Nobody turns so many pages: a narrower question is the way.
DEEPEST = 2_000
#: What one query looks at, whatever it finds: bounds the worst case.
_MOST_READ = 6_000
_LETTERS = re.compile(r"[a-z0-9]+")
_KEY = re.compile(r"E\d{4,11}", re.IGNORECASE)

#: (how, lower is better) of one folded name, or None when it does not fit.
Judge = Callable[[str, str], tuple[How, int] | None]


@dataclass(frozen=True)
class Hit:
    """One enterprise. `how`: in what way the text fits; `matched`: the name or code that it fits."""

    enterprise: Enterprise
    how: How
    matched: str


@dataclass(frozen=True)
class Found:
    """`more`: there are further ones behind `hits`."""

    hits: tuple[Hit, ...]
    more: bool


@dataclass(frozen=True)
class _Seen:
    """A document that fits, with its place in the order."""

    number: int
    how: How
    matched: str
    order: tuple[int, ...]


@dataclass(frozen=True)
class _Filter:
    """What narrows a query beside its words, and what the query reads through."""

    region: Region | None
    kind: str
    status: str
    inside: frozenset[int] | None
    reader: store.Reader

    def clauses(self) -> list[Clause]:
        found: list[Clause] = []
        if self.region is not None:
            found.append((f"r{self.region.pk}",))
        if self.kind:
            found.append((f"k{self.kind}",))
        if self.status == Enterprise.Status.ACTIVE:
            found.append((ACTIVE,))
        return found

    def lets(self, region: int, kind: str, status: str) -> bool:
        return (
            (self.inside is None or region in self.inside)
            and (not self.kind or kind == self.kind)
            and (not self.status or status == self.status)
        )


def find(text: str, *, region: Region | None, kind: str | None, status: str | None, limit: int, offset: int) -> Found:
    """What `hengjian.enterprises.search.search` answers."""
    inside = None if region is None else frozenset(Region.objects.within(region).values_list("pk", flat=True))
    narrowed = _Filter(region, kind or "", status or "", inside, store.Reader())
    limit, offset = max(1, limit), min(max(0, offset), DEEPEST)
    wanted = offset + limit + 1
    seen: dict[int, _Seen] = {}
    for one in _answers(text[:LONGEST_QUERY], narrowed):
        seen.setdefault(one.number, one)
        if len(seen) >= wanted:
            break
    shown = list(seen.values())[offset : offset + limit]
    rows = with_regions(one.number for one in shown)
    hits = tuple(Hit(rows[one.number], one.how, one.matched) for one in shown if one.number in rows)
    return Found(hits, len(seen) > offset + limit)


def _answers(text: str, narrowed: _Filter) -> Iterator[_Seen]:
    words = [word for word in (folded(part) for part in text.split()) if word]
    if not words:
        return
    code = uscc.normalise(text)
    if code.isascii() and code.isalnum() and (any(char.isdigit() for char in code)) and len(code) >= 5:
        found = list(_by_code(code, narrowed))
        if found:
            yield from found
            return
    count = 0
    for attempt in _attempts(text, words):
        if attempt.loose and count:
            return
        for one in attempt(narrowed):
            count += 1
            yield one


# ---- codes


def _by_code(code: str, narrowed: _Filter) -> Iterator[_Seen]:
    numbers: dict[int, tuple[How, str]] = {}
    if _KEY.fullmatch(code):
        found = by_key(code)
        if found is not None:
            numbers[found.pk] = ("code", found.key)
    numbers.update((pk, ("code", code)) for pk in Document.objects.filter(code=code).values_list("pk", flat=True))
    old = EnterpriseCode.objects.filter(value=code).select_related("enterprise")[:20]
    for row in old:
        numbers.setdefault(survivor(row.enterprise).pk, ("old_code", row.value))
    if not numbers and len(code) == 18:
        repaired = uscc.examine(code).repaired
        if repaired:
            kept = Document.objects.filter(code=repaired).values_list("pk", flat=True)
            numbers.update((pk, ("code_repaired", repaired)) for pk in kept)
    if not numbers and len(code) in (9, 15):
        inside = having_organisation_codes([code[-9:]]).select_related("merged_into")
        numbers.update((survivor(row).pk, ("old_code", code)) for row in inside[:20])
    if not numbers and 6 <= len(code) < 18:
        part = Document.objects.filter(code__gte=code, code__lt=code + "Z" * (18 - len(code))).order_by("code")
        numbers.update((pk, ("code_part", code)) for pk in part.values_list("pk", flat=True)[:PORTION])
    rows = Document.objects.filter(pk__in=list(numbers)).values_list("pk", "region", "kind", "status")
    lets = {pk for pk, region, kind, status in rows if narrowed.lets(region, kind, status)}
    for number, (how, matched) in numbers.items():
        if number in lets:
            yield _Seen(number, how, matched, ())


# ---- names


@dataclass(frozen=True)
class _Attempt:
    """One way to understand the words.

    Attributes:
        tiers: lists of clauses, the better ones first; all are supersets of what `judge` accepts.
        loose: lets mistakes pass, and is tried only where nothing was found.
    """

    tiers: Sequence[Sequence[Clause]]
    judge: Judge
    loose: bool = False

    def __call__(self, narrowed: _Filter) -> Iterator[_Seen]:
        last = list(self.tiers[-1])
        # What lets mistakes pass needs something that tells: no reading through all that end alike.
        if self.loose and not narrowed.reader.is_rare(last):
            return
        if len(self.tiers) > 1 and narrowed.reader.is_rare(last):
            yield from _sorted_run([*last, *narrowed.clauses()], self.judge, narrowed)
            return
        done: set[int] = set()
        for clauses in self.tiers:
            # Existing ones first: where a word is frequent, only the first ones found are ever read.
            for extra in ([(ACTIVE,)], []):
                if not extra and narrowed.status == Enterprise.Status.ACTIVE:
                    continue
                for one in _sorted_run([*clauses, *extra, *narrowed.clauses()], self.judge, narrowed, done):
                    done.add(one.number)
                    yield one


def _sorted_run(clauses: list[Clause], judge: Judge, narrowed: _Filter, done: Iterable[int] = ()) -> Iterator[_Seen]:
    """The documents that fit, portion by portion, each portion in order."""
    portion: list[_Seen] = []
    rare = narrowed.reader.is_rare(clauses)
    for one in _fitting(clauses, judge, narrowed, done):
        portion.append(one)
        if len(portion) >= PORTION and not rare:
            yield from sorted(portion, key=lambda item: item.order)
            portion = []
    yield from sorted(portion, key=lambda item: item.order)


def _fitting(clauses: list[Clause], judge: Judge, narrowed: _Filter, done: Iterable[int]) -> Iterator[_Seen]:
    read, given = 0, set(done)
    for numbers in narrowed.reader.common(clauses):
        for at in range(0, len(numbers), PORTION):
            part = [number for number in numbers[at : at + PORTION].tolist() if number not in given]
            if read >= _MOST_READ:
                return
            read += len(part)
            rows = Document.objects.filter(pk__in=part).order_by("pk")
            columns = rows.values_list("pk", "names", "brand", "region", "kind", "status")
            for pk, names, brand, region, kind, status in columns:
                if pk in given or not narrowed.lets(region, kind, status):
                    continue
                best = _best(names.split("\n"), brand, judge)
                if best is not None:
                    given.add(pk)
                    how, rank, place, name = best
                    ended = status != Enterprise.Status.ACTIVE
                    yield _Seen(pk, how, name, (rank, int(ended), place > 0, len(name), pk))


def _best(names: list[str], brand: str, judge: Judge) -> tuple[How, int, int, str] | None:
    found = None
    for place, name in enumerate(names):
        judged = judge(folded(name), brand if place == 0 else "")
        if judged is not None and (found is None or judged[1] < found[1]):
            found = (*judged, place, name)
    return found


def _attempts(text: str, words: list[str]) -> Iterator[_Attempt]:
    whole = "".join(words)
    if len(words) > 1:
        yield _Attempt([all_of(term for word in words for term in _inside(word))], _contains(words))
        return
    yield _Attempt(_tiers(whole), _contains(words))
    if _LETTERS.fullmatch(whole):
        if whole.isalpha():
            yield from _spelled_attempts(whole)
        return
    parts = parse_name(text)
    kept = [part for part in map(folded, (parts.region, parts.brand, parts.trade, parts.branch)) if part]
    if len(kept) > 1:
        yield _Attempt([all_of(term for part in kept for term in _inside(part))], _parts(kept))
    core = [part for part in (folded(parts.brand), folded(parts.trade)) if part]
    if parts.region and len(folded(parts.brand)) >= 2 and core != kept:
        yield _Attempt([all_of(term for part in core for term in _inside(part))], _parts(core), loose=True)
    if 2 <= len(whole) <= 20:
        sounds = sorted(spelling.spelled(whole))
        pairs = [any_of("y", one) for one in _pairs(whole)]
        if pairs:
            yield _Attempt([pairs], _sounds(sounds), loose=True)
    if 3 <= len(whole) <= 30:
        for clauses in one_wrong(whole):
            yield _Attempt([clauses], _nearly(whole), loose=True)


def _pairs(text: str) -> Iterator[set[str]]:
    for at in range(len(text) - 1):
        found = spelling.syllable_pairs(text[at : at + 2])
        if found:
            yield found


def _inside(word: str) -> list[str]:
    """A character alone is looked for in brands, more of them anywhere."""
    return ["c" + word] if len(word) == 1 else grams(word)


def _tiers(word: str) -> list[list[Clause]]:
    start = ["^" + word[:2], *grams(word)]
    whole = [*start, "$" + word[-2:]]
    if len(word) == 1:
        return [all_of(["^" + word, "c" + word]), all_of(["b" + word]), all_of(["c" + word])]
    tiers = [all_of(whole), all_of(start), all_of(["b" + word]), all_of(grams(word))]
    return tiers if len(word) <= 12 else [tiers[0], tiers[1], tiers[3]]


def _contains(words: list[str]) -> Judge:
    first = words[0]

    def judge(name: str, brand: str) -> tuple[How, int] | None:
        if len(words) == 1 and name == first:
            return "name", 0
        if not all(word in name for word in words):
            return None
        if len(words) == 1 and name.startswith(first):
            return "beginning", 1
        if brand and (brand in words or (len(brand) > 1 and first.startswith(brand))):
            return "brand", 2
        if brand and any(word in brand for word in words):
            return "brand", 3
        return "inside", 4

    return judge


def _parts(parts: list[str]) -> Judge:
    def judge(name: str, brand: str) -> tuple[How, int] | None:
        at = 0
        for part in parts:
            at = name.find(part, at)
            if at < 0:
                return None
            at += len(part)
        return "parts", 0 if brand and brand in parts else 1

    return judge


def _sounds(letters: list[str]) -> Judge:
    def judge(name: str, brand: str) -> tuple[How, int] | None:
        places = [spelling.spells(one, name) for one in letters]
        if max(places) < 0:
            return None
        return "sound", 0 if brand and any(one in spelling.spelled(brand) for one in letters) else 1

    return judge


def _nearly(word: str) -> Judge:
    from rapidfuzz.distance import Levenshtein

    def judge(name: str, brand: str) -> tuple[How, int] | None:
        size = len(word)
        cuts = (name[at : at + width] for width in (size, size - 1, size + 1) for at in range(len(name) - width + 1))
        if any(Levenshtein.distance(word, cut, score_cutoff=1) <= 1 for cut in cuts):
            return "similar", 0 if brand and brand in word else 1
        return None

    return judge


# ---- letters


def _spelled_attempts(letters: str) -> Iterator[_Attempt]:
    """Brand in pinyin, brand in initials, what begins so, then pinyin anywhere in the name."""
    if len(letters) >= 2:
        yield _Attempt([all_of(["p" + letters])], _brand_spelled(letters))
        yield _Attempt([all_of(["i" + letters])], _initials(letters))
        begun = store.beginning_with("p" + letters)
        if begun:
            yield _Attempt([[begun]], _brand_begun(letters))
        begun = store.beginning_with("i" + letters) if len(letters) >= 3 else ()
        if begun:
            yield _Attempt([[begun]], _initials(letters))
    for syllables, rest in spelling.cut(letters):
        pairs: list[Clause] = [(f"y{one}'{other}",) for one, other in pairwise(syllables)]
        if rest:
            pairs.append(store.beginning_with(f"y{syllables[-1]}'{rest}"))
        if pairs and all(pairs):
            yield _Attempt([pairs], _spelled(letters))


def _brand_spelled(letters: str) -> Judge:
    def judge(name: str, brand: str) -> tuple[How, int] | None:
        return ("pinyin", 0) if letters in spelling.spelled(brand) else _spelled(letters)(name, brand)

    return judge


def _brand_begun(letters: str) -> Judge:
    def judge(name: str, brand: str) -> tuple[How, int] | None:
        begins = any(one.startswith(letters) for one in spelling.spelled(brand))
        return ("pinyin", 1) if begins else _spelled(letters)(name, brand)

    return judge


def _spelled(letters: str) -> Judge:
    def judge(name: str, brand: str) -> tuple[How, int] | None:
        place = spelling.spells(letters, name)
        return None if place < 0 else ("pinyin", 2 if place == 0 else 3)

    return judge


def _initials(letters: str) -> Judge:
    def judge(name: str, brand: str) -> tuple[How, int] | None:
        if letters in spelling.initials(brand):
            return "initials", 0
        firsts = [{one[0] for one in spelling.readings(char)} or {char} for char in name]
        for start in range(len(firsts) - len(letters) + 1):
            if all(letter in firsts[start + at] for at, letter in enumerate(letters)):
                return "initials", 1
        # Region and brand together: the first letters of the region's short name stand before.
        return ("initials", 2) if any(letters.endswith(one) for one in spelling.initials(brand) if one) else None

    return judge
