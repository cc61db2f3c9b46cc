"""The fact kinds that the plans room writes to the ledger."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from hengjian.ledger.kinds import FactKind, register_kind


class Payload(BaseModel):
    """Base of the payloads: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class PlanAdopted(Payload):
    """A plan was confirmed and turned into tasks."""

    title: str
    number: str
    issuer: str
    period_start: date
    period_end: date
    text_sha256: str
    clauses: int = Field(ge=0)
    measures: int = Field(ge=0)
    tasks: int = Field(ge=0)
    duties: int = Field(ge=0)
    targets: int = Field(ge=0)


class PlanRevised(Payload):
    """A corrected text replaced the text of a plan; work already done stayed with its task."""

    old_text_sha256: str
    text_sha256: str
    kept: int = Field(ge=0)
    reworded: int = Field(ge=0)
    added: int = Field(ge=0)
    retired: int = Field(ge=0)


class PlanArchived(Payload):
    title: str
    percent: int = Field(ge=0, le=100)
    tasks: int = Field(ge=0)
    closed: int = Field(ge=0)


class PlanAligned(Payload):
    """A plan was compared with the plan of the level above, clause by clause."""

    parent: str
    parent_sha256: str
    text_sha256: str
    kept: int = Field(ge=0)
    adapted: int = Field(ge=0)
    dropped: int = Field(ge=0)
    added: int = Field(ge=0)
    moved: int = Field(ge=0)
    doubtful: int = Field(ge=0)
    by_hand: int = Field(ge=0)


class DutyAssigned(Payload):
    task: str
    unit: str
    role: Literal["lead", "support", "joint"]
    due_on: date


class DutyHandedOver(Payload):
    """A reform: another unit took the duty over as it stood."""

    predecessor: str
    unit: str
    on: date
    document: str
    percent: int = Field(ge=0, le=100)


class DutySigned(Payload):
    unit: str
    days_waited: int = Field(ge=0)


class Progress(Payload):
    """An accepted report: from here on it is evidence for the assessment."""

    unit: str
    period: str
    no_change: bool
    percent: int = Field(ge=0, le=100)
    result: str
    figure_label: str = ""
    figure_value: str = ""  # decimal as text, so that no digit changes on the way
    figure_unit: str = ""
    problems: str = ""


class ExtensionDecided(Payload):
    unit: str
    granted: bool
    from_due: date
    to_due: date
    reason: str


class Urged(Payload):
    unit: str
    step: str
    label: str
    automatic: bool


class LightChanged(Payload):
    unit: str
    before: str
    after: str
    label: str
    reason: str
    rule: str


class DutyClosed(Payload):
    unit: str
    completed_on: date
    due_on: date
    on_time: bool


class DutyReopened(Payload):
    unit: str
    reason: str


class TaskChanged(Payload):
    """The office changed dates, weight or standing of a task, with the reason."""

    task: str
    changes: dict[str, list[str]]  # field → [before, after]
    reason: str


class DocumentIssued(Payload):
    kind: str
    number: str
    title: str
    duties: int = Field(ge=0)
    reply_by: date | None = None
    file_sha256: str


def _register() -> None:
    kinds: list[tuple[str, str, type[BaseModel], str, str]] = [
        ("plan.adopted", "计划生成任务", PlanAdopted, "plan", "public"),
        ("plan.revised", "计划文本更正", PlanRevised, "plan", "shared"),
        ("plan.archived", "计划归档", PlanArchived, "plan", "public"),
        ("plan.aligned", "承接比对", PlanAligned, "plan", "shared"),
        ("plan.assigned", "任务交办", DutyAssigned, "duty", "shared"),
        ("plan.handed_over", "任务承接", DutyHandedOver, "duty", "shared"),
        ("plan.signed", "任务签收", DutySigned, "duty", "shared"),
        ("plan.progress", "任务进展", Progress, "duty", "shared"),
        ("plan.extension", "延期审批", ExtensionDecided, "duty", "shared"),
        ("plan.urged", "催办", Urged, "duty", "shared"),
        ("plan.light", "亮灯变化", LightChanged, "duty", "shared"),
        ("plan.closed", "任务办结", DutyClosed, "duty", "shared"),
        ("plan.reopened", "任务重办", DutyReopened, "duty", "shared"),
        ("plan.task_changed", "任务调整", TaskChanged, "task", "shared"),
        ("plan.document", "印发文书", DocumentIssued, "plan", "shared"),
    ]
    for name, title, payload, subject, disclosure in kinds:
        register_kind(FactKind(name=name, title=title, payload=payload, subject=subject, disclosure=disclosure))


_register()
