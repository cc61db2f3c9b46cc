"""The fact kinds of the room. Only `credit.recorded` says what a record is about; the others name it by key."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field

from hengjian.ledger.drafts import INTERNAL, PUBLIC, SHARED
from hengjian.ledger.kinds import FactKind, register_kind


class Recorded(BaseModel):
    """Credit information as the catalogue admits it; `values` by the layout of its category."""

    model_config = ConfigDict(extra="forbid")
    record: UUID
    category: str
    catalogue: str
    edition: str
    severity: str = ""
    title: str
    document: str = ""
    decided_on: date
    published_from: date | None = None
    min_until: date | None = None
    max_until: date | None = None
    rule: str = ""
    unfulfilled: bool = False
    values: dict[str, Any] = Field(default_factory=dict)


class Ended(BaseModel):
    """A record ended: by repair, at its maximum, because the decision fell, or for a time."""

    model_config = ConfigDict(extra="forbid")
    record: UUID
    rule: str = ""
    ground: str = ""
    until: datetime | None = None


class Disputed(BaseModel):
    """A record is in dispute, or not any more."""

    model_config = ConfigDict(extra="forbid")
    record: UUID
    disputed: bool


class LooksAnchored(BaseModel):
    """The log of looks up to a row: a change before it would show in the root."""

    model_config = ConfigDict(extra="forbid")
    first: int
    last: int
    count: int
    root: str


class SealedLooked(BaseModel):
    """Somebody of supervision opened a sealed record."""

    model_config = ConfigDict(extra="forbid")
    record: UUID
    purpose: str


RECORDED = FactKind("credit.recorded", _("信用记录"), Recorded, subject="enterprise", disclosure=PUBLIC)
REPAIRED = FactKind("credit.repaired", _("信用修复"), Ended, subject="credit_record", disclosure=INTERNAL)
EXPIRED = FactKind("credit.expired", _("公示期满"), Ended, subject="credit_record", disclosure=INTERNAL)
WITHDRAWN = FactKind("credit.withdrawn", _("决定被撤销"), Ended, subject="credit_record", disclosure=INTERNAL)
SHIELDED = FactKind("credit.shielded", _("临时屏蔽"), Ended, subject="credit_record", disclosure=INTERNAL)
RESTORED = FactKind("credit.restored", _("恢复公示"), Ended, subject="credit_record", disclosure=INTERNAL)
DISPUTED = FactKind("credit.disputed", _("信用记录异议"), Disputed, subject="credit_record", disclosure=SHARED)
LOOKS_ANCHORED = FactKind("credit.looks_anchored", _("查询记录存证"), LooksAnchored, disclosure=INTERNAL)
SEALED_LOOKED = FactKind("credit.sealed_looked", _("查阅封存记录"), SealedLooked, "credit_record", INTERNAL)


def register() -> None:
    """Make the kinds known; called when the app is ready."""
    for kind in (
        RECORDED,
        REPAIRED,
        EXPIRED,
        WITHDRAWN,
        SHIELDED,
        RESTORED,
        DISPUTED,
        LOOKS_ANCHORED,
        SEALED_LOOKED,
    ):
        register_kind(kind)
