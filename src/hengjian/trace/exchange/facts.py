"""The fact kinds that the room writes beside those of its registers."""

from __future__ import annotations

from datetime import date
from typing import Literal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from hengjian.ledger.kinds import FactKind, register_kind


class CertificateChecked(BaseModel):
    """An officer checked a certificate of conformity against goods and records."""

    model_config = ConfigDict(extra="forbid")
    certificate: str
    verdict: Literal["true", "untrue"]
    note: str = ""


class ExchangeTaken(BaseModel):
    """A file of messages was taken in, or undone (`undone`: negative counts would hide that it ever was)."""

    model_config = ConfigDict(extra="forbid")
    digest: str
    state: Literal["done", "undone"]
    messages: int
    added: int
    already: int


class Coverage(BaseModel):
    """How tracing ran in a region in a month: parts of every share, never a share without them.

    Attributes:
        subjects, uploading: trace subjects on record at the end of the month; those with an event in it.
        events, timely: events recorded in the month; those recorded in time.
        shipped, matched: lots sent to another node; those of them that were received.
        rows, clean: rows of exchange files; those without a fault.
        lookups: how often codes were looked up.
        score: points by `rule`, with one decimal; empty where nothing could be judged.
        assumptions: what the score rests on that no document fixes.
    """

    model_config = ConfigDict(extra="forbid")
    region: str
    period: str
    subjects: int
    uploading: int
    events: int
    timely: int
    shipped: int
    matched: int
    rows: int
    clean: int
    lookups: int
    score: str = ""
    rule: str
    assumptions: list[str] = []
    until: date


def register() -> None:
    """Called when the app is ready."""
    register_kind(FactKind("conformity.checked", _("承诺达标合格证核查"), CertificateChecked, disclosure="public"))
    register_kind(FactKind("trace.exchange", _("追溯数据交换"), ExchangeTaken, "trace_batch", disclosure="shared"))
    register_kind(FactKind("trace.coverage", _("追溯覆盖情况"), Coverage, "trace_coverage", disclosure="public"))
