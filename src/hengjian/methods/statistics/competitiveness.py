"""制造业质量竞争力指数: the published structure; weights and bounds are supplied by whoever computes it.

Official are the twelve indicators, their six and two groups, and the span from 60 to 100; weights below the two halves
and the bounds of standardisation were never published. What is supplied is marked as assumed on every figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hengjian.methods.composite.aggregation import Node, Tree, aggregate
from hengjian.methods.composite.normalisation import Normalisation, normalise

Array = NDArray[np.float64]

#: Group of level 2 → group of level 3 → indicators with their direction.
STRUCTURE: dict[str, dict[str, tuple[tuple[str, int], ...]]] = {
    "质量水平": {
        "标准与技术水平": (("产品质量等级品率", 1), ("微电子控制设备比重", 1)),
        "质量管理水平": (("质量管理体系认证率", 1), ("质量损失率", -1)),
        "质量监督与检验水平": (("产品监督抽查合格率", 1), ("出口商品检验合格率", 1)),
    },
    "发展能力": {
        "研发与技术改造能力": (("研究与试验发展经费比重", 1), ("技术改造经费比重", 1)),
        "核心技术能力": (("每百万元产值拥有专利数", 1), ("新产品销售比重", 1)),
        "市场适应能力": (("平均产品销售收入", 1), ("国际市场销售率", 1)),
    },
}
INDICATORS = tuple(item for groups in STRUCTURE.values() for items in groups.values() for item in items)
INDEX = "质量竞争力指数"
LOW, HIGH = 60.0, 100.0


def tree(weights: Mapping[str, float] | None = None) -> Tree:
    """The tree of the index.

    Args:
        weights: name of a group or indicator → weight among its siblings; equal where left out. Recovered from
            published sub-scores is only that the two groups of level 2 weigh the same.
    """
    given = dict(weights or {})
    known = {INDEX, *STRUCTURE, *(name for groups in STRUCTURE.values() for name in groups), *dict(INDICATORS)}
    if unknown := given.keys() - known:
        raise ValueError(f"{', '.join(sorted(unknown))} is no part of the index")
    nodes, upper = [], []
    for level, groups in STRUCTURE.items():
        for name, items in groups.items():
            parts = tuple(indicator for indicator, _direction in items)
            nodes.append(Node(name, parts, tuple(given.get(part, 1.0) for part in parts)))
        upper.append(Node(level, tuple(groups), tuple(given.get(part, 1.0) for part in groups)))
    top = Node(INDEX, tuple(STRUCTURE), tuple(given.get(part, 1.0) for part in STRUCTURE))
    return Tree(tuple(name for name, _direction in INDICATORS), (*nodes, *upper, top))


@dataclass(frozen=True)
class Scores:
    """The index of U units; every figure rests on the supplied weights and bounds.

    Attributes:
        scores: group → (U,), the index under `INDEX`. standardised: (U, 12) in the order of `INDICATORS`.
        missing: (U,) how many indicators a unit lacks; its groups are means of the others, and the index is NaN where a
            whole group of level 3 is missing.
    """

    scores: dict[str, Array]
    standardised: Array
    missing: NDArray[np.intp]

    @property
    def index(self) -> Array:
        return self.scores[INDEX]


def compute(
    values: ArrayLike,
    bounds: Mapping[str, tuple[float, float]],
    weights: Mapping[str, float] | None = None,
    *,
    low: float = LOW,
    high: float = HIGH,
) -> Scores:
    """The index from its twelve indicators.

    s = low + (high − low)·clip((x − L)/(U − L), 0, 1), mirrored for 质量损失率; L and U stay the same for every year.

    Args:
        values: (U, 12) in the order of `INDICATORS`, each in the unit of its bounds; NaN where missing.
        bounds: indicator → (L, U). weights: as `tree`.

    Raises:
        ValueError: bounds are missing for an indicator, or a name is no part of the index.
    """
    if lacking := [name for name, _direction in INDICATORS if name not in bounds]:
        raise ValueError(f"no bounds for {', '.join(lacking)}")
    how = Normalisation("goalposts", low, high, tuple(bounds[name] for name, _direction in INDICATORS))
    standardised = normalise(values, [direction for _name, direction in INDICATORS], how)
    nodes = tuple(
        # A group of level 3 may lack one of its two indicators; above it nothing may be missing.
        node if set(node.parts) <= dict(INDICATORS).keys() else replace(node, least=1.0)
        for node in tree(weights).nodes
    )
    scores = aggregate(standardised, Tree(tuple(name for name, _direction in INDICATORS), nodes))
    return Scores(scores, standardised, np.isnan(standardised).sum(axis=1))


@dataclass(frozen=True)
class Link:
    """Two published values of a series and the change that was published with the later one."""

    name: str
    before: Decimal
    change: Decimal
    after: Decimal

    @property
    def error(self) -> Decimal:
        """What the three figures leave unexplained; 0 when they fit."""
        return self.before + self.change - self.after


def breaks(links: Sequence[Link], rounding: Decimal = Decimal("0.01")) -> list[Link]:
    """Links whose figures contradict each other by more than rounding can explain: three roundings of half a unit each.

    Published series are checked so when they are imported.
    """
    return [link for link in links if abs(link.error) > rounding * 3 / 2]
