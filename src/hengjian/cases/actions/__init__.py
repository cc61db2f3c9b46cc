"""The verbs on cases; one class each."""

from __future__ import annotations

from hengjian.cases.actions.opening import OpenCase, Opened
from hengjian.cases.actions.steps import TakeStep
from hengjian.cases.actions.transfers import AnswerTransfer, ReportBack, SendCase

__all__ = ["AnswerTransfer", "OpenCase", "Opened", "ReportBack", "SendCase", "TakeStep"]
