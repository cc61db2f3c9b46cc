"""The fact kinds of the room."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from hengjian.ledger.kinds import FactKind, register_kind


class Payload(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ValueObserved(Payload):
    """A value was approved; a correction supersedes the fact of the version before.

    Attributes:
        dimensions: name → code, empty for the whole.
        definition: number and digest of the definition's version, `3:9f86d081884c`.
        assumptions: what it rests on that no official source fixes.
    """

    indicator: str
    title: str
    definition: str
    period: str
    dimensions: dict[str, str] = {}
    scale: str
    unit: str = ""
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    n: int | None = None
    origin: str
    version: int
    assumptions: list[str] = []
    rule: str = ""
    figure: str = ""
    reason: str = ""


class TargetSet(Payload):
    """A target was set, changed (it then supersedes the earlier one) or withdrawn."""

    indicator: str
    title: str
    period: str
    dimensions: dict[str, str] = {}
    operator: str
    value: Decimal
    unit: str = ""
    firm: bool
    owner: str = ""
    plan_target: str = ""
    state: str
    reason: str = ""


class DefinitionDecided(Payload):
    """A definition was approved: from here on values are made by it."""

    indicator: str
    title: str
    number: int
    digest: str
    reason: str = ""


OBSERVED = register_kind(FactKind("indicator.observed", _("指标值核定"), ValueObserved, "indicator", "public"))
TARGET = register_kind(FactKind("indicator.target", _("指标目标设定"), TargetSet, "indicator", "shared"))
DEFINED = register_kind(FactKind("indicator.defined", _("指标定义批准"), DefinitionDecided, "indicator", "shared"))
