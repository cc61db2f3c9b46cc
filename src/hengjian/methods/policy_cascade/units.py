"""Which units of the child answer which units of the parent, item by item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hengjian.methods.organisations import Link, Organisations
from hengjian.methods.policy_cascade.model import ItemUnits, UnitRow
from hengjian.methods.policy_cascade.outline import Outline

# Links by which a child is its parent's usual counterpart; one to one, others count as gained and the parent as lost.
_USUAL = ("same_name", "family", "collective")


def map_units(
    parent: Outline, child: Outline, items: Mapping[int, Sequence[int]], organisations: Organisations
) -> tuple[ItemUnits, ...]:
    """Unit rows per parent item (`items`: its place → places of its child items), then of new child items."""
    blocks = []
    for i, item in enumerate(parent.items):
        answering = [child.items[j] for j in items.get(i, ())]
        names = list(dict.fromkeys(unit for other in answering for unit in other.units))
        blocks.append(
            ItemUnits(
                item.sequence, tuple(o.sequence for o in answering), tuple(map_names(item.units, names, organisations))
            )
        )
    answered = {j for js in items.values() for j in js}
    for j, other in enumerate(child.items):
        if j not in answered and other.units:
            gained = tuple(UnitRow("", "gained", (unit,)) for unit in other.units)
            blocks.append(ItemUnits(None, (other.sequence,), gained))
    return tuple(blocks)


def map_names(parents: Sequence[str], children: Sequence[str], organisations: Organisations) -> list[UnitRow]:
    """One row per parent name, then the gained child names.

    A child answers the parents to which its link is strongest: one merged body may answer several.
    """
    links = {(p, c): link for p in parents for c in children if (link := organisations.link(p, c)) is not None}
    best = {c: max((link.strength for (_, other), link in links.items() if other == c), default=0.0) for c in children}
    rows = []
    for p in parents:
        own = [(c, links[p, c]) for c in children if (p, c) in links and links[p, c].strength == best[c]]
        rows.append(_row(p, own))
    used = {c for row in rows for c in row.children}
    return [*rows, *(UnitRow("", "gained", (c,)) for c in children if c not in used)]


def _row(parent: str, own: Sequence[tuple[str, Link]]) -> UnitRow:
    if not own:
        return UnitRow(parent, "lost")
    names = tuple(name for name, _ in sorted(own, key=lambda pair: -pair[1].strength))
    kinds = [link.kind for _, link in own]
    usual = any(kind in _USUAL for kind in kinds)
    note = "" if usual or "superior" not in kinds else "未列通常的对口部门，由上级部门的派出机构承接"
    if len(names) > 1:
        return UnitRow(parent, "split", names, "+".join(dict.fromkeys(kinds)), usual, note)
    relation = "same" if kinds == ["same_name"] else "counterpart"
    return UnitRow(parent, relation, names, kinds[0], usual, note)
