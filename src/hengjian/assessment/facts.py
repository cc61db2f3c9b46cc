"""The kinds of facts that an assessment writes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from hengjian.ledger.kinds import FactKind, register_kind


class Payload(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RoundOpened(Payload):
    """A round began: scheme with the digest of its content, window, how many objects."""

    title: str
    scheme: str
    digest: str
    year: int
    period_start: date
    period_end: date
    objects: int


class ItemResult(Payload):
    code: str
    points: Decimal
    full: Decimal
    assumed: bool = False


class ResultPublished(Payload):
    """An object's result; a later version supersedes the fact of the one before.

    Attributes:
        rank_low, rank_high: places in 90 % of the replications with uncertain inputs and weights.
        assumed: items whose points no official source fixes.
    """

    title: str
    round: str
    version: int
    year: int
    object: str
    total: Decimal
    full: Decimal
    grade: str = ""
    passed: bool | None = None
    rank: int
    rank_low: int
    rank_high: int
    of: int
    vetoes: list[str] = []
    downgrades: list[str] = []
    assumed: list[str] = []
    digest: str
    items: list[ItemResult]


class Rectified(Payload):
    """A rectification was accepted."""

    title: str
    round: str
    items: list[str]
    issued_on: date
    due: date | None
    accepted_on: date
    on_time: bool


OPENED = register_kind(FactKind("assessment.opened", _("启动质量工作考核"), RoundOpened, disclosure="public"))
RESULT = register_kind(FactKind("assessment.result", _("质量工作考核结果"), ResultPublished, disclosure="public"))
RECTIFIED = register_kind(FactKind("assessment.rectified", _("考核整改验收"), Rectified, disclosure="shared"))
