"""Which task of a corrected text is which task of the text before. Pure.

A corrected text must not lose the work that units already did, so every old task is carried to the new text by (1) the
same words, then (2) the most similar words, found as one assignment over all that is left; what finds no partner is new
or retired.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from hengjian.methods.later import later

optimize: Any = later("scipy.optimize")

# Below this normalised Indel similarity (0..100) two sentences are different actions.
SIMILAR = 60.0
SAME_CLAUSE_BONUS = 10.0


@dataclass(frozen=True)
class Line:
    """A task in the old or the new text: `key` is the caller's own (a database id or a place in a list)."""

    key: int
    fingerprint: str
    text: str
    clause: str  # title of the clause


@dataclass
class Matching:
    """Pairs are (old key, new key); `similarity` of a reworded pair is 0..100."""

    kept: list[tuple[int, int]] = field(default_factory=list)
    reworded: list[tuple[int, int, float]] = field(default_factory=list)
    added: list[int] = field(default_factory=list)
    retired: list[int] = field(default_factory=list)


def match_lines(old: list[Line], new: list[Line]) -> Matching:
    """Carry the lines of the old text to the new one; each line is used at most once."""
    result = Matching()
    waiting: dict[str, deque[Line]] = defaultdict(deque)
    for line in new:
        waiting[line.fingerprint].append(line)
    used: set[int] = set()
    rest_old: list[Line] = []
    for line in old:
        same = waiting.get(line.fingerprint)
        if not same:
            rest_old.append(line)
            continue
        # The same sentence may stand in two clauses: prefer its own clause.
        partner = next((other for other in same if other.clause == line.clause), same[0])
        same.remove(partner)
        used.add(partner.key)
        result.kept.append((line.key, partner.key))
    rest_new = [line for line in new if line.key not in used]
    if rest_old and rest_new:
        scores = process.cdist(
            [line.text for line in rest_old], [line.text for line in rest_new], scorer=fuzz.ratio, dtype=np.float64
        )
        same_clause = np.array([[a.clause == b.clause for b in rest_new] for a in rest_old])
        rows, columns = optimize.linear_sum_assignment(-(scores + SAME_CLAUSE_BONUS * same_clause))
        paired_old: set[int] = set()
        paired_new: set[int] = set()
        for row, column in zip(rows, columns, strict=True):
            if scores[row, column] + SAME_CLAUSE_BONUS * same_clause[row, column] >= SIMILAR:
                a, b = rest_old[row], rest_new[column]
                result.reworded.append((a.key, b.key, float(scores[row, column])))
                paired_old.add(a.key)
                paired_new.add(b.key)
        rest_old = [line for line in rest_old if line.key not in paired_old]
        rest_new = [line for line in rest_new if line.key not in paired_new]
    result.retired = [line.key for line in rest_old]
    result.added = [line.key for line in rest_new]
    return result
