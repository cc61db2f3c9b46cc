"""Running the checks and keeping what they find: new findings enter, those that are gone are cleared."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from hengjian.returns.integrity.checks import CHECKS
from hengjian.returns.integrity.field import Field, Offence
from hengjian.returns.models import Finding, IntegrityRun, Opening, Return

# Periods of each form that are looked at: the last ones that have ended.
PERIODS = 2
# Hour from which the night's run may begin.
NIGHT = 2


def run_nightly(now: datetime) -> int:
    """Run all checks once a day; returns 1 when this call did."""
    local = timezone.localtime(now)
    if local.hour < NIGHT or IntegrityRun.objects.filter(day=local.date()).exists():
        return 0
    if not Opening.objects.filter(last__lt=local.date()).exists():
        return 0
    return int(run_day(local.date(), now) is not None)


def run_day(day: date, now: datetime) -> IntegrityRun | None:
    """The run of a day; None: another worker has it."""
    try:
        with transaction.atomic():
            run = IntegrityRun.objects.create(day=day, at=now)
    except IntegrityError:
        return None
    run.looked_at, run.found = run_checks(day, now)
    run.save(update_fields=["looked_at", "found"])
    return run


def run_checks(today: date, now: datetime) -> tuple[int, int]:
    """Look at the last periods of every form; returns (returns looked at, findings that are open)."""
    looked = found = 0
    for opening in _openings(today):
        entries = list(Return.objects.filter(opening=opening).select_related("unit", "region", "opening"))
        for entry in entries:
            entry.opening = opening  # one layout for all
        looked += len(entries)
        found += _keep(Field(opening, entries, today), now)
    return looked, found


def _openings(today: date) -> list[Opening]:
    taken: dict[str, int] = {}
    chosen = []
    ended = Opening.objects.filter(last__lt=today, last__gte=today - timedelta(days=800)).order_by("-last", "form_code")
    for opening in ended:
        if taken.setdefault(opening.form_code, 0) < PERIODS:
            taken[opening.form_code] += 1
            chosen.append(opening)
    return chosen


@transaction.atomic
def _keep(field: Field, now: datetime) -> int:
    """Store what the checks find in one opening; findings of its returns that are not found any more are cleared."""
    offences = {
        (check.code, offence.key): (check.severity, offence) for check in CHECKS for offence in check.find(field)
    }
    known = {
        (one.check_code, one.key): one
        for one in Finding.objects.filter(owner__in=[entry.pk for entry in field.entries])
    }
    new = []
    for key, (severity, offence) in offences.items():
        finding = known.pop(key, None)
        if finding is None:
            new.append(_finding(field, key, severity, offence, now))
            continue
        if finding.cleared_at is not None:
            finding.found_at = now
        finding.values, finding.seen_at, finding.cleared_at = dict(offence.values), now, None
        finding.save()
    Finding.objects.bulk_create(new)
    gone = [one.pk for one in known.values() if one.cleared_at is None]
    Finding.objects.filter(pk__in=gone).update(cleared_at=now)
    return len(offences)


def _finding(field: Field, key: tuple[str, str], severity: str, offence: Offence, now: datetime) -> Finding:
    return Finding(
        check_code=key[0],
        key=key[1],
        severity=severity,
        owner=offence.entry,
        form_code=field.opening.form_code,
        period_code=field.opening.period_code,
        unit=offence.entry.unit,
        region=offence.entry.region,
        row=offence.row,
        column=offence.column,
        values=dict(offence.values),
        found_at=now,
        seen_at=now,
    )
