"""What the worker does for this room."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.parties.verbs import ActionRefused
from hengjian.registers.actions import SetStatus
from hengjian.registers.queries import entries
from hengjian.systems.honours import indications

SYSTEM = "worker"


def run_due(now: datetime) -> int:
    """Settle indications whose window is over, cancel idle groups, purge stale projects."""
    today = timezone.localdate(now).isoformat()
    return (
        indications.settle(now)
        + end_stale("qc_group", "next_activity", "registered", "cancelled", "idle", today)
        + sum(
            end_stale("upgrade_project", "next_report", status, "out", "stale", today)
            for status in ("in_stock", "funded", "under_way")
        )
    )


def end_stale(register: str, due: str, status: str, after: str, ground: str, today: str) -> int:
    """End what was due on an earlier day and was not done; the ground says why."""
    done = 0
    rows = entries(register).filter(status=status, **{f"extras__{due}__lt": today})
    for entry in rows.select_related("unit", "region", "filer")[:500]:
        try:
            SetStatus(
                user=None,
                system=SYSTEM,
                entry=entry,
                status=after,
                ground=ground,
                reason=_("最迟应于 %(day)s") % {"day": entry.extras[due]},
            ).execute()
        except ActionRefused:  # done by a person in the meantime
            continue
        done += 1
    return done
