"""减负计数: what units did not have to fill in again.

Counted from the reports themselves: fields that the system prefilled and the reporter kept, facts of the ledger taken
as evidence instead of a new upload, and periods answered with "no change".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from hengjian.parties.models import User
from hengjian.plans.models import Report


@dataclass(frozen=True)
class Saved:
    """`kept`: prefilled fields left as they were; `facts`: facts reused; `no_change`: reports that needed no text."""

    kept: int
    facts: int
    no_change: int
    reports: int

    @property
    def total(self) -> int:
        return self.kept + self.facts + self.no_change


def _sums(rows: QuerySet[Report]) -> dict[str, Any]:
    figures = rows.aggregate(
        kept=Sum("prefilled_kept"),
        no_change=Count("pk", filter=Q(no_change=True)),
        reports=Count("pk"),
    )
    figures["facts"] = rows.filter(evidence__kind="fact").count()
    return {name: value or 0 for name, value in figures.items()}


def accepted(year: int) -> QuerySet[Report]:
    """The reports that count: accepted ones of the year."""
    return Report.objects.filter(state=Report.State.ACCEPTED, submitted_at__year=year)


def saved_in(rows: QuerySet[Report]) -> Saved:
    return Saved(**_sums(rows))


def saved_by(user: User, year: int) -> Saved:
    """What the person's own unit was spared this year."""
    return saved_in(accepted(year).filter(duty__unit=user.unit_id) if user.unit_id else Report.objects.none())


def by_unit_and_period(rows: QuerySet[Report]) -> Iterable[dict[str, Any]]:
    """One row per unit and report period, for the table of the burden page."""
    figures: dict[tuple[str, str], dict[str, Any]] = {}
    base: Any = rows.order_by().values("duty__unit__short_name", "duty__unit__name", "period")
    for row in base.annotate(
        kept=Sum("prefilled_kept"), no_change=Count("pk", filter=Q(no_change=True)), reports=Count("pk")
    ):
        unit = row["duty__unit__short_name"] or row["duty__unit__name"]
        figures[unit, row["period"]] = {
            "unit": unit,
            "period": row["period"],
            "kept": row["kept"] or 0,
            "no_change": row["no_change"],
            "reports": row["reports"],
            "facts": 0,
        }
    for row in base.filter(evidence__kind="fact").annotate(facts=Count("evidence")):
        unit = row["duty__unit__short_name"] or row["duty__unit__name"]
        figures[unit, row["period"]]["facts"] = row["facts"]
    return [figures[key] for key in sorted(figures, key=lambda key: (key[1], key[0]), reverse=True)]
