"""Storage of the plans room."""

from __future__ import annotations

from hengjian.plans.models.follow import DutyStep, IssuedDocument, LightChange, Notification, Urge
from hengjian.plans.models.plan import Clause, Measure, Plan, PlanImport, Target
from hengjian.plans.models.work import Duty, Extension, Milestone, Report, ReportEvidence, Task

__all__ = [
    "Clause",
    "Duty",
    "DutyStep",
    "Extension",
    "IssuedDocument",
    "LightChange",
    "Measure",
    "Milestone",
    "Notification",
    "Plan",
    "PlanImport",
    "Report",
    "ReportEvidence",
    "Target",
    "Task",
    "Urge",
]
