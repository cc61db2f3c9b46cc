"""Benchmark of comparing Chinese names of bodies, beside the algorithms of nomenklatura, the matcher of the peer yente.

Two tasks. *Pairs*: the pairs of names labelled by hand that the tests hold (a checkout has them): the same body or two.
A peer is judged at the best of all thresholds, ours at the verdict it gives and at its best threshold. *Queries*: names
written as another department would, each with the ten bodies most like it and the right one; who puts the right one
alone in the first place. HENGJIAN_BENCH_NAMES sets the bodies (default 20,000); with HENGJIAN_BENCH_PEERS nomenklatura
judges the same in an environment of its own. It is given names and codes as properties of companies, as yente does.
"""

from __future__ import annotations

import heapq
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

from rich.console import Console

from hengjian.cli._bench import BenchRow, row
from hengjian.cli._made_enterprises import made_enterprises
from hengjian.cli._peers import NotAvailable, PeerFailed, run_python
from hengjian.cli.bench_credit import otherwise
from hengjian.methods.company_names import compare_names

BODIES = int(os.environ.get("HENGJIAN_BENCH_NAMES", "20000"))
QUERIES, CANDIDATES = 150, 10
SEED = 23
GOLD = Path(__file__).parents[3] / "tests" / "methods" / "company_names" / "gold_pairs.txt"
ALGORITHMS = ("logic-v1", "logic-v2", "name-based", "name-qualified", "regression-v1", "er-unstable")
#: (name, other name, code, other code, whether they are one body)
Pair = tuple[str, str, str, str, bool]
#: (name asked for, names of candidates, place of the right one)
Asked = tuple[str, list[str], int]
Score = Callable[[str, str, str, str], float]


def run(console: Console) -> list[BenchRow]:
    """Judge pairs and queries, ours and where it can be had the peer's."""
    pairs = list(gold_pairs(GOLD)) if GOLD.exists() else []
    queries = list(made_queries(BODIES))
    if not pairs:
        console.print("The labelled pairs are part of a checkout, not of the package; only queries are judged.")
    judged = [compare_names(*pair[:4]).verdict == "same" for pair in pairs]
    own = judge(lambda *names: compare_names(*names).score, pairs, queries)
    rows = [*_rows("ours", own, len(pairs), len(queries), target=True)]
    if pairs:
        rows.insert(1, row("  … at the verdict it gives", f1(judged, [pair[4] for pair in pairs]), "F1", 0.97))
    for name in ALGORITHMS:
        try:
            theirs = run_python("nomenklatura", NOMENKLATURA, {"pairs": pairs, "queries": queries, "algorithm": name})
        except NotAvailable as error:
            console.print(f"nomenklatura: {error}", markup=False)
            break
        except PeerFailed as error:
            console.print(f"nomenklatura {name}: {error}", markup=False)
            continue
        told = summary(theirs["pairs"], [pair[4] for pair in pairs], theirs["queries"], queries, theirs["seconds"])
        rows += _rows(f"nomenklatura {name}", told, len(pairs), len(queries))
    return rows


def _rows(who: str, found: dict[str, float], pairs: int, queries: int, target: bool = False) -> Iterator[BenchRow]:
    if pairs:
        yield row(f"{who}: {pairs:,} labelled pairs at the best threshold", found["f1"], "F1")
        yield row("  … a pair of one body stands above a pair of two", found["order"], "%")
    label = f"{queries} names written otherwise, the right body alone in first place"
    yield row(f"{who}: {label}", found["first"], "%", 95 if target else None)
    yield row("  … processor time of a comparison", found["micros"], "µs")


def gold_pairs(file: Path) -> Iterator[Pair]:
    """`* name`, then its variants: `= the same body` or `! another`, with the codes of both if there are any."""
    name = ""
    for line in file.read_text(encoding="utf-8").splitlines():
        mark, text = line[0], line[2:]
        if mark == "*":
            name = text
            continue
        other, first_code, second_code = [*text.split("\t"), "", ""][:3]
        yield name, other, first_code, second_code, mark == "="


