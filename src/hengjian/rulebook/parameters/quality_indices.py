"""Figures on quality: weights and bounds of the competitiveness index, bands, coefficients of grades, pass rates."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Span, Strict


class Competitiveness(Parameters):
    """制造业质量竞争力指数: what the published structure leaves open.

    Attributes:
        weights: group or indicator → weight among its siblings; equal where left out.
        bounds: indicator → (lower, upper) in its own unit, the same for every year so that years can be compared.
        low, high: ends of the scale.
    """

    weights: dict[str, Decimal] = Field(default_factory=dict, title="权重")
    bounds: dict[str, tuple[Decimal, Decimal]] = Field(title="标准化上下限", min_length=1)
    low: Decimal = Field(title="最低分")
    high: Decimal = Field(title="最高分")

    @model_validator(mode="after")
    def _ordered(self) -> Competitiveness:
        if any(low >= high for low, high in [*self.bounds.values(), (self.low, self.high)]):
            raise ValueError("a lower bound lies below its upper one")
        if any(weight < 0 for weight in self.weights.values()):
            raise ValueError("weights are not negative")
        return self

    def sentences(self) -> list[Sentence]:
        told = [Sentence("得分 %(low)s 至 %(high)s。", {"low": self.low, "high": self.high})]
        if self.weights:
            shown = "、".join(f"{name} {weight}" for name, weight in self.weights.items())
            told.append(Sentence("权重：%(weights)s；其余同级等权。", {"weights": shown}))
        shown = "；".join(f"{name} {low}—{high}" for name, (low, high) in self.bounds.items())
        told.append(Sentence("标准化上下限：%(bounds)s。", {"bounds": shown}))
        return told


class IndexBands(Parameters):
    """Words for an index by score. Published sets disagree, so a word is never shown without the title of its set."""

    class Band(Strict):
        """A word and the scores that it stands for."""

        title: str = Field(title="名称", min_length=1)
        title_en: str = Field(title="英文名称", min_length=1)
        score: Span = Field(title="得分")

    bands: tuple[Band, ...] = Field(title="分段", min_length=1)

    def band(self, score: Decimal | float) -> Band | None:
        """The band of a score; None where the set has no word for it."""
        return next((band for band in self.bands if band.score.contains(score)), None)

    def sentences(self) -> list[Sentence]:
        return [
            Sentence("得分 %(score)s：%(title)s。", {"score": band.score.text(), "title": band.title})
            for band in self.bands
        ]


class GradeCoefficients(Parameters):
    """产品质量等级品率: the coefficient of each grade, the best first."""

    class Grade(Strict):
        """A grade of products."""

        title: str = Field(title="等级", min_length=2)
        title_en: str = Field(title="英文名称", min_length=2)
        coefficient: Decimal = Field(title="系数", ge=0)

    grades: tuple[Grade, ...] = Field(title="等级", min_length=1)

    @property
    def coefficients(self) -> tuple[Decimal, ...]:
        return tuple(grade.coefficient for grade in self.grades)

    def sentences(self) -> list[Sentence]:
        return [
            Sentence("%(grade)s的产值乘以 %(coefficient)s。", {"grade": grade.title, "coefficient": grade.coefficient})
            for grade in self.grades
        ]


class WeightedPassRate(Parameters):
    """制造业产品质量合格率: what to do with region × industry cells that have output but no sample."""

    empty_cells: Literal["refuse", "collapse", "drop"] = Field(title="无样本的行业")
    confidence: Decimal = Field(title="置信水平", gt=0, lt=1)

    def sentences(self) -> list[Sentence]:
        told = {
            "refuse": Sentence("有产值而无样本的地区行业：不计算，先补样本。"),
            "collapse": Sentence("有产值而无样本的地区行业：取该行业各地区合计的合格率，并逐项注明。"),
            "drop": Sentence("有产值而无样本的地区行业：不计其产值，并逐项注明。"),
        }
        return [
            told[self.empty_cells],
            Sentence(
                "区间按 %(confidence)s 的置信水平，假定各地区行业内为简单随机抽样。", {"confidence": self.confidence}
            ),
        ]
