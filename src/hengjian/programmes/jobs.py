"""What the worker does for this room: end public notices, begin re-checks before terms end."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from hengjian.cases.models import Case
from hengjian.programmes import catalogue, publicity
from hengjian.programmes.actions import NoticeOver, StartRecheck
from hengjian.programmes.holding import HONOUR, RECHECK, recheck_day
from hengjian.programmes.models import Edition
from hengjian.registers.queries import entries

SYSTEM = "worker"


def run_due(now: datetime) -> int:
    """Do what is due and return how many things were done."""
    today = timezone.localdate(now)
    return end_notices(today) + begin_rechecks(today)


def end_notices(today: date) -> int:
    """Editions whose window for objections is over and that nobody objects to go on to approval."""
    done = 0
    for edition in Edition.objects.filter(state=Edition.State.NOTICE, notice_to__lt=today):
        until = publicity.objections_until(edition)
        if until is not None and until != edition.notice_to:
            Edition.objects.filter(pk=edition.pk).update(notice_to=until)
            continue
        waiting = edition.applications.filter(case__state="public_notice").exists()
        if waiting and (edition.notice is None or not publicity.open_objections(edition.notice)):
            done += NoticeOver(user=None, system=SYSTEM, edition=edition).execute()
    return done


def begin_rechecks(today: date) -> int:
    """Honours of programmes with a re-check whose end is near enough, and that are not being re-checked."""
    done = 0
    for programme in catalogue.programmes():
        if not programme.award.recheck or programme.award.register_code != HONOUR:
            continue
        rows = entries(HONOUR).filter(extras__programme=programme.code, status="valid", valid_to__gte=today)
        for entry in rows.filter(valid_to__lte=horizon(today)).select_related("unit", "region", "filer"):
            if recheck_day(programme.award.recheck, entry.valid_to, entry.region.code) > today:
                continue
            if not Case.objects.filter(subject=entry.ref, type=RECHECK, closed_at=None).exists():
                StartRecheck(user=None, system=SYSTEM, entry=entry).execute()
                done += 1
    return done


def horizon(today: date) -> date:
    """No re-check begins earlier than two years before the end."""
    return today.replace(year=today.year + 2, day=min(today.day, 28))
