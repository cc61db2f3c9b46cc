"""What the cascade returns; `Alignment.to_dict()` gives the JSON of `hengjian policy align`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Place = dict[str, int]

#: Why a row may be judged differently by another reader, with the text for the interface.
DOUBTS = {
    "weak": "相似度接近判定界限",
    "near_miss": "另有相近措施，可理解为改写",
    "duplicate": "与已对应的另一措施文字相同",
}


@dataclass(frozen=True, slots=True)
class Edit:
    """One step from parent to child wording: `equal`, `del` (only in the parent) or `ins` (only in the child).

    Spans are [start, end) in the measure's text; the span on the side that has nothing is empty.
    """

    op: str
    text: str
    parent_span: tuple[int, int]
    child_span: tuple[int, int]

    def to_dict(self) -> dict[str, Any]:
        return {
            "op": self.op,
            "text": self.text,
            "parent_span": list(self.parent_span),
            "child_span": list(self.child_span),
        }


@dataclass(frozen=True, slots=True)
class Change:
    """What changed from one parent measure to one child measure.

    `deadlines`, `targets`, `figures`, `citations`: what only the child has; `removed_*`: what only the parent has.
    """

    child: Place
    score: float
    edits: tuple[Edit, ...]
    deadlines: tuple[Mapping[str, Any], ...] = ()
    removed_deadlines: tuple[Mapping[str, Any], ...] = ()
    targets: tuple[Mapping[str, Any], ...] = ()
    removed_targets: tuple[Mapping[str, Any], ...] = ()
    figures: tuple[str, ...] = ()
    removed_figures: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    removed_citations: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {"child": self.child, "score": round(self.score, 3)}
        out["edits"] = [edit.to_dict() for edit in self.edits]
        for name in ("deadlines", "targets"):
            for key in (name, f"removed_{name}"):
                if value := getattr(self, key):
                    out[key] = [dict(entry) for entry in value]
        for name in ("figures", "citations"):
            for key in (name, f"removed_{name}"):
                if value := getattr(self, key):
                    out[key] = list(value)
        return out


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A parent measure and the child measures that take it up, or an added child measure (`parent` None).

    `relation`: kept, adapted, dropped, added. `method`: exact (same text), assignment (global optimum), merge (several
    parents to one child), split (one parent to several children), none. `score`: likeness 0..1 of the best link; for
    dropped and added rows that of the nearest measure, which is `nearest`. `doubt`: key of DOUBTS or empty.
    """

    parent: Place | None
    relation: str
    children: tuple[Place, ...] = ()
    score: float = 0.0
    method: str = "none"
    moved: bool = False
    note: str = ""
    doubt: str = ""
    nearest: Place | None = None
    changes: tuple[Change, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any]
        if self.parent is None:
            out = {"child": self.children[0], "relation": self.relation}
        else:
            out = {"parent": self.parent, "relation": self.relation, "children": list(self.children)}
        if self.note:
            out["note"] = self.note
        if self.doubt:
            out |= {"doubtful": True, "doubt": self.doubt, "doubt_text": DOUBTS[self.doubt]}
        out |= {"score": round(self.score, 3), "method": self.method}
        if self.moved:
            out["moved"] = True
        if self.nearest is not None:
            out["nearest"] = self.nearest
        if self.changes:
            out["changes"] = [change.to_dict() for change in self.changes]
        return out


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A parent unit and the child units that answer it in one item, or a gained child unit (`parent` empty).

    `relation`: same, counterpart, split, lost, gained. `one_to_one`: whether the usual counterpart is among them.
    """

    parent: str
    relation: str
    children: tuple[str, ...] = ()
    link: str = ""
    one_to_one: bool = True
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any]
        if self.relation == "gained":
            out = {"child": self.children[0], "relation": self.relation}
        else:
            out = {"parent": self.parent, "relation": self.relation, "children": list(self.children)}
        if self.link:
            out["link"] = self.link
        if self.note:
            out["note"] = self.note
        return out


@dataclass(frozen=True, slots=True)
class ItemUnits:
    """Units of one parent item (`item` None: of child items without a parent) mapped to those of its child items."""

    item: int | None
    child_items: tuple[int, ...]
    mapping: tuple[UnitRow, ...]

    def to_dict(self) -> dict[str, Any]:
        rows = [row.to_dict() for row in self.mapping]
        return {"item": self.item, "mapping": rows, "child_items": list(self.child_items)}


@dataclass(frozen=True, slots=True)
class Alignment:
    """The cascade of one pair of plans. `items`: (parent sequence, child sequences) of items that answer each other."""

    parent: str
    child: str
    parent_measures: int
    child_measures: int
    measures: tuple[MeasureRow, ...]
    units: tuple[ItemUnits, ...]
    items: tuple[tuple[int, tuple[int, ...]], ...] = field(default=())

    @property
    def totals(self) -> dict[str, dict[str, Any]]:
        """Counts by relation, in the fields of the gold annotation."""
        relations = Counter(row.relation for row in self.measures)
        adapted = {tuple(c.values()) for row in self.measures if row.relation == "adapted" for c in row.children}
        rows = [row for block in self.units for row in block.mapping]
        kinds = Counter(row.relation for row in rows)
        extra = sum(max(len(row.children) - 1, 0) for row in rows if row.relation != "gained")
        unusual = sum(not row.one_to_one for row in rows)
        return {
            "measures": {
                "parent": self.parent_measures,
                "child": self.child_measures,
                **{name: relations[name] for name in ("kept", "adapted", "dropped", "added")},
                "adapted_children": len(adapted),
            },
            "units": {
                "parent": sum(bool(row.parent) for row in rows),
                "child": len({(i, u) for i, b in enumerate(self.units) for row in b.mapping for u in row.children}),
                **{name: kinds[name] for name in ("same", "counterpart", "split", "gained", "lost")},
                "one_to_one": {"gained": kinds["gained"] + extra + unusual, "lost": kinds["lost"] + unusual},
            },
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON. Item and measure numbers are 1-based."""
        return {
            "parent": self.parent,
            "child": self.child,
            "index_base": 1,
            "totals": self.totals,
            "measures": [row.to_dict() for row in self.measures],
            "units": [block.to_dict() for block in self.units],
            "items": [{"parent": parent, "children": list(children)} for parent, children in self.items],
        }
