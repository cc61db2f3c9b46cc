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
        scores = self.scores(rest, ruled, company, ruled if sure else size)
        best = max(scores)
        return scores.index(best) + 1 if best - scores[ruled - 1] >= _GAIN else 0

    def scores(self, rest: str, ruled: int, company: bool, longest: int = _LONGEST) -> list[float]:
        """The score of a brand of 1, 2, 3 … characters: the weights of `traits`, of both lengths and of the characters.

        It adds up what `traits` lists, without listing it: this runs for every name that the words leave open.
        """
        unknown, cut, begins, ends = self._words(rest)
        unknown_, covered_, share_, cuts_, brand_ends_, opens_, inside_, pair_, sounds_, rule_, bare_ = self._traits
        brand, first, last = self._roles
        brand_lengths, trade_lengths = self._lengths[company]
        sounds, pairs, size, sofar = self._sounds, self._pairs, len(rest), 0.0
        found = []
        for end, char in enumerate(rest[:longest], start=1):
            sofar += brand.get(char, 0.0)
            score = sofar + last.get(char, 0.0) + brand_lengths[min(end, _BRAND_LENGTHS)]
            score += trade_lengths[min(size - end, _TRADE_LENGTHS)]
            if end in ends:
                score += brand_ends_
            if end == size:
                found.append(score + rule_ if end == ruled else score)
                break
            following, here = rest[end], unknown[end]
            score += first.get(following, 0.0)
            if here:
                score += unknown_ * here + share_ * here / (size - end)
            else:
                score += covered_
            if end == ruled:
                score += bare_ if here else rule_
            if end in cut:
                score += cuts_
            if end in begins:
                score += opens_
            if (pair := char + following) in pairs:
                score += inside_ * pairs[pair]
            if rest[end : end + 2] in pairs:
                score += pair_
            if following in sounds and char in sounds:
                score += sounds_
            found.append(score)
        return found

    def traits(self, rest: str, ruled: int) -> list[tuple[float, ...]]:
        """The values of `TRAITS` for a brand of 1, 2, 3 … characters."""
        unknown, cut, begins, ends = self._words(rest)
        size, sounds, pairs = len(rest), self._sounds, self._pairs
        found: list[tuple[float, ...]] = []
        for end in range(1, size):
            here, rule = unknown[end], end == ruled
            found.append(
                (
                    here,
                    not here,
                    here / (size - end),
                    end in cut,
                    end in ends,
                    end in begins,
                    pairs.get(rest[end - 1 : end + 1], 0),
                    rest[end : end + 2] in pairs,
                    rest[end] in sounds and rest[end - 1] in sounds,
                    rule and not here,
                    rule and here > 0,
                )
            )
        found.append((0, 0, 0, 0, size in ends, 0, 0, 0, 0, ruled == size, 0))
        return found

    def _words(self, rest: str) -> tuple[list[int], set[int], set[int], set[int]]:
        """(per place, the fewest characters from there to the end that no trade word covers; the places that cut a
        trade word, where one begins, where one ends)."""
        size, trades = len(rest), self._trades
        unknown = [0] * (size + 1)
        cut: set[int] = set()
        begins: set[int] = set()
        ends: set[int] = set()
        for start in range(size - 1, -1, -1):
            best = unknown[start + 1] + 1
            for length in self._sizes.get(rest[start : start + 2], ()):
                end = start + length
                if end <= size and rest[start:end] in trades:
                    begins.add(start)
                    ends.add(end)
                    cut.update(range(start + 1, end))
                    if unknown[end] < best:
                        best = unknown[end]
            unknown[start] = best
        return unknown, cut, begins, ends


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
