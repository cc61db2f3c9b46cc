"""How targets stand: actual, gap, needed pace, forecast with interval, light. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.indicators.catalogue import definitions
from hengjian.indicators.declarations import Definition
from hengjian.indicators.models import Observation, Target
from hengjian.indicators.queries import SYSTEM, Reader, observations
from hengjian.indicators.showing import amount, plain
from hengjian.methods.forecasting import Tracking, track
from hengjian.rulebook.parameters.traffic_lights import Light, LightFacts, TrafficLights

YEAR = 365.25


@dataclass(frozen=True)
class Standing:
    """A target with where it stands.

    Attributes:
        latest: the newest value that the reader may see; None: no value yet.
        tracking: gap, pace, forecast (times in years); None without a value.
        light: by the rulebook's convention of traffic lights for the region.
        done, scheduled: percent of the way gone and of the time gone.
    """

    target: Target
    declared: Definition
    latest: Observation | None
    history: tuple[Observation, ...]
    tracking: Tracking | None
    light: Light
    done: Decimal
    scheduled: Decimal

    @property
    def reached(self) -> bool:
        return self.latest is not None and self.latest.value is not None and self.target.met_by(self.latest.value)

    @property
    def missed(self) -> bool:
        """The time is over and the last value does not reach it."""
        return self.target.due_on < timezone.localdate() and not self.reached


def standings(targets: Sequence[Target], reader: Reader = SYSTEM, today: date | None = None) -> list[Standing]:
    """All at once: one query for the values of all targets."""
    today = today or timezone.localdate()
    known = {item.code: item for item in definitions()}
    wanted = Q(pk__in=[])
    for target in targets:
        wanted |= Q(indicator=target.indicator, region=target.region_id, dimensions=target.dimensions)
    rows = observations(reader).filter(wanted, value__isnull=False, first__lte=today).order_by("first")
    by_key: dict[tuple[str, int, str], list[Observation]] = {}
    for row in rows:
        by_key.setdefault((row.indicator, row.region_id, row.dimensions), []).append(row)
    found = []
    for target in targets:
        history = by_key.get((target.indicator, target.region_id, target.dimensions), [])
        if target.indicator in known:
            found.append(_standing(target, known[target.indicator], history, today))
    return found


def _standing(target: Target, declared: Definition, rows: Sequence[Observation], today: date) -> Standing:
    history = [row for row in rows if row.frequency == target.when.frequency and row.first <= target.when.last]
    latest = history[-1] if history else None
    tracking = _track(target, declared, history, today)
    done, scheduled = _way(target, history, latest, today)
    reached = latest is not None and latest.value is not None and target.met_by(latest.value)
    rule = rulebook.at("traffic_lights", target.region.code, min(today, target.due_on)).typed(TrafficLights)
    facts = LightFacts(
        state="closed" if reached and target.due_on < today else "signed",
        days_to_due=(target.due_on - today).days,
        percent=done,
        scheduled=scheduled,
        started=latest is not None,
        missed_now=latest is not None and not reached and target.due_on < today,
        missed_times=1 if latest is not None and not reached and target.due_on < today else 0,
        due=target.due_on,
    )
    return Standing(target, declared, latest, tuple(history), tracking, rule.light(facts), done, scheduled)


def _at(day: date) -> float:
    return day.toordinal() / YEAR


def _track(target: Target, declared: Definition, history: Sequence[Observation], today: date) -> Tracking | None:
    if not history:
        return None
    low = declared.minimum if declared.minimum is not None else -float("inf")
    high = declared.maximum if declared.maximum is not None else float("inf")
    base = None
    if target.base_value is not None and target.base_on is not None:
        base = (_at(target.base_on), float(target.base_value))
    return track(
        # The value of a period that still runs tells of today, not of its end.
        [_at(min(row.last, today)) for row in history],
        [float(row.value or 0) for row in history],
        float(target.value),
        _at(target.due_on),
        at_least=target.operator != Target.Operator.AT_MOST,
        base=base,
        bounds=(low, high),
    )


def _way(
    target: Target, history: Sequence[Observation], latest: Observation | None, today: date
) -> tuple[Decimal, Decimal]:
    """Percent of the way from the base to the target, and of the time: (done, scheduled)."""
    begin = target.base_on or (history[0].last if history else target.set_at.date())
    span = max((target.due_on - begin).days, 1)
    scheduled = Decimal(min(max((today - begin).days, 0), span) * 100) / span
    if latest is None or latest.value is None:
        return Decimal(0), scheduled
    if target.met_by(latest.value):
        return Decimal(100), scheduled
    base = target.base_value if target.base_value is not None else history[0].value
    if base is None or base == target.value:
        return Decimal(0), scheduled
    done = (latest.value - base) * 100 / (target.value - base)
    return min(max(done, Decimal(0)), Decimal(100)), scheduled


def decimal(value: float) -> Decimal:
    """A computed number as decimal."""
    return Decimal(repr(value))


def _distance(value: float, declared: Definition) -> str:
    """How far two values lie apart; percentages differ by points, not by per cent."""
    if declared.scale == "percent":
        return _("%(n)s 个百分点") % {"n": plain(decimal(value), declared.decimals)}
    return amount(decimal(value), declared)


def sentence(standing: Standing) -> str:
    """Where it stands, in words for people."""
    if standing.latest is None or standing.tracking is None:
        return _("还没有数值。")
    if standing.reached:
        return _("已达到目标。")
    gap = _distance(standing.tracking.gap, standing.declared)
    if standing.tracking.needed is None:
        return _("已到期，差 %(gap)s。") % {"gap": gap}
    if abs(standing.tracking.needed) >= standing.tracking.gap:  # less than a year is left: a yearly pace says nothing
        return _("差 %(gap)s，须在 %(due)s 前补上。") % {"gap": gap, "due": standing.target.due_on.isoformat()}
    pace = _distance(abs(standing.tracking.needed), standing.declared)
    return _("差 %(gap)s，每年需改善 %(pace)s。") % {"gap": gap, "pace": pace}


def due_soon(days: int = 60) -> date:
    """Targets that fall due until then are shown among what waits."""
    return timezone.localdate() + timedelta(days=days)
