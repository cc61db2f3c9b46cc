"""Reads of the room: campaigns, findings of inspections, what is late, lists of a day, ratings, air, insurance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from hengjian import rulebook
from hengjian.cases.models import Case
from hengjian.methods.air_quality import good_days
from hengjian.parties.models import Confidentiality, Unit
from hengjian.parties.policies import may_anywhere, visible
from hengjian.registers.catalogue import register_type
from hengjian.registers.declarations import RegisterType
from hengjian.registers.models import Entry, EntryBase, EntryVersion
from hengjian.registers.queries import counting, entries
from hengjian.rulebook.parameters.air import AirQuality
from hengjian.rulebook.parameters.grades import Grades
from hengjian.systems.supervision import rules
from hengjian.systems.supervision.actions import FINDING

INSPECTION = "inspection"
# Registers whose entries have to be done by a day: (register, day field, statuses in which the work is still open).
DUTIES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("boiler", "due_on", ("running",)),
    ("exit_item", "due_on", ("listed",)),
    ("deliverable", "due_on", ("draft", "consult", "review")),
    ("meeting_decision", "due_on", ("open",)),
    ("quality_publication", "due_on", ("due",)),
    ("port_review", "due_on", ("planned",)),
)


def visible_entries(user: Any, code: str) -> QuerySet[Any]:
    """Entries of a register that the reader may see."""
    rows: QuerySet[Any] = visible(user, entries(code))
    return rows


# ---- campaigns


def reporting_units(rows: Iterable[EntryBase]) -> list[Unit]:
    """Who reports: every unit that has reported once, by region."""
    found = {row.unit_id: row.unit for row in rows}
    return sorted(found.values(), key=lambda unit: (unit.region.code, unit.pk))


def campaign_rows(campaign: EntryBase, user: Any) -> list[EntryBase]:
    """The figures of a campaign that count and that the reader may see.

    Figures are reported to the unit that leads the campaign: its people see those of all units.
    """
    declared = register_type("campaign_figures")
    leads = user.unit_id == campaign.unit_id and may_anywhere(user, "registers.view")
    rows = entries(declared.code) if leads else visible_entries(user, declared.code)
    rows = rows.filter(counting(declared), extras__campaign=campaign.key)
    return list(rows.select_related("unit__region").order_by("unit__region__code", "unit_id", "pk"))


def figures_of(row: EntryBase) -> dict[str, Decimal]:
    return {code: Decimal(str(row.value(code) or 0)) for code in rules.FIGURES}


def expected_periods(campaign: EntryBase, today: date) -> list[str]:
    """Periods that should have been reported: all that ended before today within the campaign."""
    first, last = campaign.value("starts_on"), campaign.value("ends_on")
    named = rules.periods_between(date.fromisoformat(first), date.fromisoformat(last), campaign.value("rhythm"))
    return [name for name in named if rules.period_end(name) < today]


def campaign_sums(campaign: EntryBase, user: Any, today: date) -> tuple[rules.Sums, list[EntryBase], dict[str, Unit]]:
    """(totals added up from the rows, the rows, units by the key that the totals use)."""
    rows = campaign_rows(campaign, user)
    units = {unit.key: unit for unit in reporting_units(rows)}
    given = [rules.Row(row.unit.key, str(row.value("period")), figures_of(row)) for row in rows]
    return rules.add_up(given, list(units), expected_periods(campaign, today)), rows, units


# ---- inspections


@dataclass(frozen=True)
class Findings:
    """How the findings of an inspection stand."""

    total: int
    closed: int
    late: int

    @property
    def percent(self) -> int | None:
        """Share struck off, whole per cent, rounded down: 100 means all."""
        return self.closed * 100 // self.total if self.total else None


def findings_of(cases: Iterable[int]) -> dict[int, Findings]:
    """Counts by inspection; findings that were not upheld do not count."""
    now = timezone.now()
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    rows = Case.objects.filter(parent__in=list(cases), type=FINDING).exclude(outcome="dropped")
    for parent, closed_at, due_at in rows.values_list("parent_id", "closed_at", "due_at"):
        count = counts[parent]
        count[0] += 1
        count[1] += closed_at is not None
        count[2] += closed_at is None and due_at is not None and due_at < now
    return {parent: Findings(*count) for parent, count in counts.items()}


# ---- what is late


@dataclass(frozen=True)
class Late:
    """An entry past its day."""

    entry: EntryBase
    declared: RegisterType
    due: date
    days: int


def public_entries(code: str) -> QuerySet[Any]:
    """Entries of a register that everybody may see."""
    shown = [status.code for status in register_type(code).statuses if status.public]
    rows: QuerySet[Any] = entries(code).filter(confidentiality=Confidentiality.PUBLIC, status__in=shown)
    return rows


def late_entries(rows_of: Callable[[str], QuerySet[Any]], today: date, registers: Collection[str] = ()) -> list[Late]:
    """Entries whose day has passed and whose work is still open, the longest late first.

    Args:
        rows_of: code of a register → queryset to look in. On its day an entry is not late; on the next it is.
        registers: only these; empty: all of DUTIES.
    """
    found = []
    for code, field, states in DUTIES:
        if registers and code not in registers:
            continue
        declared = register_type(code)
        rows = rows_of(code).filter(status__in=states, **{f"extras__{field}__lt": today.isoformat()})
        for entry in rows.select_related("unit", "region"):
            due = date.fromisoformat(entry.value(field))
            found.append(Late(entry, declared, due, (today - due).days))
    return sorted(found, key=lambda late: (late.due, late.declared.code, late.entry.pk))


# ---- power lists


def list_units() -> list[Unit]:
    """Units with a confirmed list."""
    ids = EntryVersion.objects.filter(register="power_item", verb="approved").values("entry")
    units = entries("power_item").filter(pk__in=ids).values("unit")
    return list(Unit.objects.filter(pk__in=units).select_related("region").order_by("region__code", "name"))


def list_on(unit: Unit, kind: str, day: date) -> dict[str, dict[str, Any]]:
    """The matters in force on a day as confirmed by then, by their code; `kind` "" takes all three lists.

    A change that a second person has not confirmed yet does not show; what was cancelled is gone from its day on.
    """
    ids = list(entries("power_item").filter(unit=unit).values_list("pk", flat=True))
    confirmed: dict[int, dict[str, Any]] = {}
    standing: dict[int, str] = {}
    versions = EntryVersion.objects.filter(register="power_item", entry__in=ids, valid_from__lte=day)
    for row in versions.order_by("entry", "valid_from", "number"):
        if row.verb == "approved":
            confirmed[row.entry] = row.data
        standing[row.entry] = row.status
    return {
        data["key"]: data
        for pk, data in confirmed.items()
        if standing[pk] == "active" and (not kind or data.get("list_kind") == kind)
    }


# ---- environment


def rating_shares(rows: QuerySet[Entry], year: int) -> rules.Shares:
    """Bands of a year as the ratings that count give them."""
    declared = register_type("environmental_rating")
    found = rows.filter(counting(declared), extras__year=year).values_list("extras__band", flat=True)
    rule = rulebook.at("grades", rulebook.NATIONAL, date(year, 12, 31), "environmental-credit")
    return rules.count_bands(found, [band.grade for band in rule.typed(Grades).bands])


def rated_years(rows: QuerySet[Entry]) -> list[int]:
    return sorted({int(year) for year in rows.values_list("extras__year", flat=True) if year}, reverse=True)


@dataclass(frozen=True)
class Air:
    """Good days of a city in a year: by the table of each day, and all days by the table of 2012."""

    city: str
    good: int
    days: int
    share: Decimal | None
    good_2012: int
    share_2012: Decimal | None
    tables: tuple[str, ...]


def air_of(rows: QuerySet[Entry], year: int) -> list[Air]:
    """Good days per city; two tables in one year are named, because they are different series."""
    good_up_to = rulebook.at("air_quality", rulebook.NATIONAL, date(year, 12, 31)).typed(AirQuality).good_up_to
    cities: dict[str, list[tuple[Any, Any, str]]] = defaultdict(list)
    found = rows.exclude(status="void").filter(key__startswith=f"{year}-")
    for city, aqi, old, table in found.values_list(
        "extras__city", "extras__aqi", "extras__aqi_2012", "extras__table"
    ).order_by("region__code"):
        cities[city].append((aqi, old, table))
    answer = []
    for city, days in cities.items():
        good, known = good_days([aqi for aqi, _old, _table in days], good_up_to)
        good_old, known_old = good_days([old for _aqi, old, _table in days], good_up_to)
        answer.append(
            Air(
                city,
                good,
                known,
                rules.share(good, known),
                good_old,
                rules.share(good_old, known_old),
                tuple(sorted({table.upper().replace("HJ", "HJ ", 1) for _aqi, _old, table in days})),
            )
        )
    return answer


# ---- insurance


@dataclass(frozen=True)
class Line:
    """One line of insurance in a year."""

    code: str
    title: str
    insured: int
    eligible: int
    share: Decimal | None
    premium: Decimal
    claims: int
    paid: Decimal


def insurance_lines(rows: QuerySet[Entry], year: int, language: str) -> list[Line]:
    """Sums by line of the periods that end in the year; coverage from the last period of each unit."""
    declared = register_type("insurance_figures")
    spec = declared.field("line")
    totals: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    last: dict[tuple[str, int], tuple[str, int, int]] = {}
    for row in rows.filter(counting(declared), extras__period_end__startswith=f"{year}-"):
        code = str(row.value("line"))
        for field in ("premium", "claims", "paid"):
            totals[code][field] += Decimal(str(row.value(field) or 0))
        state = (str(row.value("period_end")), int(row.value("insured") or 0), int(row.value("eligible") or 0))
        if state > last.get((code, row.unit_id), ("", 0, 0)):
            last[code, row.unit_id] = state
    lines = []
    for choice in spec.choices:
        if choice.code not in totals:
            continue
        states = [state for (code, _unit), state in last.items() if code == choice.code]
        insured, eligible = sum(state[1] for state in states), sum(state[2] for state in states)
        given: Mapping[str, Decimal] = totals[choice.code]
        lines.append(
            Line(
                choice.code,
                choice.said(language),
                insured,
                eligible,
                rules.share(insured, eligible),
                given["premium"],
                int(given["claims"]),
                given["paid"],
            )
        )
    return lines


def insured_years(rows: QuerySet[Entry]) -> list[int]:
    ends = rows.filter(~Q(extras__period_end=None)).values_list("extras__period_end", flat=True)
    return sorted({int(str(end)[:4]) for end in ends}, reverse=True)
