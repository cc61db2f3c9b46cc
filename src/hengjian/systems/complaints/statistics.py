"""Figures on intake and handling in a period, for what a person may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, DecimalField, Max, Q, QuerySet, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, TruncMonth
from django.utils import timezone

from hengjian.cases.models import Case
from hengjian.clocks.models import Deadline
from hengjian.clocks.queries import OnTime, on_time_rate
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import Scope, can, visible
from hengjian.systems.complaints.models import Ticket

TYPES = ("complaint", "report", "consultation", "suggestion")
SATISFIED = 4
# From so many intakes on somebody is listed; so many are listed.
SEVERAL, MOST_NAMED = 2, 20
AGREED = ("settled", "unperformed")
# Ends of a mediation that was tried.
MEDIATED = (*AGREED, "terminated")


@dataclass(frozen=True)
class Figures:
    """One row of the tables. Shares are 0..1, None where nothing can be said.

    Attributes:
        tickets: intakes received in the period.
        closed: complaints closed in the period; mediated: those of them in which mediation was tried.
        agreed: share of the mediated ones with an agreement.
        rated, satisfied: cases closed in the period with a rating; share of ratings of 4 and 5.
        recovered: sum recovered for complainants, yuan.
    """

    tickets: int
    closed: int
    mediated: int
    agreed: float | None
    rated: int
    satisfied: float | None
    rating: float | None
    recovered: Decimal


@dataclass(frozen=True)
class Respondent:
    """Somebody whom several intakes are about; `amount` is what is in dispute, yuan."""

    name: str
    code: str
    tickets: int
    open: int
    amount: Decimal


def bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """The first and the last moment of a period of days."""
    return (
        timezone.make_aware(datetime.combine(first, time.min)),
        timezone.make_aware(datetime.combine(last, time.max)),
    )


@dataclass
class Period:
    """A period and what a person may see of it.

    Args:
        region: only this region and those in it.
    """

    user: Any
    first: date
    last: date
    region: Region | None = None

    @property
    def tickets(self) -> QuerySet[Ticket]:
        rows = visible(self.user, Ticket.objects.filter(received_at__range=bounds(self.first, self.last)))
        return self._within(rows).order_by()

    @property
    def cases(self) -> QuerySet[Case]:
        rows = Case.objects.filter(type__in=TYPES, closed_at__range=bounds(self.first, self.last))
        return self._within(visible(self.user, rows)).order_by()

    def _within(self, rows: Any) -> Any:
        return rows if self.region is None else rows.filter(region__in=Region.objects.within(self.region))

    def figures(self, tickets: int, rows: Mapping[str, Any]) -> Figures:
        """A row from counts."""
        mediated, rated = rows.get("mediated") or 0, rows.get("rated") or 0
        return Figures(
            tickets=tickets,
            closed=rows.get("closed") or 0,
            mediated=mediated,
            agreed=(rows.get("agreed") or 0) / mediated if mediated else None,
            rated=rated,
            satisfied=(rows.get("satisfied") or 0) / rated if rated else None,
            rating=rows.get("rating"),
            recovered=rows.get("recovered") or Decimal(0),
        )

    def total(self) -> Figures:
        return self.figures(self.tickets.count(), self.cases.aggregate(**COUNTS))

    def by(self, name: str) -> list[tuple[Any, Figures]]:
        """Rows by a column that tickets and cases share (category, channel, region), most tickets first."""
        received = dict(self.tickets.values_list(name).annotate(n=Count("pk")))
        ended = {row[name]: row for row in self.cases.values(name).annotate(**COUNTS)}
        found = [(key, self.figures(received.get(key, 0), ended.get(key, {}))) for key in {*received, *ended}]
        return sorted(found, key=lambda pair: (-pair[1].tickets, -pair[1].closed, str(pair[0])))

    def by_respondent(self) -> list[Respondent]:
        """Who is named by several intakes of the period, most first: what many complain about is handled together."""
        rows = self.tickets.exclude(respondent_key="").exclude(state=Ticket.State.JOINED).values("respondent_key")
        rows = rows.annotate(
            n=Count("pk"),
            open=Count("pk", Q(state=Ticket.State.OPEN)),
            name=Max("respondent_name"),
            code=Max("respondent_code"),
            sum=Sum("amount"),
        ).filter(n__gte=SEVERAL)
        return [
            Respondent(row["name"], row["code"], row["n"], row["open"], row["sum"] or Decimal(0))
            for row in rows.order_by("-n", "respondent_key")[:MOST_NAMED]
        ]

    def by_month(self) -> list[tuple[date, int]]:
        """Intakes per month, months without any included."""
        rows = self.tickets.annotate(month=TruncMonth("received_at")).values_list("month").annotate(n=Count("pk"))
        counted = {timezone.localdate(month).replace(day=1): number for month, number in rows}
        month, found = self.first.replace(day=1), []
        while month <= self.last:
            found.append((month, counted.get(month, 0)))
            month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        return found

    def kinds(self) -> dict[str, int]:
        """Cases opened in the period by type."""
        rows = Case.objects.filter(type__in=TYPES, opened_at__range=bounds(self.first, self.last))
        rows = self._within(visible(self.user, rows)).order_by()
        return dict(rows.values_list("type").annotate(n=Count("pk")))

    def on_time(self) -> OnTime:
        """How punctual the clocks due in the period were, of the units whose tickets the person may see."""
        purposes = Q()
        for kind in TYPES:
            purposes |= Q(purpose__startswith=f"{kind}.")
        clocks = Deadline.objects.filter(purposes, unit__in=[unit.ref for unit in self._units()])
        return on_time_rate(clocks, self.first, self.last)

    def _units(self) -> Iterable[Unit]:
        seen = (
            visible(self.user, self._within(Case.objects.filter(type__in=TYPES))).order_by().values("unit").distinct()
        )
        units = Unit.objects.filter(pk__in=seen).select_related("region")
        return [unit for unit in units if can(self.user, "complaints.view", Scope(unit=unit))]


COUNTS = {
    "closed": Count("pk", Q(type="complaint")),
    "mediated": Count("pk", Q(type="complaint", outcome__in=MEDIATED)),
    "agreed": Count("pk", Q(type="complaint", outcome__in=AGREED)),
    "rated": Count("rating"),
    "satisfied": Count("pk", Q(rating__gte=SATISFIED)),
    "rating": Avg("rating"),
    "recovered": Sum(Cast(KT("data__settled_amount"), DecimalField(max_digits=16, decimal_places=2))),
}