def made_queries(bodies: int) -> Iterator[Asked]:
    """Names as another department writes them, each with those of the made-up bodies that share most pairs of
    characters with it, rare ones counting more; names that two bodies bear are not asked for."""
    random = Random(SEED)
    names = list(dict.fromkeys(one[2] for one in made_enterprises(bodies, [0], SEED)))
    places: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        for gram in _grams(name):
            places[gram].append(number)
    # Written otherwise it may be the very name of another body.
    known = set(names)
    for number in random.sample(range(len(names)), min(len(names), 2 * QUERIES)):
        asked = otherwise(names[number], random)
        if asked in known:
            continue
        shared: Counter[int] = Counter()
        for gram in _grams(asked):
            for place in places.get(gram, ()) if len(places.get(gram, ())) < bodies / 20 else ():
                shared[place] += 1
        nearest = [place for place, _n in heapq.nlargest(CANDIDATES, shared.items(), key=lambda one: one[1])]
        nearest = [*(place for place in nearest if place != number), number]
        yield asked, [names[place] for place in nearest], len(nearest) - 1


def _grams(name: str) -> set[str]:
    return {name[at : at + 2] for at in range(len(name) - 1)}


def judge(score: Score, pairs: Sequence[Pair], queries: Sequence[Asked]) -> dict[str, float]:
    """The figures of one way to compare."""
    start = time.process_time()
    scored = [score(*pair[:4]) for pair in pairs]
    answers = [[score(asked, name, "", "") for name in names] for asked, names, _right in queries]
    seconds = time.process_time() - start
    return summary(scored, [pair[4] for pair in pairs], answers, queries, seconds)


def summary(
    scored: Sequence[float],
    truth: Sequence[bool],
    answers: Sequence[Sequence[float]],
    queries: Sequence[Asked],
    seconds: float,
) -> dict[str, float]:
    """f1 at the best threshold, order (share of right orders, ties a half), first, micros."""
    first = sum(
        all(value < scores[right] for at, value in enumerate(scores) if at != right)
        for scores, (_asked, _names, right) in zip(answers, queries, strict=True)
    )
    compared = len(scored) + sum(map(len, answers))
    found = {"first": 100 * first / max(1, len(queries)), "micros": 1e6 * seconds / max(1, compared)}
    if scored:
        limits = sorted(set(scored))
        found["f1"] = max(f1([value >= limit for value in scored], truth) for limit in limits)
        found["order"] = 100 * ordered(scored, truth)
    return found


def f1(said: Sequence[bool], truth: Sequence[bool]) -> float:
    """Harmonic mean of precision and recall of "the same body"."""
    right = sum(one and other for one, other in zip(said, truth, strict=True))
    wrong = sum(one != other for one, other in zip(said, truth, strict=True))
    return 2 * right / max(1, 2 * right + wrong)


def ordered(scored: Sequence[float], truth: Sequence[bool]) -> float:
    """The chance that a pair of one body scores above a pair of two (area under the curve); equal scores count half."""
    levels: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for value, same in zip(scored, truth, strict=True):
        levels[value][same] += 1
    below, won = 0, 0.0
    for value in sorted(levels):
        different, alike = levels[value]
        won += alike * (below + different / 2)
        below += different
    return won / max(1, below * sum(truth))


#: Scores of an algorithm, with the processor time that it took.
NOMENKLATURA = """
import json, sys, time
from followthemoney import model
from nomenklatura.matching import get_algorithm

given = json.load(sys.stdin)


def company(number, name, code=""):
    properties = {"name": [name]} | ({"registrationNumber": [code], "uscCode": [code]} if code else {})
    return model.get_proxy({"id": number, "schema": "Company", "properties": properties})


pairs = [(company("a", one, code), company("b", other, second)) for one, other, code, second, _same in given["pairs"]]
queries = [(company("q", asked), [company(f"c{at}", name) for at, name in enumerate(names)])
           for asked, names, _right in given["queries"]]
algorithm = get_algorithm(given["algorithm"])
config = algorithm.default_config()
if pairs:  # whatever is made ready once
    algorithm.compare(*pairs[0], config)
start = time.process_time()
scored = [algorithm.compare(one, other, config).score for one, other in pairs]
answers = [[algorithm.compare(asked, one, config).score for one in ones] for asked, ones in queries]
print(json.dumps({"pairs": scored, "queries": answers, "seconds": time.process_time() - start}))
"""
