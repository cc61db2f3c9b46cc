"""Urging: reminders before the due day and the ladder of steps after it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict

Recipient = Literal["handler", "liaison", "unit_head", "unit_leader", "office", "leading_group", "discipline"]
RECIPIENT_NAMES: dict[str, str] = {
    "handler": "经办人",
    "liaison": "联络员",
    "unit_head": "责任单位负责人",
    "unit_leader": "单位主要领导",
    "office": "领导小组办公室",
    "leading_group": "领导小组",
    "discipline": "纪检监察和组织部门",
}


class Reminder(Strict):
    """Sent before the due day; 0 = on the due day."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str = Field(title="名称")
    working_days_before: int = Field(title="提前工作日", ge=0, le=250)
    to: tuple[Recipient, ...] = Field(title="对象", min_length=1)


class Step(Strict):
    """A rung of the ladder.

    `working_days_after` counts from the due day, or, where `after_step_ignored` is set, from the former step, and then
    the step is taken only if that one was left unanswered. A step that is not automatic is proposed to the office.
    """

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str = Field(title="名称")
    level: int = Field(title="级别", ge=1)
    working_days_after: int = Field(title="逾期工作日", ge=0, le=250)
    after_step_ignored: bool = Field(False, title="上一级未回应才启用")
    automatic: bool = Field(False, title="自动发出")
    document: Literal["none", "notice", "circular", "summons", "listing"] = Field("none", title="文书")
    to: tuple[Recipient, ...] = Field(title="对象", min_length=1)
    reply_working_days: int | None = Field(None, title="要求回复的工作日", ge=1)


class Escalation(Parameters):
    """Reminders and ladder; levels count up from 1 without a gap."""

    reminders: tuple[Reminder, ...] = Field((), title="到期前提醒")
    steps: tuple[Step, ...] = Field(title="催办阶梯", min_length=1)
    may_start_higher: bool = Field(True, title="可越级启动")

    @model_validator(mode="after")
    def _ordered(self) -> Escalation:
        if [step.level for step in self.steps] != list(range(1, len(self.steps) + 1)):
            raise ValueError("levels must be 1, 2, 3 … in order")
        codes = [item.code for item in self.reminders] + [step.code for step in self.steps]
        if len(set(codes)) != len(codes):
            raise ValueError("codes must differ")
        days = [step.working_days_after for step in self.steps if not step.after_step_ignored]
        if days != sorted(days):
            raise ValueError("working_days_after must not go down from step to step")
        if self.steps[0].after_step_ignored:
            raise ValueError("the first step has no former one")
        return self

    def sentences(self) -> list[Sentence]:
        told = [
            Sentence(
                "到期前 %(days)s 个工作日%(label)s，发给%(to)s。",
                {"days": item.working_days_before, "label": item.label, "to": _names(item.to)},
            )
            for item in self.reminders
        ]
        for step in self.steps:
            after = (
                Sentence("上一级发出 %(n)s 个工作日仍未回应", {"n": step.working_days_after})
                if step.after_step_ignored
                else Sentence("逾期 %(n)s 个工作日", {"n": step.working_days_after})
            )
            how = Sentence("自动发出") if step.automatic else Sentence("由办公室决定")
            told.append(
                Sentence(
                    "第 %(level)s 级“%(label)s”：%(after)s，%(how)s，发给%(to)s。",
                    {"level": step.level, "label": step.label, "after": after, "how": how, "to": _names(step.to)},
                )
            )
        return told


def _names(recipients: tuple[Recipient, ...]) -> str:
    return "、".join(RECIPIENT_NAMES[name] for name in recipients)
