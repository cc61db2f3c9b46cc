"""What the interface of quality credit takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from hengjian.api.lists import Strict
from hengjian.credit.sharing.actions.screenings import MOST_ROWS
from hengjian.credit.sharing.models import Event

#: Bodies that one call matches at once.
TOGETHER = 100


class SubjectOut(Schema):
    """An enterprise as everybody may see it."""

    key: str = Field(description="Stable key; stays when code or name change.", examples=["E0000123"])
    code: str
    name: str
    kind: str
    region: str
    status: str
    registered_on: date | None


class HitOut(SubjectOut):
    how: str = Field(
        description="code, old_code, code_repaired, code_part, name, beginning, brand, inside, parts, pinyin, "
        "initials, sound or similar."
    )
    matched: str = Field(description="The name or code that the text fits; may be a former one.")


class FoundOut(Schema):
    """`more`: there are further ones; nothing is counted to the end."""

    items: list[HitOut]
    more: bool


class SharedRecordOut(Schema):
    """A record that the caller may see; sealed ones are in no answer."""

    id: UUID
    category: str
    title: str
    document: str
    organ: str
    severity: str
    decided_on: date | None
    published_from: date | None
    min_until: date | None
    max_until: date | None
    state: str
    disputed: bool


class SubjectCreditOut(SubjectOut):
    records: list[SharedRecordOut]
    public_only: bool = Field(description="Whether only what everybody may see is here.")


class SearchIn(Strict):
    """One box for everything."""

    q: str = Field(
        min_length=1, max_length=100, description="Code, name, part of a name, former name, pinyin, initials."
    )
    region: str = Field("", max_length=12, description="Division code: only there and below.")
    kind: Literal["", "company", "cooperative", "sole_trader", "hospital_school", "gov_or_other"] = ""
    status: Literal["", "active", "suspended", "revoked", "deregistered", "cancelled", "moved_out"] = ""
    limit: int = Field(20, ge=1, le=50)
    offset: int = Field(0, ge=0, le=1000)


class AskedIn(Strict):
    """A body as a list of yours names it."""

    name: str = Field("", max_length=200)
    code: str = Field("", max_length=40, description="18 characters, or an older code of 9 or 15.")
    region: str = Field("", max_length=12, description="Division code.")
    address: str = Field("", max_length=300)
    former: list[str] = Field([], max_length=10)


class MatchIn(Strict):
    """Up to 100 bodies; longer lists are screenings."""

    bodies: list[AskedIn] = Field(min_length=1, max_length=TOGETHER)
    limit: int = Field(5, ge=1, le=20)


class MatchReasonOut(Schema):
    part: str
    finding: str
    effect: float


class MatchCandidateOut(Schema):
    """`score` 0 to 1; two different valid codes are never `same`."""

    key: str
    code: str
    name: str
    region: str
    status: str
    score: float
    verdict: Literal["same", "review", "different"]
    reasons: list[MatchReasonOut]


class EnterpriseMatchOut(Schema):
    """Candidates for each body, in the order asked, best first."""

    results: list[list[MatchCandidateOut]]


class ScreeningIn(Strict):
    """A list for the worker."""

    title: str = Field("", max_length=120)
    purpose: str = Field(min_length=1, max_length=200)
    bodies: list[AskedIn] = Field(min_length=1, max_length=MOST_ROWS)


class ScreeningOut(Schema):
    id: UUID
    title: str
    state: Literal["waiting", "running", "done", "failed"]
    total: int
    done: int
    created_at: datetime


class ScreeningRows(Schema):
    """Answers of the rows that are compared already."""

    total: int
    done: int
    offset: int
    items: list[list[MatchCandidateOut]]


class CreditSubscriptionIn(Strict):
    title: str = Field(min_length=1, max_length=80)
    purpose: str = Field(min_length=1, max_length=200)
    events: list[Literal[tuple(Event.values)]]  # type: ignore[valid-type]
    region: str = Field("", max_length=12, description="Watches the whole region instead of a portfolio.")
    kind: Literal["", "company", "cooperative", "sole_trader", "hospital_school", "gov_or_other"] = ""
    url: str = Field("", max_length=500, description="https address for signed messages; empty: only in the product.")


class CreditSubscriptionOut(Schema):
    id: UUID
    title: str
    purpose: str
    events: list[str]
    region: str
    kind: str
    url: str
    active: bool
    watched: int


class CreditSubscriptionMade(CreditSubscriptionOut):
    secret: str = Field(description="Signs the messages (HMAC-SHA-256); shown once here, later on the page.")


class PortfolioIn(Strict):
    codes: list[str] = Field(min_length=1, max_length=5000, description="Codes or keys.")


class PortfolioOut(Schema):
    added: int
    known: int
    missing: list[str]


class RemovedOut(Schema):
    removed: int


class AlertOut(Schema):
    """A message. Of a record that is sealed only the key is left, with the order to stop using it."""

    id: str
    subscription: str
    event: str
    at: datetime
    enterprise: dict[str, str]
    record: dict[str, Any] | None
    note: str
    stop_use: bool
    confirm_by: date | None
    confirmed_at: datetime | None


class ReceiptIn(Strict):
    alerts: list[UUID] = Field(min_length=1, max_length=1000)
    note: str = Field("", max_length=200)


class ReceiptOut(Schema):
    confirmed: int


class BulkStatement(Schema):
    """What a bulk file holds; the digest is over its bytes."""

    category: str
    since: date | None
    until: date
    format: Literal["csv", "jsonl"]
    rows: int
    withdrawn: int = Field(description="Keys of records that ended since; whoever has them stops using them.")
    sha256: str
    tree_size: int = Field(description="Facts in the ledger when it was made.")


class BulkIn(Strict):
    category: Literal["penalty", "permit"] = "penalty"
    since: date | None = Field(None, description="Only what was recorded from this day on; empty: everything.")
    format: Literal["csv", "jsonl"] = "csv"
