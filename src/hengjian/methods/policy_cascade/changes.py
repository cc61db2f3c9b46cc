"""What changed inside an adapted sentence: insertions and deletions, and new deadlines, targets, figures and titles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from hengjian.methods.policy_cascade.model import Change, Edit
from hengjian.methods.policy_cascade.outline import Measure, OutlineItem, fold

_FIGURE = re.compile(r"\d+(?:\.\d+)?(?:%|‰|个百分点|万|亿)?[年月日个家项件种批名人次处]?")
_CITATION = re.compile(r"《([^《》]+(?:〈[^〉]*〉[^《》]*)?)》")
# An unchanged stretch shorter than this between two changes is chance, and reads better as part of the change.
_LEAST_EQUAL = 2


def _folded_with_places(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The folded text and, for each of its characters, the span in `text` that it came from."""
    chars, places = [], []
    for i, raw in enumerate(text):
        for char in unicodedata.normalize("NFKC", raw):
            if not char.isspace():
                chars.append(char)
                places.append((i, i + 1))
    return "".join(chars), places


def _span(places: Sequence[tuple[int, int]], start: int, end: int, length: int) -> tuple[int, int]:
    if start == end:
        at = places[start][0] if start < len(places) else length
        return at, at
    return places[start][0], places[end - 1][1]


def edits(parent: str, child: str) -> tuple[Edit, ...]:
    """Steps from `parent` to `child`, ignoring white space and width. `equal` and `del` together are the parent."""
    a, a_places = _folded_with_places(parent)
    b, b_places = _folded_with_places(child)
    blocks = [block for block in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks() if block.size]
    last = len(blocks) - 1
    stable = [
        block
        for k, block in enumerate(blocks)
        if block.size >= _LEAST_EQUAL or (k == 0 and block.a == block.b == 0) or (k == last and _ends(block, a, b))
    ]
    steps: list[Edit] = []
    at_a = at_b = 0
    for start_a, start_b, size in [*((x.a, x.b, x.size) for x in stable), (len(a), len(b), 0)]:
        pieces = [("del", at_a, start_a, at_b, at_b), ("ins", start_a, start_a, at_b, start_b)]
        pieces.append(("equal", start_a, start_a + size, start_b, start_b + size))
        for op, a0, a1, b0, b1 in pieces:
            if a0 < a1 or b0 < b1:
                own_a, own_b = _span(a_places, a0, a1, len(parent)), _span(b_places, b0, b1, len(child))
                text = child[own_b[0] : own_b[1]] if op == "ins" else parent[own_a[0] : own_a[1]]
                steps.append(Edit(op, text, own_a, own_b))
        at_a, at_b = start_a + size, start_b + size
    return tuple(steps)


def _ends(block: Any, a: str, b: str) -> bool:
    return bool(block.a + block.size == len(a) and block.b + block.size == len(b))


def _of_measure(entries: Sequence[Mapping[str, Any]], measure: Measure, key: str) -> list[Mapping[str, Any]]:
    """Entries of the item that belong to this measure: their sentence begins it, or their words stand in it."""
    own = []
    for entry in entries:
        sentence = fold(str(entry.get("sentence") or ""))
        words = fold(str(entry.get(key) or ""))
        if (sentence and measure.folded.startswith(sentence)) or (not sentence and words and words in measure.folded):
            own.append(entry)
    return own


def _plain(entries: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> list[dict[str, Any]]:
    return [{name: entry.get(name) for name in fields} for entry in entries]


def _difference(first: list[Any], second: list[Any]) -> tuple[Any, ...]:
    return tuple(entry for k, entry in enumerate(first) if entry not in second and entry not in first[:k])


def change_between(
    parent: Measure, child: Measure, parent_item: OutlineItem, child_item: OutlineItem, score: float
) -> Change:
    """What the child measure adds to and leaves out of the parent measure."""
    dates = ("phrase", "due", "strength")
    aims = ("indicator", "operator", "value", "unit", "year", "strength")
    p_dates = _plain(_of_measure(parent_item.deadlines, parent, "phrase"), dates)
    c_dates = _plain(_of_measure(child_item.deadlines, child, "phrase"), dates)
    p_aims = _plain(_of_measure(parent_item.targets, parent, "indicator"), aims)
    c_aims = _plain(_of_measure(child_item.targets, child, "indicator"), aims)
    p_figures, c_figures = _FIGURE.findall(parent.folded), _FIGURE.findall(child.folded)
    p_titles, c_titles = _CITATION.findall(parent.folded), _CITATION.findall(child.folded)
    return Change(
        child.place,
        score,
        edits(parent.text, child.text),
        deadlines=_difference(c_dates, p_dates),
        removed_deadlines=_difference(p_dates, c_dates),
        targets=_difference(c_aims, p_aims),
        removed_targets=_difference(p_aims, c_aims),
        figures=_difference(c_figures, p_figures),
        removed_figures=_difference(p_figures, c_figures),
        citations=_difference(c_titles, p_titles),
        removed_citations=_difference(p_titles, c_titles),
    )
