"""How one item of a score sheet turns what was found into points; `scoring.rules` computes with them.

Every operator is a declaration with its numbers; the comments name the real rules that need it. Points are decimals,
"each" and "effect" are signed: a loss is written with a minus.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Span, Strict

Direction = Literal["higher", "lower"]
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$")]
# A share of the item's points, 0 to 1.
Share = Annotated[Decimal, Field(ge=0, le=1)]


class Named(Strict):
    """Something with a name in both languages."""

    code: Code = Field(title="代码")
    title: str = Field(title="名称", min_length=1, max_length=200)
    title_en: str = Field("", title="英文名称", max_length=300)

    def said(self, language: str = "zh") -> str:
        """The name in the reader's language."""
        return self.title_en if language.startswith("en") and self.title_en else self.title


class Exists(Strict):
    """F1: there or not: all points or none (an annual scheme was made)."""

    kind: Literal["exists"] = "exists"


class Tier(Named):
    share: Share = Field(title="得分比例")


class Tiers(Strict):
    """F2: one of several descriptions, each with its share of the points (1 / 0.5 / 0)."""

    kind: Literal["tiers"] = "tiers"
    tiers: tuple[Tier, ...] = Field(title="档次", min_length=2)


class Element(Named):
    each: Decimal | None = Field(None, title="缺少扣分", gt=0)


class Missing(Strict):
    """F3: full points minus `each` per missing element, at least `floor` (扣完为止).

    With `elements` the answer names the missing ones (an element may cost more than `each`), otherwise it is a number.
    """

    kind: Literal["missing"] = "missing"
    each: Decimal = Field(title="每缺一项扣分", gt=0)
    floor: Decimal = Field(Decimal(0), title="最低得分")
    elements: tuple[Element, ...] = Field((), title="要素")


class Bracket(Strict):
    span: Span = Field(title="区间")
    points: Decimal = Field(title="得分")


class Brackets(Strict):
    """F4: a table of number ranges (funds of 100 000 and more: 5; 50 000 to 100 000: 2.5 …); no range: `otherwise`."""

    kind: Literal["brackets"] = "brackets"
    brackets: tuple[Bracket, ...] = Field(title="区间得分", min_length=1)
    otherwise: Decimal = Field(Decimal(0), title="其余得分")
    unit: str = Field("", title="单位")


class Baseline(Strict):
    """F5: full points at the baseline; lost per unit on the wrong side of it, gained on the right side up to a limit.

    Flat against last year: full; 7.5 lost per percentage point down; 1 gained per point up, at most 10. Without
    `baseline` the answer brings it (last year's figure).
    """

    kind: Literal["baseline"] = "baseline"
    direction: Direction = Field("higher", title="方向")
    baseline: Decimal | None = Field(None, title="基准值")
    lost: Decimal = Field(title="每差一个单位扣分", ge=0)
    gained: Decimal = Field(Decimal(0), title="每超一个单位加分", ge=0)
    most_gained: Decimal = Field(Decimal(0), title="最多加分", ge=0)
    whole_units: bool = Field(False, title="只计整单位")
    floor: Decimal = Field(Decimal(0), title="最低得分")
    unit: str = Field("个百分点", title="单位")


class EventRule(Named):
    """`required` given: counts what is lacking to it; otherwise counts what happened."""

    each: Decimal = Field(title="每次加减分")
    required: int | None = Field(None, title="应有次数", ge=1)
    most: Decimal | None = Field(None, title="加减分上限", gt=0)

    @model_validator(mode="after")
    def _signed(self) -> EventRule:
        if self.each == 0:
            raise ValueError("each must not be 0")
        if self.required is not None and self.each > 0:
            raise ValueError("what is lacking can only cost points: each must be negative")
        return self


class Events(Strict):
    """F6: from the item's points, per-event deductions and bonuses with limits (fewer than 4 inspections by leaders:
    1.25 lost for each that lacks; each by the chief: 2.5 more, at most 5)."""

    kind: Literal["events"] = "events"
    start: Literal["full", "zero"] = Field("full", title="起始")
    rules: tuple[EventRule, ...] = Field(title="加减分事项", min_length=1)
    floor: Decimal = Field(Decimal(0), title="最低得分")


class Ratio(Strict):
    """F7: actual ÷ target × points (lower is better: target ÷ actual), at most `cap` times the points.

    With `zero_at` the share is linear between that value (no points) and the target (all points): an option of this
    project, not found in the published rules. Without `target` the answer brings it.
    """

    kind: Literal["ratio"] = "ratio"
    direction: Direction = Field("higher", title="方向")
    target: Decimal | None = Field(None, title="目标值")
    zero_at: Decimal | None = Field(None, title="零分值")
    cap: Decimal = Field(Decimal(1), title="封顶比例", gt=0)
    unit: str = Field("", title="单位")


class Threshold(Strict):
    span: Span = Field(title="区间")
    effect: Decimal = Field(title="加减分")


class Thresholds(Strict):
    """F8: from the item's points, the effect of the range that a number lies in (weight below 3 %: −0.25, below 2 %:
    −0.5). Ranges may overlap: the gravest holds, or all of them with `adds`."""

    kind: Literal["thresholds"] = "thresholds"
    thresholds: tuple[Threshold, ...] = Field(title="门槛", min_length=1)
    adds: bool = Field(False, title="累计")
    floor: Decimal = Field(Decimal(0), title="最低得分")
    unit: str = Field("", title="单位")


class Part(Named):
    low: Decimal = Field(title="最低")
    high: Decimal = Field(title="最高")

    @model_validator(mode="after")
    def _ordered(self) -> Part:
        if self.low >= self.high:
            raise ValueError("low must be below high")
        return self


class Interval(Strict):
    """F9: `base` plus what an assessor gives within [low, high], by parts or as one number (systems [−13, 0],
    assurance [−9, +4]). With base 0 and [0, points] it is plain judgement."""

    kind: Literal["interval"] = "interval"
    base: Decimal = Field(Decimal(0), title="基础分")
    low: Decimal = Field(title="最低")
    high: Decimal = Field(title="最高")
    parts: tuple[Part, ...] = Field((), title="分项")

    @model_validator(mode="after")
    def _ordered(self) -> Interval:
        if self.low >= self.high:
            raise ValueError("low must be below high")
        return self


class Percent(Strict):
    """A share judged in steps (GB/T 19580: 0 to 100 % in steps of 5 %); `guide` names the sheet's description of the
    dimensions that are judged and of the ranges."""

    kind: Literal["percent"] = "percent"
    guide: Code = Field(title="评分指南")
    step: Decimal = Field(Decimal(5), title="步长", gt=0, le=50)


Operator = Annotated[
    Exists | Tiers | Missing | Brackets | Baseline | Events | Ratio | Thresholds | Interval | Percent,
    Field(discriminator="kind"),
]
