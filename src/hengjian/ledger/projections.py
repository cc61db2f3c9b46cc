"""Projections: tables derived from facts for fast reading, rebuilt from the ledger by one command.

A room keeps its projection up to date in the action that writes the facts, and registers here how to empty it and how
to apply facts to it, with the same function that the action uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from hengjian.ledger import queries
from hengjian.ledger.drafts import INTERNAL
from hengjian.ledger.errors import LedgerError
from hengjian.ledger.models import Fact

BATCH = 2000
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Projection:
    """How a derived table follows from facts.

    Attributes:
        name: `room.table`.
        title: name for people.
        kinds: the fact kinds that it reads.
        clear: empties the table.
        apply: takes a batch of facts in log order. With `history` it also gets facts that were superseded or retracted
            since, and the retractions, exactly as the action saw them; without, only facts in effect today.
        history: which of the two.
    """

    name: str
    title: str | Promise
    kinds: tuple[str, ...]
    clear: Callable[[], None]
    apply: Callable[[list[Fact]], None]
    history: bool = False


_projections: dict[str, Projection] = {}


def register_projection(projection: Projection) -> Projection:
    """Make a projection known under its name; called from the room's AppConfig.ready.

    Raises:
        ValueError: two projections have this name.
    """
    if _projections.setdefault(projection.name, projection) is not projection:
        raise ValueError(f"projection {projection.name!r} is registered twice")
    return projection


def projections() -> list[Projection]:
    """All projections by name."""
    return [_projections[name] for name in sorted(_projections)]


def rebuild(name: str, progress: Callable[[int, int], None] | None = None) -> int:
    """Empty a projection and build it again from the ledger, in one transaction: readers see the old or the new one.

    Args:
        progress: called with (facts applied, facts in all).

    Returns:
        The number of facts applied.

    Raises:
        LedgerError: no such projection.
    """
    projection = _projections.get(name)
    if projection is None:
        known = "、".join(_projections) or _("（无）")
        raise LedgerError(_("没有名为“%(name)s”的投影。已登记的有：%(known)s。") % {"name": name, "known": known})
    kinds = (*projection.kinds, "ledger.retraction") if projection.history else projection.kinds
    done = 0
    with transaction.atomic():
        facts = queries.facts(disclosure=INTERNAL, kinds=kinds, history=projection.history)
        total = facts.count() if progress else 0
        projection.clear()
        for batch in batched(facts.iterator(chunk_size=BATCH), BATCH):
            projection.apply(batch)
            done += len(batch)
            if progress is not None:
                progress(done, total)
    return done


def batched(items: Iterable[Item], size: int) -> Iterable[list[Item]]:
    """Consecutive lists of at most `size` items."""
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
