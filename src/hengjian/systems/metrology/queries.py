"""Reads: rates of verification, the lists of what is due, coverage of reference standards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from hengjian.methods.ratios import Ratio
from hengjian.methods.verification_rates import NOTHING, Due, VerificationRates, verification_rates
from hengjian.parties.models import Region
from hengjian.registers.catalogue import register_type
from hengjian.registers.queries import counting, entries
from hengjian.systems.metrology.models import Instrument, Verification
from hengjian.systems.metrology.rules import Period

#: by what the rates may be broken down: the field of the instrument
BREAKDOWNS = ("place_kind", "type_code", "region", "purpose")


@dataclass(frozen=True)
class RateLine:
    """The rates of one group; `code` is its value of the breakdown."""

    code: str
    rates: VerificationRates


def rates(
    instruments: QuerySet[Instrument], period: Period, by: str = "place_kind", as_of: date | None = None
) -> tuple[list[RateLine], VerificationRates]:
    """受检率, 合格率 and coverage by place kind, type, region or purpose, and in total; periodic verification only.

    Args:
        instruments: those that the reader may see.
        as_of: the day of reckoning; None: the end of the period.
    """
    if by not in BREAKDOWNS:
        raise ValueError(f"no breakdown by {by!r}; there are {', '.join(BREAKDOWNS)}")
    column = "region__code" if by == "region" else by
    chosen = instruments.filter(scheme="periodic")
    groups: dict[str, list[Due]] = defaultdict(list)
    span = (period.first, period.last)
    met = Verification.objects.filter(attempt=1, due_on__range=span, instrument__in=chosen.values("pk"))
    for code, due_on, verified_on, result in met.values_list(
        f"instrument__{column}", "due_on", "verified_on", "result"
    ).iterator():
        if due_on is not None:
            groups[code].append(Due(due_on, verified_on, result == Verification.Result.PASSED))
    for code, due_on, stopped_on in chosen.filter(next_due__range=span).values_list(
        column, "next_due", "stopped_on"
    ).iterator():  # fmt: skip
        if due_on is not None:
            groups[code].append(Due(due_on, stopped_on=stopped_on))
    lines = [
        RateLine(code, verification_rates(items, period.first, period.last, as_of)) for code, items in groups.items()
    ]
    total = sum((line.rates for line in lines), NOTHING)
    return sorted(lines, key=lambda line: (-line.rates.timely.whole, line.code)), total


def due_list(instruments: QuerySet[Instrument], period: Period, scheme: str = "") -> QuerySet[Instrument]:
    """In use, and due for verification or replacement in the period or overdue before it; earliest first."""
    rows = instruments.filter(status="in_use", next_due__lte=period.last)
    if scheme:
        rows = rows.filter(scheme=scheme)
    return rows.order_by("next_due", "pk")


@dataclass(frozen=True)
class CoverageLine:
    """Needs of one region: projects covered by a valid reference standard there or above, of those needed."""

    region: Region
    ratio: Ratio
    missing: tuple[str, ...]


def coverage(regions: Iterable[Region], on: date) -> list[CoverageLine]:
    """量传覆盖率 by region; a standard of the prefecture or province covers the counties below it."""
    standards = entries("reference_standard").filter(counting(register_type("reference_standard"), on))
    covered: dict[str, set[str]] = defaultdict(set)
    for code, project in standards.values_list("region__code", "extras__project"):
        if project:
            covered[project].add(code)
    needed = entries("traceability_need").filter(counting(register_type("traceability_need"), on))
    wanted: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for region, project, title in needed.values_list("region", "extras__project", "title"):
        wanted[region].append((project, title))
    found = []
    for region in regions:
        here = wanted.get(region.pk, [])
        reach = {above.code for above in Region.objects.above(region)} if here else set()
        lacking = tuple(title for project, title in here if not covered.get(project, set()) & reach)
        if here:
            found.append(CoverageLine(region, Ratio(len(here) - len(lacking), len(here)), lacking))
    return found


def overdue(instruments: QuerySet[Instrument], on: date) -> QuerySet[Instrument]:
    """In use although the due day has passed."""
    return instruments.filter(Q(status="in_use") & Q(next_due__lt=on))
