"""Complaints and reports: lines and how they were merged, categories and who answers, jurisdiction, rewards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict

CENT = Decimal("0.01")
CaseKind = Literal["complaint", "report", "consultation", "suggestion"]
KIND_NAMES: dict[str, str] = {
    "complaint": "投诉",
    "report": "举报",
    "consultation": "咨询",
    "suggestion": "建议",
}
Mode = Literal["merged", "parallel", "branch", "own"]
MODE_NAMES: dict[str, str] = {"merged": "整体并入", "parallel": "双号并行", "branch": "设分中心", "own": "独立运行"}
Place = Literal["operation", "domicile", "platform", "act"]
PLACE_NAMES: dict[str, str] = {
    "operation": "实际经营地",
    "domicile": "住所地",
    "platform": "平台经营者住所地",
    "act": "违法行为发生地",
}


class Channel(Parameters):
    """One line or other way in, and what became of it: 国办发〔2020〕53号 knows three ways of merging lines."""

    code: str = Field(title="渠道", pattern=r"^[a-z0-9_]{2,20}$")
    label: str = Field(title="名称", min_length=1)
    label_en: str = Field("", title="英文名称")
    kind: Literal["line", "web", "open311", "letter", "visit"] = Field("line", title="方式")
    mode: Mode = Field("own", title="归并方式")
    into: str = Field("", title="并入", pattern=r"^[a-z0-9_]{0,20}$")

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Channel:
        if (self.mode == "own") == bool(self.into):
            raise ValueError("a merged, parallel or branch line names the line it goes into; another one does not")
        return self

    def sentences(self) -> list[Sentence]:
        if self.mode == "own":
            return [Sentence("%(label)s独立运行。", {"label": self.label})]
        return [
            Sentence(
                "%(label)s%(mode)s %(into)s。", {"label": self.label, "mode": MODE_NAMES[self.mode], "into": self.into}
            )
        ]


class Category(Strict):
    """What a complaint can be about, and which family of units answers for it (first that exists at the place)."""

    code: str = Field(title="类别", pattern=r"^[a-z][a-z0-9_]{0,39}$")
    label: str = Field(title="名称", min_length=1)
    label_en: str = Field(title="英文名称", min_length=1)
    families: tuple[str, ...] = Field(title="承办单位职能", min_length=1)
    lines: tuple[str, ...] = Field((), title="原热线")
    words: tuple[str, ...] = Field((), title="识别词")
    help: str = Field("", title="范围")
    help_en: str = Field("", title="英文范围")
    public: bool = Field(True, title="公众可选")


class Categories(Parameters):
    """The catalogue by which intake is routed. Where several units answer, the first that took it keeps it until it is
    done (首接负责, `first_keeps`); where none does, the region's unit of last resort."""

    categories: tuple[Category, ...] = Field(title="类别", min_length=1)
    first_keeps: bool = Field(True, title="首接负责")

    @model_validator(mode="after")
    def _sound(self) -> Categories:
        codes = [item.code for item in self.categories]
        if len(set(codes)) != len(codes):
            raise ValueError("category codes must differ")
        return self

    def category(self, code: str) -> Category | None:
        return next((item for item in self.categories if item.code == code), None)

    def sentences(self) -> list[Sentence]:
        told = [
            Sentence("“%(label)s”由%(who)s办理。", {"label": item.label, "who": "、".join(item.families)})
            for item in self.categories
        ]
        told.append(Sentence("没有对应单位的由当地兜底单位办理。"))
        if self.first_keeps:
            told.append(Sentence("涉及几个单位的由首接单位负责到底。"))
        return told


class Marks(Strict):
    """Words that speak for a kind of case."""

    kind: CaseKind = Field(title="类型")
    words: tuple[str, ...] = Field(title="识别词", min_length=1)


class Intake(Parameters):
    """How one intake is taken apart and how repeated ones are recognised.

    `marks`: words in the text that speak for a kind; `repeat_days`, `repeat_likeness`: the same respondent and a text
    so much alike within so many days is offered as repeated.
    """

    marks: tuple[Marks, ...] = Field(title="识别词", min_length=1)
    separate: bool = Field(True, title="投诉举报分别处理")
    repeat_days: int = Field(title="重复认定期间（日）", ge=1, le=3650)
    repeat_likeness: Decimal = Field(title="重复认定相似度", gt=0, le=1)
    repeated_report: str = Field(title="重复举报的处理", min_length=2)

    def words(self, kind: str) -> tuple[str, ...]:
        return tuple(word for mark in self.marks if mark.kind == kind for word in mark.words)

    def sentences(self) -> list[Sentence]:
        told = []
        if self.separate:
            told.append(Sentence("同时提出投诉和举报的，按投诉、举报分别处理。"))
        told.append(
            Sentence(
                "%(days)s 日内对同一对象、内容相似度不低于 %(likeness)s 的提示重复。",
                {"days": self.repeat_days, "likeness": self.repeat_likeness},
            )
        )
        told.append(Sentence("重复举报：%(what)s。", {"what": self.repeated_report}))
        return told


