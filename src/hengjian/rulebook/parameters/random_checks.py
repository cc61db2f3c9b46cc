"""How many of each risk class a random check draws, how many inspectors go, how soon the results are published."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict


class Layer(Strict):
    """One risk class: a share of its targets (percent) or a number, with bounds."""

    code: str = Field(title="类别", max_length=40)
    title: str = Field(title="名称", min_length=1)
    title_en: str = Field("", title="英文名称")
    share: Decimal | None = Field(None, title="抽取比例", ge=0, le=100)
    count: int | None = Field(None, title="抽取数量", ge=0)
    at_least: int = Field(0, title="至少", ge=0)
    at_most: int | None = Field(None, title="至多", ge=1)

    @model_validator(mode="after")
    def _one_kind(self) -> Layer:
        if (self.share is None) == (self.count is None):
            raise ValueError("give either share or count")
        if self.at_most is not None and self.at_most < self.at_least:
            raise ValueError("at_most is below at_least")
        return self

    def wanted(self, size: int) -> int:
        """How many of `size` targets are drawn; a share is rounded up, because it is a least."""
        number = self.count if self.share is None else _share_of(size, self.share)
        bounded = max(number or 0, self.at_least)
        return min(bounded, size, *([] if self.at_most is None else [self.at_most]))

    def said(self, language: str = "zh") -> str:
        return self.title_en if language.startswith("en") and self.title_en else self.title


def _share_of(size: int, percent: Decimal) -> int:
    return int((size * percent / 100).to_integral_value(rounding=ROUND_CEILING))


class RandomChecks(Parameters):
    """Layers from the one that is drawn from most to the least.

    Attributes:
        floor: least share of all targets together (percent); what the layers leave open is filled from the first on.
        reserve: further targets per layer that stand in for those that cannot be checked.
        inspectors: how many go to one target.
        publish: variant of `terms`: from the end of a check to its publication.
        results: variant of `codes` with the result codes.
    """

    layers: tuple[Layer, ...] = Field(title="类别", min_length=1)
    floor: Decimal = Field(Decimal(0), title="总体抽取比例不低于", ge=0, le=100)
    reserve: int = Field(0, title="每类备选数", ge=0, le=100)
    inspectors: int = Field(2, title="每个对象检查人数", ge=2, le=10)
    publish: str = Field(title="公示期限规则")
    results: str = Field(title="结果代码")

    @model_validator(mode="after")
    def _once(self) -> RandomChecks:
        codes = [layer.code for layer in self.layers]
        if len(set(codes)) != len(codes):
            raise ValueError("a layer is declared twice")
        return self

    def quotas(self, sizes: Mapping[str, int]) -> dict[str, int]:
        """How many are drawn of each layer, from the number of targets in it.

        Raises:
            KeyError: targets of a layer that the rule does not know.
        """
        if unknown := sorted(set(sizes) - {layer.code for layer in self.layers}):
            raise KeyError(unknown[0])
        found = {layer.code: layer.wanted(sizes.get(layer.code, 0)) for layer in self.layers}
        lacking = _share_of(sum(sizes.values()), self.floor) - sum(found.values())
        for layer in self.layers:
            most = sizes.get(layer.code, 0) if layer.at_most is None else min(layer.at_most, sizes.get(layer.code, 0))
            more = max(min(lacking, most - found[layer.code]), 0)
            found[layer.code] += more
            lacking -= more
        return found

    def sentences(self) -> list[Sentence]:
        told = []
        for layer in self.layers:
            values = {"title": layer.title, "share": layer.share, "count": layer.count}
            told.append(
                Sentence("%(title)s：抽取 %(count)s 个。", values)
                if layer.share is None
                else Sentence("%(title)s：抽取 %(share)s%%。", values)
            )
        if self.floor:
            told.append(Sentence("总体抽取比例不低于 %(floor)s%%。", {"floor": self.floor}))
        told.append(Sentence("每个对象 %(n)s 名检查人员。", {"n": self.inspectors}))
        return told
