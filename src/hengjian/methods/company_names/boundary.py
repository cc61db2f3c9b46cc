"""Where a brand ends and a trade begins, by what was learned from labelled names. Pure.

A log-linear model: each place where the brand could end gets a score, the sum of weights of what is found there (how
long both parts are, which trade words are cut or covered, which characters stand on either side). It is asked only
where the words of the lists do not settle the matter, and moves the boundary only for a clear gain. The weights lie
in `boundary.txt`; `scripts/learn_name_boundary.py` learns them from the labelled names of the tests.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from functools import cache
from operator import mul
from pathlib import Path

from hengjian.methods.company_names.lexicon import Lexicon, characters

#: What the weights of `Boundary.traits` are called, in their order.
TRAITS = (
    "unknown",
    "covered",
    "unknown_share",
    "cuts",
    "brand_ends",
    "opens",
    "inside",
    "pair",
    "sounds",
    "rule",
    "bare",
)
#: What a character can be: anywhere in the brand, first of the trade, last of the brand.
ROLES = ("brand", "first", "last")
# How much better another boundary must be (natural logarithm of the odds).
_GAIN = 1.0
_LONGEST = 24
_BRAND_LENGTHS, _TRADE_LENGTHS = 7, 4


class Boundary:
    """Args:
    lexicon: the trade words.
    weights: name of a trait, of a length or of a role with its character → weight.
    """

    def __init__(self, lexicon: Lexicon, weights: Mapping[str, float]) -> None:
        self._trades, self._sizes = lexicon.trades, lexicon.trade_sizes
        self._sounds = characters("sounds")
        pairs = Counter(word[i : i + 2] for word in lexicon.trades for i in range(len(word) - 1))
        self._pairs = {pair: math.log1p(times) for pair, times in pairs.items()}
        self._traits = tuple(weights.get(name, 0.0) for name in TRAITS)
        self._lengths = {
            company: (
                tuple(weights.get(length_name("brand", company, n), 0.0) for n in range(_BRAND_LENGTHS + 1)),
                tuple(weights.get(length_name("trade", company, n), 0.0) for n in range(_TRADE_LENGTHS + 1)),
            )
            for company in (True, False)
        }
        self._known = character_traits(lexicon)
        every = {name[-1] for name in weights if ":" in name} | set(self._known)
        self._roles = [
            {char: _character_weight(role, char, self._known.get(char, {}), weights) for char in every}
            for role in ROLES
        ]

    def better(self, rest: str, ruled: int, company: bool, sure: bool = False) -> int:
        """Where the brand ends, when that is clearly better than after `ruled` characters as the rules say; else 0.

        Args:
            sure: whether the lists have what stands behind; then a brand of usual length stays as it is.
        """
        size = len(rest)
        if not 3 <= size <= _LONGEST or (ruled == size <= 4) or (sure and 2 <= ruled <= 3):
            return 0
        unknown = self._unknown(rest)
        scores = self.scores(rest, ruled, company, unknown)
        best = max(scores)
        return scores.index(best) + 1 if best - scores[ruled - 1] >= _GAIN else 0

    def scores(self, rest: str, ruled: int, company: bool, unknown: list[int] | None = None) -> list[float]:
        """The score of a brand of 1, 2, 3 … characters."""
        brand, first, last = self._roles
        brand_lengths, trade_lengths = self._lengths[company]
        size, sofar, found = len(rest), 0.0, []
        for end, traits in enumerate(self.traits(rest, ruled, unknown or self._unknown(rest)), start=1):
            sofar += brand.get(rest[end - 1], 0.0)
            score = sum(map(mul, traits, self._traits)) + sofar + last.get(rest[end - 1], 0.0)
            if end < size:
                score += first.get(rest[end], 0.0)
            score += brand_lengths[min(end, _BRAND_LENGTHS)] + trade_lengths[min(size - end, _TRADE_LENGTHS)]
            found.append(score)
        return found

    def traits(self, rest: str, ruled: int, unknown: list[int] | None = None) -> list[tuple[float, ...]]:
        """The values of `TRAITS` for a brand of 1, 2, 3 … characters.

        Args:
            unknown: per place, how many characters from there on no trade word covers.
        """
        unknown = unknown or self._unknown(rest)
        size, trades, sounds, pairs = len(rest), self._trades, self._sounds, self._pairs
        cut: set[int] = set()
        begins: set[int] = set()
        ends: set[int] = set()
        for start in range(size - 1):
            for length in self._sizes.get(rest[start : start + 2], ()):
                if rest[start : start + length] in trades:
                    begins.add(start)
                    ends.add(start + length)
                    cut.update(range(start + 1, start + length))
        heard = [char in sounds for char in rest]
        found: list[tuple[float, ...]] = []
        for end in range(1, size):
            left, here, rule = size - end, unknown[end], end == ruled
            pair = rest[end - 1 : end + 1]
            found.append(
                (
                    here,
                    not here,
                    here / left,
                    end in cut,
                    end in ends,
                    end in begins,
                    pairs.get(pair, 0),
                    rest[end : end + 2] in pairs,
                    heard[end] and heard[end - 1],
                    rule and not here,
                    rule and here > 0,
                )
            )
        found.append((0, 0, 0, 0, size in ends, 0, 0, 0, 0, ruled == size, 0))
        return found

    def _unknown(self, rest: str) -> list[int]:
        """Per place, the fewest characters from there to the end that are left when trade words cover the others."""
        size, trades = len(rest), self._trades
        found = [0] * (size + 1)
        for start in range(size - 1, -1, -1):
            best = found[start + 1] + 1
            for length in self._sizes.get(rest[start : start + 2], ()):
                end = start + length
                if end <= size and found[end] < best and rest[start:end] in trades:
                    best = found[end]
            found[start] = best
        return found


def length_name(part: str, company: bool, length: int) -> str:
    """The name of the weight of a length of a part; the longest lengths share one."""
    longest = _BRAND_LENGTHS if part == "brand" else _TRADE_LENGTHS
    return f"{part} {'company' if company else 'other'} {min(length, longest)}"


def character_traits(lexicon: Lexicon) -> dict[str, dict[str, float]]:
    """What is known of characters without any labelled name: role and trait → value, for each character."""
    times = Counter(char for word in lexicon.trades for char in word)
    opening = Counter(word[0] for word in lexicon.trades)
    found: dict[str, dict[str, float]] = {}
    for char in times.keys() | lexicon.names | characters("name_ends"):
        end = float(char in characters("name_ends"))
        found[char] = {
            "brand times": math.log1p(times[char]),
            "brand name": float(char in lexicon.names),
            "first times": math.log1p(opening[char]),
            "first end": end,
            "last end": end,
        }
    return found


def _character_weight(role: str, char: str, known: Mapping[str, float], weights: Mapping[str, float]) -> float:
    own = weights.get(f"{role}:{char}", 0.0)
    return own + sum(value * weights.get(name, 0.0) for name, value in known.items() if name.startswith(role))


@cache
def learned_weights() -> dict[str, float]:
    """The weights of `boundary.txt`: one name and one weight per line, a tab between."""
    lines = Path(__file__).with_name("boundary.txt").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {name: float(weight) for name, weight in rows}
