"""The fact kinds of random draws. Inspectors appear by their number in the list, never by name."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from hengjian.ledger.kinds import FactKind, register_kind


class Payload(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StratumCount(Payload):
    code: str
    count: int
    reserve: int


class DrawPrepared(Payload):
    """The lists of a draw were frozen; the seed is not known yet."""

    title: str
    commitment: str
    targets: int
    targets_hash: str
    inspectors: int
    inspectors_hash: str
    exclusions_hash: str
    strata: list[StratumCount]
    per_target: int
    seed_source: str
    seed_after: datetime
    rule: str
    rule_version: str


class DrawnTarget(Payload):
    target: str
    reserve: bool
    inspectors: list[str]


class DrawPerformed(Payload):
    """The seed came into being and decided."""

    title: str
    commitment: str
    seed: str
    result_hash: str
    drawn: list[DrawnTarget]


class DrawCancelled(Payload):
    """A prepared draw was given up before its seed was known."""

    title: str
    commitment: str
    reason: str


class CheckResult(Payload):
    """What a check found; published within the statutory term."""

    draw: str
    title: str
    name: str
    code: str
    code_title: str
    ended_on: date
    published_on: date
    version: int


PREPARED = register_kind(FactKind("draw.prepared", _("抽查名录锁定"), DrawPrepared, "draw", disclosure="public"))
PERFORMED = register_kind(FactKind("draw.performed", _("随机抽取"), DrawPerformed, "draw", disclosure="public"))
CANCELLED = register_kind(FactKind("draw.cancelled", _("抽查取消"), DrawCancelled, "draw", disclosure="public"))
RESULT = register_kind(FactKind("draw.result", _("抽查结果"), CheckResult, disclosure="public"))
