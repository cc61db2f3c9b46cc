"""制造业质量竞争力指数: the published structure; weights and bounds are supplied by whoever computes it.

Official are the twelve indicators, their six and two groups, and the span from 60 to 100; weights below the two halves
and the bounds of standardisation were never published. What is supplied is marked as assumed on every figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hengjian.methods.composite.aggregation import Node, Tree

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
class Bands:
    """A named set of words for the index: (from this score, word) from the lowest up, and who published it."""

    name: str
    source: str
    bands: Sequence[tuple[float, str]]

    def word(self, score: float) -> str:
        """The word for a score; the published sets disagree, so it is never shown without the name of the set."""
        found = self.bands[0][1]
        for least, word in self.bands:
            if score >= least:
                found = word
        return found
