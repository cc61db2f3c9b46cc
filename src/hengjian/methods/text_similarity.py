"""Likeness of short Chinese texts by character n-grams, for spotting copied progress reports.

The measure is the Jaccard index of the sets of character trigrams after removing what changes from period to period
(digits, punctuation, white space), so that last month's text with a new month and a new percentage counts as the same.
A. Z. Broder, "On the resemblance and containment of documents", SEQUENCES 1997.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_CHANGING = re.compile(r"[\W\d_一二三四五六七八九十百千]+")


def shingles(text: str, size: int = 3) -> frozenset[str]:
    """The set of character n-grams of `text` (NFKC, without digits, numerals, punctuation and white space).

    A text shorter than `size` gives itself as its one shingle; an empty text gives the empty set.
    """
    plain = _CHANGING.sub("", unicodedata.normalize("NFKC", text))
    if len(plain) < size:
        return frozenset([plain]) if plain else frozenset()
    return frozenset(plain[i : i + size] for i in range(len(plain) - size + 1))


def likeness(first: str, second: str) -> float:
    """Jaccard index of the trigram sets, 0 (nothing shared) to 1 (same); two empty texts give 0."""
    return _jaccard(shingles(first), shingles(second))


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    union = len(a | b)
    return len(a & b) / union if union else 0.0


@dataclass(frozen=True)
class Match:
    """Place of the most similar text in the given sequence and its likeness, 0 to 1."""

    index: int
    likeness: float


def most_like(text: str, others: Iterable[str] | Sequence[str]) -> Match | None:
    """The most similar of `others`, or None when there is none with any likeness. Ties go to the first."""
    wanted = shingles(text)
    best: Match | None = None
    for index, other in enumerate(others):
        value = _jaccard(wanted, shingles(other))
        if value > (best.likeness if best else 0.0):
            best = Match(index, value)
    return best
