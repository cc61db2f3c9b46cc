"""What a procedure is: one YAML page with fields, states, transitions, clocks, outcomes, public face. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal, TypeVar

from pydantic import Field, model_validator

from hengjian.registers.fields import Code, FieldSpec, Legal, Light, Titled, unique
from hengjian.rulebook.base import Strict

# Who takes a step → the verb that is asked for (policies.py registers them).
Hand = Literal["filer", "desk", "handler", "approver", "reviewer", "overseer", "system"]
HANDS: dict[str, str] = {
    "filer": "cases.file",  # the citizen or enterprise that filed it
    "desk": "cases.open",  # intake
    "handler": "cases.handle",
    "approver": "cases.approve",  # head of the handling unit, reviewer
    "reviewer": "cases.review",  # member of a panel
    "overseer": "cases.oversee",  # leading-group office: urging, default unit
    "system": "",
}


class State(Titled):
    """One state.

    Attributes:
        public_title: what the person who filed it reads instead ("正在核实"), where it differs.
        light: its colour.
        waits: whether a step is due from somebody here; such a state needs a clock.
        end: no step leads out of it, except reopening.
    """

    code: Code
    public_title: str = ""
    public_title_en: str = ""
    light: Light = "blue"
    waits: bool = True
    end: bool = False


class Attachment(Titled):
    """Files that a step asks for."""

    least: int = Field(1, ge=0, le=20)
    most: int = Field(10, ge=1, le=50)
    photos: bool = False


class Transition(Titled):
    """One step.

    Attributes:
        origin: states it starts from.
        to: state it leads to; empty: it stays (a note, a hearing, a session).
        by: whose step it is; any of them.
        other_person: not the person who took the previous step.
        fields: form of the step; values stay with the event, those that the case has a field for also there.
        required: fields of the case that must be filled by now.
        attachments: files that the step asks for.
        documents: templates issued with it (`cases.papers`).
        outcome: outcome of the case that it sets (an end state needs one).
        codes: variant of the rulebook family `codes` out of which the step must name one (不予受理 and 终止调解 codes).
        guards: registered checks (`cases.hooks.register_guard`) that may refuse it.
        effects: registered functions (`cases.hooks.register_effect`) run inside the transaction.
        auto: taken by the worker when this clock runs out ("mediate"), instead of by a person.
        note: whether a note may or must be written.
        public_note: the note is shown to the person who filed the case.
        back: a step back; shown as such and never the default.
    """

    code: Code
    origin: tuple[Code, ...] = Field(min_length=1)
    to: Code | Literal[""] = ""
    by: tuple[Hand, ...] = ("handler",)
    other_person: bool = False
    fields: tuple[FieldSpec, ...] = ()
    required: tuple[Code, ...] = ()
    attachments: Attachment | None = None
    documents: tuple[Code, ...] = ()
    outcome: Code | Literal[""] = ""
    codes: str = ""
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    auto: Code | Literal[""] = ""
    note: Literal["no", "may", "must"] = "may"
    public_note: bool = False
    back: bool = False


class Outcome(Titled):
    code: Code
    light: Light = "green"


class Alarm(Strict):
    """`offset`: working days from the due day (minutes for minute clocks), negative before it."""

    code: Code
    offset: int


class ClockUse(Titled):
    """A statutory clock of the case.

    Attributes:
        rule: variant of the rulebook family `terms`; the version of the case's rule day holds. Or
        days, unit: a term that no law gives (a service promise), with its source in `promise`.
        starts: "opened", or transition codes that start it.
        stops: transition codes that end it; empty: any transition out of `states`.
        states: states in which it is the clock to show; every waiting state needs one.
        pauses: states during which it stands still.
        when: only where these fields of the case have these values.
        alarms: reminders; "over" alarms also tell the heads.
    """

    code: Code
    rule: str = ""
    days: int = Field(0, ge=0, le=3650)
    unit: Literal["working_day", "calendar_day", "month", "year", "minute"] = "working_day"
    promise: str = ""
    starts: tuple[str, ...] = ("opened",)
    stops: tuple[Code, ...] = ()
    states: tuple[Code, ...] = Field(min_length=1)
    pauses: tuple[Code, ...] = ()
    when: dict[Code, str] = Field(default_factory=dict)
    alarms: tuple[Alarm, ...] = (Alarm(code="before", offset=-2), Alarm(code="over", offset=1))

    @model_validator(mode="after")
    def _one_source(self) -> ClockUse:
        if bool(self.rule) == bool(self.days):
            raise ValueError(f"clock {self.code}: give either rule or days")
        if self.days and not self.promise:
            raise ValueError(f"clock {self.code}: a term that no law gives names its promise")
        return self


# What the column of a clock's purpose holds.
LONGEST_PURPOSE = 60
N = TypeVar("N", FieldSpec, State, Transition, Outcome, ClockUse)


# Ways a case ends besides its declared outcomes; a procedure may declare one of the same code with words of its own.
WITHDRAWN, MERGED = "withdrawn", "merged"
BUILT_IN_STATES = (
    State(code=WITHDRAWN, title="已撤回", title_en="Withdrawn", light="grey", waits=False, end=True),
    State(code=MERGED, title="已并案", title_en="Merged", light="grey", waits=False, end=True),
)
BUILT_IN_OUTCOMES = (
    Outcome(code=WITHDRAWN, title="申请人撤回", title_en="Withdrawn by whoever filed it", light="grey"),
    Outcome(code=MERGED, title="并入其他办件", title_en="Merged into another case", light="grey"),
)


NUMBER_PARTS = {"year": 2026, "month": 12, "day": 31, "region": "990100000000"}


class Numbering(Strict):
    """`TS{year}-{region}-{seq:06d}`: year, month, day, region code of the case and a running number within them."""

    pattern: str

    @model_validator(mode="after")
    def _can_be_filled(self) -> Numbering:
        try:
            first, second = (self.pattern.format(**NUMBER_PARTS, seq=seq) for seq in (1, 2))
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError(f"number pattern {self.pattern!r} cannot be filled: {error}") from None
        if first == second:
            raise ValueError(f"number pattern {self.pattern!r} has no {{seq}}: all cases would get one number")
        if len(second) > 60:
            raise ValueError(f"number pattern {self.pattern!r} gives more than 60 characters")
        return self


class Operations(Strict):
    """What can be done besides the declared steps.

    Attributes:
        transfer: to another unit; `feedback`: variant of `terms` within which it must report back ("" = no duty to).
        default_after: refused by so many units, the next dispatch goes to the region's default unit.
        split, merge, link: parts, the same thing filed twice, related cases.
        reopen: variant of `terms` within which the filer or an approver may reopen; `reopen_to` the state.
        rate: the filer may rate the handling when it ended.
        withdraw: the filer may withdraw while it is open; that ends it with the outcome `withdrawn`.
    """

    transfer: bool = True
    feedback: str = ""
    default_after: int = Field(2, ge=1, le=9)
    split: bool = False
    merge: bool = True
    link: bool = True
    reopen: str = ""
    reopen_to: Code | Literal[""] = ""
    rate: bool = False
    withdraw: bool = False


class PublicFace(Strict):
    """What people outside see.

    Attributes:
        file: there is a public form, signed in or not.
        track: number and code open a page with state, clock and public notes.
        open311: it is a service of the Open311 endpoint.
    """

    file: bool = False
    track: bool = False
    open311: bool = False


class CaseFacts(Strict):
    """Facts `<prefix>.opened` and `<prefix>.closed`; fields as in registers (personal and internal ones never)."""

    prefix: Code
    subject: str = ""
    disclosure: Literal["public", "shared", "internal"] = "shared"
    refs: dict[Code, str] = Field(default_factory=dict)


class CaseType(Titled):
    """One procedure.

    Attributes:
        code: written `case:` in YAML; also in addresses.
        area: where it stands in the navigation (`registers.catalogue.AREAS`).
        in_force: days on which cases are opened by this version; versions of one case do not overlap.
        secrecy: of new cases; SENSITIVE and above need a grant with that ceiling.
        filer: who files it.
        keepers: families of units that handle it; empty: every unit.
        title_pattern: "{product}：{claim}" filled with fields; empty: the field `title`.
        subject_field: enterprise field that the case is about.
        identity: the person who files is known only to the vault (`cases.identity`).
        anonymous: may be filed without identity.
    """

    code: Code = Field(validation_alias="case")
    version: int = 1
    area: Code
    description: str = ""
    description_en: str = ""
    legal: tuple[Legal, ...] = Field(min_length=1)
    in_force_from: date | None = None
    in_force_to: date | None = None
    number: Numbering
    secrecy: Literal["public", "internal", "sensitive", "personal"] = "internal"
    filer: Literal["citizen", "enterprise", "officer", "system"] = "officer"
    keepers: tuple[str, ...] = ()
    identity: bool = False
    anonymous: bool = False
    fields: tuple[FieldSpec, ...] = Field(min_length=1)
    title_pattern: str = Field(min_length=1)
    subject_field: Code | Literal[""] = ""
    start: Code
    states: tuple[State, ...] = Field(min_length=2)
    transitions: tuple[Transition, ...] = Field(min_length=1)
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    clocks: tuple[ClockUse, ...] = Field(min_length=1)
    operations: Operations = Operations()
    public: PublicFace = PublicFace()
    facts: CaseFacts

    def field(self, code: str) -> FieldSpec:
        return _named(self.fields, code, f"case {self.code} has no field")

    def state(self, code: str) -> State:
        """The declared or built-in state; KeyError when there is none."""
        return _named((*self.states, *BUILT_IN_STATES), code, f"case {self.code} has no state")

    def transition(self, code: str) -> Transition:
        return _named(self.transitions, code, f"case {self.code} has no transition")

    def outcome(self, code: str) -> Outcome:
        """The declared or built-in outcome; KeyError when there is none."""
        return _named((*self.outcomes, *BUILT_IN_OUTCOMES), code, f"case {self.code} has no outcome")

    def clock(self, code: str) -> ClockUse:
        return _named(self.clocks, code, f"case {self.code} has no clock")

    @property
    def shown_states(self) -> tuple[State, ...]:
        """The states that a case can have: the declared ones, and the built-in ones that its operations lead to."""
        return (*self.states, *_built_in(self.operations, BUILT_IN_STATES, self.states))

    @property
    def shown_outcomes(self) -> tuple[Outcome, ...]:
        """The outcomes that a case can have; as for states."""
        return (*self.outcomes, *_built_in(self.operations, BUILT_IN_OUTCOMES, self.outcomes))

    def purpose(self, clock: str) -> str:
        """The purpose under which a clock of this procedure runs."""
        return f"{self.code}.{clock}"

    def leaving(self, state: str) -> list[Transition]:
        """The steps that start from a state."""
        return [step for step in self.transitions if state in step.origin]

    def is_in_force(self, on: date) -> bool:
        return (self.in_force_from is None or self.in_force_from <= on) and (
            self.in_force_to is None or on <= self.in_force_to
        )

    def problems(self) -> Iterator[str]:
        """What makes the graph unusable; empty when it is sound.

        Every state can be reached from the start, an end can be reached from every state, every waiting state shows a
        clock, every way into an end sets an outcome, and no step leads out of an end.
        """
        reached, todo = {self.start}, [self.start]
        while todo:
            for step in self.leaving(todo.pop()):
                if step.to and step.to not in reached:
                    reached.add(step.to)
                    todo.append(step.to)
        ends = {state.code for state in self.states if state.end}
        finishing = set(ends)
        while more := {
            state.code
            for state in self.states
            if state.code not in finishing and any(step.to in finishing for step in self.leaving(state.code))
        }:
            finishing |= more
        clocked = {code for clock in self.clocks for code in (*clock.states, *clock.pauses)}
        for state in self.states:
            if state.code not in reached:
                yield f"state {state.code} cannot be reached from {self.start}"
            if state.code not in finishing:
                yield f"no end can be reached from state {state.code}"
            if state.waits and not state.end and state.code not in clocked:
                yield f"state {state.code} waits without a clock"
            if state.end and self.leaving(state.code):
                yield f"state {state.code} is an end but steps lead out of it"
        for step in self.transitions:
            if step.to in ends and not step.outcome:
                yield f"transition {step.code} ends the case without an outcome"
        if not ends:
            yield "there is no end"

    @model_validator(mode="after")
    def _holds_together(self) -> CaseType:
        for kind, items in (
            ("field", self.fields),
            ("state", self.states),
            ("transition", self.transitions),
            ("outcome", self.outcomes),
            ("clock", self.clocks),
        ):
            unique(kind, [item.code for item in items])
        for clock in self.clocks:
            if len(self.purpose(clock.code)) > LONGEST_PURPOSE:
                raise ValueError(f"{self.purpose(clock.code)} is longer than {LONGEST_PURPOSE} characters")
        states = {state.code for state in self.states}
        fields = {spec.code for spec in self.fields}
        steps = {step.code for step in self.transitions}
        outcomes = {outcome.code for outcome in self.outcomes}
        clocks = {clock.code for clock in self.clocks}

        def known(where: str, wanted: set[str], there: set[str]) -> None:
            if missing := wanted - there:
                raise ValueError(f"{where} names {', '.join(sorted(missing))}, which is not declared")

        known("start", {self.start}, states)
        known("subject_field", {self.subject_field} - {""}, fields)
        for step in self.transitions:
            known(f"transition {step.code}", {*step.origin, step.to} - {""}, states)
            known(f"transition {step.code}", set(step.required), fields | {spec.code for spec in step.fields})
            known(f"transition {step.code}", {step.outcome} - {""}, outcomes)
            known(f"transition {step.code}", {step.auto} - {""}, clocks)
        for clock in self.clocks:
            known(f"clock {clock.code}", {*clock.states, *clock.pauses}, states)
            known(f"clock {clock.code}", {*clock.starts, *clock.stops} - {"opened"}, steps)
            known(f"clock {clock.code}", set(clock.when), fields)
        known("operations", {self.operations.reopen_to} - {""}, states)
        if found := list(self.problems()):
            raise ValueError("; ".join(found))
        return self


def _built_in(operations: Operations, all_of: tuple[N, ...], declared: tuple[N, ...]) -> list[N]:
    wanted = {WITHDRAWN: operations.withdraw, MERGED: operations.merge}
    taken = {item.code for item in declared}
    return [item for item in all_of if wanted[item.code] and item.code not in taken]


def _named(items: tuple[N, ...], code: str, missing: str) -> N:
    for item in items:
        if item.code == code:
            return item
    raise KeyError(f"{missing} {code}")
