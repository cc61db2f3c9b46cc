"""What the interface takes and gives about cases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from hengjian.api.lists import Strict, Window
from hengjian.api.schemas import Note, RegionCode, RegionRef, UnitKey, UnitRef

Values = dict[str, Any]


class CaseTypeOut(Schema):
    """A declared procedure, briefly."""

    code: str = Field(examples=["complaint"])
    version: int
    title: str
    title_en: str
    area: str
    description: str
    filer: Literal["citizen", "enterprise", "officer", "system"]
    in_force_from: date | None
    in_force_to: date | None
    states: list[str]
    steps: list[str]
    public_form: bool = Field(description="People outside may file it.")


class ClockOut(Schema):
    """A clock of a case and how its date came about."""

    code: str
    title: str
    state: Literal["open", "paused", "met", "missed", "cancelled"]
    started_at: datetime
    due_at: datetime
    closed_at: datetime | None
    provisional: bool = Field(description="A year on the way has no published holiday arrangement yet.")
    rule: str = Field(description="Rule of the rulebook; empty for a service promise.")
    explanation: list[str] = Field(description="Step by step, in the reader's language.")


class EventOut(Schema):
    """What happened. Whoever filed the case is never named."""

    number: int
    kind: str
    code: str
    occurred_at: datetime
    recorded_at: datetime
    by: str = Field(description="Name, its middle covered; empty for systems and whoever filed the case.")
    system: str
    old_state: str
    new_state: str
    outcome_code: str
    note: str
    public: bool


class TransferOut(Schema):
    """A dispatch to another unit."""

    id: int
    sender: UnitRef
    receiver: UnitRef
    reason: str
    basis: str
    state: Literal["sent", "accepted", "refused", "answered"]
    sent_at: datetime
    answered_at: datetime | None
    answer: str
    hands_over: bool


class CaseOut(Schema):
    """One case as it stands."""

    id: int
    ref: str = Field(description="How facts, clocks and files refer to it.", examples=["case:12"])
    type: str
    type_version: int
    number: str
    title: str
    state: str
    outcome: str
    outcome_code: str
    unit: UnitRef
    region: RegionRef
    handler: str = Field(description="Name, its middle covered.")
    opened_at: datetime
    closed_at: datetime | None
    rules_on: date = Field(description="Day whose rules hold for the whole case.")
    clock: str = Field(description="Code of the clock that counts now.")
    due_at: datetime | None
    paused: bool
    late: bool
    category: str
    channel: str
    subject: str
    rating: int | None
    version: int
    values: Values = Field(description="By field code; sealed personal data is left out.")


class CaseDetailOut(CaseOut):
    """One case with clocks, events, transfers and what the caller may do next."""

    clocks: list[ClockOut]
    events: list[EventOut]
    transfers: list[TransferOut]
    steps: list[str] = Field(description="Codes of the declared steps that the caller may take now.")


class CaseIn(Strict):
    """A new case."""

    values: Values = Field(description="By field code; texts are read as on the form.", examples=[{"product": "…"}])
    unit: UnitKey | None = Field(None, description="The unit that handles it; left out: the caller's.")
    region: RegionCode | None = Field(None, description="Left out: the unit's.")
    opened_at: datetime | None = Field(None, description="When it came in; left out: now.")
    rules_on: date | None = Field(None, description="Left out: the day it came in.")
    channel: str = Field("api", max_length=40)
    category: str = Field("", max_length=60)
    subject: str = Field("", max_length=100)
    identity: dict[str, str] | None = Field(None, description="Who filed it; sealed at once, never given out.")
    token: str = Field("", max_length=64, description="Your own number of the form: sent twice, it makes one case.")


class CreatedOut(Schema):
    case: CaseOut
    code: str = Field(description="For following it publicly; given only now. Empty where the type has none.")
    repeated: bool = Field(description="The token was known: `case` is the one made before.")


class StepIn(Strict):
    """A declared step."""

    values: Values = Field(default_factory=dict)
    note: Note = ""
    outcome_code: str = Field("", max_length=60, description="Out of the step's code list, where it has one.")
    at: datetime | None = Field(None, description="When it happened; left out: now.")
    version: int = Field(0, ge=0, description="Version that was looked at; another one now: 409. 0: not checked.")


class SendIn(Strict):
    """A dispatch."""

    receiver: UnitKey
    reason: Note = Field(min_length=1)
    hands_over: bool = Field(True, description="False: asks for help, the case stays with the sender.")


class AnswerIn(Strict):
    accepts: bool
    answer: Note = Field("", description="Required when it is sent back.")


class FeedbackIn(Strict):
    answer: Note = Field(min_length=1)


class NoteIn(Strict):
    note: Note = Field(min_length=1)
    public: bool = Field(False, description="Whoever filed the case reads it.")


class CaseQuery(Window):
    """Filters of a list; the fields that the procedure declares as filters go into `where`."""

    q: str = Field("", max_length=100, description="All words must occur in number or title.")
    state: list[str] = Field([], max_length=30)
    outcome: list[str] = Field([], max_length=30)
    open: Literal["open", "late", "soon", "closed"] | None = None
    unit: str | None = Field(None, max_length=80, description="Key of the handling unit.")
    region: str | None = Field(None, max_length=12, description="Code; the regions below count, too.")
    opened_from: date | None = None
    opened_to: date | None = None
    where: list[str] = Field([], max_length=20, description="`field:value`, may be repeated.")
    sort: str | None = Field(None, max_length=61, description="Column; `-` in front turns the order round.")
