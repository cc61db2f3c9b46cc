"""The fact kind of satisfaction surveys. No answer of a person and no free text enters it."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from hengjian.ledger.kinds import FactKind, register_kind


class SurveyConcluded(BaseModel):
    """A wave was evaluated and a second person approved the result; a corrected result supersedes it.

    Attributes:
        wave: code of the statistical period ("2026-H1").
        index, low, high: satisfaction index on 0 to 100 with its bootstrap interval; None where the model has no
            solution. It is an index, not a share: it has no numerator and denominator.
        weighted: mean of the respondents' scores weighted by the design, with its interval.
        n: answers that were used.
        answered, approached: parts of the response rate; None where nobody was approached (open link only).
        response_rate: answered / approached × 100.
        scheme, scaled, missing: variant of the model.
        valid, reasons: whether the solution is sound, and why not.
        marks: what the figures rest on that nobody has fixed officially (assumed sizes, self-selection …).
    """

    model_config = ConfigDict(extra="forbid")

    survey: str
    version: int
    wave: str
    sector: str
    sector_title: str
    index: Decimal | None
    low: Decimal | None
    high: Decimal | None
    weighted: Decimal | None
    weighted_low: Decimal | None
    weighted_high: Decimal | None
    n: int
    answered: int | None
    approached: int | None
    response_rate: Decimal | None
    scheme: str
    scaled: bool
    missing: str
    confidence: Decimal
    valid: bool
    reasons: list[str]
    marks: list[str]


CONCLUDED = register_kind(
    FactKind("survey.concluded", _("满意度调查结果"), SurveyConcluded, "survey", disclosure="shared")
)
