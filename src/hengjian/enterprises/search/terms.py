"""What of an enterprise can be found, as terms of the index, and the terms that a query asks for. Pure.

A term is a letter for its kind and a text: `g` two neighbouring characters of a name, `^` its beginning, `$` its end,
`b` the brand (字号), `c` a character of the brand, `p` and `i` brand in pinyin and in initials, `y` two neighbouring
syllables, `r` region, `k` kind, `a` active. Persons are no part of it: nobody is found by a name of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hengjian.enterprises.search import spelling
from hengjian.methods.company_names import fold_name, parse_name

#: One of these terms; a query is a list of clauses that must all be met.
Clause = tuple[str, ...]
#: Distinct terms; for each pair the place of its term among them, and the number of the enterprise.
Made = tuple[list[str], NDArray[np.int32], NDArray[np.int64]]
ACTIVE = "a"
LONGEST_QUERY = 100
_LONGEST_BRAND = 12


@dataclass(frozen=True, slots=True)
class Subject:
    """What is indexed of one enterprise. `names`: the current one first, then the old ones, as registered."""

    number: int
    names: Sequence[str]
    code: str
    regions: Sequence[int]
    kind: str
    active: bool


def folded(text: str) -> str:
    """A name as it is indexed and looked for: simplified, half width, small letters, without brackets and blanks."""
    name = fold_name(text).lower()
    return "".join(char for char in name if char.isalnum())


def grams(text: str) -> list[str]:
    return ["g" + one + other for one, other in pairwise(text)]


def brand_of(name: str) -> tuple[str, str, str]:
    """(brand, trade, region) of a name, folded."""
    parts = parse_name(name)
    return folded(parts.brand), folded(parts.trade), folded(parts.region)


def terms_of(subject: Subject) -> set[str]:
    """Everything by which the enterprise is found."""
    found: set[str] = set()
    for name in subject.names:
        text = folded(name)
        found.update(grams(text))
        found.update(f"y{pair}" for pair in spelling.syllable_pairs(text))
        if text:
            found.update(("^" + text[:1], "^" + text[:2], "$" + text[-2:]))
        found |= _brand_terms(name)
    found.update(f"r{region}" for region in subject.regions)
    if subject.kind:
        found.add(f"k{subject.kind}")
    if subject.active:
        found.add(ACTIVE)
    return found


def _brand_terms(name: str) -> set[str]:
    brand, trade, region = brand_of(name)
    brand = brand[:_LONGEST_BRAND]
    if not brand:
        return set()
    found = {"b" + brand, *("c" + char for char in brand)}
    found.update("p" + text for text in spelling.spelled(brand))
    found.update("i" + text for text in spelling.initials(brand))
    found.update("i" + text for text in spelling.initials(brand + trade[:4]))
    if region:
        found.update("i" + text for text in spelling.initials(region.rstrip("省市县区旗")[:4] + brand))
    return found


def pairs_of(subjects: Sequence[Subject]) -> Made:
    """Terms and enterprises of many, compact: this is what several processes make."""
    places: dict[str, int] = {}
    which: list[int] = []
    numbers: list[int] = []
    for subject in subjects:
        terms = terms_of(subject)
        which += [places.setdefault(term, len(places)) for term in terms]
        numbers += [subject.number] * len(terms)
    return list(places), np.array(which, np.int32), np.array(numbers, np.int64)


def any_of(kind: str, texts: Iterable[str]) -> Clause:
    return tuple(kind + text for text in texts)


def all_of(terms: Iterable[str]) -> list[Clause]:
    """One clause for each term."""
    return [(term,) for term in dict.fromkeys(terms)]


def one_wrong(text: str) -> list[list[Clause]]:
    """The queries that let one character of the text be wrong or too many: what does not touch it must be there."""
    found = []
    for place in range(len(text)):
        kept = [*grams(text[:place]), *grams(text[place + 1 :])]
        if not kept:
            # Of three characters only two single ones are left; brands are short enough to ask for those.
            kept = ["c" + char for at, char in enumerate(text) if at != place]
        if len(text) >= 2:
            found.append(all_of(kept))
    return found
