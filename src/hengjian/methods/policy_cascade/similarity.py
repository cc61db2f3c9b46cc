"""Likeness of policy sentences: cosine of TF-IDF vectors over characters and pairs, whole and clause by clause.

Characters and pairs (n = 1, 2) rather than words: no segmentation is needed, and reordered or re-suffixed terms
(高级技能人才, 高技能人才) still share most parts. Weights are learned from both plans, so what fills every plan counts
little: term frequency 1 + ln tf, smoothed inverse document frequency ln((1 + N) / (1 + df)) + 1 (Salton and
Buckley 1988). Figures and five-year-plan names are left out: two sentences are not alike because both name 2020.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

_BREAK = re.compile(r"\d+(?:[-—–~至]+\d+)?年?度?|[“\"]?十[一二三四五六]五[”\"]?|[^\w]+")
_CLAUSE = re.compile(r"[,，:：]")
# A clause speaks for its sentence in full once it makes up half of one of the two sentences.
_FULL_SHARE = 0.5


def grams(text: str) -> Counter[str]:
    """Characters and character pairs of a folded text; pairs do not reach across punctuation or figures."""
    found: Counter[str] = Counter()
    for run in _BREAK.split(text):
        found.update(run)
        found.update(run[i : i + 2] for i in range(len(run) - 1))
    return found


def clauses(text: str) -> list[str]:
    """Clauses of a folded sentence: split at commas and colons outside brackets and quotes."""
    parts, depth = [""], 0
    for char in text:
        if char in "《“(〈[":
            depth += 1
        elif char in "》”)〉]":
            depth = max(0, depth - 1)
        if depth == 0 and _CLAUSE.match(char):
            parts.append("")
        else:
            parts[-1] += char
    return [part for part in parts if part]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Likeness of n parent and m child sentences.

    `score` (n, m) in 0..1: the greater of the cosine of the whole sentences and the best clause pair after weighing.
    `clause_pairs` (a, b): cosine of every parent clause with every child clause; `weighed_pairs`: the same, lowered
    where neither clause is a main part of its sentence; `parent_of`, `child_of`: the sentence that a clause belongs to.
    """

    score: Matrix
    clause_pairs: Matrix
    weighed_pairs: Matrix
    parent_of: NDArray[np.intp]
    child_of: NDArray[np.intp]


class Weighting:
    """TF-IDF weights learned from a collection of folded texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        frequency = Counter(gram for text in texts for gram in set(grams(text)))
        self._idf = {gram: math.log((1 + len(texts)) / (1 + count)) + 1 for gram, count in frequency.items()}

    def weights(self, text: str) -> dict[str, float]:
        """Weight of each n-gram of a text; n-grams that the collection does not have are left out."""
        found = grams(text).items()
        return {gram: (1 + math.log(count)) * self._idf[gram] for gram, count in found if gram in self._idf}

    def mass(self, texts: Sequence[str]) -> Matrix:
        """How much each text says: the squared length of its vector, (len(texts),)."""
        return np.array([sum(w * w for w in self.weights(text).values()) for text in texts], dtype=np.float64)

    def cosine(self, first: Sequence[str], second: Sequence[str]) -> Matrix:
        """Cosine of every text of `first` with every one of `second`, (len(first), len(second)).

        Sums over the n-grams that both sides have, so the vectors are never laid out.
        """
        result = np.zeros((len(first), len(second)))
        left, right = self._postings(first), self._postings(second)
        for gram in left.keys() & right.keys():
            (rows, row_weights), (columns, column_weights) = left[gram], right[gram]
            result[np.ix_(rows, columns)] += np.outer(row_weights, column_weights)
        return result

    def _postings(self, texts: Sequence[str]) -> dict[str, tuple[list[int], list[float]]]:
        """n-gram → the texts that have it, and its weights there in vectors of length 1."""
        postings: dict[str, tuple[list[int], list[float]]] = {}
        for place, text in enumerate(texts):
            weights = self.weights(text)
            length = math.sqrt(sum(w * w for w in weights.values()))
            for gram, weight in weights.items():
                places, values = postings.setdefault(gram, ([], []))
                places.append(place)
                values.append(weight / length)
        return postings


def _clause_table(weighting: Weighting, sentences: Sequence[str]) -> tuple[list[str], NDArray[np.intp], Matrix]:
    parts = [(index, clause) for index, sentence in enumerate(sentences) for clause in clauses(sentence)]
    texts = [clause for _, clause in parts]
    owner = np.array([index for index, _ in parts], dtype=np.intp)
    mass = weighting.mass(texts)
    total = np.zeros(len(sentences))
    np.add.at(total, owner, mass)
    return texts, owner, mass / np.where(total[owner] == 0, 1, total[owner])


def likeness(parents: Sequence[str], children: Sequence[str]) -> Likeness:
    """Likeness of all parent and child sentences (folded texts)."""
    weighting = Weighting([*parents, *children])
    score = weighting.cosine(parents, children)
    parent_clauses, parent_of, parent_share = _clause_table(weighting, parents)
    child_clauses, child_of, child_share = _clause_table(weighting, children)
    pairs = weighting.cosine(parent_clauses, child_clauses)
    share = np.maximum(parent_share[:, None], child_share[None, :])
    weighed = pairs * np.minimum(1, share / _FULL_SHARE)
    np.maximum.at(score, (parent_of[:, None], child_of[None, :]), weighed)
    return Likeness(np.clip(score, 0, 1), pairs, weighed, parent_of, child_of)
