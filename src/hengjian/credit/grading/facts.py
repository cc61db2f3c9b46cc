"""The fact kind of the room. One fact per change of class, not per month; it names no record that it rests on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from hengjian.ledger.kinds import FactKind, register_kind


class Classified(BaseModel):
    """The grade of an enterprise from a day on.

    Attributes:
        pack, rule: variant and id in the rulebook family `credit_grading`.
        previous: the grade before; "" for the first one.
        as_of: the day up to which the facts were read.
        adjusted: whether two persons set it instead of the computed one.
    """

    model_config = ConfigDict(extra="forbid")
    pack: str
    rule: str
    grade: str
    previous: str = ""
    score: Decimal
    as_of: date
    adjusted: bool = False


# Wide enough for packs whose grade is public; facts of internal packs are narrowed.
CLASSIFIED = register_kind(FactKind("credit.classified", _("信用分级分类"), Classified, "enterprise", "public"))
