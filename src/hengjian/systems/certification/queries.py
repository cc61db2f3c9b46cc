"""Reads: capability by region and field, renewals ahead, services and requests that fit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from hengjian.cases.models import Case
from hengjian.registers.catalogue import register_type
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import counting, entries
from hengjian.registers.recurring import renewal_day
from hengjian.systems.certification import rules
from hengjian.systems.certification.models import Certificate, TestReport


@dataclass(frozen=True)
class Capability:
    """How many valid bodies work in each field, by region.

    Attributes:
        regions, fields: codes in the order of the table; `names` of the regions.
        counts: (region, field) → number of bodies.
        corps: how many of them belong to the Corps.
    """

    regions: tuple[str, ...]
    fields: tuple[str, ...]
    names: dict[str, str]
    counts: dict[tuple[str, str], int]
    bodies: int
    corps: int

    def row(self, region: str) -> list[int]:
        return [self.counts.get((region, field), 0) for field in self.fields]

    def total(self, field: str) -> int:
        return sum(self.counts.get((region, field), 0) for region in self.regions)


def capability(on: date, fields: Iterable[str]) -> Capability:
    """Bodies whose approval holds on a day; only fields that some body has."""
    rows = entries("institution").filter(counting(register_type("institution"), on)).select_related("region")
    bodies: list[tuple[str, list[str]]] = []
    names: dict[str, str] = {}
    corps = 0
    for row in rows:
        bodies.append((row.region.code, list(row.extras.get("fields") or [])))
        names[row.region.code] = row.region.name
        corps += bool(row.extras.get("corps"))
    counts = dict(rules.capability(bodies))
    used = {field for _region, field in counts}
    return Capability(
        tuple(sorted(names)), tuple(code for code in fields if code in used), names, counts, len(bodies), corps
    )


@dataclass(frozen=True)
class Renewal:
    """A body or certificate whose last day for renewal lies ahead or has passed while it is still valid."""

    entry: EntryBase
    apply_by: date

    def is_late(self, on: date) -> bool:
        return self.apply_by < on


def renewals(rows: QuerySet[EntryBase], on: date, days: int = 180, most: int = 50) -> list[Renewal]:
    """Valid entries of one register that end within so many days, earliest first, with the last day to apply."""
    found: list[Renewal] = []
    ending = rows.filter(status="valid", valid_to__gte=on, valid_to__lte=on + timedelta(days=days))
    for entry in ending.select_related("unit", "region", "filer").order_by("valid_to", "pk")[:most]:
        assert entry.valid_to is not None
        day = renewal_day(register_type(entry.register), entry.valid_to, entry.region.code)
        found.append(Renewal(entry, day or entry.valid_to))
    return found


def flagged_reports() -> QuerySet[TestReport]:
    """Reports whose body was not entitled on their day."""
    return TestReport.objects.filter(register="test_report").exclude(flag="").exclude(status="withdrawn")


def certificates_of(holder: str) -> QuerySet[Certificate]:
    return Certificate.objects.filter(register="certificate", holder=holder).order_by("scheme", "key")


# ---- one-stop services


def services() -> QuerySet[EntryBase]:
    """What is offered today."""
    return entries("quality_service").filter(status="offered").order_by("key")


def fits(case: Case, offered: Iterable[EntryBase] | None = None) -> list[tuple[EntryBase, rules.Fit]]:
    """The services that fit a request best, with the words that they share."""
    rows = list(services() if offered is None else offered)
    by_key = {row.key: row for row in rows}
    known = [rules.Service(row.key, row.value("element"), words_of(row)) for row in rows]
    need = f"{case.data.get('need') or ''} {case.data.get('product') or ''}"
    return [(by_key[fit.key], fit) for fit in rules.match(need, str(case.data.get("element") or ""), known)]


def words_of(row: EntryBase) -> str:
    return " ".join(str(row.value(code) or "") for code in ("name", "content", "keywords", "trades"))


def waiting_requests(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Requests to be triaged, the most urgent first."""
    return rows.filter(type="nqi_demand", state="filed").order_by("due_at", "pk")
