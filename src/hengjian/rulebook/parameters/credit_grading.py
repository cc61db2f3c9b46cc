"""Quality-credit grades and classes: what is read from the facts, what it is worth, what a class means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Light = Literal["green", "blue", "amber", "orange", "red", "grey"]
Operator = Literal["eq", "ne", "in", "not_in", "ge", "gt", "le", "lt", "is_null", "not_null", "contains"]
Scalar = bool | int | Decimal | date | str
FIELD = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*")


class Titled(Strict):
    title: str = Field(title="名称", min_length=1)
    title_en: str = Field(title="英文名称", min_length=1)


class Where(Strict):
    """A condition on a fact; fields and operators as `lake.measures.Condition` has them.

    `key`: in a field that holds a mapping (`values` of a credit record), the text under this key equals `value`.
    """

    key: str = Field("", title="键", pattern=r"^[a-z0-9_]*$")
    field: str = Field(title="字段", pattern=rf"^{FIELD.pattern}$")
    op: Operator = Field("eq", title="比较")
    value: Scalar | tuple[Scalar, ...] | None = Field(None, title="值")

    @model_validator(mode="after")
    def _one_text(self) -> Where:
        if self.key and (self.op != "eq" or not isinstance(self.value, str)):
            raise ValueError(f"{self.field}.{self.key}: only equality with a text can be asked of a mapping")
        return self


class FeatureSpec(Titled):
    """What is read from the facts about an enterprise, as of a day.

    Attributes:
        kinds: fact kinds, taken together.
        where: conditions that all hold; in `standing` and `latest` they are asked of the last word about each thing.
        count: `facts` in the window; `standing`: different things whose last word meets `where`; `latest`: the value of
            `field` in the last word about the enterprise; `sum` of `field` over the facts in the window.
        thing: payload field that tells things apart in `standing`.
        subject: payload field with the unified code, where the facts are not about the enterprise itself.
        until: payload field with the last day on which the last word holds; past it the thing or value does not count.
        unit: what is counted.
    """

    code: Code
    kinds: tuple[str, ...] = Field(title="事实种类", min_length=1)
    where: tuple[Where, ...] = Field((), title="条件")
    count: Literal["facts", "standing", "latest", "sum"] = Field("facts", title="取值")
    field: str = Field("", title="取值字段", pattern=rf"^({FIELD.pattern})?$")
    thing: str = Field("", title="区分事物的字段", pattern=rf"^({FIELD.pattern})?$")
    subject: str = Field("", title="企业代码字段", pattern=rf"^({FIELD.pattern})?$")
    until: str = Field("", title="有效期字段", pattern=rf"^({FIELD.pattern})?$")
    unit: str = Field("", title="单位")
    unit_en: str = Field("", title="英文单位")

    @model_validator(mode="after")
    def _fits(self) -> FeatureSpec:
        if (self.count in ("latest", "sum")) != bool(self.field):
            raise ValueError(f"{self.code}: latest and sum name a field, the others do not")
        if (self.count == "standing") != bool(self.thing):
            raise ValueError(f"{self.code}: standing names the field that tells things apart, the others do not")
        if self.until and self.count not in ("standing", "latest"):
            raise ValueError(f"{self.code}: only standing and latest have a last day")
        return self

    @property
    def windowed(self) -> bool:
        """Whether the facts of the last months count, rather than the last word of all time."""
        return self.count in ("facts", "sum")


class CreditFeatures(Parameters):
    """The features that packs may use."""

    features: tuple[FeatureSpec, ...] = Field(title="特征", min_length=1)

    @model_validator(mode="after")
    def _once(self) -> CreditFeatures:
        _differ("features", (feature.code for feature in self.features))
        return self

    def feature(self, code: str) -> FeatureSpec:
        """The declared feature; KeyError when there is none."""
        for feature in self.features:
            if feature.code == code:
                return feature
        raise KeyError(code)

    def sentences(self) -> list[Sentence]:
        return [
            Sentence("%(title)s：取自 %(kinds)s。", {"title": one.title, "kinds": "、".join(one.kinds)})
            for one in self.features
        ]


class TestSpec(Strict):
    """Texts out of a list, or numbers within bounds."""

    __test__ = False  # not a test of pytest

    one_of: tuple[str, ...] = Field((), title="属于")
    at_least: Decimal | None = Field(None, title="不低于")
    more_than: Decimal | None = Field(None, title="高于")
    at_most: Decimal | None = Field(None, title="不高于")
    less_than: Decimal | None = Field(None, title="低于")

    @model_validator(mode="after")
    def _one_kind(self) -> TestSpec:
        bounds = (self.at_least, self.more_than, self.at_most, self.less_than)
        if bool(self.one_of) == any(bound is not None for bound in bounds):
            raise ValueError("give either texts or bounds")
        return self

    def text(self) -> str:
        """`≥ 1`, `属于 A、B`."""
        if self.one_of:
            return "、".join(self.one_of)
        signs = (("at_least", "≥"), ("more_than", ">"), ("at_most", "≤"), ("less_than", "<"))
        return "、".join(f"{sign} {getattr(self, name)}" for name, sign in signs if getattr(self, name) is not None)


class StepSpec(TestSpec):
    points: Decimal = Field(title="分值", decimal_places=2)


class ItemSpec(Strict):
    """What a feature is worth in a pack; see `methods.credit_grading.Item`. `months`: the window that counts."""

    feature: Code
    group: Code
    months: int | None = Field(None, title="回溯月数", ge=1, le=120)
    each: Decimal | None = Field(None, title="每单位分值", decimal_places=2)
    limit: Decimal | None = Field(None, title="分值上限", gt=0, decimal_places=2)
    steps: tuple[StepSpec, ...] = Field((), title="分档")
    other: Decimal = Field(Decimal(0), title="其余", decimal_places=2)
    missing: Decimal = Field(Decimal(0), title="没有数据", decimal_places=2)

    @property
    def code(self) -> str:
        return self.feature if self.months is None else f"{self.feature}_{self.months}m"


class CapSpec(Titled):
    """Where the feature's value lies in the set, the grade is `grade` at best."""

    code: Code
    feature: Code
    months: int | None = Field(None, title="回溯月数", ge=1, le=120)
    test: TestSpec = Field(title="情形")
    grade: str = Field(title="最高等级")


