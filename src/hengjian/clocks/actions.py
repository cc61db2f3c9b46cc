"""The verbs on clocks. Who may use them is decided by the verb of the room that owns the thing; the log is kept here.

Each verb is a class with `check` and `execute`; the functions below are their short form.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.clocks.computing import compute
from hengjian.clocks.models import Deadline, DeadlineExtension, DeadlinePause
from hengjian.clocks.recomputing import RUNNING, extended, log_entry, recompute, recompute_one
from hengjian.clocks.rules import Extension, Term, extension_problem
from hengjian.parties.verbs import ActionRefused
from hengjian.rulebook import NATIONAL, Rule
from hengjian.rulebook.parameters.terms import Terms, Unit

__all__ = [
    "CancelClock",
    "ExtendClock",
    "PauseClock",
    "ReopenClock",
    "ResumeClock",
    "StartClock",
    "StopClock",
    "cancel_clock",
    "extend_clock",
    "hand_over",
    "pause_clock",
    "recompute",
    "reopen_clock",
    "resume_clock",
    "start_clock",
    "stop_clock",
]
OPEN, PAUSED = Deadline.State.OPEN, Deadline.State.PAUSED


@dataclass(kw_only=True)
class StartClock:
    """Start the clock of `owner` for `purpose`, with a rule of the family `terms` or a plain term.

    Attributes:
        start: the trigger: a day, or an aware datetime (needed for minutes).
        alarms: (code, offset) pairs; working days from the due day (minutes for minute terms), negative before.
        region: whose working-day calendar counts.
    """

    owner: str
    purpose: str
    start: date | datetime
    rule: Rule | None = None
    term: Term | None = None
    alarms: Iterable[tuple[str, int]] = ()
    unit: str = ""
    region: str = NATIONAL
    by: str = ""
    reason: str = ""
    now: datetime | None = None

    def check(self) -> None:
        """Raises ActionRefused: already running; ValueError: not exactly one of rule and term."""
        if (self.rule is None) == (self.term is None):
            raise ValueError("give a rule of the family terms or a term")
        if self.rule is not None and self.rule.typed(Terms).term is None:
            raise ValueError(f"{self.rule.id} is a recurrence, not a term")
        if Deadline.objects.filter(owner=self.owner, purpose=self.purpose, state__in=RUNNING).exists():
            raise self._running()

    def _running(self) -> ActionRefused:
        return ActionRefused(_("该事项的这项时限已在计时。"), _("请先办结或取消正在计时的时限。"))

    def execute(self) -> Deadline:
        """Start it and log it. Raises as `check`."""
        self.check()
        now = self.now or timezone.now()
        term, extension = self.term, None
        if self.rule is not None:
            terms = self.rule.typed(Terms)
            assert terms.term is not None
            term = Term.of(terms.term)
            extension = terms.extension.model_dump(mode="json") if terms.extension else None
        assert term is not None
        started = self.start if isinstance(self.start, datetime) else _midnight(self.start)
        deadline = Deadline(
            owner=self.owner,
            purpose=self.purpose,
            unit=self.unit,
            region=self.region,
            rule_id=self.rule.id if self.rule else "",
            rule_version=self.rule.version if self.rule else "",
            started_at=started,
            term_amount=term.amount,
            term_unit=term.unit,
            term_roll=term.roll or "",
            extension_spec=extension,
            last_event_at=started,
            alarms=[[code, offset] for code, offset in self.alarms],
            alarms_from=now,
        )
        compute(deadline, (), (), now)
        try:
            with transaction.atomic():
                deadline.save()
                log_entry(deadline, "start", "", None, "", self.by, self.reason, now).save()
        except IntegrityError:
            # Another request started it between the check and the save.
            raise self._running() from None
        return deadline


@dataclass(kw_only=True)
class ClockAction:
    """A verb on a running or ended clock.

    Attributes:
        at: when it happened; not in the future and not before the last event of the clock.
        by: who ("user:5", "worker"), for the log.
    """

    verb: ClassVar[str] = ""
    allowed: ClassVar[tuple[str, ...]] = RUNNING

    deadline: Deadline
    at: datetime | None = None
    by: str = ""
    reason: str = ""
    now: datetime | None = None
    moment: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.now or timezone.now()
        self.moment = self.at or self.now

    def check(self) -> None:
        """Raises ActionRefused with what is in the way and what to do."""
        if self.deadline.state not in self.allowed:
            raise ActionRefused(
                _("该时限目前是“%(state)s”，不能做这一步。") % {"state": self.deadline.get_state_display()},
                _("请刷新页面查看最新状态。"),
            )
        assert self.now is not None
        if self.moment > self.now:
            raise ActionRefused(_("发生时间不能晚于现在。"), _("请更正发生时间。"), status=400)
        # Compared as the term counts: two events on one day are in order for a term in days.
        if self.deadline.moment(self.moment) < self.deadline.moment(self.deadline.last_event_at):
            last = timezone.localtime(self.deadline.last_event_at)
            raise ActionRefused(
                _("发生时间早于该时限的上一步（%(last)s）。") % {"last": f"{last:%Y-%m-%d %H:%M}"},
                _("补录的事项不得早于已登记的最后一步，请更正发生时间。"),
                status=400,
            )

    def perform(self) -> None:
        """Change the deadline; it is computed and saved afterwards."""
        raise NotImplementedError

    def end_pause(self) -> None:
        """End the open pause, if there is one; on the day it began the earlier hour of a late entry does not matter."""
        for pause in self.deadline.pauses.filter(end_at__isnull=True):
            pause.end_at = max(self.moment, pause.start_at)
            pause.save(update_fields=["end_at"])

    def execute(self) -> Deadline:
        """Lock, check, perform, compute, log, in one transaction."""
        with transaction.atomic():
            row = self.deadline
            row.refresh_from_db(from_queryset=Deadline.objects.select_for_update())
            self.check()
            old = (row.state, row.due_at, row.calendar_version)
            self.perform()
            row.last_event_at = max(self.moment, row.last_event_at)
            recompute_one(row, self.now)
            row.save()
            log_entry(row, self.verb, *old, self.by, self.reason, self.now).save()
        return row


@dataclass(kw_only=True)
class PauseClock(ClockAction):
    """Stop counting, with reason and document; the term must not have run out."""

    verb = "pause"
    allowed = (OPEN,)
    document: str = ""

    def check(self) -> None:
        super().check()
        if self.moment > self.deadline.due_at:
            raise ActionRefused(_("期限已满，不能再中止。"), _("请办结该事项并说明逾期原因。"))
        if not self.reason.strip():
            raise ActionRefused(_("没有填写中止原因。"), _("请写明中止原因和依据的文书。"), status=400)

    def perform(self) -> None:
        DeadlinePause.objects.create(
            deadline=self.deadline, start_at=self.moment, reason=self.reason, document=self.document
        )
        self.deadline.state = PAUSED


@dataclass(kw_only=True)
class ResumeClock(ClockAction):
    """Count again; the day of resumption counts."""

    verb = "resume"
    allowed = (PAUSED,)

    def perform(self) -> None:
        self.end_pause()
        self.deadline.state = OPEN


@dataclass(kw_only=True)
class ExtendClock(ClockAction):
    """Grant more time: by the rule's amount, by another amount, or up to a day.

    A clock started from a rule follows the rule's limit on how often and asks for it before the due day.
    """

    verb = "extend"
    approver: str
    amount: int = 0
    unit: Unit | None = None
    until: date | None = None

    def check(self) -> None:
        super().check()
        if not self.reason.strip():
            raise ActionRefused(_("没有填写延期理由。"), _("请写明延期理由。"), status=400)
        row = self.deadline
        if self.moment > row.due_at:
            raise ActionRefused(_("期限已满，延期须在期满前提出。"), _("请办结该事项并说明逾期原因。"))
        if self.until is not None and self.until <= row.due_on:
            raise ActionRefused(_("延至的日期不晚于现在的期满日。"), _("请选择更晚的日期。"), status=400)
        if self.until is None and self.amount < 1 and row.may_extend is None:
            raise ActionRefused(_("没有填写延长多久。"), _("请填写延长的数额或日期。"), status=400)
        if row.rule_id:
            self._check_rule(row)

    def _check_rule(self, row: Deadline) -> None:
        """The law's limits on how often and how long."""
        spec, granted = row.may_extend, row.extensions.count()
        problem = extension_problem(spec, granted, timezone.localdate(self.moment), row.due_on)
        if spec is None or problem == "not_allowed":
            raise ActionRefused(_("规则 %(rule)s 不允许延期。") % {"rule": row.rule_id}, _("请在期限内办结。"))
        if problem is not None:
            raise ActionRefused(
                _("规则 %(rule)s 允许的延期次数（%(n)s 次）已用完。") % {"rule": row.rule_id, "n": granted},
                _("请按规则规定的后续程序办理。") + spec.then,
            )
        longest = extended(row, Extension(spec.amount, spec.unit))
        asked = self.until or (
            extended(row, Extension(self.amount, self.unit or spec.unit)) if self.amount else longest
        )
        if asked > longest:
            raise ActionRefused(
                _("规则 %(rule)s 每次最多延至 %(day)s。") % {"rule": row.rule_id, "day": longest},
                _("请改填不超过该日期的期限。"),
                status=400,
            )

    def perform(self) -> None:
        row = self.deadline
        amount, unit = self.amount, self.unit or row.term_unit
        spec = row.may_extend
        if self.until is None and amount < 1 and spec is not None:
            amount, unit = spec.amount, spec.unit
        extension = DeadlineExtension.objects.create(
            deadline=row,
            amount=0 if self.until else amount,
            unit="" if self.until else unit,
            until=self.until,
            granted_at=self.moment,
            approver=self.approver,
            reason=self.reason,
            old_due=row.due_at,
            new_due=row.due_at,
        )
        recompute_one(row, self.now)
        extension.new_due = row.due_at
        extension.save(update_fields=["new_due"])


