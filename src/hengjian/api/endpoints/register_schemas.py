"""Inputs and answers of the endpoints of registers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from hengjian.api.lists import Strict, Window
from hengjian.api.schemas import Note, RegionCode, RegionRef, UnitKey, UnitRef

Values = dict[str, Any]


class RegisterOut(Schema):
    """A declared register, briefly."""

    code: str = Field(examples=["lift"])
    title: str
    title_en: str
    area: str
    description: str
    key: str = Field(description="What the identifier is called.")
    public: bool
    filed_by: Literal["officer", "enterprise", "system"]
    approval: bool = Field(description="A second person confirms each entry.")
    closed_on: date | None = Field(description="Nothing dated later is entered; the legal basis ended.")


class EntryOut(Schema):
    """One entry as it stands."""

    id: int
    ref: str = Field(description="How facts, cases and files refer to it.", examples=["entry:lift:12"])
    register_code: str
    key: str
    title: str
    status: str
    standing: str = Field(description="How it stands today in the reader's language, with expiry and approval.")
    light: str = Field(description="green, amber, red, blue or grey.")
    valid_from: date | None
    valid_to: date | None
    unit: UnitRef
    region: RegionRef
    filer: UnitRef | None
    version: int
    approved_at: datetime | None
    updated_at: datetime
    values: Values = Field(description="By field code, typed as `/registers/{code}/schema` says; personal data masked.")


class VersionOut(Schema):
    """What an entry said from a day on, and since when that is known."""

    number: int
    valid_from: date
    recorded_at: datetime
    verb: str
    status: str
    reason: str
    ground: str
    system: str
    fact: str | None = Field(description="Id of the fact in the ledger.")
    data: Values


class EntryIn(Strict):
    """A new entry."""

    values: Values = Field(description="By field code; texts are read as on the form.", examples=[{"name": "…"}])
    key: str = Field("", max_length=200, description="Identifier; empty where the register numbers by itself.")
    title: str = Field("", max_length=200)
    unit: UnitKey | None = Field(None, description="The unit that keeps it; left out: the caller's.")
    region: RegionCode | None = Field(None, description="Left out: the unit's.")
    valid_from: date | None = None
    valid_to: date | None = None
    status: str = Field("", max_length=60, description="Left out: the register's first.")
    on: date | None = Field(None, description="Day from which it holds; left out: today.")
    reason: Note = ""


class ChangeIn(Strict):
    """What changes; what is left out stays."""

    values: Values = Field(default_factory=dict)
    key: str | None = Field(None, max_length=200)
    title: str | None = Field(None, max_length=200)
    valid_from: date | None = Field(None, description="null empties it; left out: as it is.")
    valid_to: date | None = Field(None, description="null empties it; left out: as it is.")
    on: date | None = Field(None, description="Day from which the change holds; left out: today.")
    reason: Note = Field("", description="Why; required, goes into log and history.", examples=["地址变更"])


class StatusIn(Strict):
    """Another status."""

    status: str = Field("", max_length=60, description="Code of the new status; required.", examples=["revoked"])
    ground: str = Field("", max_length=60, description="Code of the ground, where the status has a list of them.")
    on: date | None = None
    reason: Note = ""


class DoneIn(Strict):
    """A recurring duty was done."""

    on: date | None = Field(None, description="The day; left out: today.")
    reason: Note = ""


class EntryQuery(Window):
    """Filters of a list; the fields that the register declares as filters go into `where`."""

    q: str = Field("", max_length=100, description="All words must occur in name, identifier or searched fields.")
    status: list[str] = Field([], max_length=20)
    unit: str | None = Field(None, max_length=80, description="Key of the keeping unit.")
    region: str | None = Field(None, max_length=12, description="Code; the regions below count, too.")
    validity: str | None = Field(None, max_length=80, description="now, end30, end90, past, waiting, late-…, soon-….")
    where: list[str] = Field([], max_length=20, description="`field:value`, may be repeated.", examples=[["kind:food"]])
    sort: str | None = Field(None, max_length=61, description="Column; `-` in front turns the order round.")
