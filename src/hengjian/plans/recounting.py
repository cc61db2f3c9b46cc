"""Recomputes the progress that a paper reported from the ledger as it stood when the paper was written."""

from __future__ import annotations

from dataclasses import dataclass

from hengjian.ledger.queries import facts
from hengjian.plans.models import IssuedDocument


@dataclass(frozen=True)
class Recount:
    """`checked`: duties compared; `differing`: (duty id, percent in the paper, percent by the ledger)."""

    checked: int
    differing: tuple[tuple[int, int, int], ...]


def recount(document: IssuedDocument) -> Recount | None:
    """Compare each duty's percentage in the paper with its last progress fact before the paper's ledger position.

    A duty without such a fact stands at 0. None: the paper has no duties.
    """
    reported = {int(pk): int(percent) for pk, percent in document.content.get("progress", {}).items()}
    if not reported:
        return None
    found = facts(disclosure="internal", kinds=["plan.progress"], tree_size=document.ledger_size).filter(
        subject__in=[f"duty:{pk}" for pk in reported]
    )
    by_ledger = dict.fromkeys(reported, 0)
    for fact in found.order_by("leaf_index"):
        by_ledger[int(fact.subject.partition(":")[2])] = fact.payload["percent"]
    differing = tuple((pk, percent, by_ledger[pk]) for pk, percent in reported.items() if percent != by_ledger[pk])
    return Recount(len(reported), differing)
