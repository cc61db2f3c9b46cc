"""Writing values: what changed becomes a new version, what did not stays; runs inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q
from django.utils import timezone

from hengjian.indicators.computing import Computed
from hengjian.indicators.computing.task import Places
from hengjian.indicators.declarations import Definition
from hengjian.indicators.models import Batch, DefinitionVersion, Observation, PeriodLock
from hengjian.indicators.rules import PLACES as DIGITS
from hengjian.methods.periods import parse_period
from hengjian.parties.models import Unit, User

Key = tuple[int, str, str]  # region, period, break-down
CHUNK = 500


@dataclass
class Stored:
    """What a writing did.

    Attributes:
        locked: values that would have changed in closed periods.
        kept: values that were corrected by hand, which no computation overwrites.
    """

    created: int = 0
    changed: int = 0
    pending: int = 0
    same: int = 0
    locked: int = 0
    kept: int = 0
    rows: list[Observation] = field(default_factory=list)

    @property
    def written(self) -> int:
        return self.created + self.changed + self.pending


@dataclass(frozen=True)
class Keepers:
    """Which unit answers for an indicator in each region: the one of the owner's family there."""

    by_place: Mapping[tuple[str, int], int]

    @classmethod
    def load(cls, families: Iterable[str]) -> Keepers:
        rows = Unit.objects.valid_on(timezone.localdate()).filter(family__in=set(families))
        return cls(
            {(family, region): pk for pk, family, region in rows.values_list("pk", "family", "region").order_by("-pk")}
        )

    def of(self, declared: Definition, region: int) -> int | None:
        return self.by_place.get((declared.owner, region))


@dataclass(frozen=True)
class Locks:
    """Closed periods."""

    rows: Sequence[tuple[str, date, date, frozenset[int]]]

    @classmethod
    def load(cls, places: Places) -> Locks:
        code = {pk: own for own, pk in places.pk.items()}
        found = []
        for lock in PeriodLock.objects.filter(lifted_at__isnull=True):
            regions = frozenset(places.pk[one] for one in places.within(code[lock.region_id]))
            found.append((lock.indicator, lock.first, lock.last, regions))
        return cls(found)

    def hold(self, indicator: str, region: int, first: date, last: date) -> bool:
        """Whether a value of this period may not change."""
        return any(
            name in ("", indicator) and begins <= first and last <= ends and region in regions
            for name, begins, ends, regions in self.rows
        )


def store(
    version: DefinitionVersion,
    declared: Definition,
    computed: Sequence[Computed],
    *,
    places: Places,
    keepers: Keepers,
    locks: Locks,
    origin: Observation.Origin | str,
    tree_size: int | None = None,
    by: User | None = None,
    batch: Batch | None = None,
    within: tuple[date | None, date | None] | None = None,
    reason: str = "",
) -> Stored:
    """Keep values as current ones, or as pending ones where an approved value stands.

    Args:
        within: the days between which `computed` is all that there is: other values of the same origin are emptied.
            None: nothing is said about other values.
    """
    now = timezone.now()
    heads, last_numbers = _heads(declared.code)
    done = Stored()
    fresh: list[Observation] = []
    replaced: list[int] = []
    given_up: list[int] = []
    wanted = {(places.pk[item.region], item.period.code, item.dimensions): item for item in computed}
    if within is not None:
        wanted |= _emptied(declared, heads, wanted, within, origin, places)
    for key, item in wanted.items():
        current, pending = heads.get(key, (None, None))
        head = pending or current
        if head is not None and _same(head, item):
            done.same += 1
            continue
        if locks.hold(declared.code, key[0], item.period.first, item.period.last):
            done.locked += 1
            continue
        if head is not None and head.origin == Observation.Origin.ENTERED and origin != Observation.Origin.ENTERED:
            done.kept += 1
            continue
        if pending is not None:
            given_up.append(pending.pk)
        if current is not None and _same(current, item):
            done.same += 1
            continue
        waits = current is not None and current.status == Observation.Status.APPROVED
        if current is not None and not waits:
            replaced.append(current.pk)
        fresh.append(
            _row(
                version,
                declared,
                key,
                item,
                number=last_numbers.get(key, 0) + 1,
                previous=head,
                waits=waits,
                origin=origin,
                tree_size=tree_size,
                by=by,
                batch=batch,
                reason=reason,
                unit=keepers.of(declared, key[0]),
                now=now,
            )
        )
        if waits:
            done.pending += 1
        elif current is None:
            done.created += 1
        else:
            done.changed += 1
    retire(replaced, now)
    retire(given_up, now)
    done.rows = Observation.objects.bulk_create(fresh, batch_size=CHUNK)
    return done


