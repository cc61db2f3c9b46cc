"""Compares a plan with its parent and stores the comparison; people's corrections outlive a new comparison."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone

from hengjian.methods.policy_cascade import align_policies, outline_of
from hengjian.methods.policy_cascade.changes import change_between
from hengjian.methods.policy_cascade.outline import Measure, Outline, OutlineItem, fold
from hengjian.methods.policy_text import read_policy
from hengjian.parties.models import User
from hengjian.plans.models import Cascade, CascadeLink, Clause, Plan, PlanImport

Json = dict[str, Any]


def reading_of(plan: Plan) -> Json:
    """The plan as data: the reading that people confirmed, or a new one where the plan has no such import."""
    drafts = plan.imports.filter(state=PlanImport.State.CONFIRMED).order_by("-pk")
    for draft in drafts:
        if hashlib.sha256(draft.text.encode()).hexdigest() == plan.text_hash:
            return dict(draft.draft)
    return read_policy(plan.text).to_dict()


@dataclass(frozen=True)
class Counts:
    """What a comparison found. `share`: parent clauses that were taken up, 0..100, None without parent clauses."""

    kept: int = 0
    adapted: int = 0
    dropped: int = 0
    added: int = 0
    moved: int = 0
    doubtful: int = 0
    by_hand: int = 0
    explained: int = 0

    @property
    def parent(self) -> int:
        return self.kept + self.adapted + self.dropped

    @property
    def share(self) -> float | None:
        return round(100 * (self.kept + self.adapted) / self.parent, 1) if self.parent else None


def count(links: Iterable[CascadeLink]) -> Counts:
    """Counts of rows; a doubt that a person decided is none any more."""
    rows = list(links)
    by_relation = {kind: sum(row.relation == kind for row in rows) for kind in ("kept", "adapted", "dropped", "added")}
    return Counts(
        **by_relation,
        moved=sum(row.moved for row in rows),
        doubtful=sum(bool(row.doubt) and not row.by_hand for row in rows),
        by_hand=sum(row.by_hand for row in rows),
        explained=sum(row.relation == "dropped" and bool(row.reason) for row in rows),
    )


def align(plan: Plan, user: User | None) -> Cascade:
    """Compare the plan with its parent anew and store it; the caller checked that there is a parent.

    Rows that a person decided stay as decided as long as their sentences still stand in both texts; a reason for
    dropping a clause stays as long as the clause is dropped.
    """
    parent = plan.parent
    assert parent is not None
    above, below = reading_of(parent), reading_of(plan)
    found = align_policies(above, below).to_dict()
    sides = Sides(outline_of(above), outline_of(below), found["items"])
    old = Cascade.objects.filter(plan=plan).first()
    decided = list(old.links.all()) if old is not None and old.parent_id == parent.pk else []
    cascade, _created = Cascade.objects.update_or_create(
        plan=plan,
        defaults={
            "parent": parent,
            "parent_hash": parent.text_hash,
            "child_hash": plan.text_hash,
            "aligned_at": timezone.now(),
            "aligned_by": user,
            "units": found["units"],
            "answers": found["items"],
            "parent_items": item_names(parent, sides.above),
            "child_items": item_names(plan, sides.below),
            "child_measures": {_key(row.place): row.text for row in sides.below.measures},
        },
    )
    links = [_link(cascade, sides, row) for row in found["measures"]]
    links = _with_decisions(links, decided, sides)
    cascade.links.all().delete()
    for order, link in enumerate(links):
        link.order = order
    CascadeLink.objects.bulk_create(links, batch_size=500)
    return cascade


def item_names(plan: Plan, outline: Outline) -> dict[str, str]:
    """Sequence of an item (as text) → its printed number and title."""
    printed = {
        clause.sequence: f"{clause.label}{clause.title}"
        for clause in plan.clauses.filter(kind=Clause.Kind.ITEM, retired=False)
    }
    return {str(item.sequence): printed.get(item.sequence) or item.title for item in outline.items}


@dataclass(frozen=True)
class Sides:
    """Both outlines, and which items answer each other."""

    above: Outline
    below: Outline
    answers: list[Json]

    def item(self, sequence: int, *, child: bool) -> OutlineItem:
        return next(row for row in (self.below if child else self.above).items if row.sequence == sequence)

    def measure(self, place: Json, *, child: bool) -> Measure:
        """Raises StopIteration when there is no such place."""
        item = self.item(place["item"], child=child)
        return next(row for row in item.measures if row.index == place["index"])

    def moved(self, parent_item: int, child_items: Iterable[int]) -> bool:
        answering = {child for row in self.answers if row["parent"] == parent_item for child in row["children"]}
        return any(child not in answering for child in child_items)


def sides_of(cascade: Cascade) -> Sides:
    """The outlines that the comparison was made of; only while it is current."""
    return Sides(outline_of(reading_of(cascade.parent)), outline_of(reading_of(cascade.plan)), list(cascade.answers))


def _key(place: Json) -> str:
    return f"{place['item']}.{place['index']}"


def _link(cascade: Cascade, sides: Sides, row: Json) -> CascadeLink:
    """A row of `Alignment.to_dict()` as a row of the table."""
    parent = row.get("parent")
    changes = {_key(change["child"]): change for change in row.get("changes", ())}
    children = []
    for place in row.get("children", [row["child"]] if "child" in row else []):
        text = sides.measure(place, child=True).text
        change = {key: value for key, value in changes.get(_key(place), {}).items() if key != "child"}
        children.append({**place, "text": text, **change})
    return CascadeLink(
        cascade=cascade,
        order=0,
        relation=row["relation"],
        parent_item=parent["item"] if parent else None,
        parent_index=parent["index"] if parent else None,
        parent_text=sides.measure(parent, child=False).text if parent else "",
        children=children,
        moved=row.get("moved", False),
        score=row["score"],
        method=row["method"],
        note=row.get("note", "") if row.get("doubt") == "duplicate" else "",
        doubt=row.get("doubt", ""),
        nearest=row.get("nearest"),
    )


def decide(link: CascadeLink, sides: Sides, children: list[Json]) -> None:
    """Set the clauses that take up this parent clause, as a person says; an empty list means dropped. Not saved."""
    assert link.parent_item is not None and link.parent_index is not None
    above = sides.measure({"item": link.parent_item, "index": link.parent_index}, child=False)
    rows = []
    for place in children:
        below = sides.measure(place, child=True)
        entry: Json = {**place, "text": below.text}
        if below.folded != above.folded:
            change = change_between(
                above, below, sides.item(above.item, child=False), sides.item(below.item, child=True), 0.0
            ).to_dict()
            entry |= {key: value for key, value in change.items() if key not in ("child", "score")}
        rows.append(entry)
    same = len(rows) == 1 and fold(rows[0]["text"]) == above.folded
    link.children = rows
    link.relation = "kept" if same else "adapted" if rows else "dropped"
    link.moved = sides.moved(above.item, [row["item"] for row in rows])
    link.method, link.score, link.doubt, link.nearest, link.note = "hand", 0.0, "", None, ""
    link.by_hand = True


def added_rows(cascade: Cascade, sides: Sides, links: list[CascadeLink]) -> tuple[list[CascadeLink], list[CascadeLink]]:
    """After links changed: (rows of added clauses that are taken up now, rows that are missing for loose clauses)."""
    linked = {_key(child) for link in links if link.parent_item is not None for child in link.children}
    present = {_key(link.children[0]): link for link in links if link.parent_item is None}
    gone = [link for key, link in present.items() if key in linked]
    missing = [
        CascadeLink(
            cascade=cascade, order=0, relation="added", method="none", children=[{**row.place, "text": row.text}]
        )
        for row in sides.below.measures
        if _key(row.place) not in linked and _key(row.place) not in present
    ]
    return gone, missing


def _with_decisions(links: list[CascadeLink], old: list[CascadeLink], sides: Sides) -> list[CascadeLink]:
    """Carry people's decisions over to a new comparison."""
    by_text: dict[str, list[CascadeLink]] = {}
    for link in links:
        if link.parent_item is not None:
            by_text.setdefault(fold(link.parent_text), []).append(link)
    places: dict[str, Json] = {row.folded: row.place for row in reversed(sides.below.measures)}
    for before in old:
        if before.parent_item is None or not (before.by_hand or before.reason):
            continue
        candidates = by_text.get(fold(before.parent_text), [])
        if not candidates:
            continue
        # Of several equal sentences the one at the same place, else the first.
        link = min(candidates, key=lambda row: (row.parent_place != before.parent_place, row.parent_place))
        if before.by_hand:
            texts = [fold(child["text"]) for child in before.children]
            if any(text not in places for text in texts):
                continue
            decide(link, sides, [places[text] for text in texts])
        elif link.relation != "dropped":
            continue
        link.reason, link.decided_by_id, link.decided_at = before.reason, before.decided_by_id, before.decided_at
    gone, missing = added_rows(links[0].cascade, sides, links) if links else ([], [])
    return [link for link in links if link not in gone] + missing


def totals_of(cascade: Cascade) -> Json:
    """Counts as the fact `plan.aligned` carries them."""
    counts = asdict(count(cascade.links.all()))
    return {key: counts[key] for key in ("kept", "adapted", "dropped", "added", "moved", "doubtful", "by_hand")}
