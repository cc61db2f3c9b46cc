"""What happens by itself: reports are looked at again when the history of their body has changed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from hengjian.registers.models import EntryVersion
from hengjian.registers.queries import by_ref
from hengjian.systems.certification.checking import complete_report
from hengjian.systems.certification.models import TestReport

# The last version of a body that this process has followed up.
_seen: dict[str, int] = {}


def run_due(now: datetime) -> int:
    """Flag reports anew whose body was suspended, revoked or restored since, also with effect from an earlier day."""
    latest = EntryVersion.objects.filter(register="institution").aggregate(last=Max("pk"))["last"] or 0
    seen = _seen.get("institution", 0)
    if latest <= seen:
        return 0
    changed = EntryVersion.objects.filter(register="institution", pk__gt=seen).values_list("entry", flat=True)
    done = 0
    for pk in changed.distinct():
        institution = by_ref(f"entry:institution:{pk}")
        if institution is not None:
            done += look_again(institution.key)
    _seen["institution"] = latest
    return done


def look_again(institution: str) -> int:
    """Compute the flags of one body's reports anew; returns how many changed."""
    done = 0
    for report in TestReport.objects.filter(institution=institution).exclude(status="withdrawn").iterator():
        before = report.flag
        complete_report(report)
        if report.flag != before:
            done += TestReport.objects.filter(pk=report.pk, flag=before).update(flag=report.flag)
    return done
