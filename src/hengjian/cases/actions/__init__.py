"""The verbs on cases; one class each."""

from __future__ import annotations

from hengjian.cases.actions.clocks import ExtendCaseClock, PauseClock, ResumeClock
from hengjian.cases.actions.filer import RateCase, ReopenCase, SupplementCase, WithdrawCase
from hengjian.cases.actions.identity import RevealIdentity
from hengjian.cases.actions.opening import OpenCase, Opened
from hengjian.cases.actions.relations import LinkCases, MergeCases, Part, SplitCase
from hengjian.cases.actions.steps import TakeStep
from hengjian.cases.actions.transfers import AnswerTransfer, ReportBack, SendCase
from hengjian.cases.actions.work import AddNote, CorrectCase, DeliverPaper, TakeCase, UrgeCase

__all__ = [
    "AddNote",
    "AnswerTransfer",
    "CorrectCase",
    "DeliverPaper",
    "ExtendCaseClock",
    "LinkCases",
    "MergeCases",
    "OpenCase",
    "Opened",
    "Part",
    "PauseClock",
    "RateCase",
    "ReopenCase",
    "ReportBack",
    "ResumeClock",
    "RevealIdentity",
    "SendCase",
    "SplitCase",
    "SupplementCase",
    "TakeCase",
    "TakeStep",
    "UrgeCase",
    "WithdrawCase",
]
