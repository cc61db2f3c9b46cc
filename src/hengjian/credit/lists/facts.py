"""The fact kinds of the room.

An entry is a fact about the enterprise and ends with its term; when the entry leaves earlier, the fact is sealed. What
says so is a fact about the entry, which does not name the enterprise: nobody shall find there what is shown no more.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from hengjian.ledger.kinds import FactKind, register_kind


class Entered(BaseModel):
    """An enterprise was put on a list.

    Attributes:
        entry: number of the entry.
        code: code of the list; weight: `serious`, `ordinary` or `good`.
    """

    model_config = ConfigDict(extra="forbid")
    entry: str
    code: str
    title: str
    weight: str
    criterion: str
    document: str
    until: date | None = None


class Left(BaseModel):
    """An entry left its list. `how`: ended, repaired or withdrawn."""

    model_config = ConfigDict(extra="forbid")
    code: str
    how: str
    document: str = ""


class MeasureTold(BaseModel):
    """A department took over, applied or lifted a measure. `kind`: taken, applied or lifted."""

    model_config = ConfigDict(extra="forbid")
    entry: str
    measure: str
    kind: str
    overdue: bool = False


ENTERED = register_kind(FactKind("credit_list.entered", _("列入名单"), Entered, "enterprise", "public"))
LEFT = register_kind(FactKind("credit_list.left", _("移出名单"), Left, "list_entry"))
MEASURE = register_kind(FactKind("credit_list.measure", _("联合措施回执"), MeasureTold, "measure"))
