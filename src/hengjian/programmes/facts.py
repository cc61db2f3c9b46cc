"""The fact kinds of the room. That somebody holds an honour, lost it or let it lapse is told by the register it is
entered in (`honour.entered`, `honour.status`); here only what happens to an edition as a whole."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from hengjian.ledger.kinds import FactKind, register_kind


class EditionCalled(BaseModel):
    """The call for applications was published."""

    model_config = ConfigDict(extra="forbid")
    programme: str
    title: str
    year: int
    opens_on: date
    closes_on: date
    quota: int | None = None


class EditionDecided(BaseModel):
    """The result was approved; nobody chosen is a result, too."""

    model_config = ConfigDict(extra="forbid")
    programme: str
    title: str
    year: int
    decision: str
    applications: int
    chosen: int
    vacant: int


CALLED = register_kind(FactKind("programme.called", _("申报通知发布"), EditionCalled, disclosure="public"))
DECIDED = register_kind(FactKind("programme.decided", _("评选结果审定"), EditionDecided, disclosure="public"))
