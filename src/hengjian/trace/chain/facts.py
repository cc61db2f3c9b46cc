"""The fact kinds of the room."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from hengjian.ledger.kinds import FactKind, register_kind


class Payload(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RecallOrdered(Payload):
    """A recall was ordered. `lots`: in its scope; `shipped`: left the producer, in `unit`; `scope`: SHA-256 over the
    sorted keys of the scope, one a line."""

    number: str
    product: str
    sources: list[str]
    lots: int
    shipped: Decimal | None
    unit: str
    scope: str


class RecallEnded(Payload):
    """A recall ended; `recovered` of `shipped` came back or was destroyed."""

    number: str
    product: str
    recovered: Decimal | None
    shipped: Decimal | None
    unit: str


class AnomalySettled(Payload):
    """An anomaly of the chain was explained, or handed over to a case."""

    code: str
    key: str
    handed_over: bool
    explanation: str
    case: str = ""


ORDERED = register_kind(FactKind("trace.recall_ordered", _("责令召回"), RecallOrdered, disclosure="public"))
ENDED = register_kind(FactKind("trace.recall_ended", _("召回结束"), RecallEnded, disclosure="public"))
SETTLED = register_kind(FactKind("trace.anomaly_settled", _("追溯异常处理"), AnomalySettled, disclosure="internal"))
