"""Stopping, restarting and extending the clock of a case by hand; what states and steps do to it is declared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.cases import clocking, recording
from hengjian.cases.actions.base import CaseAction
from hengjian.cases.models import CaseEvent
from hengjian.clocks.actions import extend_clock, pause_clock, resume_clock
from hengjian.clocks.models import Deadline
from hengjian.parties.verbs import ActionRefused, require_other_person


@dataclass(kw_only=True)
class ClockOfCase(CaseAction[Deadline]):
    """A verb on one running clock of the case; the one that is shown, unless another is named."""

    needs_reason = True

    clock: str = ""

    def check_state(self) -> None:
        super().check_state()
        self.check_open()
        self.check_own_unit()
        if self.deadline is None:
            raise ActionRefused(
                _("“%(number)s”没有正在计时的这项时限。") % {"number": self.case.number}, _("请刷新页面查看最新状态。")
            )

    @property
    def deadline(self) -> Deadline | None:
        return clocking.running(self.case).get(self.clock or self.case.clock)

    def found(self) -> Deadline:
        assert self.deadline is not None
        return self.deadline

    def note(self, code: str, before: date, after: Deadline) -> None:
        """Record why the date moved; whoever filed the case is told."""
        self.log(
            CaseEvent.Kind.CLOCK,
            code,
            note=self.reason,
            public=True,
            data={
                "clock": self.clock or self.case.clock,
                "before": before.isoformat(),
                "after": after.due_on.isoformat(),
            },
        )
        self.save()


@dataclass(kw_only=True)
class PauseClock(ClockOfCase):
    """Stop counting while something outside the unit's power is waited for; reason and document are kept."""

    verb = "cases.handle"

    document: str = ""

    def perform(self) -> Deadline:
        clock = self.found()
        due = clock.due_on
        after = pause_clock(clock, self.reason[:200], document=self.document[:120], at=self.moment, by=self.by)
        self.note("pause", due, after)
        return after


@dataclass(kw_only=True)
class ResumeClock(ClockOfCase):
    """Count again. A clock that the state itself stops cannot be restarted by hand."""

    verb = "cases.handle"
    needs_reason = False

    def check_state(self) -> None:
        super().check_state()
        clock = self.declared.clock(self.clock or self.case.clock)
        if self.case.state in clock.pauses:
            raise ActionRefused(
                _("“%(state)s”期间不计时。") % {"state": self.declared.state(self.case.state).title},
                _("离开这一状态时自动恢复计时。"),
            )

    def perform(self) -> Deadline:
        clock = self.found()
        due = clock.due_on
        after = resume_clock(clock, at=self.moment, by=self.by, reason=self.reason[:300])
        self.note("resume", due, after)
        return after


@dataclass(kw_only=True)
class ExtendCaseClock(ClockOfCase):
    """Grant the extension that the law allows, by whom it says; never by the person who handles the case.

    Attributes:
        amount: in the law's unit, if less than it allows; 0: as much as it allows.
    """

    verb = "cases.approve"

    amount: int = 0

    def check_state(self) -> None:
        super().check_state()
        require_other_person(self.actor, self.case.handler, _("延期审批"))

    def perform(self) -> Deadline:
        clock = self.found()
        due, spec = clock.due_on, clock.may_extend
        after = extend_clock(
            clock,
            (spec.approver if spec is not None else self.case.unit.name)[:60],
            self.reason[:300],
            amount=self.amount,
            at=self.moment,
            by=self.by,
        )
        self.note("extend", due, after)
        recording.notify(
            self.case, recording.answerable(self.case), gettext_noop("%(number)s 已获准延期至 %(due)s。"),
            f"event:{self.case.version}", due=after.due_on.isoformat(),
        )  # fmt: skip
        return after
