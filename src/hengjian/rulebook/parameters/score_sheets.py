"""Score sheets: groups of items with points, vetoes, downgrades, ceilings. `scoring.rules` computes with them."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Span, Strict
from hengjian.rulebook.parameters.grades import Rounding
from hengjian.rulebook.parameters.score_operators import Brackets, Code, Interval, Missing, Named, Operator, Percent

# key and basic make up the full score; encouragement comes on top, deduction only takes away, adjustment does either.
ItemPart = Literal["key", "basic", "encouragement", "deduction", "adjustment"]


class Dimension(Named):
    pass


class GuideBand(Strict):
    span: Span = Field(title="区间")
    title: str = Field(title="描述", min_length=2)
    title_en: str = Field("", title="英文描述")


class Guide(Named):
    """How a percentage is judged: the dimensions to look at, and what each range of percent means."""

    dimensions: tuple[Dimension, ...] = Field(title="评价维度", min_length=1)
    bands: tuple[GuideBand, ...] = Field((), title="区间描述")

    def band(self, percent: Decimal) -> GuideBand | None:
        """The range that a percentage lies in."""
        return next((band for band in self.bands if band.span.contains(percent)), None)


class Item(Named):
    """One line of a sheet.

    Attributes:
        points: its full points (encouragement, deduction, adjustment: the most it can bring or take).
        not_applicable: what an object without the thing gets: nothing said ("refused"), full points, `base` points, or
            the item is left out and the others are scaled up.
        most_lost: the most that can be lost on it; step: points are given in such steps.
        assumed: its points and way of counting are not in the source: whoever uses the sheet set them. Results carry
            that mark.
    """

    points: Decimal = Field(title="分值", gt=0)
    operator: Operator = Field(title="计分方法")
    part: ItemPart = Field("basic", title="类别")
    not_applicable: Literal["refused", "full", "base", "left_out"] = Field("refused", title="不适用时")
    base: Decimal | None = Field(None, title="基础分", ge=0)
    most_lost: Decimal | None = Field(None, title="扣分上限", gt=0)
    step: Decimal | None = Field(None, title="步长", gt=0)
    criteria: str = Field("", title="评分标准")
    criteria_en: str = Field("", title="英文评分标准")
    evidence: tuple[str, ...] = Field((), title="佐证材料")
    lead: str = Field("", title="评分牵头单位")
    assumed: bool = Field(False, title="分值为使用单位设定")

    @model_validator(mode="after")
    def _fits(self) -> Item:
        if (self.not_applicable == "base") != (self.base is not None):
            raise ValueError("base is given exactly when not_applicable is base")
        if self.base is not None and self.base > self.points:
            raise ValueError("base is more than the item's points")
        operator = self.operator
        if isinstance(operator, Brackets) and any(bracket.points > self.points for bracket in operator.brackets):
            raise ValueError("a bracket gives more than the item's points")
        if isinstance(operator, Interval) and (most := operator.base + operator.high) > self.points:
            raise ValueError(f"the interval reaches up to {most}, above the item's points")
        if isinstance(operator, Missing) and operator.floor >= self.points:
            raise ValueError("the floor is not below the item's points")
        for name in ("tiers", "elements", "rules", "parts"):
            _once(f"{self.code}.{name}", [entry.code for entry in getattr(operator, name, ())])
        return self


class Group(Named):
    """Items under one heading. `weight` counts only where the sheet combines blocks by weight."""

    items: tuple[Item, ...] = Field(title="评分项", min_length=1)
    weight: Decimal | None = Field(None, title="权重", gt=0, le=1)

    @property
    def full(self) -> Decimal:
        """Full points without encouragement and deduction."""
        return sum((item.points for item in self.items if item.part in ("key", "basic")), Decimal(0))


class Downgrade(Named):
    steps: int = Field(1, title="降级数", ge=1, le=5)


class Passing(Strict):
    """What must hold besides vetoes: a total, and for every key item a share of its points."""

    total: Decimal | None = Field(None, title="总分不低于")
    key_share: Decimal | None = Field(None, title="关键项得分比例不低于", gt=0, le=1)


class ScoreSheets(Parameters):
    """A sheet as a whole.

    Attributes:
        total: full points; what every object starts with and the key and basic items must add up to it.
        combine: "sum" of all points, or "weighted": each group as a share of 100, times its weight.
        ceiling: the most that the sum with encouragement can be; unset: the total.
        places: decimal places of computed points, rounded half up; `rounding` is for the total.
        grades: variant of the family `grades` that turns the total into a grade.
        vetoes, downgrades: decided by people, each with its reason; never by the computer.
        consensus: two assessors who differ by more than this share of an item's points must agree on it.
    """

    total: Decimal = Field(title="总分", gt=0)
    start: Decimal = Field(Decimal(0), title="起始分", ge=0)
    groups: tuple[Group, ...] = Field(title="评分组", min_length=1)
    combine: Literal["sum", "weighted"] = Field("sum", title="合成")
    ceiling: Decimal | None = Field(None, title="总分上限", gt=0)
    places: int = Field(2, title="小数位", ge=0, le=6)
    rounding: Rounding = Field(Rounding(mode="none", places=0), title="总分取整")
    grades: str = Field("", title="等级规则")
    vetoes: tuple[Named, ...] = Field((), title="一票否决")
    downgrades: tuple[Downgrade, ...] = Field((), title="降级情形")
    passing: Passing | None = Field(None, title="合格条件")
    guides: tuple[Guide, ...] = Field((), title="评分指南")
    consensus: Decimal = Field(Decimal("0.2"), title="合议阈值", gt=0, le=1)

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for group in self.groups for item in group.items)

    @property
    def most(self) -> Decimal:
        """The highest total that can be reached."""
        return self.total if self.ceiling is None else self.ceiling

    def item(self, code: Code) -> Item:
        """The item; KeyError when there is none."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(f"the sheet has no item {code}")

    def guide(self, code: str) -> Guide:
        """The guide; KeyError when there is none."""
        return next(guide for guide in self.guides if guide.code == code)

    @model_validator(mode="after")
    def _adds_up(self) -> ScoreSheets:
        _once("group", [group.code for group in self.groups])
        _once("item", [item.code for item in self.items])
        _once("veto", [veto.code for veto in self.vetoes])
        _once("downgrade", [downgrade.code for downgrade in self.downgrades])
        if self.combine == "sum":
            full = sum((group.full for group in self.groups), self.start)
            if full != self.total:
                raise ValueError(f"start and items add up to {full}, not to {self.total}")
            if any(group.weight is not None for group in self.groups):
                raise ValueError("weights have no meaning where points are summed")
        else:
            if self.start:
                raise ValueError("a start has no meaning where groups are weighted")
            weights = [group.weight for group in self.groups]
            if None in weights or sum((weight for weight in weights if weight is not None), Decimal(0)) != 1:
                raise ValueError("every group needs a weight, and together they are 1")
            if empty := [group.code for group in self.groups if not group.full]:
                raise ValueError(f"group {', '.join(empty)} has no points to take a share of")
        if self.ceiling is not None and self.ceiling < self.total:
            raise ValueError("the ceiling is below the total")
        known = {guide.code for guide in self.guides}
        for item in self.items:
            if isinstance(item.operator, Percent) and item.operator.guide not in known:
                raise ValueError(f"item {item.code} names the guide {item.operator.guide}, which there is not")
        return self

    def sentences(self) -> list[Sentence]:
        told = [
            Sentence(
                "总分 %(total)s 分，%(groups)s 组 %(items)s 项。",
                {"total": self.total, "groups": len(self.groups), "items": len(self.items)},
            )
        ]
        for group in self.groups:
            values = {"title": group.title, "full": group.full, "weight": group.weight, "items": len(group.items)}
            told.append(
                Sentence("%(title)s：%(full)s 分，%(items)s 项。", values)
                if group.weight is None
                else Sentence("%(title)s：权重 %(weight)s，%(items)s 项。", values)
            )
        if self.ceiling is not None:
            told.append(Sentence("含鼓励项最高 %(most)s 分。", {"most": self.ceiling}))
        told.extend(Sentence("一票否决：%(case)s。", {"case": veto.title}) for veto in self.vetoes)
        told.extend(
            Sentence("降 %(steps)s 级：%(case)s。", {"case": case.title, "steps": case.steps})
            for case in self.downgrades
        )
        return told


def _once(what: str, codes: list[str]) -> None:
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise ValueError(f"{what} {', '.join(twice)} is declared twice")
