"""The fact kinds of the room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from hengjian.ledger.kinds import FactKind, register_kind


class ReportDecided(BaseModel):
    """An analysis report was approved or published.

    Attributes:
        structure: kind of report; empty for one that was deposited as a file.
        sha256: of the text that was decided on (paragraphs in order), or the address of the file.
        figures: how many values it rests on; `assumed`: how many of these rest on something assumed.
    """

    model_config = ConfigDict(extra="forbid")

    title: str
    structure: str = ""
    period: str
    version: int
    sha256: str
    figures: int = 0
    assumed: int = 0


APPROVED = register_kind(FactKind("report.approved", _("分析报告批准"), ReportDecided, "report", "shared"))
PUBLISHED = register_kind(FactKind("report.published", _("分析报告发布"), ReportDecided, "report", "public"))