@dataclass(kw_only=True)
class StopClock(ClockAction):
    """The thing is done: met when in time, missed when after the due moment. A pause still open ends here."""

    verb = "stop"

    def perform(self) -> None:
        row = self.deadline
        if row.state == PAUSED:
            self.end_pause()
            recompute_one(row, self.now)
        row.closed_at = self.moment
        row.state = Deadline.State.MET if self.moment <= row.due_at else Deadline.State.MISSED


@dataclass(kw_only=True)
class CancelClock(ClockAction):
    """The clock was started by mistake or the thing fell away; it counts in no rate."""

    verb = "cancel"

    def perform(self) -> None:
        self.end_pause()
        self.deadline.closed_at = self.moment
        self.deadline.state = Deadline.State.CANCELLED


@dataclass(kw_only=True)
class ReopenClock(ClockAction):
    """Take an ending back: the end date goes, the term runs on as if it had not been closed."""

    verb = "reopen"
    allowed = (Deadline.State.MET, Deadline.State.MISSED, Deadline.State.CANCELLED)

    def check(self) -> None:
        super().check()
        row = self.deadline
        running = Deadline.objects.filter(owner=row.owner, purpose=row.purpose, state__in=RUNNING)
        if running.exists():
            raise ActionRefused(_("该事项的这项时限已重新计时。"), _("请在正在计时的时限上办理。"))

    def perform(self) -> None:
        self.deadline.closed_at = None
        self.deadline.state = OPEN


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))


