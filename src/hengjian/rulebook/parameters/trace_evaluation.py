"""How the running of a traceability platform is judged: what counts as timely, which parts a score has."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict


class EvaluationItem(Strict):
    """One part of the score; its share is counted by the code of the same name."""

    code: str = Field(title="代码", pattern=r"^[a-z_]+$")
    title: str = Field(title="指标", min_length=1)
    title_en: str = Field("", title="英文名称")
    weight: Decimal = Field(title="权重", gt=0, le=100)


class TraceEvaluation(Parameters):
    """Parts and bounds of the evaluation.

    Attributes:
        timely_hours: an event is timely when it is recorded at most so many hours after it happened.
        clone_scans: from so many checks of one item's serial number on, the consumer is told to look twice.
    """

    timely_hours: int = Field(title="及时上传时限（小时）", ge=1, le=720)
    clone_scans: int = Field(title="单品码查询提示次数", ge=2)
    items: tuple[EvaluationItem, ...] = Field(title="指标和权重", min_length=1)

    @model_validator(mode="after")
    def _adds_up(self) -> TraceEvaluation:
        if sum(item.weight for item in self.items) != 100:
            raise ValueError("the weights must add up to 100")
        return self

    def score(self, shares: Mapping[str, tuple[int, int]]) -> Decimal | None:
        """Points out of 100 with one decimal from (numerator, denominator) by item; None when nothing can be judged.

        A part without a denominator is left out and its weight goes to the others in proportion.
        """
        judged = [(item.weight, *shares[item.code]) for item in self.items if shares.get(item.code, (0, 0))[1] > 0]
        total = sum((weight for weight, _part, _whole in judged), Decimal(0))
        if not total:
            return None
        points = sum((weight * part / whole for weight, part, whole in judged), Decimal(0)) * 100 / total
        return points.quantize(Decimal("0.1"), ROUND_HALF_UP)

    def sentences(self) -> list[Sentence]:
        told = [Sentence("发生后 %(hours)s 小时内上传的为及时。", {"hours": self.timely_hours})]
        told += [
            Sentence("%(title)s占 %(weight)s 分。", {"title": item.title, "weight": item.weight}) for item in self.items
        ]
        told.append(Sentence("一个单品码查询满 %(n)s 次的，提示消费者核对是否为仿冒。", {"n": self.clone_scans}))
        return told
