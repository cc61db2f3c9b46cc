"""What happens by itself: reminders, automatic steps, 督办 of silent receivers, due dates that a new calendar moved."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import cache

from django.utils import timezone
from django.utils.translation import gettext_noop

from hengjian.cases import recording
from hengjian.cases.actions.base import WORKER, declaration
from hengjian.cases.actions.steps import TakeStep
from hengjian.cases.clocking import AUTO, pick_clock, running
from hengjian.cases.models import Case, CaseEvent, Transfer
from hengjian.clocks.models import Deadline, DeadlineChange
from hengjian.clocks.worker import Ringing
from hengjian.pages.models import Notification
from hengjian.pages.notices import drafted, send
from hengjian.parties.verbs import ActionRefused

log = logging.getLogger("hengjian.worker")
SOON = gettext_noop("%(number)s 的“%(clock)s”将于 %(due)s 到期。")
LATE = gettext_noop("%(number)s 的“%(clock)s”已于 %(due)s 到期，尚未办结。")
NOT_TAKEN = gettext_noop("%(number)s 到期应自动“%(step)s”，未能进行：%(why)s")
SILENT = gettext_noop("督办：%(receiver)s接%(sender)s转办的 %(number)s 已过反馈期限（%(due)s），请尽快反馈。")
UNANSWERED = gettext_noop("%(sender)s转来的 %(number)s 须于 %(due)s 前反馈。")


def ring_case(deadline: Deadline, code: str, now: datetime) -> None:
    """One alarm of a case's clock; inside the worker's transaction."""
    case = Case.objects.select_related("unit", "region", "handler").get(pk=_key(deadline))
    if case.closed_at is not None:
        return
    if code == AUTO:
        take_automatic(case, deadline.purpose.partition(".")[2], now)
        return
    send(reminders(case, Ringing(deadline, (code,)), now, recording.people_of))


def ring_cases(ringing: list[Ringing], now: datetime) -> set[int]:
    """Many alarms at once: reminders go out together; those that lead to a step are left to `ring_case`."""
    people = cache(recording.people_of)
    alone = {item.deadline.pk for item in ringing if AUTO in item.codes}
    told = [item for item in ringing if item.deadline.pk not in alone]
    rows = Case.objects.select_related("unit", "region", "handler")
    cases = rows.in_bulk([_key(item.deadline) for item in told])
    messages: list[Notification] = []
    for item in told:
        case = cases.get(_key(item.deadline))
        if case is not None and case.closed_at is None:
            messages += reminders(case, item, now, people)
    send(messages)
    return alone


def _key(deadline: Deadline) -> int:
    return int(deadline.owner.partition(":")[2])


def reminders(case: Case, ringing: Ringing, now: datetime, people: recording.People) -> list[Notification]:
    """What people are told by the alarms that have come; what was to be said before the due day is not said late."""
    deadline = ringing.deadline
    late = now > deadline.due_at
    offsets = dict(deadline.alarms)
    codes = [code for code in ringing.codes if code != AUTO and (offsets.get(code, 0) >= 0) == late]
    if not codes:
        return []
    readers = recording.answerable(case, people)
    if late:
        readers = [*readers, *recording.heads_of(case, people)]
    return drafted(
        {person.pk: person for person in readers}.values(),
        LATE if late else SOON,
        case.ref,
        f"{case.ref}:{deadline.pk}:{codes[-1]}:{deadline.due_on}",
        {
            "number": case.number,
            "clock": declaration(case).clock(deadline.purpose.partition(".")[2]).title,
            "due": shown(deadline),
        },
    )


def shown(deadline: Deadline) -> str:
    """The due day; the minute for minute clocks."""
    if deadline.term_unit == "minute":
        return f"{timezone.localtime(deadline.due_at):%Y-%m-%d %H:%M}"
    return deadline.due_on.isoformat()


def take_automatic(case: Case, clock: str, now: datetime) -> None:
    """Take the step that is due when the clock has run out; where it cannot be taken, somebody is told why."""
    for step in declaration(case).leaving(case.state):
        if step.auto != clock:
            continue
        try:
            TakeStep(user=None, system=WORKER, case=case, step=step.code, at=now).execute()
        except ActionRefused as error:
            log.warning("case %s: step %s refused: %s", case.pk, step.code, error.message)
            recording.notify(
                case, recording.answerable(case), NOT_TAKEN, f"auto:{step.code}:{case.version}", step=step.title,
                why=str(error.message),
            )  # fmt: skip
        return


def ring_transfer(deadline: Deadline, code: str, now: datetime) -> None:
    """An alarm of the feedback clock: a reminder before, 督办 to the heads of both units after it has run out."""
    pk = int(deadline.owner.partition(":")[2])
    transfer = Transfer.objects.select_related("case__unit", "case__region", "sender", "receiver").get(pk=pk)
    if transfer.state not in (Transfer.State.SENT, Transfer.State.ACCEPTED):
        return
    case = transfer.case
    told = {"sender": str(transfer.sender), "receiver": str(transfer.receiver), "due": shown(deadline)}
    handlers = recording.people_of(transfer.receiver, recording.HANDLERS)
    if now <= deadline.due_at:
        recording.notify(case, handlers, UNANSWERED, f"feedback:{transfer.pk}:{code}:{deadline.due_on}", **told)
        return
    chiefs = [*recording.heads(transfer.sender), *recording.heads(transfer.receiver)]
    people = {person.pk: person for person in [*chiefs, *handlers]}
    recording.notify(case, people.values(), SILENT, f"supervise:{transfer.pk}:{code}:{deadline.due_on}", **told)
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if case.events.filter(code="supervise", data__transfer=transfer.pk, data__due=shown(deadline)).exists():
        return
    recording.log_event(
        case,
        CaseEvent.Kind.TRANSFER,
        "supervise",
        at=now,
        user=None,
        system=WORKER,
        data={"transfer": transfer.pk, "unit": transfer.receiver.key, "due": shown(deadline)},
    )
    case.save(update_fields=["version"])


# ---- due dates that moved without an action on the case

# The log of clocks up to this entry is dealt with; a new process looks back far enough to miss nothing.
LOOK_BACK = timedelta(days=3)
BATCH = 500
_seen: int | None = None


def follow_calendar(now: datetime) -> int:
    """Bring the due moments that cases show to what a new calendar made of their clocks; returns how many moved."""
    global _seen
    changes = DeadlineChange.objects.filter(verb="calendar", deadline__owner__startswith="case:")
    changes = changes.filter(pk__gt=_seen) if _seen is not None else changes.filter(at__gte=now - LOOK_BACK)
    rows = list(changes.order_by("pk").values_list("pk", "deadline__owner")[:BATCH])
    if not rows:
        return 0
    moved = 0
    keys = {int(owner.partition(":")[2]) for _pk, owner in rows}
    for case in Case.objects.filter(pk__in=keys, closed_at__isnull=True):
        before = case.due_at
        if (clock := running(case).get(case.clock)) is not None:
            pick_clock(case, {case.clock: clock})
        if case.due_at != before:
            Case.objects.filter(pk=case.pk, due_at=before).update(due_at=case.due_at)
            moved += 1
    _seen = rows[-1][0]
    return moved
