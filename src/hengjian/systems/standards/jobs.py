"""What happens by itself: standards begin and end on their day; declarations that cite them are followed up."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone

from hengjian.cases.actions import OpenCase
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.actions import SetStatus
from hengjian.systems.standards.checking import find_standards, flag
from hengjian.systems.standards.models import Standard, StandardDeclaration, said

BATCH = 200
# Before the mark of a standard whose end lies ahead: its declarations are flagged, not reviewed yet.
AHEAD = "ahead "


def run_due(now: datetime) -> int:
    """Change what is due and follow up; returns how many standards were dealt with."""
    today = timezone.localdate(now)
    return turn_status(today) + follow_up(today)


def turn_status(today: date) -> int:
    """Standards that begin or end today or before, by the days the directory gives."""
    rows = Standard.objects.filter(register="standard").select_related("unit", "region")
    # Asked one after the other, so that each can use its index.
    begun = rows.filter(status="upcoming", effective_on__lte=today)[:BATCH]
    ended = rows.filter(status__in=["current", "upcoming"], withdrawn_on__lte=today)[:BATCH]
    done = 0
    for row in {row.pk: row for row in (*begun, *ended)}.values():
        over = row.withdrawn_on is not None and row.withdrawn_on <= today
        day = row.withdrawn_on if over else row.effective_on
        status = ("replaced" if said(row, "replaced_by") else "withdrawn") if over else "current"
        try:
            SetStatus(
                user=None, system="worker", entry=row, status=status, on=day or today, reason="按登记日期"
            ).execute()
        except ActionRefused:
            continue  # somebody else was faster
        done += 1
    return done


def follow_up(today: date) -> int:
    """Flag the declarations of standards whose end has changed; mandatory ones that have ended are reviewed."""
    done = 0
    changed = Standard.objects.filter(~Q(end_mark=F("followed_mark")), register="standard").order_by("pk")
    # Flagged ahead of their day already: nothing to do before it.
    changed = changed.exclude(followed_mark=Concat(Value(AHEAD), F("end_mark")), withdrawn_on__gt=today)
    for standard in changed.select_related("unit", "region")[:BATCH]:
        ended = standard.ended_on
        waits = ended is not None and ended > today
        mark = f"{AHEAD}{standard.end_mark}" if waits else standard.end_mark
        with transaction.atomic():
            # Claimed by the one whose update meets the old mark.
            claimed = Standard.objects.filter(pk=standard.pk, followed_mark=standard.followed_mark)
            if not claimed.update(followed_mark=mark):
                continue
            for declaration in declarations_of(standard):
                review = ended is not None and not waits and standard.is_mandatory
                _mark(declaration)
                if review and declaration.status == "current":
                    open_review(declaration, standard, ended or today)
        done += 1
    return done


def declarations_of(standard: Standard) -> list[StandardDeclaration]:
    """Declarations in force that follow or cite it."""
    rows = StandardDeclaration.objects.filter(StandardDeclaration.citing(standard.key), status="current")
    return list(rows.select_related("unit", "region", "filer").order_by("pk"))


def _mark(declaration: StandardDeclaration) -> None:
    flag(declaration, find_standards(number for number in declaration.cited.split(";") if number))
    StandardDeclaration.objects.filter(pk=declaration.pk).update(
        flagged_on=declaration.flagged_on, ended_standard=declaration.ended_standard
    )


def open_review(declaration: StandardDeclaration, standard: Standard, day: date) -> None:
    """One review task for one declaration and one end of a standard."""
    values = {
        "declaration": declaration.key,
        "enterprise": declaration.enterprise,
        "enterprise_name": declaration.enterprise_name,
        "product": declaration.title,
        "standard": standard.key,
        "replaced_by": said(standard, "replaced_by"),
        "changed_on": day,
    }
    OpenCase(
        user=None,
        system="worker",
        type="declaration_review",
        values=values,
        unit=declaration.unit,
        region=declaration.region,
        filer=declaration.filer,
        subject=declaration.ref,
        origin=standard.ref,
        token=f"declaration-review:{declaration.pk}:{standard.pk}:{day.isoformat()}",
    ).execute()
