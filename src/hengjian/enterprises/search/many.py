"""The terms of very many enterprises at once, as numbers in arrays: what `terms.terms_of` says of each. Pure.

A pair (term, place in the segment) is one number: the term in the upper bits, the place in the lower 18. A term of one
or two characters or syllables is its kind and their numbers; all other terms are numbered as they come.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hengjian.enterprises.search import spelling
from hengjian.enterprises.search.postings import SEGMENT_BITS, SEGMENT_SIZE
from hengjian.enterprises.search.terms import LONGEST_BRAND, Subject, brand_letters, brand_of, folded, plain_terms

Packed = NDArray[np.int64]
#: Bits of a character or syllable in a term.
_BITS = 21
_MASK = (1 << _BITS) - 1
# 0 is the kind of terms that are numbered as they come.
_GRAM, _START, _END, _IN_BRAND, _SYLLABLES = 1, 2, 3, 4, 5
_LETTERS = {_GRAM: "g", _START: "^", _END: "$", _IN_BRAND: "c"}
_FIRST, _LAST = 0x3400, 0x9FFF


class Made(NamedTuple):
    """What one process makes of some enterprises of one segment.

    Attributes:
        brands: the folded brand of the current name of each, in the order given.
        terms: distinct terms that have numbers; `which` and `places` are pairs of them.
        packed: pairs of all other terms; some may stand there twice.
    """

    brands: list[str]
    terms: list[str]
    which: NDArray[np.int32]
    places: NDArray[np.int32]
    packed: Packed


def make(subjects: Sequence[Subject]) -> Made:
    """Terms and brands of many."""
    numbers: dict[str, int] = {}
    which: list[int] = []
    places: list[int] = []
    brands: list[str] = []
    names: list[str] = []
    owners: list[int] = []
    branded: list[str] = []
    alike: dict[tuple[tuple[int, ...], str, bool], list[int]] = {}
    for subject in subjects:
        place = subject.number & (SEGMENT_SIZE - 1)
        alike.setdefault((tuple(subject.regions), subject.kind, subject.active), []).append(place)
        found: set[str] = set()
        for at, name in enumerate(subject.names):
            brand, trade, region = brand_of(name)
            if at == 0:
                brands.append(brand)
            found |= brand_letters(brand, trade, region)
            branded.append(brand[:LONGEST_BRAND])
            names.append(folded(name))
            owners.append(place)
        which += [numbers.setdefault(term, len(numbers)) for term in found]
        places += [place] * len(found)
    for (regions, kind, active), those in alike.items():
        for term in plain_terms(regions, kind, active):
            which += [numbers.setdefault(term, len(numbers))] * len(those)
            places += those
    numbered = np.array(owners, np.int64)
    packed = np.concatenate([_of_names(names, numbered), _of_brands(branded, numbered)])
    return Made(brands, list(numbers), np.array(which, np.int32), np.array(places, np.int32), packed)


def _characters(texts: Sequence[str]) -> tuple[Packed, Packed]:
    """(the characters of all texts in a row, the length of each)."""
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    return np.frombuffer("".join(texts).encode("utf-32-le"), "<u4").astype(np.int64), sizes


def _of_brands(texts: Sequence[str], owners: Packed) -> Packed:
    """The characters of brands."""
    characters, sizes = _characters(texts)
    return _pack(_IN_BRAND, characters, 0, np.repeat(owners, sizes))


def _of_names(texts: Sequence[str], owners: Packed) -> Packed:
    """Neighbouring characters, beginnings, ends and neighbouring syllables of names."""
    characters, sizes = _characters(texts)
    there = sizes > 0
    sizes, owners = sizes[there], owners[there]
    if not len(sizes):
        return characters
    places = np.repeat(owners, sizes)
    ends = np.cumsum(sizes) - 1
    starts = ends - sizes + 1
    neighbours = np.ones(len(characters) - 1, np.bool_)
    neighbours[ends[:-1]] = False
    left, right = characters[:-1][neighbours], characters[1:][neighbours]
    beside = places[:-1][neighbours]
    longer = sizes > 1
    first, last = characters[starts], characters[ends]
    found = [
        _pack(_GRAM, left, right, beside),
        _pack(_START, first, 0, owners),
        _pack(_START, first[longer], characters[starts[longer] + 1], owners[longer]),
        _pack(_END, last[~longer], 0, owners[~longer]),
        _pack(_END, characters[ends[longer] - 1], last[longer], owners[longer]),
    ]
    usual, other = _readings()
    for one in (usual, other):
        for two in (usual, other):
            before, behind = _sound(one, left), _sound(two, right)
            both = (before > 0) & (behind > 0)
            found.append(_pack(_SYLLABLES, before[both], behind[both], beside[both]))
    return np.concatenate(found)


def _pack(kind: int, one: Packed, other: Packed | int, places: Packed) -> Packed:
    return ((((kind << _BITS) | one) << _BITS | other) << SEGMENT_BITS) | places


def _sound(readings: Packed, characters: Packed) -> Packed:
    inside = (characters >= _FIRST) & (characters <= _LAST)
    return np.where(inside, readings[np.where(inside, characters - _FIRST, 0)], 0)


@cache
def _readings() -> tuple[Packed, Packed]:
    """For each Chinese character the number of its usual syllable and of its other one; 0 for none."""
    numbers = {syllable: number for number, syllable in enumerate(_syllables()) if syllable}
    usual, other = np.zeros((2, _LAST - _FIRST + 1), np.int64)
    for at in range(len(usual)):
        found = spelling.readings(chr(_FIRST + at))
        if found:
            usual[at] = numbers[found[0]]
        if len(found) > 1:
            other[at] = numbers[found[1]]
    return usual, other


@cache
def _syllables() -> tuple[str, ...]:
    """The same in every process; 0 is none."""
    found = {one for code in range(_FIRST, _LAST + 1) for one in spelling.readings(chr(code))}
    return ("", *sorted(found))


class Segment:
    """The pairs of one segment as they come from the processes."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._packed: list[Packed] = []

    def add(self, made: Made) -> None:
        known = np.array([self._numbers.setdefault(term, len(self._numbers)) for term in made.terms], np.int64)
        self._packed += [made.packed, (known[made.which] << SEGMENT_BITS) | made.places]

    def lists(self) -> tuple[list[bytes], NDArray[np.int64], NDArray[np.uint32]]:
        """(terms, where the list of each begins and at last where all end, the places of all lists in order)."""
        if not self._packed:
            return [], np.zeros(1, np.int64), np.zeros(0, np.uint32)
        pairs = np.concatenate(self._packed)
        self._packed.clear()
        pairs.sort()
        if len(pairs):
            pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])]
        places = (pairs & (SEGMENT_SIZE - 1)).astype(np.uint32)
        pairs >>= SEGMENT_BITS
        starts = np.flatnonzero(np.diff(pairs, prepend=-1))
        numbered = list(self._numbers)
        terms = [
            (numbered[term] if term >> 2 * _BITS == 0 else _unpacked(term)).encode() for term in pairs[starts].tolist()
        ]
        return terms, np.append(starts, len(pairs)), places


def _unpacked(term: int) -> str:
    kind, one, other = term >> 2 * _BITS, (term >> _BITS) & _MASK, term & _MASK
    if kind == _SYLLABLES:
        return f"y{_syllables()[one]}'{_syllables()[other]}"
    return _LETTERS[kind] + chr(one) + (chr(other) if other else "")
