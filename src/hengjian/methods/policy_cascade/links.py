"""Which child measure takes up which parent measure: exact text, then one global assignment, then merges and splits.

The order of a plan is evidence: a regional plan keeps the sequence of the national one. So a weaker likeness is enough
inside a pair of items that answer each other, and weaker still where the neighbours on both sides are matched and only
these two are left.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hengjian.methods.policy_cascade.assignment import best_assignment
from hengjian.methods.policy_cascade.outline import Measure, Outline, fold
from hengjian.methods.policy_cascade.similarity import Likeness, Matrix, Weighting

# Likeness that a link needs. Between sentences of different origin in the same policy field it rarely exceeds 0.4
# (cosine over characters and pairs); FAR keeps clear of that, ITEM allows for the shared item, LONE for two sentences
# left over between matched neighbours.
FAR, ITEM, LONE = 0.50, 0.42, 0.30
# From here on a link is certain enough to serve as a fixed point for its neighbours.
ANCHOR = 0.60
# A merge or split must explain at least this much of a clause that nothing else explains.
GAIN = 0.15
ITEM_LEAST = 0.20


@dataclass(frozen=True, slots=True)
class Link:
    """Parent and child by place in the flat lists of measures; `need` is the likeness that was required."""

    parent: int
    child: int
    score: float
    need: float
    method: str


def align_items(parent: Outline, child: Outline, score: Matrix, weighting: Weighting) -> dict[int, list[int]]:
    """Child items (places in the list) that answer each parent item: first in order, then those that changed places.

    Likeness of two items: half from the titles, half from the share of measures with a close partner in the other item.
    """
    n, m = len(parent.items), len(child.items)
    titles = weighting.cosine([fold(i.title) for i in parent.items], [fold(i.title) for i in child.items])
    p_rows, c_rows = _slices(parent), _slices(child)
    like = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            block = score[p_rows[i], c_rows[j]]
            close = (block >= ITEM).any(axis=1).sum() + (block >= ITEM).any(axis=0).sum() if block.size else 0
            like[i, j] = 0.5 * titles[i, j] + 0.5 * close / max(sum(block.shape), 1)
    table = np.zeros((n + 1, m + 1))
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            gain = like[i - 1, j - 1] - ITEM_LEAST
            table[i, j] = max(table[i - 1, j], table[i, j - 1], table[i - 1, j - 1] + gain)
    found: dict[int, list[int]] = {}
    i, j = n, m
    while i and j:
        if table[i, j] == table[i - 1, j]:
            i -= 1
        elif table[i, j] == table[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            found[i] = [j]
    rest_p = [i for i in range(n) if i not in found]
    rest_c = [j for j in range(m) if [j] not in found.values()]
    if rest_p and rest_c:
        moved = np.asarray(like[np.ix_(rest_p, rest_c)] - 2 * ITEM_LEAST)
        found |= {rest_p[a]: [rest_c[b]] for a, b in best_assignment(moved)}
    # An item that was split or merged answers the item that holds half of its measures or more.
    taken = {j for js in found.values() for j in js}
    for i in range(n):
        if i not in found and m and like[i].max() >= 2 * ITEM_LEAST:
            found[i] = [int(like[i].argmax())]
    for j in range(m):
        if j not in taken and n and like[:, j].max() >= 2 * ITEM_LEAST:
            found[int(like[:, j].argmax())].append(j)
    return {i: sorted(set(js)) for i, js in sorted(found.items())}


def _slices(outline: Outline) -> list[slice]:
    ends = np.cumsum([0, *(len(item.measures) for item in outline.items)])
    return [slice(int(a), int(b)) for a, b in pairwise(ends)]


@dataclass(frozen=True, slots=True)
class _Side:
    """The likeness seen from the sentences that still need a partner (`own`) towards those that have one (`other`)."""

    score: Matrix
    together: NDArray[np.bool_]
    pairs: Matrix
    weighed: Matrix
    own: NDArray[np.intp]
    other: NDArray[np.intp]
    split: bool = False

    def gain(self, a: int, b: int, ends: Sequence[tuple[int, int]]) -> float:
        """How much better `a` explains some clause of `b` than the present partners of `b` do."""
        theirs = np.flatnonzero(self.other == b)
        partners = np.flatnonzero(np.isin(self.own, [x for x, y in ends if y == b]))
        explained = self.pairs[np.ix_(partners, theirs)].max(axis=0, initial=0)
        return float((self.weighed[np.ix_(np.flatnonzero(self.own == a), theirs)] - explained).max(initial=0))


class Linker:
    """Builds the links of one pair of plans step by step; `links` holds the result."""

    def __init__(self, parent: Outline, child: Outline, like: Likeness, items: dict[int, list[int]]) -> None:
        self._like = like
        self._parents, self._children = parent.measures, child.measures
        self._item_of_parent = _owners(parent)
        self._item_of_child = _owners(child)
        self._together = np.zeros(like.score.shape, dtype=bool)
        for i, js in items.items():
            self._together[np.ix_(self._item_of_parent == i, np.isin(self._item_of_child, js))] = True
        self.links: list[Link] = []

    def run(self) -> list[Link]:
        """All links: exact, assigned, merged and split, in parent order."""
        self._exact()
        self._assign()
        self._merge()
        self._split()
        return sorted(self.links, key=lambda link: (link.parent, link.child))

    def _exact(self) -> None:
        equal = _equal(self._parents, self._children)
        rank_p, rank_c = _rank(self._item_of_parent), _rank(self._item_of_child)
        near = 1 - np.abs(rank_p[:, None] - rank_c[None, :])
        for i, j in best_assignment(equal * (1 + self._together + 0.1 * near)):
            self.links.append(Link(i, j, 1.0, 1.0, "exact"))

    def _assign(self) -> None:
        free_p = self._free(len(self._parents), {link.parent for link in self.links})
        free_c = self._free(len(self._children), {link.child for link in self.links})
        # Twice: links found between the first fixed points are fixed points for what lies between them.
        for _ in range(2):
            need = self.need()
            gain = np.where(free_p[:, None] & free_c[None, :], self._like.score - need, 0)
            fresh = [
                Link(i, j, float(self._like.score[i, j]), float(need[i, j]), "assignment")
                for i, j in best_assignment(gain)
            ]
            self.links = [link for link in self.links if link.method == "exact"] + fresh

    @staticmethod
    def _free(count: int, taken: set[int]) -> NDArray[np.bool_]:
        free = np.ones(count, dtype=bool)
        free[list(taken)] = False
        return free

    def need(self) -> Matrix:
        """Likeness required of each pair: FAR, ITEM in items that answer each other, down to LONE for a lone pair."""
        need = np.where(self._together, ITEM, FAR)
        for rows, columns in self._gaps(self.links):
            block = np.ix_(rows, columns)
            need[block] = np.minimum(need[block], ITEM - (ITEM - LONE) / np.sqrt(len(rows) * len(columns)))
        return np.asarray(need, dtype=np.float64)

    def _gaps(self, links: Sequence[Link]) -> list[tuple[list[int], list[int]]]:
        """Unmatched measures of two answering items that lie between the same matched neighbours."""
        fixed_p = {link.parent: link.child for link in links if link.score >= ANCHOR}
        fixed_c = set(fixed_p.values())
        gaps = []
        for i in dict.fromkeys(self._item_of_parent.tolist()):
            rows = np.flatnonzero(self._item_of_parent == i).tolist()
            columns = np.flatnonzero(self._together[rows[0]]).tolist()
            inside = set(columns)
            points = _increasing([(r, fixed_p[r]) for r in rows if fixed_p.get(r, -1) in inside])
            for (r0, c0), (r1, c1) in zip([(-1, -1), *points], [*points, (1 << 60, 1 << 60)], strict=True):
                between_r = [r for r in rows if r0 < r < r1 and r not in fixed_p]
                between_c = [c for c in columns if c0 < c < c1 and c not in fixed_c]
                if between_r and between_c:
                    gaps.append((between_r, between_c))
        return gaps

    def _merge(self) -> None:
        """Left-over parents join a child that says more than its own parents explain (8.1 and 8.2 → 8.1)."""
        like = self._like
        self._join(
            _Side(like.score, self._together, like.clause_pairs, like.weighed_pairs, like.parent_of, like.child_of)
        )

    def _split(self) -> None:
        """Left-over children join a parent that says more than its own children take up."""
        like = self._like
        pairs, weighed = like.clause_pairs.T, like.weighed_pairs.T
        self._join(_Side(like.score.T, self._together.T, pairs, weighed, like.child_of, like.parent_of, split=True))

    def _join(self, side: _Side) -> None:
        ends = [(k.child, k.parent) if side.split else (k.parent, k.child) for k in self.links]
        closed = {b for (_, b), link in zip(ends, self.links, strict=True) if link.method == "exact"}
        targets = sorted({b for _, b in ends} - closed)
        lone: dict[int, bool] = {}

        def needed(a: int, b: int) -> float:
            if not side.together[a, b]:
                return FAR
            if not LONE <= side.score[a, b] < ITEM:
                return ITEM
            if b not in lone:
                lone[b] = self._lone(b, side.split)
            return LONE if lone[b] else ITEM

        for a in sorted(set(range(side.score.shape[0])) - {a for a, _ in ends}):
            near = [b for b in targets if side.score[a, b] >= LONE]
            fits = [b for b in near if side.score[a, b] >= needed(a, b) and side.gain(a, b, ends) >= GAIN]
            if fits:
                b = max(fits, key=lambda b: float(side.score[a, b]))
                i, j = (b, a) if side.split else (a, b)
                self.links.append(Link(i, j, float(side.score[a, b]), needed(a, b), "split" if side.split else "merge"))
                ends.append((a, b))

    def _lone(self, place: int, split: bool) -> bool:
        """Whether `place` is the only sentence of its side between its fixed neighbours."""
        rest = [link for link in self.links if (link.parent if split else link.child) != place]
        return any((rows if split else columns) == [place] for rows, columns in self._gaps(rest))


def _owners(outline: Outline) -> NDArray[np.intp]:
    return np.array([k for k, item in enumerate(outline.items) for _ in item.measures], dtype=np.intp)


def _rank(owners: NDArray[np.intp]) -> Matrix:
    return np.arange(len(owners)) / max(len(owners), 1)


def _equal(parents: Sequence[Measure], children: Sequence[Measure]) -> Matrix:
    places: dict[str, list[int]] = {}
    for j, measure in enumerate(children):
        places.setdefault(measure.folded, []).append(j)
    equal = np.zeros((len(parents), len(children)))
    for i, measure in enumerate(parents):
        equal[i, places.get(measure.folded, [])] = 1
    return equal


def _increasing(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Longest subsequence with increasing second entries (the first ones increase already); patience sorting."""
    tails: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for k, (_, value) in enumerate(points):
        at = bisect_left(tails, value)
        tails[at : at + 1] = [value]
        last[at : at + 1] = [k]
        before.append(last[at - 1] if at else -1)
    chain: list[tuple[int, int]] = []
    k = last[-1] if last else -1
    while k >= 0:
        chain.append(points[k])
        k = before[k]
    return chain[::-1]
