"""Who is graded: the enterprises that stood at the end of a month, and the subjects under which facts lie about them.

Status is taken as of the end of the month: one that ended a week later is graded once more. Who is who is taken as it
was known when the run began: a merge found out later is no reason for old grades to come out otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from hengjian.credit.grading.gathering import SUBJECT
from hengjian.enterprises.facts import CHANGED, REGISTERED
from hengjian.enterprises.models import Enterprise, EnterpriseCode, EntityEvent
from hengjian.ledger.log import log_size
from hengjian.ledger.models import Fact, FactRef

#: Bodies that ended or left are graded no more.
GRADED = (Enterprise.Status.ACTIVE, Enterprise.Status.SUSPENDED, Enterprise.Status.REVOKED)
_PART = 500


@dataclass(frozen=True, slots=True)
class Member:
    """One enterprise of the population."""

    pk: int
    key: str
    code: str
    region: str
    kind: str

    @property
    def subject(self) -> str:
        return SUBJECT + (self.code or self.key)


@dataclass(frozen=True)
class Population:
    """Who is graded, in the order of primary keys; every subject that a fact may name them by leads to their place.

    Attributes:
        otherwise: enterprises whose status was another one then than it is today → whether they are graded.
    """

    members: list[Member]
    places: dict[str, int]
    otherwise: dict[int, bool] = field(default_factory=dict)


def population(
    enterprises: Sequence[int] | None = None, as_of: date | None = None, tree_size: int | None = None
) -> Population:
    """The enterprises that are graded.

    Args:
        enterprises: only these primary keys.
        as_of, tree_size: by their status on this day, as the log of this size tells it; None: by that of today.
    """
    otherwise = {} if as_of is None or tree_size is None else _status_then(as_of, tree_size)
    rows = Enterprise.objects.filter(merged_into=None)
    rows = rows.filter(Q(status__in=GRADED) | Q(pk__in=[pk for pk, graded in otherwise.items() if graded]))
    merged = Enterprise.objects.exclude(merged_into=None)
    codes = EnterpriseCode.objects.filter(scheme=EnterpriseCode.Scheme.UNIFIED)
    if enterprises is not None:
        rows, merged = rows.filter(pk__in=enterprises), merged.filter(merged_into__in=enterprises)
        codes = codes.filter(enterprise__in=[*enterprises, *merged.values_list("pk", flat=True)])
    members = [one for one in _members(rows) if otherwise.get(one.pk, True)]
    joined = merged.values_list("pk", "key", "code", "merged_into").iterator()
    return Population(members, _places(members, joined, codes), otherwise)


def population_then(enterprises: Iterable[int], moment: datetime) -> Population:
    """These enterprises, whatever became of them, with the subjects that led to them at a moment."""
    wanted = sorted(set(enterprises))
    members = [
        one
        for start in range(0, len(wanted), _PART)
        for one in _members(Enterprise.objects.filter(pk__in=wanted[start : start + _PART]))
    ]
    since = _joined_since(moment)
    rows = Enterprise.objects.filter(Q(merged_into__isnull=False) | Q(pk__in=list(since.into)))
    joined = [
        (pk, key, code, since.into.get(pk, into))
        for pk, key, code, into in rows.values_list("pk", "key", "code", "merged_into")
    ]
    codes = EnterpriseCode.objects.filter(scheme=EnterpriseCode.Scheme.UNIFIED)
    places = _places(members, joined, codes)
    numbers = {member.pk: place for place, member in enumerate(members)}
    places.update((SUBJECT + code, numbers[pk]) for code, pk in since.codes.items() if pk in numbers)
    return Population(members, places)


def _members(rows: QuerySet[Enterprise]) -> list[Member]:
    columns = rows.order_by("pk").values_list("pk", "key", "code", "region__code", "kind")
    return [Member(*row) for row in columns.iterator()]


def _places(
    members: Sequence[Member],
    joined: Iterable[tuple[int, str, str, int | None]],
    codes: QuerySet[EnterpriseCode],
) -> dict[str, int]:
    places: dict[str, int] = {}
    by_pk: dict[int, int] = {}
    for place, member in enumerate(members):
        by_pk[member.pk] = place
        places[SUBJECT + member.key] = place
        if member.code:
            places[SUBJECT + member.code] = place
    for pk, key, code, into in joined:
        if into is not None and (found := by_pk.get(into)) is not None:
            by_pk[pk] = found
            places.setdefault(SUBJECT + key, found)
            if code:
                places.setdefault(SUBJECT + code, found)
    for value, owner in codes.values_list("value", "enterprise").iterator():
        if (found := by_pk.get(owner)) is not None:
            places.setdefault(SUBJECT + value, found)
    return places


def _status_then(as_of: date, tree_size: int) -> dict[int, bool]:
    """Enterprises whose status changed after the day or behind the size of the log → whether they were graded then."""
    told = Fact.objects.filter(kind__in=(REGISTERED, CHANGED))
    first = min(tree_size, _log_at_end_of(as_of))
    later = told.filter(Q(leaf_index__gte=tree_size) | Q(occurred_on__gt=as_of), kind=CHANGED, leaf_index__gte=first)
    keys = {
        payload["key"]
        for payload in later.values_list("payload", flat=True).iterator()
        if "status" in payload.get("fields", ())
    }
    if not keys:
        return {}
    last: dict[str, str] = {}
    listed = sorted(keys)
    numbers: dict[str, int] = {}
    for start in range(0, len(listed), _PART):
        part = listed[start : start + _PART]
        rows = Enterprise.objects.filter(key__in=part)
        numbers.update(rows.values_list("key", "pk"))
        about = FactRef.objects.filter(ref__in=[SUBJECT + key for key in part], leaf_index__lt=tree_size)
        earlier = told.filter(leaf_index__in=about.values("leaf_index"), occurred_on__lte=as_of)
        for payload in earlier.order_by("occurred_on", "leaf_index").values_list("payload", flat=True):
            last[payload["key"]] = payload["status"]
    return {numbers[key]: status in GRADED for key, status in last.items() if key in numbers}


def _log_at_end_of(day: date) -> int:
    """A size of the log at or before the end of a day, found by halving: nothing behind it was recorded earlier."""
    end = datetime.combine(day, time.min, timezone.get_current_timezone()) + timedelta(days=1)
    low, high = 0, log_size()
    while low < high:
        middle = (low + high) // 2
        at = Fact.everything.filter(leaf_index=middle).values_list("recorded_at", flat=True).first()
        if at is not None and at < end:
            low = middle + 1
        else:
            high = middle
    return low


@dataclass(frozen=True)
class _Since:
    """What to turn back: body → the one it was part of then, or None; code → the body that had it."""

    into: dict[int, int | None] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)


def _joined_since(moment: datetime) -> _Since:
    """Merges and splits after a moment, walked back event by event."""
    found = _Since()
    events = EntityEvent.objects.filter(at__gt=moment, other__isnull=False).select_related("undoes")
    for event in events.order_by("-at", "-pk"):
        kind = event.undoes.kind if event.undoes else event.kind
        if kind not in (EntityEvent.Kind.MERGED, EntityEvent.Kind.SPLIT) or event.other_id is None:
            continue
        below = (event.undoes or event).moved.get("merged", ())
        if (kind == EntityEvent.Kind.MERGED) != (event.undoes is not None):
            # It brought the two together.
            found.into[event.other_id] = None
            found.into.update(dict.fromkeys(below, event.other_id))
            if event.before:
                found.codes[event.before] = event.other_id
        else:
            found.into[event.other_id] = event.enterprise_id
            found.into.update(dict.fromkeys(below, event.enterprise_id))
    return found
