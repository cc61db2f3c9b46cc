"""Acceptance sampling by attributes: letters, sample sizes, acceptance numbers and the rules of switching."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict

Cell = int | Literal["up", "down"]


class AcceptanceSampling(Parameters):
    """The single plans of a scheme as the rule that generates them (`methods.statistics.acceptance_sampling`).

    Attributes:
        sizes: code letter → sample size, rising. only_tightened: letters that normal inspection does not have.
        levels_of_quality: the preferred acceptance quality limits.
        lots: letters by lot size, one for each of `inspection_levels`; the last row has no upper end.
        normal, tightened: acceptance numbers by distance; the letters to `small_up_to` have two more.
    """

    class Lots(Strict):
        """Code letters of lots up to a size."""

        up_to: int | None = Field(None, title="批量不超过", ge=2)
        letters: str = Field(title="字码", pattern=r"^[A-Z]+$")

    class Numbers(Strict):
        """Acceptance numbers: the first stands where letter and quality limit add up to `first`."""

        first: int = Field(title="起点")
        numbers: tuple[Cell, ...] = Field(title="接收数", min_length=1)
        small: tuple[int, ...] = Field((), title="小样本另有的接收数")

    class Switching(Strict):
        """Rules of switching: lots looked back at, refusals, acceptances, points."""

        window: int = Field(title="观察批数", ge=1)
        tighten: int = Field(title="转加严的不接收批数", ge=1)
        relax: int = Field(title="恢复正常的连续接收批数", ge=1)
        stop: int = Field(title="暂停的不接收批数", ge=1)
        reduce_from: int = Field(title="可放宽的转移得分", ge=1)
        points_small: int = Field(title="接收数 0、1 时每批得分", ge=0)
        points: int = Field(title="接收数 2 以上时每批得分", ge=0)

    sizes: dict[str, int] = Field(title="样本量", min_length=2)
    only_tightened: tuple[str, ...] = Field((), title="仅用于加严的字码")
    levels_of_quality: tuple[float, ...] = Field(title="接收质量限", min_length=2)
    inspection_levels: tuple[str, ...] = Field(title="检验水平", min_length=1)
    lots: tuple[Lots, ...] = Field(title="批量与字码", min_length=1)
    normal: Numbers = Field(title="正常检验")
    tightened: Numbers = Field(title="加严检验")
    small_up_to: str = Field(title="小样本到字码")
    switching: Switching = Field(title="转移规则")

    @model_validator(mode="after")
    def _fits(self) -> AcceptanceSampling:
        sizes, limits = list(self.sizes.values()), list(self.levels_of_quality)
        if sizes != sorted(set(sizes)) or limits != sorted(set(limits)):
            raise ValueError("sample sizes and quality limits rise")
        ends = [row.up_to for row in self.lots]
        if ends[-1] is not None or None in ends[:-1] or ends[:-1] != sorted(set(ends[:-1]), key=lambda end: end or 0):
            raise ValueError("lot sizes rise, and only the last row has no upper end")
        for row in self.lots:
            if len(row.letters) != len(self.inspection_levels) or not set(row.letters) <= self.sizes.keys():
                raise ValueError(f"{row.letters}: one known letter for every inspection level")
        if not {*self.only_tightened, self.small_up_to} <= self.sizes.keys():
            raise ValueError("only_tightened and small_up_to name known letters")
        return self

    def sentences(self) -> list[Sentence]:
        rules = self.switching
        return [
            Sentence("样本量：%(sizes)s。", {"sizes": "、".join(f"{name} {n}" for name, n in self.sizes.items())}),
            Sentence(
                "连续 %(window)s 批或更少批中有 %(tighten)s 批不接收转加严；加严后连续 %(relax)s 批接收恢复正常，"
                "累计 %(stop)s 批不接收暂停检验；转移得分达到 %(score)s 可以放宽。",
                {
                    "window": rules.window,
                    "tighten": rules.tighten,
                    "relax": rules.relax,
                    "stop": rules.stop,
                    "score": rules.reduce_from,
                },
            ),
        ]
