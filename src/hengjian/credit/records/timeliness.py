"""How many decisions each department delivered within the term of 双公示; numbers never stand without their parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q
from django.utils import timezone

from hengjian import rulebook
from hengjian.credit.records.models import CreditRecord, RecordCategory
from hengjian.parties.models.regions import subtree_ids
from hengjian.rulebook.parameters.terms import Terms

BOTH = (RecordCategory.PERMIT, RecordCategory.PENALTY)


@dataclass(frozen=True)
class Row:
    """One department: delivered decisions, those in time, the longest delay in working days."""

    organ: str
    region: str
    delivered: int
    in_time: int
    longest: int
    term: int

    @property
    def rate(self) -> float:
        return 100 * self.in_time / self.delivered


def term_of(region: str, on: date) -> int:
    """Working days within which decisions are published and delivered."""
    term = rulebook.at("terms", region, on, "credit-publicity").typed(Terms).term
    assert term is not None
    return term.amount


def timeliness(region_id: int, code: str, first: date, last: date) -> list[Row]:
    """Departments of a region and below by what they recorded between two days, both included; sealed records count.

    Args:
        region_id, code: the region; the term is that of its rule today.
    """
    term = term_of(code, timezone.localdate())
    rows = CreditRecord.everything.filter(
        category__in=BOTH,
        organ__region__in=subtree_ids([region_id]),
        recorded_at__date__gte=first,
        recorded_at__date__lte=last,
    )
    # A delivery that was taken back was never one.
    rows = rows.exclude(identity__startswith="undone:")
    counted = (
        rows.order_by()
        .values("organ__name", "organ__region__name")
        .annotate(delivered=Count("pk"), in_time=Count("pk", filter=Q(delay__lte=term)), longest=Max("delay"))
        .order_by("organ__region__name", "organ__name")
    )
    return [
        Row(row["organ__name"], row["organ__region__name"], row["delivered"], row["in_time"], row["longest"], term)
        for row in counted
    ]
