"""Storage of the room."""

from __future__ import annotations

from hengjian.assessment.models.marks import Evidence, EvidenceUse, Mark, TargetValue
from hengjian.assessment.models.panel import Appeal, Decision, Finding, Visit
from hengjian.assessment.models.results import Order, OrderReport, Result, ResultSet
from hengjian.assessment.models.rounds import Entry, Responsibility, Reviewer, Round, RoundStep
from hengjian.assessment.models.schemes import Scheme

__all__ = [
    "Appeal",
    "Decision",
    "Entry",
    "Evidence",
    "EvidenceUse",
    "Finding",
    "Mark",
    "Order",
    "OrderReport",
    "Responsibility",
    "Result",
    "ResultSet",
    "Reviewer",
    "Round",
    "RoundStep",
    "Scheme",
    "TargetValue",
    "Visit",
]