class GroupSpec(Titled):
    code: Code
    base: Decimal = Field(title="基础分", decimal_places=2)
    least: Decimal = Field(Decimal(0), title="最低分", decimal_places=2)
    most: Decimal = Field(title="最高分", decimal_places=2)


class Supervision(Strict):
    """What a class means for supervision.

    Attributes:
        share_from, share_to: share of the class that is sampled, 0 to 1.
        times: how often each enterprise is checked in a year, in words; "" where nothing is published.
        duties: what follows, one sentence each.
    """

    mode: str = Field("", title="监管方式")
    mode_en: str = Field("", title="监管方式（英文）")
    share_from: Decimal | None = Field(None, title="抽取比例下限", ge=0, le=1)
    share_to: Decimal | None = Field(None, title="抽取比例上限", ge=0, le=1)
    times: str = Field("", title="每户每年次数")
    times_en: str = Field("", title="每户每年次数（英文）")
    duties: tuple[str, ...] = Field((), title="措施")
    duties_en: tuple[str, ...] = Field((), title="措施（英文）")

    @model_validator(mode="after")
    def _sound(self) -> Supervision:
        if len(self.duties) != len(self.duties_en):
            raise ValueError("every duty needs its English words")
        if self.share_from is not None and self.share_to is not None and self.share_from > self.share_to:
            raise ValueError("the share must go up")
        return self


class BandSpec(Titled):
    grade: str = Field(title="等级", min_length=1, max_length=8)
    at_least: Decimal | None = Field(None, title="得分不低于", decimal_places=2)
    light: Light = Field(title="颜色")
    supervision: Supervision = Supervision()


class Stability(Strict):
    """From which population stability index on somebody should look, and from which the pack must be reviewed."""

    watch: Decimal = Field(title="关注", gt=0)
    act: Decimal = Field(title="复核", gt=0)


class CreditGrading(Parameters):
    """One pack: groups, items, caps, bands from best to worst.

    Attributes:
        disclosure: `public`: the grade is shown to everybody; `internal`: to supervisors only, every look logged.
        monthly: whether the worker grades by it every month.
        assumed: which parts no public source fixes; the mark 待核 goes with every score.
    """

    disclosure: Literal["public", "internal"] = Field(title="公开范围")
    monthly: bool = Field(True, title="每月计算")
    groups: tuple[GroupSpec, ...] = Field(title="指标组", min_length=1)
    items: tuple[ItemSpec, ...] = Field(title="指标", min_length=1)
    caps: tuple[CapSpec, ...] = Field((), title="限制条件")
    bands: tuple[BandSpec, ...] = Field(title="等级", min_length=2)
    stability: Stability = Field(title="稳定性")
    assumed: tuple[Literal["points", "bands", "groups", "caps", "windows"], ...] = Field((), title="待核部分")

    @model_validator(mode="after")
    def _sound(self) -> CreditGrading:
        groups = {group.code for group in self.groups}
        grades = [band.grade for band in self.bands]
        _differ("groups", (group.code for group in self.groups))
        _differ("items and caps", [*(item.code for item in self.items), *(cap.code for cap in self.caps)])
        _differ("bands", grades)
        for item in self.items:
            if item.group not in groups:
                raise ValueError(f"{item.code}: no group {item.group}")
            if (item.each is None) == (not item.steps):
                raise ValueError(f"{item.code}: give either points per unit or steps")
        for cap in self.caps:
            if cap.grade not in grades:
                raise ValueError(f"{cap.code}: no grade {cap.grade}")
        bounds = [band.at_least for band in self.bands]
        known = [bound for bound in bounds[:-1] if bound is not None]
        if bounds[-1] is not None or len(known) != len(bounds) - 1 or known != sorted(set(known), reverse=True):
            raise ValueError("the bounds of the bands go down; the last band has none")
        for group in self.groups:
            if not group.least <= group.base <= group.most:
                raise ValueError(f"{group.code}: the base must lie within the bounds")
        return self

    def band(self, grade: str) -> BandSpec:
        """The band of a grade; KeyError when there is none."""
        for band in self.bands:
            if band.grade == grade:
                return band
        raise KeyError(grade)

    def sentences(self) -> list[Sentence]:
        told = [
            Sentence("%(title)s：基础 %(base)s 分，%(least)s 至 %(most)s 分。", group.model_dump(include=_GROUP))
            for group in self.groups
        ]
        for band in self.bands:
            pattern = "%(grade)s（%(title)s）：其余。"
            if band.at_least is not None:
                pattern = "%(grade)s（%(title)s）：得分不低于 %(score)s。"
            told.append(Sentence(pattern, {"grade": band.grade, "title": band.title, "score": band.at_least}))
        told += [
            Sentence("%(title)s：最高为 %(grade)s。", {"title": cap.title, "grade": cap.grade}) for cap in self.caps
        ]
        return told


_GROUP = {"title", "base", "least", "most"}


def _differ(what: str, codes: Iterable[str]) -> None:
    listed = list(codes)
    if len(set(listed)) != len(listed):
        raise ValueError(f"{what}: one is named twice")
