"""Learns where a brand ends and a trade begins from the labelled names of the tests (company_names/boundary.txt).

python scripts/learn_name_boundary.py             learn from all labelled names, write the weights
python scripts/learn_name_boundary.py --check     only say how it does on names left out, ten at a time

The rules know every ware of the labelled names, as they will not know those of names to come: so they read each name
with a quarter of the trade words taken away at random, and the weights are learned on top of what they then say.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
from scipy.optimize import minimize

from hengjian.methods.company_names.boundary import TRAITS, Boundary, character_traits, length_name
from hengjian.methods.company_names.brands import Brands
from hengjian.methods.company_names.divisions import default_divisions
from hengjian.methods.company_names.lexicon import Lexicon, default_lexicon, sizes
from hengjian.methods.company_names.normalise import normalise_name
from hengjian.methods.company_names.parsing import _Parser

ROOT = Path(__file__).resolve().parent.parent
LABELLED = ROOT / "tests" / "methods" / "company_names"
TARGET = ROOT / "src" / "hengjian" / "methods" / "company_names" / "boundary.txt"
# Share of trade words taken away, and how many times each name is read so.
HIDDEN, TURNS = 0.25, 4
# Strength of the priors (squared weights) of single characters and of everything else.
OF_CHARACTERS, OF_OTHERS = 3.0, 0.1


@dataclass(frozen=True)
class Example:
    """One name: what the rules had to split, where they ended the brand, where it ends."""

    rest: str
    company: bool
    ruled: int
    end: int
    boundary: Boundary


class _Listener(Brands):
    """Brands that remember what they were first asked."""

    heard: tuple[str, int] | None = None

    def split(self, rest: str, form: str) -> tuple[str, str, bool]:
        found = super().split(rest, form)
        if self.heard is None and form:
            self.heard = rest, len(found[0]) if rest.startswith(found[0]) else 0
        return found


def labelled_names() -> list[tuple[str, str]]:
    """(name, brand) of every labelled name of the tests."""
    found = []
    for name in ("gold_names.tsv", "gold_brands.tsv", "regional.tsv"):
        with (LABELLED / name).open(encoding="utf-8") as file:
            found += [(row["name"], row["brand"]) for row in csv.DictReader(file, delimiter="\t")]
    return found


def thinned(lexicon: Lexicon, share: float, seed: int) -> Lexicon:
    """The lexicon without a share of the words that are not general ones."""
    chance = random.Random(seed)
    gone = frozenset(word for word in sorted(lexicon.trades - lexicon.general) if chance.random() < share)
    trades, public = lexicon.trades - gone, lexicon.public - gone
    return replace(
        lexicon,
        trades=trades,
        public=public,
        products=lexicon.products - gone,
        services=lexicon.services - gone,
        trade_sizes=sizes(trades, lambda word: word[:2]),
        public_sizes=sizes(public, lambda word: word[:2]),
    )


def read(names: Sequence[tuple[str, str]], lexicon: Lexicon) -> list[Example]:
    """The names as the rules read them with these words; those whose brand does not begin what was split are left."""
    parser = _Parser(default_divisions(), lexicon)
    boundary = Boundary(lexicon, {})
    found = []
    for name, brand in names:
        parser.brands = listener = _Listener(lexicon)
        kind = parser.parse(normalise_name(name)).kind
        if listener.heard is not None and brand and listener.heard[0].startswith(brand):
            rest, ruled = listener.heard
            found.append(Example(rest, kind == "company", ruled, len(brand), boundary))
    return found


def describe(example: Example, known: dict[str, dict[str, float]]) -> list[dict[str, float]]:
    """What is found at each place where the brand could end: name of a weight → value."""
    rest, size = example.rest, len(example.rest)
    sofar: dict[str, float] = {}
    rows = []
    for end, traits in enumerate(example.boundary.traits(rest, example.ruled), start=1):
        for name, value in (*_of("brand", rest[end - 1], known), (f"brand:{rest[end - 1]}", 1.0)):
            sofar[name] = sofar.get(name, 0.0) + value
        row = {name: float(value) for name, value in zip(TRAITS, traits, strict=True) if value}
        row[length_name("brand", example.company, end)] = 1.0
        row[length_name("trade", example.company, size - end)] = 1.0
        row.update(_of("last", rest[end - 1], known), **{f"last:{rest[end - 1]}": 1.0})
        if end < size:
            row.update(_of("first", rest[end], known), **{f"first:{rest[end]}": 1.0})
        rows.append(row | sofar)
    return rows


def _of(role: str, char: str, known: dict[str, dict[str, float]]) -> list[tuple[str, float]]:
    return [(name, value) for name, value in known.get(char, {}).items() if name.startswith(role)]


def learn(examples: Sequence[Example]) -> dict[str, float]:
    """The weights that make the true ends likeliest, with normal priors."""
    known = character_traits(default_lexicon())
    columns: dict[str, int] = {}
    rows, places, values, true, starts = [], [], [], [], [0]
    for example in examples:
        described = describe(example, known)
        true.append(starts[-1] + example.end - 1)
        for number, found in enumerate(described, start=starts[-1]):
            for name, value in found.items():
                rows.append(number)
                places.append(columns.setdefault(name, len(columns)))
                values.append(value)
        starts.append(starts[-1] + len(described))
    matrix = sparse.csr_matrix((values, (rows, places)), shape=(starts[-1], len(columns)))
    begin, chosen = np.array(starts[:-1]), np.array(true)
    group = np.repeat(np.arange(len(examples)), np.diff(starts))
    prior = np.array([OF_CHARACTERS if ":" in name else OF_OTHERS for name in columns])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = matrix @ weights
        top = np.maximum.reduceat(scores, begin)
        powers = np.exp(scores - top[group])
        total = np.add.reduceat(powers, begin)
        error = powers / total[group]
        error[chosen] -= 1
        likelihood = (scores[chosen] - top - np.log(total)).sum()
        return 0.5 * (prior * weights**2).sum() - likelihood, matrix.T @ error + prior * weights

    found = minimize(loss, np.zeros(len(columns)), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return {name: float(weight) for name, weight in zip(columns, found, strict=True)}


def learn_from(names: Sequence[tuple[str, str]]) -> dict[str, float]:
    """The weights learned from names, each read several times with other words hidden."""
    examples = []
    for turn in range(TURNS):
        examples += read(names, thinned(default_lexicon(), HIDDEN, turn))
    return learn(examples)


def check(names: Sequence[tuple[str, str]]) -> None:
    """Learn ten times without a tenth of the names, and read that tenth with a quarter of the words hidden."""
    shuffled = list(names)
    random.Random(0).shuffle(shuffled)
    total = ruled = moved = 0
    for fold in range(10):
        weights = learn_from([name for number, name in enumerate(shuffled) if number % 10 != fold])
        lexicon = thinned(default_lexicon(), HIDDEN, 99 + fold)
        boundary = Boundary(lexicon, weights)
        for example in read(shuffled[fold::10], lexicon):
            total += 1
            ruled += example.ruled == example.end
            moved += (boundary.better(example.rest, example.ruled, example.company) or example.ruled) == example.end
    print(f"{total} names left out: {ruled / total:.3f} by the rules alone, {moved / total:.3f} with what was learned")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true", help="do not write, say how names left out fare")
    if arguments.parse_args().check:
        check(labelled_names())
        return
    weights = learn_from(labelled_names())
    rows = [f"{name}\t{weight:.2f}" for name, weight in sorted(weights.items()) if abs(weight) >= 0.02]
    head = "# Learned by scripts/learn_name_boundary.py; see boundary.py. Do not change by hand."
    TARGET.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
