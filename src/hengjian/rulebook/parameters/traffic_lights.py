"""Traffic-light conventions: an ordered list of conditions, each with a colour, a label and a reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from string import Formatter
from typing import ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Span, Strict

Colour = Literal["green", "amber", "orange", "red", "blue", "grey"]
DutyState = Literal["pending", "assigned", "signed", "reported", "done", "closed", "suspended", "withdrawn"]
COLOUR_NAMES: dict[str, str] = {
    "green": "绿灯",
    "amber": "黄灯",
    "orange": "橙灯",
    "red": "红灯",
    "blue": "蓝灯",
    "grey": "灰灯",
}
STATE_NAMES: dict[str, str] = {
    "pending": "待交办",
    "assigned": "待签收",
    "signed": "办理中",
    "reported": "待审核",
    "done": "待办结",
    "closed": "已办结",
    "suspended": "暂停",
    "withdrawn": "已撤回",
}
FLAG_WORDS: dict[str, tuple[str, str]] = {
    "started": ("已启动", "未启动"),
    "missed_now": ("本期未达标", "本期已达标"),
    "returned": ("报告被退回", "报告未被退回"),
}
# How serious a colour is; a convention that holds its slips until closing never goes down this list.
SEVERITY: dict[str, int] = {"grey": 0, "green": 0, "blue": 1, "amber": 2, "orange": 3, "red": 4}
_PLACEHOLDER = re.compile(r"\{\w+\}")
PLACEHOLDERS = frozenset({"days_left", "days_over", "behind", "percent", "scheduled", "months", "missed", "due"})


@dataclass(frozen=True)
class LightFacts:
    """What the light of one duty is judged by.

    Attributes:
        state: the duty's state.
        days_to_due: days from today to the due day in the rule's `day_unit`; negative when overdue.
        percent: what is done, 0..100.
        scheduled: the elapsed share of the period (序时进度), 0..100.
        months_since_start: whole calendar months since the month of the planned start (0 in that month).
        started: whether work has begun (a first report or any progress).
        missed_times: report periods or due days missed so far.
        missed_now: the target of the period just ended is still missed.
        returned: the last report was sent back.
        due: the due day, for the wording.
        previous: the colour shown before, for conventions that hold a slip until closing.
    """

    state: DutyState
    days_to_due: int
    percent: Decimal | float
    scheduled: Decimal | float
    months_since_start: int = 0
    started: bool = True
    missed_times: int = 0
    missed_now: bool = False
    returned: bool = False
    due: date | None = None
    previous: Colour | None = None

    @property
    def points_behind(self) -> Decimal:
        """Percentage points behind schedule; negative when ahead."""
        return Decimal(str(self.scheduled)) - Decimal(str(self.percent))


@dataclass(frozen=True)
class Light:
    """The outcome: colour, word, reason, and which line of the convention gave it (0-based)."""

    colour: Colour
    label: str
    reason: str
    line: int


class Condition(Strict):
    """All parts that are given must hold; none given always holds."""

    states: tuple[DutyState, ...] = Field((), title="状态")
    days_to_due: Span | None = Field(None, title="距到期天数")
    points_behind: Span | None = Field(None, title="落后序时进度（百分点）")
    percent: Span | None = Field(None, title="完成百分比")
    months_since_start: Span | None = Field(None, title="超过计划启动月数")
    missed_times: Span | None = Field(None, title="累计未达标次数")
    started: bool | None = Field(None, title="是否已启动")
    missed_now: bool | None = Field(None, title="本期是否未达标")
    returned: bool | None = Field(None, title="报告是否被退回")

    RANGES: ClassVar[tuple[str, ...]] = (
        "days_to_due",
        "points_behind",
        "percent",
        "months_since_start",
        "missed_times",
    )
    FLAGS: ClassVar[tuple[str, ...]] = ("started", "missed_now", "returned")

    def holds(self, facts: LightFacts) -> bool:
        """Whether every given part is true of the facts."""
        if self.states and facts.state not in self.states:
            return False
        for name in self.RANGES:
            span: Span | None = getattr(self, name)
            if span is not None and not span.contains(getattr(facts, name)):
                return False
        return all(getattr(self, name) in (None, getattr(facts, name)) for name in self.FLAGS)

    def sentence(self) -> Sentence:
        """The condition in words; parts are joined by “且”."""
        parts = (
            [f"{type(self).model_fields['states'].title}为{'、'.join(STATE_NAMES[s] for s in self.states)}"]
            if self.states
            else []
        )
        for name in self.RANGES:
            span: Span | None = getattr(self, name)
            if span is not None:
                parts.append(f"{type(self).model_fields[name].title} {span.text()}")
        for name in self.FLAGS:
            if (wanted := getattr(self, name)) is not None:
                parts.append(FLAG_WORDS[name][0 if wanted else 1])
        return Sentence(" 且 ".join(parts)) if parts else Sentence("其余情形")

    @property
    def always(self) -> bool:
        """Whether nothing is asked."""
        return not self.states and all(getattr(self, name) is None for name in (*self.RANGES, *self.FLAGS))


class LightLine(Strict):
    """If `when` holds, the light is `colour` with this word and reason."""

    when: Condition = Condition()
    colour: Colour = Field(title="颜色")
    label: str = Field(title="标签", min_length=1, max_length=40)
    reason: str = Field(title="理由", max_length=120)

    @field_validator("label", "reason")
    @classmethod
    def _known_placeholders(cls, text: str) -> str:
        unknown = {name for _, name, _, _ in Formatter().parse(text) if name is not None} - PLACEHOLDERS
        if unknown:
            raise ValueError(
                f"unknown placeholder {', '.join(sorted(unknown))}; known: {', '.join(sorted(PLACEHOLDERS))}"
            )
        return text


class TrafficLights(Parameters):
    """A convention. The first line that holds decides; the last line must always hold."""

    place: str = Field(title="出处地区")
    day_unit: Literal["working_day", "calendar_day"] = Field("working_day", title="天数口径")
    holds_until_closed: bool = Field(False, title="办结前不降级")
    lines: tuple[LightLine, ...] = Field(title="判定顺序", min_length=2)

    @model_validator(mode="after")
    def _complete(self) -> TrafficLights:
        if not self.lines[-1].when.always:
            raise ValueError("the last line must have no condition, so that every duty has a light")
        for number, line in enumerate(self.lines[:-1], start=1):
            if line.when.always:
                raise ValueError(f"line {number} always holds, so the lines below it are never reached")
        return self

    def light(self, facts: LightFacts) -> Light:
        """The light of a duty. Pure: same facts, same light."""
        found = self._first(facts)
        if (
            self.holds_until_closed
            and facts.previous is not None
            and facts.state not in ("closed", "withdrawn")
            and SEVERITY[facts.previous] > SEVERITY[found.colour]
        ):
            held = next((i for i, line in enumerate(self.lines) if line.colour == facts.previous), None)
            if held is not None:
                reason = f"办结前不降级；当前：{found.reason}"
                return Light(facts.previous, _fill(self.lines[held].label, facts), reason, held)
        return found

    def _first(self, facts: LightFacts) -> Light:
        for number, line in enumerate(self.lines):
            if line.when.holds(facts):
                return Light(line.colour, _fill(line.label, facts), _fill(line.reason, facts), number)
        raise AssertionError("the last line always holds")

    def sentences(self) -> list[Sentence]:
        unit = Sentence("工作日") if self.day_unit == "working_day" else Sentence("日历日")
        told = [Sentence("天数按%(unit)s计，自上而下首个成立者生效。", {"unit": unit})]
        for number, line in enumerate(self.lines, start=1):
            told.append(
                Sentence(
                    "第 %(n)s 条：%(when)s → %(colour)s“%(label)s”。",
                    {
                        "n": number,
                        "when": line.when.sentence(),
                        "colour": Sentence(COLOUR_NAMES[line.colour]),
                        "label": _PLACEHOLDER.sub("…", line.label),
                    },
                )
            )
        if self.holds_until_closed:
            told.append(Sentence("亮灯在办结前只升不降。"))
        return told


def _number(value: Decimal | float) -> str:
    """At most one decimal, no trailing zero."""
    return f"{Decimal(str(value)):.1f}".removesuffix(".0")


def _fill(pattern: str, facts: LightFacts) -> str:
    return pattern.format(
        days_left=facts.days_to_due,
        days_over=-facts.days_to_due,
        behind=_number(facts.points_behind),
        percent=_number(facts.percent),
        scheduled=_number(facts.scheduled),
        months=facts.months_since_start,
        missed=facts.missed_times,
        due=facts.due.isoformat() if facts.due else "",
    )
