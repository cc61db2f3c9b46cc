"""The fact that a closed score sheet writes."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from hengjian.ledger.kinds import FactKind, register_kind


class ItemPoints(BaseModel):
    model_config = ConfigDict(extra="forbid")
    code: str
    points: Decimal
    full: Decimal


class SheetClosed(BaseModel):
    """A score sheet was closed; a correction supersedes the fact of the version before."""

    model_config = ConfigDict(extra="forbid")
    title: str
    stage: str
    sheet: str
    version: int
    rule: str
    rule_version: str
    total: Decimal
    full: Decimal
    grade: str = ""
    passed: bool | None = None
    rank: int | None = None
    vetoes: list[str] = []
    downgrades: list[str] = []
    assessors: int
    items: list[ItemPoints]


CLOSED = register_kind(FactKind("score.closed", _("评分结果"), SheetClosed, disclosure="shared"))
