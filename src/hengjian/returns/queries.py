"""Reads for other rooms: approved figures of forms, from the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from hengjian.ledger.queries import facts
from hengjian.methods.periods import Period, parse_period, periods_between
from hengjian.returns.facts import APPROVED

# Subjects asked for in one query; SQLite takes at most 32 766 parameters.
AT_ONCE = 500


def approved_cells(
    form: str,
    row: str,
    column: str,
    regions: Iterable[str],
    first: Period,
    last: Period,
    tree_size: int | None = None,
) -> dict[tuple[str, str], tuple[Decimal, UUID]]:
    """The approved figures of one cell, by region and period; a cell that was left empty is left out.

    A region's own figure only: to add up a province ask for all of its regions.

    Args:
        regions: region codes.
        first, last: periods of the form's frequency, both included.
        tree_size: as known when the ledger had this size; corrections made later do not count yet.

    Returns:
        (region code, period code) → (figure, id of the fact).
    """
    found: dict[tuple[str, str], tuple[Decimal, UUID]] = {}
    for payload, fact_id in _approved(form, regions, first, last, tree_size):
        text = payload["rows"].get(row, {}).get(column)
        if text is not None:
            found[payload["region"], payload["period"]] = (Decimal(text), fact_id)
    return found


def approved_rows(
    form: str, regions: Iterable[str], first: Period, last: Period, tree_size: int | None = None
) -> dict[tuple[str, str], tuple[dict[str, dict[str, str]], UUID]]:
    """All approved figures of a form, as `approved_cells`: → (rows, id of the fact)."""
    return {
        (payload["region"], payload["period"]): (payload["rows"], fact_id)
        for payload, fact_id in _approved(form, regions, first, last, tree_size)
    }


def latest_period(form: str, regions: Iterable[str], tree_size: int | None = None) -> Period | None:
    """The last period for which any of the regions has approved figures."""
    rows = facts(disclosure="internal", kinds=[APPROVED.name], tree_size=tree_size)
    rows = rows.filter(subject__startswith=f"return:{form}:", region__in=list(regions))
    newest = rows.order_by("-occurred_on").values_list("payload", flat=True).first()
    return parse_period(newest["period"]) if newest else None


def _approved(
    form: str, regions: Iterable[str], first: Period, last: Period, tree_size: int | None
) -> Iterable[tuple[dict[str, Any], UUID]]:
    periods = [period.code for period in periods_between(first, last)]
    subjects: Sequence[str] = [f"return:{form}:{region}:{period}" for region in set(regions) for period in periods]
    for start in range(0, len(subjects), AT_ONCE):
        rows = facts(disclosure="internal", kinds=[APPROVED.name], tree_size=tree_size)
        yield from rows.filter(subject__in=subjects[start : start + AT_ONCE]).values_list("payload", "id")
