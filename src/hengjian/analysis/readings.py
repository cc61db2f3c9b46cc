"""Values of the room of indicators as readings: the only module here that knows how they are stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from hengjian.analysis.rules.reading import Reading
from hengjian.indicators import queries
from hengjian.indicators.declarations import Definition
from hengjian.indicators.models import DefinitionVersion, Observation, Target
from hengjian.indicators.queries import SYSTEM, Reader
from hengjian.methods.periods import Period, parse_period
from hengjian.parties.models import Region
from hengjian.parties.policies import visible


def language() -> str:
    return get_language() or "zh"


# What a digest says never changes, so it is read and checked once.
_definitions: dict[str, Definition] = {}


def loaded(rows: QuerySet[Observation]) -> list[Observation]:
    """The rows without their heavy columns; definitions that are not known yet come by one query for all."""
    found = list(rows.defer("definition__body", "inputs"))
    unknown = {row.definition_id for row in found if row.definition.digest not in _definitions}
    if unknown:
        for digest, body in DefinitionVersion.objects.filter(pk__in=unknown).values_list("digest", "body"):
            _definitions[digest] = Definition.model_validate(body)
    return found


def definition_of(row: Observation) -> Definition:
    """What the value meant when it was made."""
    digest = row.definition.digest
    if digest not in _definitions:
        _definitions[digest] = row.definition.definition
    return _definitions[digest]


def reading(row: Observation, tongue: str = "") -> Reading:
    """A value with everything that must stand beside it; `tongue`: "zh" or "en", the reader's own if left out."""
    tongue = tongue or language()
    declared = definition_of(row)
    english = tongue.startswith("en")
    return Reading(
        code=row.indicator,
        title=declared.said(tongue),
        region=row.region.code,
        place=row.region.name,
        period=row.when,
        value=row.value,
        scale=declared.scale,
        unit=(declared.unit_en or declared.unit) if english else declared.unit,
        decimals=declared.decimals,
        direction=declared.direction,
        family=declared.family,
        theme=declared.theme,
        numerator=row.numerator,
        denominator=row.denominator,
        low=row.low,
        high=row.high,
        n=row.n,
        status=row.status,
        marks=marks_of(row, tongue),
        selection=declared.selection,
        edition=row.rule,
        version=str(row.definition.number),
        public=row.public and row.status == Observation.Status.APPROVED,
        url=row.get_absolute_url(),
        pk=row.pk,
        meaning=meaning_of(declared, english),
        dimensions=row.broken_down,
    )


def meaning_of(declared: Definition, english: bool = False) -> str:
    """ "合格样品数 ÷ 全部样品数", and nothing more than the numerator for a plain count."""
    parts = [declared.numerator] + ([declared.denominator] if declared.denominator else [])
    words = [(part.description_en or part.description) if english else part.description for part in parts]
    return " ÷ ".join(words)


def marks_of(row: Observation, tongue: str = "zh") -> tuple[str, ...]:
    """What a value rests on that no official source fixes, in words."""
    english = tongue.startswith("en")
    said = []
    for mark in row.assumptions:
        words = mark if isinstance(mark, dict) else {"title": str(mark)}
        said.append(str((words.get("title_en") if english else "") or words["title"]))
    return tuple(dict.fromkeys(said))


def one_series(rows: Sequence[Observation]) -> list[Observation]:
    """Of the values of one thing in order of time those that make one series: of the frequency that the indicator is
    made for, else of the last value's; without the periods that still run, unless there are no others."""
    today = timezone.localdate()
    over = [row for row in rows if row.last < today] or list(rows)
    own = definition_of(over[-1]).frequency
    frequency = own if any(row.frequency == own for row in over) else over[-1].frequency
    return [row for row in over if row.frequency == frequency]


def history(
    regions: Iterable[Region | str], reader: Reader, *, indicators: Iterable[str] | None = None, periods: int = 8
) -> dict[tuple[str, str], list[Reading]]:
    """(indicator, region code) → its last values without break-down in order of time, of one frequency. One query."""
    codes = [region.code if isinstance(region, Region) else region for region in regions]
    rows = queries.observations(reader).filter(dimensions="", region__code__in=codes, value__isnull=False)
    if indicators is not None:
        rows = rows.filter(indicator__in=list(indicators))
    found: dict[tuple[str, str], list[Observation]] = {}
    for row in loaded(rows.order_by("indicator", "last", "-first")):
        found.setdefault((row.indicator, row.region.code), []).append(row)
    return {key: [reading(row) for row in one_series(each)[-periods:]] for key, each in found.items()}


def available(regions: Iterable[Region], reader: Reader) -> list[Definition]:
    """The indicators that have a value to see in one of the regions, by code."""
    rows = queries.observations(reader).filter(dimensions="", value__isnull=False, region__in=list(regions))
    newest = rows.order_by().values("indicator").annotate(newest=Max("pk")).values("newest")
    found = queries.observations(SYSTEM).filter(pk__in=newest).order_by("indicator")
    return [definition_of(row) for row in loaded(found)]


def of_period(
    indicators: Iterable[str], regions: Iterable[Region], period: Period | str, reader: Reader
) -> dict[tuple[str, str], Reading]:
    """(indicator, region code) → value of the period."""
    found = queries.table(indicators, regions, period, reader=reader)
    return {key: reading(row) for key, row in found.items()}


def broken_down(
    indicator: str, region: Region, dimension: str, reader: Reader, period: Period | str = ""
) -> list[Reading]:
    """The values of an indicator by one break-down, of the period or the newest that has any, greatest part first."""
    rows = queries.observations(reader).filter(
        indicator=indicator, region=region, dimensions__startswith=f"{dimension}=", value__isnull=False
    )
    rows = rows.exclude(dimensions__contains=";")
    if not period:
        newest = rows.order_by("-last", "first").values_list("period", flat=True).first()
        period = newest or ""
    found = [reading(row) for row in loaded(rows.filter(period=str(period)))]
    return sorted(found, key=lambda each: (-(each.denominator or each.numerator or Decimal(0)), str(each.dimensions)))


def targets(regions: Iterable[Region], reader: Reader) -> dict[tuple[str, str], Target]:
    """(indicator, region code) → the target in force that is due next."""
    rows = Target.objects.filter(state=Target.State.ACTIVE, dimensions="", region__in=list(regions))
    if reader is not SYSTEM:
        rows = visible(reader, rows)  # type: ignore[arg-type]
    found: dict[tuple[str, str], Target] = {}
    for row in rows.select_related("region").order_by("-due_on"):
        found[(row.indicator, row.region.code)] = row
    return found


def owners(region: Region, reader: Reader) -> dict[str, str]:
    """Indicator → name of the unit that answers for its values there."""
    rows = queries.observations(reader).filter(region=region, dimensions="", unit__isnull=False)
    found = rows.order_by("indicator", "last").values_list("indicator", "unit__short_name", "unit__name")
    return {code: short or name for code, short, name in found}


def period_or_none(code: str) -> Period | None:
    """A period of an address; None where it is none."""
    try:
        return parse_period(code)
    except ValueError:
        return None


__all__ = [
    "SYSTEM",
    "Reader",
    "available",
    "broken_down",
    "definition_of",
    "history",
    "language",
    "loaded",
    "of_period",
    "one_series",
    "owners",
    "period_or_none",
    "queries",
    "reading",
    "targets",
]
