"""The Fellegi–Sunter model: how much each agreement speaks for one body (I. P. Fellegi, A. B. Sunter, JASA 64, 1969).

Records that carry a valid unified code label pairs for nothing: equal codes are one body, different ones two. From them
come the probabilities; only the share of matches among all pairs is found by expectation maximisation. Brand, trade,
place and form are weighed together, because the law lets one name be used once per trade and place: they are rare
together among different bodies, far rarer than each by itself would make believe.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from hengjian.methods.record_linkage.comparing import COMPARISONS, patterns

NAME = ("brand", "trade", "place", "form")
OTHERS = ("person", "street")
_AT = {one.name: place for place, one in enumerate(COMPARISONS)}
_LEVELS = {one.name: one.levels for one in COMPARISONS}
# Shares among records of one body, where too few carry codes to learn them; the order is that of the levels.
_USUAL: Mapping[str, tuple[float, ...]] = {
    "brand": (0.95, 0.03, 0.02),
    "trade": (0.93, 0.03, 0.04),
    "place": (0.55, 0.30, 0.14, 0.01),
    "form": (0.90, 0.08, 0.02),
    "person": (0.80, 0.14, 0.06),
    "street": (0.70, 0.20, 0.10),
}
# Shares among pairs of different bodies; they count as `SUPPOSED` pairs beside those that were seen.
_USUAL_BETWEEN: Mapping[str, tuple[float, ...]] = {
    "brand": (0.0001, 0.002, 0.9979),
    "trade": (0.03, 0.02, 0.95),
    "place": (0.01, 0.05, 0.20, 0.74),
    "form": (0.70, 0.10, 0.20),
    "person": (0.0002, 0.20, 0.7998),
    "street": (0.0002, 0.20, 0.7998),
}
SUPPOSED = 10_000
ENOUGH = 200  # labelled pairs
Counts = Mapping[int, int]


@dataclass(frozen=True)
class Model:
    """Weights in bits: log2 of how much likelier the agreement is within one body than between two.

    Attributes:
        name: levels of `NAME` (joined by commas) → weight.
        others: comparison → weight per level.
        prior: share of matches among all pairs.
        labelled: how many pairs with equal codes the weights rest on; 0: on usual shares.
    """

    name: Mapping[str, float]
    others: Mapping[str, tuple[float, ...]]
    prior: float
    labelled: int = 0
    _scores: dict[int, float] = field(default_factory=dict, compare=False, repr=False)

    def weight(self, levels: tuple[int, ...]) -> float:
        """Bits for one body in a pair whose levels are `levels`."""
        return self.name[self._key(levels)] + sum(weights[levels[_AT[one]]] for one, weights in self.others.items())

    def explain(self, levels: tuple[int, ...]) -> list[tuple[str, str, float]]:
        """(what, how it agrees, bits), the prior first."""
        named = " ".join(_LEVELS[one][levels[_AT[one]]] for one in NAME if one not in self.others)
        told = [("prior", "", _logit(self.prior)), ("name", named, self.name[self._key(levels)])]
        return told + [
            (one, _LEVELS[one][levels[_AT[one]]], weights[levels[_AT[one]]]) for one, weights in self.others.items()
        ]

    def _key(self, levels: tuple[int, ...]) -> str:
        # Weights that were stored before the form belonged to the name have it among the others.
        return ",".join(str(levels[_AT[one]]) for one in NAME if one not in self.others)

    def probabilities(self) -> dict[int, float]:
        """Pattern number → probability that the pair is one body."""
        if not self._scores:
            prior = _logit(self.prior)
            for number, levels in patterns():
                self._scores[number] = 1 / (1 + 2 ** -min(max(prior + self.weight(levels), -500.0), 500.0))
        return self._scores


def _logit(share: float) -> float:
    return math.log2(share / (1 - share))


def _name_key(levels: tuple[int, ...]) -> str:
    return ",".join(str(levels[_AT[one]]) for one in NAME)


def learn(
    same: Counts, different: Counts, unlabelled: Counts, random: Counts, *, records: int, with_codes: int
) -> Model:
    """The model of the records at hand.

    Args:
        same, different, unlabelled: patterns of the candidate pairs with equal codes, with different ones, with one
            code missing → how many.
        random: patterns of pairs that were drawn without looking at them.
        records: number of records; with_codes: how many have a valid code.
    """
    labelled = sum(same.values())
    drawn = sum(random.values())
    known = with_codes * (with_codes - 1) / 2
    others = {one: _plain_weights(one, same, random, labelled) for one in OTHERS}
    by_name = {_name_key(levels): levels for _number, levels in patterns()}
    names_same, names_different = _summed(same), _summed(different)
    names_random = _summed(random)
    name = {}
    for key, levels in by_name.items():
        usual, apart = _usual(_USUAL, levels), _usual(_USUAL_BETWEEN, levels)
        match = (names_same.get(key, 0) + 0.5 * usual) / (labelled + 0.5) if labelled >= ENOUGH else usual
        if levels[_AT["brand"]] == 0 and levels[_AT["trade"]] == 0 and labelled >= ENOUGH:
            # Every pair that agrees so is a candidate: among different bodies its share is counted, not estimated.
            between = (names_different.get(key, 0) + SUPPOSED * apart) / (known + SUPPOSED)
        else:
            between = (names_random.get(key, 0) + SUPPOSED * apart) / (drawn + SUPPOSED)
        name[key] = math.log2(max(match, 1e-9) / between)
    everything = records * (records - 1) / 2 or 1.0
    model = Model(name, others, min(max(labelled, 1) / everything, 0.5), labelled)
    return _with_prior(model, unlabelled, labelled, everything)


def _with_prior(model: Model, unlabelled: Counts, labelled: int, everything: float) -> Model:
    """The same weights with the share of matches that explains itself (expectation maximisation over one number)."""
    for _turn in range(30):
        chances = model.probabilities()
        expected = labelled + sum(chances[number] * count for number, count in unlabelled.items())
        prior = min(max(expected / everything, 1e-12), 0.5)
        if abs(prior - model.prior) <= 1e-4 * model.prior:
            break
        model = Model(model.name, model.others, prior, model.labelled)
    return model


def _usual(shares: Mapping[str, tuple[float, ...]], levels: tuple[int, ...]) -> float:
    return math.prod(shares[one][levels[_AT[one]]] for one in NAME)


def _summed(counts: Counts) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, levels in patterns():
        if number in counts:
            key = _name_key(levels)
            found[key] = found.get(key, 0) + counts[number]
    return found


def _plain_weights(one: str, same: Counts, random: Counts, labelled: int) -> tuple[float, ...]:
    place, levels = _AT[one], _LEVELS[one]
    matched, between = [0.0] * len(levels), [0.0] * len(levels)
    for number, found in patterns():
        matched[found[place]] += same.get(number, 0)
        between[found[place]] += random.get(number, 0)
    missing = levels.index("missing")
    weights = []
    # What is missing says nothing; the others are weighed among the pairs where both have a value.
    seen, drawn = sum(matched) - matched[missing], sum(between) - between[missing]
    whole = sum(share for level, share in enumerate(_USUAL[one]) if level != missing)
    for level in range(len(levels)):
        if level == missing:
            weights.append(0.0)
            continue
        usual = _USUAL[one][level] / whole
        match = (matched[level] + usual) / (seen + 1) if labelled >= ENOUGH else usual
        apart = (between[level] + SUPPOSED * _USUAL_BETWEEN[one][level]) / (drawn + SUPPOSED)
        weights.append(math.log2(match / apart))
    return tuple(weights)
