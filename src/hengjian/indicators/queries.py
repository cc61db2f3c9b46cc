"""Reads of values: current ones and those known at an earlier moment, only what the reader may see.

    value("pass_rate.supervision", region, "2026-Q3", reader=user)
    series("pass_rate.supervision", region, first="2022", last="2026", reader=user)
    table(["pass_rate.supervision"], regions, "2026", reader=user)
    latest_values(regions=[region], reader=user)

`reader` is a user (anonymous and None see approved public values), or `SYSTEM` inside the server: everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Case, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from hengjian.indicators.catalogue import definitions
from hengjian.indicators.keys import dimensions_key
from hengjian.indicators.models import Observation
from hengjian.methods.periods import Period, parse_period
from hengjian.parties.grants import Person
from hengjian.parties.models import Region
from hengjian.parties.policies import visible


@dataclass(frozen=True)
class _System:
    """The server itself."""


SYSTEM: Final = _System()
Reader = Person | _System


def observations(reader: Reader, *, known_at: datetime | None = None) -> QuerySet[Observation]:
    """Values that count: current and not withdrawn, or those that did at `known_at`.

    Args:
        known_at: the moment of the question; what took effect later does not exist yet. Approval is told as of now.
    """
    rows = Observation.objects.select_related("region", "unit", "definition").exclude(
        status=Observation.Status.WITHDRAWN
    )
    if known_at is None:
        rows = rows.filter(current=True)
    else:
        rows = rows.filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=known_at), effective_at__lte=known_at)
    return rows if isinstance(reader, _System) else visible(reader, rows)


def value(
    indicator: str,
    region: Region | str,
    period: Period | str,
    *,
    dimensions: Mapping[str, str] | None = None,
    known_at: datetime | None = None,
    reader: Reader = None,
) -> Observation | None:
    """The value of one indicator for a region (row or code) and period; None where there is none to see."""
    code = region.code if isinstance(region, Region) else region
    rows = observations(reader, known_at=known_at).filter(
        indicator=indicator,
        region__code=code,
        period=str(period),
        dimensions=dimensions_key(dimensions or {}),
    )
    return rows.order_by("-version").first()


def series(
    indicator: str,
    region: Region | str,
    *,
    first: Period | str = "",
    last: Period | str = "",
    frequency: str = "",
    dimensions: Mapping[str, str] | None = None,
    known_at: datetime | None = None,
    reader: Reader = None,
) -> list[Observation]:
    """The values of one indicator and region in order of time, from the first to the last period, both included."""
    code = region.code if isinstance(region, Region) else region
    rows = observations(reader, known_at=known_at).filter(
        indicator=indicator, region__code=code, dimensions=dimensions_key(dimensions or {})
    )
    if first:
        rows = rows.filter(first__gte=parse_period(str(first)).first)
    if last:
        rows = rows.filter(last__lte=parse_period(str(last)).last)
    if frequency:
        rows = rows.filter(frequency=frequency)
    return list(rows.order_by("first", "frequency"))


def table(
    indicators: Iterable[str],
    regions: Iterable[Region],
    period: Period | str,
    *,
    dimensions: Mapping[str, str] | None = None,
    known_at: datetime | None = None,
    reader: Reader = None,
) -> dict[tuple[str, str], Observation]:
    """(indicator, region code) → value of the period, for those that there are."""
    rows = observations(reader, known_at=known_at).filter(
        indicator__in=list(indicators),
        region__in=list(regions),
        period=str(period),
        dimensions=dimensions_key(dimensions or {}),
    )
    return {(row.indicator, row.region.code): row for row in rows}


def latest_values(
    *,
    indicators: Iterable[str] | None = None,
    regions: Iterable[Region],
    frequency: str = "",
    before: Period | str = "",
    approved: bool = False,
    reader: Reader = None,
) -> dict[tuple[str, str], Observation]:
    """(indicator, region code) → newest value without break-down that has a figure.

    A period that is over comes before one that still runs, whose value is not whole yet.

    Args:
        frequency: of which frequency; left out: of each indicator's own.
        before: only periods that end before this one begins.
        approved: leave provisional values out.
    """
    rows = observations(reader).filter(dimensions="", value__isnull=False, region__in=list(regions))
    if indicators is not None:
        rows = rows.filter(indicator__in=list(indicators))
    rows = rows.filter(frequency=frequency) if frequency else rows.filter(_own_frequencies())
    if before:
        rows = rows.filter(last__lt=parse_period(str(before)).first)
    if approved:
        rows = rows.filter(status=Observation.Status.APPROVED)
    over = Case(When(last__lt=timezone.localdate(), then=Value(0)), default=Value(1))
    newest = Window(RowNumber(), partition_by=["indicator", "region"], order_by=[over.asc(), F("last").desc(), "-pk"])
    found = rows.annotate(newest=newest).filter(newest=1).order_by("indicator", "region__code")
    return {(row.indicator, row.region.code): row for row in found}


def _own_frequencies() -> Q:
    """Values of the frequency that their indicator is made for."""
    groups: dict[str, list[str]] = {}
    for declared in definitions():
        groups.setdefault(declared.frequency, []).append(declared.code)
    condition = Q(pk__in=[])
    for frequency, codes in groups.items():
        condition |= Q(frequency=frequency, indicator__in=codes)
    return condition


def versions_of(observation: Observation) -> QuerySet[Observation]:
    """All versions of a value, the newest first."""
    return Observation.objects.filter(
        indicator=observation.indicator,
        region=observation.region_id,
        period=observation.period,
        dimensions=observation.dimensions,
    ).order_by("-version")