def retire(keys: Sequence[int], now: datetime) -> None:
    """Versions that count no more."""
    for start in range(0, len(keys), CHUNK):
        rows = Observation.objects.filter(pk__in=keys[start : start + CHUNK])
        rows.update(current=False, pending=False, superseded_at=now)


def _heads(
    indicator: str,
) -> tuple[dict[Key, tuple[Observation | None, Observation | None]], dict[Key, int]]:
    """Current and pending version of every value, and the last version number."""
    rows = Observation.objects.filter(indicator=indicator)
    heads: dict[Key, tuple[Observation | None, Observation | None]] = {}
    for row in rows.filter(Q(current=True) | Q(pending=True)):
        key = (row.region_id, row.period, row.dimensions)
        current, pending = heads.get(key, (None, None))
        heads[key] = (row, pending) if row.current else (current, row)
    numbers = rows.order_by().values_list("region", "period", "dimensions").annotate(last=Max("version"))
    return heads, {(region, period, dimensions): last for region, period, dimensions, last in numbers}


def _same(held: Observation, item: Computed) -> bool:
    """Whether a version says what was computed; a withdrawn one says nothing."""
    if held.status == Observation.Status.WITHDRAWN:
        return False
    pairs = (
        (held.numerator, item.numerator),
        (held.denominator, item.denominator),
        (held.value, item.value),
        (held.low, item.low),
        (held.high, item.high),
    )
    return all(_stored(old) == _stored(new) for old, new in pairs)


def _stored(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(DIGITS)


def _emptied(
    declared: Definition,
    heads: Mapping[Key, tuple[Observation | None, Observation | None]],
    wanted: Mapping[Key, Computed],
    within: tuple[date | None, date | None],
    origin: str,
    places: Places,
) -> dict[Key, Computed]:
    """Values that had facts behind them once and have none now: nothing of nothing, no longer the old figure."""
    first, last = within
    code = {pk: own for own, pk in places.pk.items()}
    counted = declared.scale in ("count", "amount")
    found: dict[Key, Computed] = {}
    for key, (current, pending) in heads.items():
        held = pending or current
        if held is None or key in wanted or held.origin != origin or held.status == Observation.Status.WITHDRAWN:
            continue
        if (first is not None and held.first < first) or (last is not None and held.last > last):
            continue
        zero = Decimal(0)
        numerator = None if held.numerator is None else zero
        denominator = None if held.denominator is None else zero
        found[key] = Computed(
            code[key[0]], parse_period(key[1]), key[2], zero if counted else None, numerator, denominator, n=0
        )
    return found


def _row(
    version: DefinitionVersion,
    declared: Definition,
    key: Key,
    item: Computed,
    *,
    number: int,
    previous: Observation | None,
    waits: bool,
    now: datetime,
    unit: int | None,
    by: User | None,
    **given: Any,
) -> Observation:
    marks = [told.model_dump(mode="json") for told in declared.assumptions]
    return Observation(
        indicator=declared.code,
        definition=version,
        region_id=key[0],
        unit_id=unit,
        period=key[1],
        frequency=item.period.frequency,
        first=item.period.first,
        last=item.period.last,
        dimensions=key[2],
        numerator=_stored(item.numerator),
        denominator=_stored(item.denominator),
        value=_stored(item.value),
        low=_stored(item.low),
        high=_stored(item.high),
        n=item.n,
        assumptions=[*marks, *map(dict, item.assumptions)],
        public=declared.public,
        rule=item.rule,
        inputs=dict(item.inputs),
        version=number,
        current=not waits,
        pending=waits,
        previous=previous,
        recorded_at=now,
        recorded_by=by,
        effective_at=None if waits else now,
        **given,
    )
