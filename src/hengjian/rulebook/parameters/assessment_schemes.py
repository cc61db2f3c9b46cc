"""Schemes of the government quality-work assessment: who is assessed by whom, by which sheet, in which steps."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict
from hengjian.rulebook.parameters.score_operators import Code
from hengjian.rulebook.parameters.score_sheets import Group, ScoreSheets

StepCode = Literal[
    "filing", "self", "department", "site", "panel", "approval", "publication", "circular", "rectification"
]
ORDER: tuple[StepCode, ...] = (
    "filing", "self", "department", "site", "panel", "approval", "publication", "circular", "rectification",
)  # fmt: skip
OBJECTS = {"regions": "地区", "departments": "部门"}
LEVELS = {"provincial": "省级", "prefecture": "地级", "county": "县级"}


class Block(Strict):
    """A sheet and its weight; a single block needs none."""

    sheet: str = Field(title="评分表", min_length=1)
    code: Code = Field("all", title="代码")
    title: str = Field("", title="名称")
    title_en: str = Field("", title="英文名称")
    weight: Decimal | None = Field(None, title="权重", gt=0, le=1)


class Step(Strict):
    """A step of the yearly cycle with its last day; without a day the office sets one for the round.

    `year` 0: the assessed year (in which its window begins), 1: the year after.
    """

    code: StepCode = Field(title="环节")
    month: int | None = Field(None, title="月", ge=1, le=12)
    day: int | None = Field(None, title="日", ge=1, le=31)
    year: int = Field(1, title="年", ge=0, le=2)
    note: str = Field("", title="说明")

    @model_validator(mode="after")
    def _dated(self) -> Step:
        if (self.month is None) != (self.day is None):
            raise ValueError("month and day go together")
        if self.month is not None and self.day is not None:
            date(2024, self.month, self.day)
        return self

    def due(self, year: int) -> date | None:
        """The last day of the step for the assessment of a year."""
        if self.month is None or self.day is None:
            return None
        last = monthrange(year + self.year, self.month)[1]
        return date(year + self.year, self.month, min(self.day, last))


class DataSource(Strict):
    """Where an item's answer, or what it is compared with, comes from.

    indicator: code of an indicator; plan: "done" (share of duties closed) or "on_time" (share closed in time);
    facts: number of facts of a kind. `fills`: the number itself or its reference (target, last year).
    """

    item: Code = Field(title="评分项")
    kind: Literal["indicator", "plan", "facts"] = Field(title="来源")
    code: str = Field(title="来源代码", min_length=1, max_length=100)
    fills: Literal["value", "reference"] = Field("value", title="用于")

    @model_validator(mode="after")
    def _known(self) -> DataSource:
        if self.kind == "plan" and self.code not in ("done", "on_time"):
            raise ValueError("a plan gives done or on_time")
        return self


class Site(Strict):
    """How much is verified on the spot; drawn at random."""

    share: Decimal = Field(Decimal(1), title="抽取对象比例", gt=0, le=1)
    least: int = Field(1, title="最少对象数", ge=1)
    items: int = Field(5, title="每个对象抽查项数", ge=1)

    def objects(self, there: int) -> int:
        """How many of so many are drawn: the share rounded up, at least the floor, at most all."""
        wanted = int((self.share * there).to_integral_value(rounding="ROUND_CEILING"))
        return min(max(wanted, self.least), there)


class AssessmentSchemes(Parameters):
    """A scheme as a whole.

    Attributes:
        objects, level: what is assessed: regions of a level, or departments of that level.
        family: departments of one function in every region of the level (the water departments of all provinces); left
            out, departments are those of the assessing region.
        start_month: the window is twelve months from the first of this month.
        blocks: one sheet, or several that are combined by weight.
        grades: variant of the family `grades`.
        leads: item or group → family of organisations whose unit scores it; the rest is scored by the office.
        targets: items whose target value is filed and approved before the year is judged.
        facts: item → kinds of facts that are offered as evidence.
        approver: who approves the result.
        publish, rectify: variants of the family `terms`.
        rectify_grades, bottom: who has to rectify: these grades, and so many at the bottom of the ranking.
        noise: by how much assumed weights are varied for the intervals of places; itself an assumption.
        low_share: items with less than this share of their points become rectification points.
    """

    objects: Literal["regions", "departments"] = Field("regions", title="考核对象")
    level: Literal["provincial", "prefecture", "county"] = Field("prefecture", title="对象层级")
    family: str = Field("", title="部门职能")
    start_month: int = Field(1, title="考核年度起始月", ge=1, le=12)
    blocks: tuple[Block, ...] = Field(title="评分表", min_length=1)
    grades: str = Field("quality-work", title="等级规则")
    leads: Mapping[Code, str] = Field(default_factory=dict, title="评分单位")
    targets: tuple[Code, ...] = Field((), title="备案目标")
    sources: tuple[DataSource, ...] = Field((), title="数据来源")
    facts: Mapping[Code, tuple[str, ...]] = Field(default_factory=dict, title="台账佐证")
    steps: tuple[Step, ...] = Field(title="环节", min_length=1)
    site: Site = Field(Site(), title="实地核查")
    approver: str = Field("", title="批准机关")
    publish: str = Field("assessment-objection", title="公示期限")
    rectify: str = Field("assessment-rectify", title="整改期限")
    rectify_grades: tuple[str, ...] = Field((), title="须整改的等级")
    bottom: int = Field(0, title="后几名须整改", ge=0)
    noise: Decimal = Field(Decimal("0.1"), title="权重扰动", ge=0, lt=1)
    low_share: Decimal = Field(Decimal("0.6"), title="失分整改线", ge=0, le=1)

    @model_validator(mode="after")
    def _sound(self) -> AssessmentSchemes:
        codes = [step.code for step in self.steps]
        if codes != sorted(set(codes), key=ORDER.index):
            raise ValueError(f"steps stand once each, in the order {', '.join(ORDER)}")
        if missing := {"self", "panel", "approval", "circular"} - set(codes):
            raise ValueError(f"a round cannot do without {', '.join(sorted(missing))}")
        if len(self.blocks) > 1:
            weights = [block.weight for block in self.blocks]
            if None in weights or sum((weight for weight in weights if weight is not None), Decimal(0)) != 1:
                raise ValueError("every block needs a weight, and together they are 1")
            if len({block.code for block in self.blocks}) != len(self.blocks):
                raise ValueError("the codes of blocks differ")
        return self

    def step(self, code: str) -> Step | None:
        return next((step for step in self.steps if step.code == code), None)

    def sentences(self) -> list[Sentence]:
        told = [
            Sentence(
                "考核对象：%(level)s%(objects)s；年度自 %(month)s 月起十二个月。",
                {
                    "level": Sentence(LEVELS[self.level]),
                    "objects": Sentence(OBJECTS[self.objects]),
                    "month": self.start_month,
                },
            )
        ]
        for block in self.blocks:
            if block.weight is not None:
                told.append(Sentence("%(title)s：权重 %(weight)s。", {"title": block.title, "weight": block.weight}))
        if self.approver:
            told.append(Sentence("结果由%(approver)s批准。", {"approver": self.approver}))
        if self.bottom:
            told.append(Sentence("后 %(n)s 名须书面整改。", {"n": self.bottom}))
        if self.rectify_grades:
            told.append(Sentence("%(grades)s 级须限期整改。", {"grades": "、".join(self.rectify_grades)}))
        return told


def combined(scheme: AssessmentSchemes, sheets: Mapping[str, ScoreSheets]) -> ScoreSheets:
    """The one sheet that a round works with: the sheet itself, or a group per block with its weight.

    Args:
        sheets: variant → sheet. Item codes of several blocks get the block's code in front.

    Raises:
        ValueError: the result makes no sense as a sheet.
    """
    if len(scheme.blocks) == 1:
        return sheets[scheme.blocks[0].sheet].model_copy(update={"grades": scheme.grades})
    groups, first = [], sheets[scheme.blocks[0].sheet]
    for block in scheme.blocks:
        sheet = sheets[block.sheet]
        items = tuple(item.model_copy(update={"code": f"{block.code}.{item.code}"}) for item in sheet.items)
        titles = {"title": block.title or block.sheet, "title_en": block.title_en}
        groups.append(Group(code=block.code, items=items, weight=block.weight, **titles))
    return ScoreSheets(
        total=Decimal(100),
        groups=tuple(groups),
        combine="weighted",
        places=first.places,
        rounding=first.rounding,
        grades=scheme.grades,
        vetoes=tuple({veto.code: veto for block in scheme.blocks for veto in sheets[block.sheet].vetoes}.values()),
        downgrades=tuple({c.code: c for block in scheme.blocks for c in sheets[block.sheet].downgrades}.values()),
    )
