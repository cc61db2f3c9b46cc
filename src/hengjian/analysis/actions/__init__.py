"""The verbs of the room."""

from __future__ import annotations

from hengjian.analysis.actions.deciding import ApproveReport, PublishReport, ReturnReport, ReviewReport
from hengjian.analysis.actions.writing import (
    DepositReport,
    EditParagraph,
    RefreshReport,
    ResetParagraph,
    ReviseReport,
    SubmitReport,
    WriteReport,
)

__all__ = [
    "ApproveReport",
    "DepositReport",
    "EditParagraph",
    "PublishReport",
    "RefreshReport",
    "ResetParagraph",
    "ReturnReport",
    "ReviewReport",
    "ReviseReport",
    "SubmitReport",
    "WriteReport",
]
