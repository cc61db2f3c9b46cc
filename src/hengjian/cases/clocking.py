"""The clocks of a case: started, stopped and paused as its procedure declares; the one to show kept on the case.

Nothing here asks who may; the actions do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.cases.declarations import CaseType, ClockUse, Transition
from hengjian.cases.models import Case
from hengjian.clocks.actions import cancel_clock, pause_clock, reopen_clock, resume_clock, start_clock, stop_clock
from hengjian.clocks.models import Deadline
from hengjian.clocks.queries import open_clocks
from hengjian.clocks.rules import Term
from hengjian.parties.verbs import ActionRefused

OPENED = "opened"
# Rings when a clock that leads to an automatic step has run out: at the minute, or on the next working day.
AUTO = "auto"


def rule_of(clock: ClockUse, case: Case) -> rulebook.Rule | None:
    """The law's term on the case's rule day; None for a promised one.

    Raises:
        ActionRefused: the rulebook has no such term for that day and region.
    """
    if not clock.rule:
        return None
    try:
        return rulebook.at("terms", case.region.code, case.rules_on, clock.rule)
    except rulebook.RuleNotFound as error:
        raise ActionRefused(
            _("规则库中没有 %(day)s 适用的“%(clock)s”期限（%(rule)s）。")
            % {"day": case.rules_on, "clock": clock.title, "rule": clock.rule},
            _("请核对适用规则日期；如需补充规则，请联系系统管理员。"),
        ) from error


def minutes(clock: ClockUse, rule: rulebook.Rule | None) -> bool:
    if rule is None:
        return clock.unit == "minute"
    term = getattr(rule.parameters, "term", None)
    return term is not None and term.unit == "minute"


def applies(clock: ClockUse, data: dict[str, Any]) -> bool:
    """Whether the case's fields have the values that the clock asks for."""
    return all(_said(data.get(code)) == wanted for code, wanted in clock.when.items())


def _said(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def running(case: Case) -> dict[str, Deadline]:
    """The running clocks of the case by their code."""
    prefix = f"{case.type}."
    return {clock.purpose.removeprefix(prefix): clock for clock in open_clocks(case.ref)}


def start_clocks(case: Case, declared: CaseType, trigger: str, *, at: datetime, by: str) -> None:
    """Start what a transition (or `OPENED`) starts; what runs already goes on."""
    wanted = [clock for clock in declared.clocks if trigger in clock.starts and applies(clock, case.data)]
    if not wanted:
        return
    going = running(case)
    for clock in wanted:
        if clock.code not in going:
            start_one(case, declared, clock, at=at, by=by)


def start_one(case: Case, declared: CaseType, clock: ClockUse, *, at: datetime, by: str) -> Deadline:
    """Start one clock of the case."""
    rule = rule_of(clock, case)
    alarms = [(alarm.code, alarm.offset) for alarm in clock.alarms]
    if any(step.auto == clock.code for step in declared.transitions):
        alarms.append((AUTO, 0 if minutes(clock, rule) else 1))
    return start_clock(
        case.ref,
        declared.purpose(clock.code),
        at,
        rule=rule,
        term=None if rule else Term(clock.days, clock.unit),
        alarms=alarms,
        unit=case.unit.ref,
        region=case.region.code,
        by=by,
    )


def follow_step(case: Case, declared: CaseType, step: Transition, old: str, *, at: datetime, by: str) -> None:
    """What a step does to the clocks; `case.state` is the new state already."""
    going = running(case)
    for code, deadline in going.items():
        clock = _declared(declared, code)
        if clock is None:
            continue
        covered = {*clock.states, *clock.pauses}
        left = bool(step.to) and old in covered and case.state not in covered
        if step.code in clock.stops or (not clock.stops and left):
            stop_clock(deadline, at=at, by=by)
    start_clocks(case, declared, step.code, at=at, by=by)
    keep_clocked(case, declared, at=at, by=by)
    for code, deadline in running(case).items():
        clock = _declared(declared, code)
        if clock is None:
            continue
        if case.state in clock.pauses and deadline.state == Deadline.State.OPEN:
            # Time that has run out is not bought back by a pause.
            if at <= deadline.due_at:
                pause_clock(deadline, declared.state(case.state).title, at=at, by=by)
        elif old in clock.pauses and case.state not in clock.pauses and deadline.state == Deadline.State.PAUSED:
            resume_clock(deadline, at=at, by=by)


def keep_clocked(case: Case, declared: CaseType, *, at: datetime, by: str) -> None:
    """See to it that a waiting state has a clock: one that a step back returns to runs on where it was stopped; one
    that never ran starts."""
    state = declared.state(case.state)
    if not state.waits or state.end:
        return
    here = [clock for clock in declared.clocks if case.state in (*clock.states, *clock.pauses)]
    going = running(case)
    if any(clock.code in going for clock in here):
        return
    wanted = [clock for clock in here if applies(clock, case.data)]
    purposes = [declared.purpose(clock.code) for clock in wanted]
    ended = Deadline.objects.filter(owner=case.ref, purpose__in=purposes, closed_at__isnull=False)
    last = ended.exclude(state=Deadline.State.CANCELLED).order_by("-closed_at", "-pk").first()
    if last is not None:
        reopen_clock(last, at=at, by=by)
    elif wanted:
        start_one(case, declared, wanted[0], at=at, by=by)


def end_clocks(case: Case, *, at: datetime, by: str, cancel: bool = False) -> None:
    """End all that still runs. Cancelled ones count in no rate, but what is late already stays late."""
    for deadline in running(case).values():
        if cancel and not deadline.is_late(at):
            cancel_clock(deadline, at=at, by=by)
        else:
            stop_clock(deadline, at=at, by=by)


def show_clock(case: Case, declared: CaseType) -> None:
    """Put the clock to show on the case: of those that belong to its state the first due, else the first due at all."""
    going = running(case)
    here = {code: going[code] for code in _of_state(declared, case.state) if code in going}
    pick_clock(case, here or going)


def pick_clock(case: Case, going: dict[str, Deadline]) -> None:
    """The first due of these clocks on the case; unsaved."""
    code = min(going, key=lambda name: (going[name].due_at, name), default="")
    case.clock = code
    case.due_at = going[code].due_at if code else None
    case.paused = bool(code) and going[code].state == Deadline.State.PAUSED


def _of_state(declared: CaseType, state: str) -> Iterable[str]:
    return [clock.code for clock in declared.clocks if state in clock.states or state in clock.pauses]


def _declared(declared: CaseType, code: str) -> ClockUse | None:
    return next((clock for clock in declared.clocks if clock.code == code), None)
