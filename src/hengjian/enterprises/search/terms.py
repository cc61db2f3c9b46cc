"""What of an enterprise can be found, as terms of the index, and the terms that a query asks for. Pure.

A term is a letter for its kind and a text: `g` two neighbouring characters of a name, `^` its beginning, `$` its end,
`b` the brand (字号), `c` a character of the brand, `p` and `i` brand in pinyin and in initials, `y` two neighbouring
syllables, `r` region, `k` kind, `a` active. Persons are no part of it: nobody is found by a name of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from hengjian.enterprises.search import spelling
from hengjian.methods.company_names import fold_name, parse_name

#: One of these terms; a query is a list of clauses that must all be met.
Clause = tuple[str, ...]
ACTIVE = "a"
LONGEST_QUERY = 100
LONGEST_BRAND = 12


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
    return name if name.isalnum() else "".join(char for char in name if char.isalnum())


def grams(text: str) -> list[str]:
    return ["g" + one + other for one, other in pairwise(text)]


def brand_of(name: str) -> tuple[str, str, str]:
    """(brand, trade, region) of a name, folded."""
    parts = parse_name(name)
    return folded(parts.brand), _frequent(parts.trade), _frequent(parts.region)


# Trades and regions come again and again.
_frequent = lru_cache(maxsize=20_000)(folded)


def terms_of(subject: Subject) -> set[str]:
    """Everything by which the enterprise is found; `many.make` says the same of many at once."""
    found = plain_terms(subject.regions, subject.kind, subject.active)
    for name in subject.names:
        text = folded(name)
        found.update(grams(text))
        found.update(f"y{pair}" for pair in spelling.syllable_pairs(text))
        if text:
            found.update(("^" + text[:1], "^" + text[:2], "$" + text[-2:]))
        brand, trade, region = brand_of(name)
        found |= brand_letters(brand, trade, region)
        found.update("c" + char for char in brand[:LONGEST_BRAND])
    return found


def plain_terms(regions: Sequence[int], kind: str, active: bool) -> set[str]:
    """What does not come from the names."""
    found = {f"r{region}" for region in regions}
    if kind:
        found.add(f"k{kind}")
    if active:
        found.add(ACTIVE)
    return found


def brand_letters(brand: str, trade: str, region: str) -> set[str]:
    """What comes from the parts of a name (`brand_of`), but for the single characters of the brand."""
    brand = brand[:LONGEST_BRAND]
    if not brand:
        return set()
    found = {"b" + brand}
    found.update(["p" + text for text in spelling.spelled(brand)])
    found.update(["i" + text for text in spelling.initials(brand)])
    found.update(["i" + text for text in spelling.initials(brand + trade[:4])])
    if region:
        found.update(["i" + text for text in spelling.initials(region.rstrip("省市县区旗")[:4] + brand)])
    return found


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
