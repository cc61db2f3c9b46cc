"""How a satisfaction survey is judged: which answers count, when a figure is sound, what is too small to be shown."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from hengjian.rulebook.base import Parameters, Sentence


class SurveyEvaluation(Parameters):
    """Conventions of survey practice; shares are in per cent.

    Attributes:
        most_missing: whoever leaves more of the questions out is not counted.
        speeder: whoever needs less than so much of the median time answered too fast to have read the questions.
        small_cell: a group with fewer answers is not shown in public tables.
        least_answers: fewer answers give no index.
        replications, confidence: of the bootstrap interval.
        failed_most: more replications without a solution make the solution invalid.
        alpha_least, ave_least, htmt_most: reliability, convergent and discriminant validity.
        response_least: a lower response rate is pointed out.
    """

    most_missing: Decimal = Field(title="漏答题目不超过", ge=0, le=100)
    speeder: Decimal = Field(title="过快答卷的用时比例", gt=0, lt=100)
    small_cell: int = Field(title="公开表格的最小人数", ge=1, le=100)
    least_answers: int = Field(title="最少有效答卷", ge=10)
    replications: int = Field(title="重抽样次数", ge=100, le=10_000)
    confidence: Decimal = Field(title="置信水平", gt=50, lt=100)
    failed_most: Decimal = Field(title="无解重抽样的最大比例", ge=0, le=100)
    alpha_least: Decimal = Field(title="信度系数不低于", ge=0, le=1)
    ave_least: Decimal = Field(title="平均提取方差不低于", ge=0, le=1)
    htmt_most: Decimal = Field(title="异质单质比不高于", gt=0)
    response_least: Decimal = Field(title="回收率提示线", ge=0, le=100)

    def sentences(self) -> list[Sentence]:
        return [
            Sentence("漏答题目超过 %(share)s%% 的答卷不计。", {"share": self.most_missing}),
            Sentence("用时不到中位数 %(share)s%% 的答卷视为过快。", {"share": self.speeder}),
            Sentence("少于 %(n)s 人的组在公开表格中不显示。", {"n": self.small_cell}),
            Sentence("有效答卷少于 %(n)s 份的不出指数。", {"n": self.least_answers}),
            Sentence(
                "区间由 %(n)s 次重抽样得出，置信水平 %(level)s%%；无解的重抽样超过 %(failed)s%% 时解无效。",
                {"n": self.replications, "level": self.confidence, "failed": self.failed_most},
            ),
            Sentence(
                "信度系数不低于 %(alpha)s，平均提取方差不低于 %(ave)s，异质单质比不高于 %(htmt)s。",
                {"alpha": self.alpha_least, "ave": self.ave_least, "htmt": self.htmt_most},
            ),
            Sentence("回收率低于 %(share)s%% 时提示。", {"share": self.response_least}),
        ]