class Jurisdiction(Parameters):
    """Whose county is competent: the first place that is known.

    Attributes:
        complaint, report: places in their order.
        unpublished_shop: a platform shop without a valid published address goes to the county of the platform operator.
    """

    complaint: tuple[Place, ...] = Field(title="投诉管辖", min_length=1)
    report: tuple[Place, ...] = Field(title="举报管辖", min_length=1)
    unpublished_shop: bool = Field(title="未公示有效地址的平台内经营者由平台所在地处理")

    def places(self, kind: str, *, unpublished_shop: bool) -> tuple[Place, ...]:
        """The places to try for a kind of case, best first; advice and suggestions go where complaints go."""
        if kind == "report":
            return self.report
        if unpublished_shop and self.unpublished_shop:
            return ("platform", *self.complaint)
        return self.complaint

    def sentences(self) -> list[Sentence]:
        told = [
            Sentence(
                "投诉由%(where)s的县级单位处理。", {"where": "、".join(PLACE_NAMES[place] for place in self.complaint)}
            ),
            Sentence(
                "举报由%(where)s的县级单位处理。", {"where": "、".join(PLACE_NAMES[place] for place in self.report)}
            ),
        ]
        if self.unpublished_shop:
            told.append(Sentence("平台内经营者未公示有效地址的，投诉由平台经营者住所地的县级单位处理。"))
        return told


@dataclass(frozen=True)
class RewardAmount:
    """What a report earns: yuan, what was computed before floor and cap, what applied, whether finance decides too."""

    amount: Decimal
    computed: Decimal
    floored: bool
    capped: bool
    joint: bool
    level: int


class RewardLevel(Strict):
    """One level: share of fines and forfeits in percent, and the least sum."""

    level: int = Field(title="等级", ge=1, le=9)
    percent: Decimal = Field(title="比例（%）", gt=0, le=100)
    floor: Decimal = Field(title="下限（元）", ge=0)
    when: str = Field(title="情形", min_length=2)


class Exclusion(Strict):
    """Who gets no reward."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str = Field(title="不予奖励情形", min_length=2)
    label_en: str = Field("", title="英文")


class ReportReward(Parameters):
    """Rewards for reports: a share of fines and forfeits, at least the floor of the level (also where nothing was
    fined), at most the cap; from `joint_from` on decided together with the finance department."""

    levels: tuple[RewardLevel, ...] = Field(title="等级", min_length=1)
    cap: Decimal = Field(title="每案上限（元）", gt=0)
    joint_from: Decimal = Field(title="会同财政部门决定（元起）", gt=0)
    natural_persons_only: bool = Field(title="限自然人")
    insider_may_exceed: bool = Field(title="内部人员可适当提高")
    exclusions: tuple[Exclusion, ...] = Field((), title="不予奖励")

    @model_validator(mode="after")
    def _sound(self) -> ReportReward:
        if [item.level for item in self.levels] != list(range(1, len(self.levels) + 1)):
            raise ValueError("levels must be 1, 2, 3 … in order")
        if any(item.floor > self.cap for item in self.levels):
            raise ValueError("a floor lies above the cap")
        return self

    def level(self, number: int) -> RewardLevel:
        """The level; ValueError names those that there are."""
        for item in self.levels:
            if item.level == number:
                return item
        raise ValueError(f"no reward level {number}; there are {', '.join(str(item.level) for item in self.levels)}")

    def reward(self, level: int, base: Decimal | None) -> RewardAmount:
        """The reward of a report.

        Args:
            level: 1 is the best lead.
            base: fines and forfeits in yuan; None where the case ended without any.

        Raises:
            ValueError: no such level, or a negative base.
        """
        if base is not None and base < 0:
            raise ValueError(f"fines and forfeits cannot be {base}")
        item = self.level(level)
        computed = ((base or Decimal(0)) * item.percent / 100).quantize(CENT, ROUND_HALF_UP)
        amount = min(max(computed, item.floor), self.cap)
        return RewardAmount(
            amount=amount.quantize(CENT),
            computed=computed,
            floored=computed < item.floor,
            capped=computed > self.cap,
            joint=amount >= self.joint_from,
            level=level,
        )

    def exclusion(self, codes: Iterable[str]) -> list[Exclusion]:
        """Those of the exclusions that are named."""
        wanted = set(codes)
        return [item for item in self.exclusions if item.code in wanted]

    def sentences(self) -> list[Sentence]:
        told = [
            Sentence(
                "%(level)s 级：%(when)s，按罚没款的 %(percent)s%% 奖励，不低于 %(floor)s 元。",
                {"level": item.level, "when": item.when, "percent": item.percent, "floor": f"{item.floor:,}"},
            )
            for item in self.levels
        ]
        told.append(
            Sentence(
                "每案不超过 %(cap)s 元，%(joint)s 元以上会同财政部门决定。",
                {"cap": f"{self.cap:,}", "joint": f"{self.joint_from:,}"},
            )
        )
        if self.natural_persons_only:
            told.append(Sentence("奖励对象限于自然人。"))
        if self.insider_may_exceed:
            told.append(Sentence("内部人员举报可以适当提高。"))
        if self.exclusions:
            told.append(Sentence("不予奖励：%(who)s。", {"who": "；".join(item.label for item in self.exclusions)}))
        return told
