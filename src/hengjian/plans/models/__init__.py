"""Storage of the plans room."""

from __future__ import annotations

from hengjian.plans.models.cascade import Cascade, CascadeLink
from hengjian.plans.models.follow import DutyStep, IssuedDocument, LightChange, PaperDraft, Urge
from hengjian.plans.models.plan import Clause, Measure, Plan, PlanImport, Target
from hengjian.plans.models.work import Duty, Extension, Milestone, Report, ReportEvidence, Task

__all__ = [
    "Cascade",
    "CascadeLink",
    "Clause",
    "Duty",
    "DutyStep",
    "Extension",
    "IssuedDocument",
    "LightChange",
    "Measure",
    "Milestone",
    "PaperDraft",
    "Plan",
    "PlanImport",
    "Report",
    "ReportEvidence",
    "Target",
    "Task",
    "Urge",
]
