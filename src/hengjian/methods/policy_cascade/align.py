"""The cascade of a pair of plans: items, measures, units, and an explanation for every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hengjian.methods.organisations import Organisations, default_organisations
from hengjian.methods.policy_cascade.changes import change_between
from hengjian.methods.policy_cascade.links import Link, Linker, align_items
from hengjian.methods.policy_cascade.model import Alignment, Change, MeasureRow
from hengjian.methods.policy_cascade.outline import HasDict, Measure, Outline, OutlineItem, outline_of
from hengjian.methods.policy_cascade.similarity import Likeness, Matrix, Weighting, likeness
from hengjian.methods.policy_cascade.units import map_units

# A link this close to what was required, or a missed one this close below it, is marked as doubtful.
_MARGIN = 0.10
_NOTES = {
    "deadlines": "新增时限：{}",
    "removed_deadlines": "不再有时限：{}",
    "targets": "新增指标：{}",
    "removed_targets": "不再有指标：{}",
    "citations": "新引文件：{}",
    "removed_citations": "不再引用：{}",
}


def align_policies(
    parent: HasDict | Mapping[str, Any],
    child: HasDict | Mapping[str, Any],
    *,
    organisations: Organisations | None = None,
) -> Alignment:
    """Align a plan with the plan of the level above.

    `parent`, `child`: a PolicyDocument or its dictionary. Each parent measure becomes one row (kept, adapted, dropped),
    each child measure without a source one more (added). Method: equal text; then character n-gram TF-IDF with a
    global assignment that respects the order of items and of matched neighbours; then many-to-one and one-to-many
    links for clauses that nothing else explains.
    """
    above, below = outline_of(parent), outline_of(child)
    parents, children = above.measures, below.measures
    like = likeness([m.folded for m in parents], [m.folded for m in children])
    titles = Weighting([item.title for outline in (above, below) for item in outline.items])
    items = align_items(above, below, like.score, titles)
    linker = Linker(above, below, like, items)
    links = linker.run()
    rows = _Rows(above, below, like, linker.need(), links, items)
    known = organisations or default_organisations()
    answering = tuple((above.items[i].sequence, tuple(below.items[j].sequence for j in js)) for i, js in items.items())
    return Alignment(
        above.name,
        below.name,
        len(parents),
        len(children),
        (*rows.of_parents(), *rows.of_added()),
        map_units(above, below, items, known),
        answering,
    )


class _Rows:
    """Turns links into explained rows."""

    def __init__(
        self,
        above: Outline,
        below: Outline,
        like: Likeness,
        need: Matrix,
        links: Sequence[Link],
        items: Mapping[int, Sequence[int]],
    ) -> None:
        self._parents, self._children = above.measures, below.measures
        self._like, self._need = like, need
        self._by_parent: dict[int, list[Link]] = {}
        self._by_child: dict[int, list[Link]] = {}
        for link in links:
            self._by_parent.setdefault(link.parent, []).append(link)
            self._by_child.setdefault(link.child, []).append(link)
        self._above = {item.sequence: item for item in above.items}
        self._below = {item.sequence: item for item in below.items}
        self._answers = {(above.items[i].sequence, below.items[j].sequence) for i, js in items.items() for j in js}

    def of_parents(self) -> list[MeasureRow]:
        return [
            self._linked(i, own) if (own := self._by_parent.get(i)) else self._dropped(i)
            for i in range(len(self._parents))
        ]

    def of_added(self) -> list[MeasureRow]:
        return [self._added(j) for j in range(len(self._children)) if j not in self._by_child]

    def _linked(self, i: int, links: Sequence[Link]) -> MeasureRow:
        measure = self._parents[i]
        exact = links[0].method == "exact"
        others = [self._children[link.child] for link in links]
        moved = any((measure.item, other.item) not in self._answers for other in others)
        changes = () if exact else tuple(self._change(measure, self._children[x.child], x.score) for x in links)
        merged = sorted({x.parent for link in links for x in self._by_child[link.child]} - {i})
        doubt = ""
        if not exact and min(link.score - link.need for link in links) < _MARGIN:
            doubt = "weak"
        return MeasureRow(
            measure.place,
            "kept" if exact else "adapted",
            tuple(other.place for other in others),
            max(link.score for link in links),
            _method(links, merged),
            moved,
            self._note(changes, merged, moved, others),
            doubt,
            changes=changes,
        )

    def _change(self, measure: Measure, other: Measure, score: float) -> Change:
        return change_between(measure, other, self._item(self._above, measure), self._item(self._below, other), score)

    @staticmethod
    def _item(items: Mapping[int, OutlineItem], measure: Measure) -> OutlineItem:
        return items[measure.item]

    def _note(self, changes: Sequence[Change], merged: Sequence[int], moved: bool, others: Sequence[Measure]) -> str:
        parts = []
        if merged:
            parts.append("与" + "、".join(f"{self._parents[k].item}.{self._parents[k].index}" for k in merged) + "合并")
        if len(others) > 1:
            parts.append(f"拆为{len(others)}条")
        if moved:
            parts.append(f"移至第{others[0].item}项")
        for change in changes:
            for key, text in _NOTES.items():
                entries = [
                    e if isinstance(e, str) else e.get("phrase") or e.get("indicator") for e in getattr(change, key)
                ]
                if entries:
                    parts.append(text.format("、".join(str(entry) for entry in entries)))
        return "；".join(dict.fromkeys(parts))

    def _dropped(self, i: int) -> MeasureRow:
        measure, scores = self._parents[i], self._like.score[i]
        if not len(scores):
            return MeasureRow(measure.place, "dropped")
        j = int(np.argmax(scores - self._need[i]))
        other = self._children[j]
        score = float(scores[j])
        if other.folded == measure.folded:
            twin = self._parents[self._by_child[j][0].parent]
            note = f"与上级{twin.item}.{twin.index}文字相同，下级只出现一次"
            return MeasureRow(measure.place, "dropped", (), score, note=note, doubt="duplicate", nearest=other.place)
        doubt = "near_miss" if score >= self._need[i, j] - _MARGIN else ""
        return MeasureRow(measure.place, "dropped", (), score, doubt=doubt, nearest=other.place if score > 0 else None)

    def _added(self, j: int) -> MeasureRow:
        measure, scores = self._children[j], self._like.score[:, j]
        if not len(scores):
            return MeasureRow(None, "added", (measure.place,))
        i = int(np.argmax(scores - self._need[:, j]))
        score = float(scores[i])
        doubt = "near_miss" if score >= self._need[i, j] - _MARGIN else ""
        nearest = self._parents[i].place if score > 0 else None
        return MeasureRow(None, "added", (measure.place,), score, doubt=doubt, nearest=nearest)


def _method(links: Sequence[Link], merged: Sequence[int]) -> str:
    if links[0].method == "exact":
        return "exact"
    if len(links) > 1:
        return "split"
    return "merge" if merged else "assignment"
