"""Reads: coverage by insurance, gaps, what is overdue, statistics of rescues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from hengjian.registers.queries import as_of
from hengjian.systems.equipment.models import Cover, Dispatch, Lift, Rescue
from hengjian.systems.equipment.rules import Dates, Item, Period, Share, entrapment_rate, gaps, items, mean

IN_USE = "in_use"


def in_order(lift: Lift, today: date) -> list[Item]:
    """What must be in order about a lift, each with its colour; nothing where it is not in use."""
    if lift.status != IN_USE:
        return []
    dates = Dates(lift.next_inspection, lift.next_self_test, lift.next_maintenance, lift.insured_until)
    return items(dates, today)


def in_use_on(on: date, lifts: QuerySet[Lift] | None = None) -> QuerySet[Lift]:
    """The lifts that were in use on a day: today by their rows, on an earlier day by the versions that held then."""
    rows = Lift.objects.filter(register="lift") if lifts is None else lifts
    if on >= timezone.localdate():
        return rows.filter(status=IN_USE)
    then = [item.entry for item in as_of("lift", on) if item.data["status"] == IN_USE]
    return rows.filter(pk__in=then)


def coverage(on: date, lifts: QuerySet[Lift] | None = None) -> Share:
    """Insured lifts in use ÷ lifts in use, on a day."""
    rows = in_use_on(on, lifts)
    insured = Cover.objects.filter(starts_on__lte=on, ends_on__gte=on).values("lift")
    return Share(rows.filter(pk__in=insured).count(), rows.count())


def cover_gaps(lift: Lift, first: date, last: date) -> list[Period]:
    """The days between `first` and `last` on which no policy covers a lift."""
    return gaps([Period(*row) for row in lift.covers.values_list("starts_on", "ends_on")], first, last)


@dataclass(frozen=True)
class Top:
    """A place, maker or maintainer with its rescues and lifts; `rate` is the entrapment rate per month in percent."""

    name: str
    rescues: int
    lifts: int
    rate: Decimal | None


@dataclass(frozen=True)
class Month:
    """One month of a period."""

    start: date
    rescues: int
    lifts: int
    rate: Decimal | None


@dataclass(frozen=True)
class Statistics:
    """Rescues of a period.

    Attributes:
        entrapments: without false alarms.
        rate: per month and lift in use, in percent.
        to_arrival, to_release: mean minutes from dispatch to arrival and from the call to the end.
        in_time: arrivals within the time of their area.
        causes: (code, how many), most frequent first, of those with a cause.
    """

    first: date
    last: date
    calls: int
    entrapments: int
    people: int
    injured: int
    lifts: int
    rate: Decimal | None
    to_arrival: Decimal | None
    to_release: Decimal | None
    in_time: Share
    by_level: list[tuple[int, int]]
    causes: list[tuple[str, Share]]
    months: list[Month]
    places: list[Top]
    makers: list[Top]
    maintainers: list[Top]


def month_starts(first: date, last: date) -> list[date]:
    """The first days of all months from `first` to `last`."""
    found, here = [], first.replace(day=1)
    while here <= last:
        found.append(here)
        here = (here + timedelta(days=32)).replace(day=1)
    return found


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def between(rescues: QuerySet[Rescue], first: date, last: date) -> QuerySet[Rescue]:
    """Rescues called in on the days `first`..`last`."""
    return rescues.filter(called_at__gte=_moment(first), called_at__lt=_moment(last + timedelta(days=1)))


def statistics(
    rescues: QuerySet[Rescue], lifts: QuerySet[Lift], first: date, last: date, limits: dict[str, int], top: int = 10
) -> Statistics:
    """The statistics of the rescues and lifts given, from the first to the last day of whole months.

    Args:
        limits: minutes to arrive by kind of area (`urban`, `other`), from the rulebook.
    """
    rows = between(rescues, first, last)
    real = rows.exclude(outcome="false_alarm")
    times = list(real.values_list("called_at", "dispatched_at", "arrived_at", "ended_at", "area_kind"))
    arrivals = [(_minutes(sent, there), kind) for _c, sent, there, _e, kind in times if sent and there]
    in_use = lifts.filter(status=IN_USE)
    number = in_use.count()
    months = month_starts(first, last)
    per_month: dict[date, int] = dict.fromkeys(months, 0)
    for called, *_rest in times:
        per_month[timezone.localdate(called).replace(day=1)] += 1
    caused = list(real.exclude(cause="").values_list("cause").annotate(n=Count("pk")).order_by("-n", "cause"))
    known = sum(n for _cause, n in caused)
    return Statistics(
        first=first,
        last=last,
        calls=rows.count(),
        entrapments=len(times),
        people=sum(real.values_list("people", flat=True)),
        injured=sum(real.values_list("injured", flat=True)),
        lifts=number,
        rate=entrapment_rate(len(times), number, len(months)),
        to_arrival=mean(minutes for minutes, _kind in arrivals),
        to_release=mean(_minutes(called, ended) for called, _s, _a, ended, _k in times if ended),
        in_time=Share(sum(minutes <= limits[kind] for minutes, kind in arrivals), len(arrivals)),
        by_level=sorted(real.values_list("level").annotate(n=Count("pk")).order_by("level")),
        causes=[(cause, Share(n, known)) for cause, n in caused],
        months=[Month(day, n, number, entrapment_rate(n, number)) for day, n in per_month.items()],
        places=_top(real, in_use, "use_unit", len(months), top),
        makers=_top(real, in_use, "maker", len(months), top),
        maintainers=_top(real, in_use, "maint_unit", len(months), top),
    )


def _minutes(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 60


def _top(rescues: QuerySet[Rescue], lifts: QuerySet[Lift], column: str, months: int, most: int) -> list[Top]:
    """Those with the most rescues by a column of the lift, with how many lifts they have."""
    named = rescues.exclude(lift=None).exclude(**{f"lift__{column}": ""})
    rows = list(named.values_list(f"lift__{column}").annotate(n=Count("pk")).order_by("-n", f"lift__{column}")[:most])
    names = [name for name, _n in rows]
    held = dict(lifts.filter(**{f"{column}__in": names}).values_list(column).annotate(n=Count("pk")).order_by())
    return [Top(name, n, held.get(name, 0), entrapment_rate(n, held.get(name, 0), months)) for name, n in rows]


def open_rescues(rescues: QuerySet[Rescue]) -> QuerySet[Rescue]:
    """What is under way, longest first, with what the desk shows."""
    return (
        rescues.filter(ended_at=None)
        .select_related("case__region", "lift", "region")
        .prefetch_related("dispatches")
        .order_by("called_at")
    )


def overdue(what: str, today: date) -> Q:
    """The condition that inspection, maintenance or insurance of a lift in use has lapsed; `what` names which."""
    column = {"inspection": "next_inspection", "maintenance": "next_maintenance", "insurance": "insured_until"}[what]
    late = Q(**{f"{column}__lt": today})
    if what == "insurance":
        late |= Q(insured_until=None)
    return late & Q(status=IN_USE)


def overdue_lifts(lifts: QuerySet[Lift], what: str, today: date) -> QuerySet[Lift]:
    """The lifts for which `overdue` holds."""
    return lifts.filter(overdue(what, today))


def stood_in(dispatches: QuerySet[Dispatch]) -> QuerySet[Dispatch]:
    """Who stood in and came, newest first; unpaid ones are those without a day of payment."""
    found = dispatches.filter(compensated=True).exclude(arrived_at=None)
    return found.select_related("rescue__case", "rescue__lift").order_by("paid_on", "-sent_at")
