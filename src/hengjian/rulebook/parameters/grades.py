"""Grades of an assessment: bands, rounding, rank gates, veto."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict


class Rounding(Strict):
    """What happens to a score before it is compared: the official text leaves 89.5 between B and A undefined."""

    mode: Literal["half_up", "down", "none"] = Field(title="方式")
    places: int = Field(0, title="小数位", ge=0, le=4)

    def apply(self, score: Decimal) -> Decimal:
        """The rounded score."""
        if self.mode == "none":
            return score
        return score.quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP if self.mode == "half_up" else ROUND_DOWN)


class Band(Strict):
    """A grade from a score up, where `max_rank` is given only for that many best."""

    grade: str = Field(title="等级", min_length=1, max_length=8)
    at_least: Decimal | None = Field(None, title="得分不低于")
    max_rank: int | None = Field(None, title="名次不低于", ge=1)


class Grades(Parameters):
    """Bands from best to worst; the last has no condition. A veto gives `veto_grade` whatever the score."""

    total: Decimal = Field(Decimal(100), title="满分", gt=0)
    rounding: Rounding = Field(title="取整")
    bands: tuple[Band, ...] = Field(title="等级", min_length=2)
    veto_grade: str = Field(title="一票否决等级")
    veto: tuple[str, ...] = Field((), title="一票否决情形")

    @model_validator(mode="after")
    def _sound(self) -> Grades:
        last = self.bands[-1]
        if last.at_least is not None or last.max_rank is not None:
            raise ValueError("the last band must have no condition")
        if any(band.at_least is None and band.max_rank is None for band in self.bands[:-1]):
            raise ValueError("only the last band may be without a condition")
        scores = [band.at_least for band in self.bands if band.at_least is not None]
        if scores != sorted(set(scores), reverse=True) or any(not 0 <= score <= self.total for score in scores):
            raise ValueError("at_least must go down from band to band and lie between 0 and the total")
        names = [band.grade for band in self.bands]
        if len(set(names)) != len(names) or self.veto_grade not in names:
            raise ValueError("grades must differ and veto_grade must be one of them")
        return self

    def grade(self, score: Decimal, rank: int | None = None, vetoed: bool = False) -> str:
        """The grade of a score (0..total).

        Raises:
            ValueError: score outside the total, or a band needs the rank and none is given.
        """
        if not 0 <= score <= self.total:
            raise ValueError(f"score {score} is not between 0 and {self.total}")
        if vetoed:
            return self.veto_grade
        rounded = self.rounding.apply(score)
        for band in self.bands:
            if band.at_least is not None and rounded < band.at_least:
                continue
            if band.max_rank is not None:
                if rank is None:
                    raise ValueError(f"grade {band.grade} needs the rank")
                if rank > band.max_rank:
                    continue
            return band.grade
        raise AssertionError("the last band always holds")

    def sentences(self) -> list[Sentence]:
        told = []
        for band in self.bands:
            if band.at_least is not None and band.max_rank is not None:
                pattern = "%(grade)s 级：得分不低于 %(score)s 且名次在前 %(rank)s。"
            elif band.at_least is not None:
                pattern = "%(grade)s 级：得分不低于 %(score)s。"
            elif band.max_rank is not None:
                pattern = "%(grade)s 级：名次在前 %(rank)s。"
            else:
                pattern = "%(grade)s 级：其余。"
            told.append(Sentence(pattern, {"grade": band.grade, "score": band.at_least, "rank": band.max_rank}))
        pattern = {
            "half_up": "得分先四舍五入到小数点后 %(places)s 位再分级。",
            "down": "得分先截至小数点后 %(places)s 位再分级。",
            "none": "得分不取整，直接分级。",
        }[self.rounding.mode]
        told.append(Sentence(pattern, {"places": self.rounding.places} if self.rounding.mode != "none" else {}))
        for case in self.veto:
            told.append(Sentence("%(case)s：直接定为 %(grade)s 级。", {"case": case, "grade": self.veto_grade}))
        return told