def hand_over(owner: str, unit: str) -> int:
    """Let another unit answer for the running clocks of a thing, in rates per unit; returns how many."""
    return Deadline.objects.filter(owner=owner, state__in=RUNNING).update(unit=unit)


def start_clock(owner: str, purpose: str, start: date | datetime, **given: object) -> Deadline:
    """`StartClock(owner=, purpose=, start=, …).execute()`."""
    return StartClock(owner=owner, purpose=purpose, start=start, **given).execute()  # type: ignore[arg-type]


def pause_clock(deadline: Deadline, reason: str, **given: object) -> Deadline:
    """`PauseClock(deadline=, reason=, …).execute()`."""
    return PauseClock(deadline=deadline, reason=reason, **given).execute()  # type: ignore[arg-type]


def resume_clock(deadline: Deadline, **given: object) -> Deadline:
    """`ResumeClock(deadline=, …).execute()`."""
    return ResumeClock(deadline=deadline, **given).execute()  # type: ignore[arg-type]


def extend_clock(deadline: Deadline, approver: str, reason: str, **given: object) -> Deadline:
    """`ExtendClock(deadline=, approver=, reason=, …).execute()`."""
    return ExtendClock(deadline=deadline, approver=approver, reason=reason, **given).execute()  # type: ignore[arg-type]


def stop_clock(deadline: Deadline, **given: object) -> Deadline:
    """`StopClock(deadline=, …).execute()`."""
    return StopClock(deadline=deadline, **given).execute()  # type: ignore[arg-type]


def cancel_clock(deadline: Deadline, **given: object) -> Deadline:
    """`CancelClock(deadline=, …).execute()`."""
    return CancelClock(deadline=deadline, **given).execute()  # type: ignore[arg-type]


def reopen_clock(deadline: Deadline, **given: object) -> Deadline:
    """`ReopenClock(deadline=, …).execute()`."""
    return ReopenClock(deadline=deadline, **given).execute()  # type: ignore[arg-type]
