"""Upward coverage (承接情况): which clauses of a plan its child plans take up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hengjian.plans.cascading import Counts, count
from hengjian.plans.models import Cascade, CascadeLink, Plan

SIGNS = {"kept": "＝", "adapted": "≈", "dropped": "－"}


@dataclass(frozen=True)
class Child:
    """A child plan with its comparison, if there is one. `stale`: a text was revised since."""

    plan: Plan
    cascade: Cascade | None
    counts: Counts

    @property
    def stale(self) -> bool:
        return self.cascade is not None and not self.cascade.current


@dataclass(frozen=True)
class Cell:
    """One child's answer to one line. `taken` of `total` clauses; `relation` where the line is one clause."""

    taken: int
    total: int
    relation: str = ""

    @property
    def words(self) -> str:
        if not self.total:
            return "—"
        if self.relation:
            return str(CascadeLink.Relation(self.relation).label)
        return f"{self.taken}/{self.total}"

    @property
    def state(self) -> str:
        """Colour: all, some or none taken up."""
        if not self.total:
            return "grey"
        return "green" if self.taken == self.total else "amber" if self.taken else "orange"


@dataclass(frozen=True)
class Line:
    """An item of the parent, or one of its clauses when an item was opened."""

    item: int
    number: str
    title: str
    cells: list[Cell]

    @property
    def share(self) -> float | None:
        """Share of (child, clause) pairs that are taken up, 0..100."""
        total = sum(cell.total for cell in self.cells)
        return round(100 * sum(cell.taken for cell in self.cells) / total, 1) if total else None


def children_of(parent: Plan, plans: QuerySet[Plan]) -> list[Child]:
    """The child plans among `plans` (what the reader may see), by region."""
    rows = plans.filter(parent=parent).select_related("region", "cascade__parent").order_by("region__code", "pk")
    links: dict[int, list[CascadeLink]] = {}
    for link in CascadeLink.objects.filter(cascade__plan__in=rows, cascade__parent=parent).defer("children"):
        links.setdefault(link.cascade_id, []).append(link)
    found = []
    for plan in rows:
        cascade = getattr(plan, "cascade", None)
        if cascade is not None and cascade.parent_id != parent.pk:
            cascade = None
        if cascade is not None:
            cascade.plan = plan
        found.append(Child(plan, cascade, count(links.get(cascade.pk, [])) if cascade else Counts()))
    return found


def lines(parent: Plan, children: list[Child], item: int | None) -> list[Line]:
    """All items of the parent, or the clauses of one item, against the compared children."""
    compared = [child.cascade for child in children if child.cascade is not None]
    rows = CascadeLink.objects.filter(cascade__in=compared, parent_item__isnull=False).defer("children")
    if item is not None:
        rows = rows.filter(parent_item=item)
    table: dict[tuple[int, int], dict[int, list[CascadeLink]]] = {}
    texts: dict[tuple[int, int], str] = {}
    for link in rows.order_by("parent_item", "parent_index"):
        key = (link.parent_item or 0, (link.parent_index or 0) if item is not None else 0)
        table.setdefault(key, {}).setdefault(link.cascade_id, []).append(link)
        texts.setdefault(key, link.parent_text)
    names: dict[str, Any] = {}
    for cascade in compared:
        names |= cascade.parent_items
    found = []
    for (number, index), cells in sorted(table.items()):
        title = texts[number, index] if item is not None else names.get(str(number), "")
        shown = [_cell(cells.get(cascade.pk, []), single=item is not None) for cascade in compared]
        found.append(Line(number, f"{number}.{index}" if index else str(number), title, shown))
    return found


def _cell(links: list[CascadeLink], *, single: bool) -> Cell:
    taken = sum(link.relation in ("kept", "adapted") for link in links)
    return Cell(taken, len(links), links[0].relation if single and len(links) == 1 else "")


def sheet(children: list[Child], found: list[Line]) -> tuple[list[str], list[list[Any]]]:
    """Columns and rows of the matrix, as on the page."""
    compared = [child for child in children if child.cascade is not None]
    columns = [_("编号"), _("上级条款"), *(str(child.plan.region) for child in compared), _("承接率（%）")]
    rows = [[line.number, line.title, *(cell.words for cell in line.cells), line.share] for line in found]
    return columns, rows
