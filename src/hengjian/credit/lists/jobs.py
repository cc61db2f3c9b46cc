"""Background work: entries whose term is over leave their list; late receipts are called in once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from hengjian.credit.lists.actions import SYSTEM, LeaveList
from hengjian.credit.lists.models import ListEntry, MeasureTask
from hengjian.credit.lists.queries import overdue_tasks
from hengjian.pages.notices import tell
from hengjian.parties.policies import who_may

MOST = 200
LATE = gettext_noop("联合措施的回执已超过 %(due)s，请尽快反馈。")


def run_due(now: datetime) -> int:
    """Returns how many entries left their lists and how many late receipts were called in."""
    today = timezone.localdate(now)
    done = 0
    over = ListEntry.objects.filter(state=ListEntry.State.LISTED, until__lt=today)[:MOST]
    for entry in over:
        LeaveList(user=None, system=SYSTEM, entry=entry, how=ListEntry.State.ENDED, reason="term").execute()
        done += 1
    for task in overdue_tasks(today).filter(reminded_at=None)[:MOST]:
        with transaction.atomic():
            if not MeasureTask.objects.filter(pk=task.pk, reminded_at=None).update(reminded_at=now):
                continue  # another worker was quicker
            people = list(who_may("lists.answer", task)[:20])
            tell(people, LATE, task.ref, f"{task.ref}:late:{task.state}", {"due": task.due.isoformat()})
        done += 1
    return done
