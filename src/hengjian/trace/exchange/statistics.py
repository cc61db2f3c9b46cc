"""How tracing runs: coverage by region and month, firms, and lots that were sent and never arrived."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from hengjian import rulebook
from hengjian.methods.periods import Period
from hengjian.parties.models import Region
from hengjian.registers.queries import entries
from hengjian.rulebook.base import Rule
from hengjian.rulebook.parameters.trace_evaluation import TraceEvaluation
from hengjian.trace.events.models import Event, EventThing
from hengjian.trace.exchange.hosts import host
from hengjian.trace.exchange.lots import node_uri
from hengjian.trace.exchange.models import ExchangeBatch, Lookup

SENT = ("shipping", "departing")
ARRIVED = ("receiving", "accepting", "arriving")
MOST_MISSING = 500


@dataclass
class Figures:
    """Parts of the shares; see `facts.Coverage`."""

    subjects: int = 0
    uploading: int = 0
    events: int = 0
    timely: int = 0
    shipped: int = 0
    matched: int = 0
    rows: int = 0
    clean: int = 0
    lookups: int = 0

    def add(self, other: Figures) -> None:
        for item in fields(self):
            setattr(self, item.name, getattr(self, item.name) + getattr(other, item.name))

    @property
    def shares(self) -> dict[str, tuple[int, int]]:
        """Numerator and denominator of each item of the evaluation."""
        return {
            "upload": (self.uploading, self.subjects),
            "timely": (self.timely, self.events),
            "chain": (self.matched, self.shipped),
            "clean": (self.clean, self.rows),
        }


@dataclass
class Row:
    """One region (or firm) with its figures and points."""

    name: str
    code: str
    figures: Figures
    score: Decimal | None = None
    last: date | None = None
    shares: list[tuple[int, int]] = field(default_factory=list)


def evaluation_rule(region: str, on: date) -> Rule:
    return rulebook.at("trace_evaluation", region, on)


def month_bounds(period: Period) -> tuple[datetime, datetime]:
    """First moment of the period and of the next one."""
    zone = timezone.get_current_timezone()
    start = datetime.combine(period.first, time.min, zone)
    return start, datetime.combine(period.last + timedelta(days=1), time.min, zone)


def by_region(period: Period, root: Region) -> list[Row]:
    """The regions directly below `root` (or `root` alone) with everything inside them, then `root` as a whole."""
    inside = list(Region.objects.within(root).values_list("pk", "code", "parent_id", "name", "level"))
    parents = {pk: parent for pk, _code, parent, _name, _level in inside}
    codes = {code: pk for pk, code, _parent, _name, _level in inside}
    counted = _count(period, set(parents), codes)
    children = [(pk, code, name) for pk, code, parent, name, _level in inside if parent == root.pk]
    totals: dict[int, Figures] = defaultdict(Figures)
    for place, figures in counted.items():
        here: int | None = place
        while here is not None and here in parents:
            totals[here].add(figures)
            here = parents[here] if here != root.pk else None
    rule = evaluation_rule(root.code, period.last).typed(TraceEvaluation)
    rows = [_row(name, code, totals[pk], rule) for pk, code, name in sorted(children, key=lambda row: row[1])]
    return [*rows, _row(root.name, root.code, totals[root.pk], rule)]


def _row(name: str, code: str, figures: Figures, rule: TraceEvaluation) -> Row:
    shares = figures.shares
    return Row(name, code, figures, rule.score(shares), shares=[shares[item.code] for item in rule.items])


def _count(period: Period, places: set[int], codes: dict[str, int]) -> dict[int, Figures]:
    start, end = month_bounds(period)
    found: dict[int, Figures] = defaultdict(Figures)
    for row in subjects_with_uploads(start, end, places):
        found[row["region_id"]].subjects += 1
        found[row["region_id"]].uploading += row["uploads"]
    recorded = Event.objects.filter(record_time__gte=start, record_time__lt=end, party__region__in=places)
    recorded = recorded.filter(declaration="")
    hours = evaluation_rule(rulebook.NATIONAL, period.last).typed(TraceEvaluation).timely_hours
    late = ExpressionWrapper(F("record_time") - F("event_time"), output_field=DurationField())
    told = (
        recorded.annotate(late=late)
        .order_by()
        .values("party__region")
        .annotate(all=Count("pk"), timely=Count("pk", filter=Q(late__lte=timedelta(hours=hours))))
    )
    for by_place in told:
        found[by_place["party__region"]].events += by_place["all"]
        found[by_place["party__region"]].timely += by_place["timely"]
    lots = sent(start, end).filter(event__party__region__in=places).order_by().values("event__party__region")
    for lot in lots.annotate(all=Count("pk"), matched=Count("pk", filter=Q(arrived=True))):
        found[lot["event__party__region"]].shipped += lot["all"]
        found[lot["event__party__region"]].matched += lot["matched"]
    files = ExchangeBatch.objects.filter(created_at__gte=start, created_at__lt=end, region__in=places)
    for file in files.order_by().values("region").annotate(all=Sum("rows"), fine=Sum("good")):
        found[file["region"]].rows += file["all"]
        found[file["region"]].clean += file["fine"]
    asked = Lookup.objects.filter(day__gte=period.first, day__lte=period.last, region__in=list(codes))
    for code in asked.order_by().values("region").annotate(n=Sum("count")):
        found[codes[code["region"]]].lookups += code["n"]
    return found


def subjects_with_uploads(start: datetime, end: datetime, places: Iterable[int]) -> list[dict[str, Any]]:
    """Trace subjects in use, each with whether it uploaded in the period (`uploads`, 0 or 1) and when last (`last`)."""
    recorded = Event.objects.filter(record_time__gte=start, record_time__lt=end, declaration="")
    by_party: dict[str, datetime] = {}
    for key, at in recorded.order_by().values_list("party__key").annotate(at=Max("record_time")):
        by_party[key.upper()] = at
    by_place: dict[str, datetime] = dict(
        recorded.exclude(biz_location="").order_by().values_list("biz_location").annotate(at=Max("record_time"))
    )
    rows = entries("trace_subject").filter(status="active", region__in=list(places), created_at__lt=end)
    found = []
    for row in rows.values("pk", "key", "title", "region_id", "subject", "region__name").order_by("key"):
        last = by_place.get(node_uri(host(), row["key"])) or by_party.get(row["subject"].removeprefix("enterprise:"))
        found.append({**row, "uploads": int(last is not None), "last": last})
    return found


def sent(start: datetime, end: datetime) -> QuerySet[EventThing]:
    """Lots and items sent to another node in a period, with `arrived`: whether anybody received them afterwards."""
    arrival = EventThing.objects.filter(
        key=OuterRef("key"),
        event__biz_step__in=ARRIVED,
        event__event_time__gte=OuterRef("event__event_time") - timedelta(hours=1),
    )
    rows = EventThing.objects.filter(
        event__biz_step__in=SENT, event__event_time__gte=start, event__event_time__lt=end, event__declaration=""
    )
    return rows.annotate(arrived=Exists(arrival))


def missing(period: Period, places: Sequence[int]) -> list[EventThing]:
    """What was sent and never received, oldest first, `MOST_MISSING` at most."""
    start, end = month_bounds(period)
    rows = sent(start, end).filter(Q(arrived=False), event__party__region__in=list(places))
    return list(rows.select_related("event__party__region").order_by("event__event_time", "pk")[:MOST_MISSING])
