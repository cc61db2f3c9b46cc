"""The fact kind of the room: figures that were approved."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from hengjian.ledger.kinds import FactKind, register_kind


class ReturnApproved(BaseModel):
    """A return that passed its last stage. A correction supersedes the fact with a higher `version`.

    Attributes:
        form, form_version: the declaration it was made with.
        version: 1, or higher after corrections.
        period: period code; the fact's day is the last of the period.
        region: whose figures they are: the region itself, without what its lower regions report.
        rows: row → column → decimal text. Formulas that add figures are written out; percentages are not, they follow
            from their parts.
        explained: how many checks did not hold and were explained.
    """

    model_config = ConfigDict(extra="forbid")
    form: str
    form_version: int
    version: int
    period: str
    region: str
    rows: dict[str, dict[str, str]]
    explained: int = 0
    reason: str = ""


APPROVED = register_kind(FactKind("return.approved", _("统计报表核定"), ReturnApproved, "return", disclosure="public"))
