"""What the system already knows about an item of an object: its number, facts that prove it, work that was spared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _

from hengjian.assessment.models import Entry, Evidence, EvidenceUse, Mark, Round
from hengjian.indicators.queries import SYSTEM, observations
from hengjian.ledger.kinds import title_of
from hengjian.ledger.models import Fact
from hengjian.ledger.queries import facts
from hengjian.parties.models import Region
from hengjian.plans.models import Duty
from hengjian.rulebook.parameters.assessment_schemes import DataSource

OFFERED = 8


@dataclass(frozen=True)
class Offer:
    """A number that fills an item.

    Attributes:
        value: the number, with `low` and `high` where it is an estimate.
        text: what it is made of, in one sentence.
        provisional, assumed: marks that go with it wherever it goes.
        url: the page that opens it down to its facts.
    """

    item: str
    kind: str
    code: str
    fills: str
    value: Decimal
    text: str
    low: Decimal | None = None
    high: Decimal | None = None
    provisional: bool = False
    assumed: tuple[str, ...] = ()
    period: str = ""
    url: str = ""
    facts: tuple[str, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """JSON values, kept with the mark."""
        return {
            "kind": self.kind,
            "code": self.code,
            "value": str(self.value),
            "text": self.text,
            "low": None if self.low is None else str(self.low),
            "high": None if self.high is None else str(self.high),
            "provisional": self.provisional,
            "assumed": list(self.assumed),
            "period": self.period,
            "url": self.url,
        }


def offers(row: Round, entries: Iterable[Entry]) -> dict[int, dict[str, list[Offer]]]:
    """Entry id → item → numbers on offer; one query per kind of source, whatever the number of objects."""
    found: dict[int, dict[str, list[Offer]]] = {}
    chosen = list(entries)
    sources = row.content.scheme.sources
    by_indicator = [source for source in sources if source.kind == "indicator"]
    observed = _observed(row, by_indicator, chosen)
    duties = _duties(row, chosen) if any(source.kind == "plan" for source in sources) else {}
    for entry in chosen:
        mine: dict[str, list[Offer]] = {}
        for source in sources:
            one: Offer | None = None
            if source.kind == "indicator":
                one = observed.get((source, entry.region_id))
            elif source.kind == "plan":
                one = _plan(source, duties.get(entry.pk))
            else:
                one = _count(source, row, entry)
            if one is not None:
                mine.setdefault(source.item, []).append(one)
        found[entry.pk] = mine
    return found


def _observed(row: Round, sources: list[DataSource], entries: list[Entry]) -> dict[tuple[DataSource, int], Offer]:
    if not sources:
        return {}
    regions = {entry.region_id for entry in entries}
    codes = {source.code for source in sources}
    this = row.period
    values = observations(SYSTEM).filter(
        indicator__in=codes, region__in=regions, dimensions="", period__in=[this.code, this.shift(-1).code]
    )
    found: dict[tuple[DataSource, int], Offer] = {}
    for value in values:
        for source in sources:
            # A reference is last year's figure; a value is this year's.
            wanted = this if source.fills == "value" else this.shift(-1)
            if value.indicator != source.code or value.period != wanted.code or value.value is None:
                continue
            parts = ""
            if value.numerator is not None and value.denominator is not None:
                parts = f"{_plain(value.numerator)} / {_plain(value.denominator)}"
            found[source, value.region_id] = Offer(
                source.item,
                "indicator",
                source.code,
                source.fills,
                _rounded(value.value),
                _("%(name)s %(period)s：%(parts)s")
                % {
                    "name": value.definition.body.get("title", value.indicator),
                    "period": value.period,
                    "parts": parts or _plain(value.value),
                },
                None if value.low is None else _rounded(value.low),
                None if value.high is None else _rounded(value.high),
                value.status == value.Status.PROVISIONAL,
                tuple(str(one) for one in value.assumptions),
                value.period,
                address(value),
            )
    return found


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rounded(number: Decimal) -> Decimal:
    return Decimal(_plain(number.quantize(Decimal("0.0001"))))


def _duties(row: Round, entries: list[Entry]) -> dict[int, dict[str, int]]:
    """Entry id → duties of the unit (or of the region's plans) that fell due in the window: all, closed, in time."""
    within = Q(due_on__range=(row.period_start, row.period_end))
    figures = {
        "all": Count("pk"),
        "done": Count("pk", filter=Q(state=Duty.State.CLOSED)),
        "on_time": Count("pk", filter=Q(state=Duty.State.CLOSED, completed_on__lte=F("due_on"))),
    }
    duties = Duty.objects.filter(within).exclude(state__in=[Duty.State.WITHDRAWN, Duty.State.PENDING]).order_by()
    found: dict[int, dict[str, int]] = {}
    if row.content.scheme.objects == "departments":
        rows: dict[Any, Any] = {one["unit"]: one for one in duties.values("unit").annotate(**figures)}
        found = {entry.pk: rows[entry.unit_id] for entry in entries if entry.unit_id in rows}
    else:
        by_region: dict[Any, Any] = {
            one["task__plan__region"]: one for one in duties.values("task__plan__region").annotate(**figures)
        }
        found = {entry.pk: by_region[entry.region_id] for entry in entries if entry.region_id in by_region}
    return found


def _plan(source: DataSource, figures: dict[str, int] | None) -> Offer | None:
    if not figures or not figures["all"]:
        return None
    done, whole = figures[source.code], figures["all"]
    words = (
        _("计划任务 %(all)s 项，办结 %(n)s 项")
        if source.code == "done"
        else _("计划任务 %(all)s 项，按时办结 %(n)s 项")
    )
    value = (Decimal(done) * 100 / whole).quantize(Decimal("0.01"))
    return Offer(source.item, "plan", source.code, source.fills, value, words % {"all": whole, "n": done})


def _count(source: DataSource, row: Round, entry: Entry) -> Offer | None:
    rows = about(entry, row, [source.code])
    ids = [str(pk) for pk in rows.values_list("id", flat=True)[:50]]
    words = _("台账中“%(kind)s”%(n)s 条") % {"kind": title_of(source.code), "n": (n := rows.count())}
    return Offer(source.item, "facts", source.code, source.fills, Decimal(n), words, facts=tuple(ids))


@dataclass(frozen=True)
class FactOffer:
    """A fact that may serve as evidence."""

    fact: str
    label: str
    kind: str
    day: Any


def about(entry: Entry, row: Round, kinds: Iterable[str]) -> Any:
    """Facts of the kinds within the window that concern the object: its region and below, or the department itself."""
    rows = facts(disclosure="shared", kinds=kinds).filter(occurred_on__range=(row.period_start, row.period_end))
    if row.content.scheme.objects == "departments":
        return rows.filter(source_unit=entry.unit.ref)
    return rows.filter(region__in=list(Region.objects.within(entry.region).values_list("code", flat=True)))


def offered_facts(entry: Entry, item: str, most: int | None = OFFERED) -> list[FactOffer]:
    """Facts of the kinds that the scheme names for the item, newest first."""
    row = entry.round
    kinds = row.content.scheme.facts.get(item, ())
    if not kinds:
        return []
    rows = about(entry, row, kinds).order_by("-occurred_on", "-leaf_index")
    return [FactOffer(str(fact.id), label_of(fact), fact.kind, fact.occurred_on) for fact in rows[: most or 500]]


def label_of(fact: Fact) -> str:
    """One line about a fact."""
    payload = fact.payload if isinstance(fact.payload, dict) else {}
    words = next((payload[key] for key in ("result", "title", "name", "label") if payload.get(key)), "")
    kind = title_of(fact.kind)
    return f"{fact.occurred_on} {kind}{'：' if words else ''}{words}"[:190]


def used(entries: Iterable[Entry]) -> dict[tuple[int, str], list[EvidenceUse]]:
    """(entry id, item) → evidence."""
    found: dict[tuple[int, str], list[EvidenceUse]] = {}
    rows = EvidenceUse.objects.filter(entry__in=[entry.pk for entry in entries]).select_related("evidence")
    for use in rows:
        found.setdefault((use.entry_id, use.item), []).append(use)
    return found


def reusable(entry: Entry, item: str) -> list[Evidence]:
    """What the unit has brought forward before and does not use at this item yet, last used first."""
    rows = Evidence.objects.filter(unit=entry.unit_id).exclude(uses__entry=entry, uses__item=item)
    return list(rows.order_by("-pk")[:20])


@dataclass(frozen=True)
class Saved:
    """Work that was spared (减负): uses of evidence that was there already, facts instead of uploads, numbers that
    nobody had to type."""

    reused: int
    facts: int
    numbers: int

    @property
    def total(self) -> int:
        return self.reused + self.facts + self.numbers


def saved(row: Round, entry: Entry | None = None) -> Saved:
    """What a round (or one object in it) did not have to file again."""
    uses = EvidenceUse.objects.filter(entry__round=row)
    marks = Mark.objects.filter(entry__round=row, current=True, stage=Mark.Stage.SELF).exclude(source={})
    if entry is not None:
        uses, marks = uses.filter(entry=entry), marks.filter(entry=entry)
    files = uses.filter(evidence__kind=Evidence.Kind.FILE)
    uploaded = files.filter(evidence__added_at__gte=row.opened_at).values("evidence").distinct().count()
    return Saved(files.count() - uploaded, uses.filter(evidence__kind=Evidence.Kind.FACT).count(), marks.count())


def uncertainty(source: Mapping[str, Any]) -> tuple[Decimal, Decimal] | None:
    """The interval of an offered number, kept with its mark."""
    low, high = source.get("low"), source.get("high")
    return (Decimal(low), Decimal(high)) if low and high else None


def address(value: Any) -> str:
    """The page of a value or target of an indicator."""
    try:
        return value.get_absolute_url()
    except NoReverseMatch:
        return ""
