"""The fact kinds of the room: one fact per captured document, not per event."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field

from hengjian.ledger.drafts import INTERNAL
from hengjian.ledger.kinds import FactKind, register_kind


class Captured(BaseModel):
    """A document of events was captured. `events`: SHA-256 over the event hashes that it added, in order, one a line:
    with the events at hand anyone can check that none was changed, added or taken away since."""

    model_config = ConfigDict(extra="forbid")
    document: str
    added: int = Field(ge=0)
    already: int = Field(ge=0)
    rejected: int = Field(ge=0)
    first: int = Field(ge=0)
    events: str


register_kind(FactKind("trace.captured", _("采集追溯事件"), Captured, "capture", INTERNAL))
