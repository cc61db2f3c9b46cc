"""The competitiveness index: its published structure, sub-scores, bands and series."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from hengjian import rulebook
from hengjian.methods.composite.aggregation import weighted_mean
from hengjian.methods.statistics import competitiveness
from hengjian.methods.statistics.competitiveness import INDEX, INDICATORS, Link, breaks, compute, tree
from hengjian.rulebook.parameters.quality_indices import Competitiveness, IndexBands

UNIT = {name: (0.0, 1.0) for name, _direction in INDICATORS}
BEST = np.array([1.0 if direction > 0 else 0.0 for _name, direction in INDICATORS])


def test_the_structure_is_the_published_one() -> None:
    made = tree()
    assert len(made.indicators) == 12 and [len(node.parts) for node in made.nodes] == [2] * 6 + [3, 3, 2]
    assert [name for name, direction in INDICATORS if direction < 0] == ["质量损失率"]
    found = compute([np.full(12, 0.5), BEST, 1 - BEST, 5 * BEST - 2], UNIT)
    assert found.index.tolist() == [80, 100, 60, 100]
    with pytest.raises(ValueError, match="no part of the index"):
        tree({"利润率": 1})
    with pytest.raises(ValueError, match="no bounds for 国际市场销售率"):
        compute([BEST], dict(list(UNIT.items())[:-1]))


def test_two_halves_give_the_published_index() -> None:
    # Published for 2007 and, from the changes, for 2006.
    for halves, published in (((84.76, 77.21), 80.99), ((84.76 - 1.35, 77.21 - 0.66), 79.98)):
        assert weighted_mean([halves], tree().nodes[-1].weights)[0] == pytest.approx(published, abs=0.0051)


def test_what_is_missing() -> None:
    one_of_two, whole_group = BEST.copy(), BEST.copy()
    one_of_two[0] = np.nan
    whole_group[:2] = np.nan
    found = compute([one_of_two, whole_group], UNIT)
    assert found.missing.tolist() == [1, 2]
    assert found.index[0] == 100 and np.isnan(found.index[1])
    assert found.scores["发展能力"].tolist() == [100, 100]


def test_weights_and_bounds_of_the_rulebook_are_marked_as_assumed() -> None:
    rule = rulebook.at("competitiveness", "990000", date(2026, 6, 1))
    assert rule.to_verify and len(rule.assumptions) == 2
    assumed = rule.typed(Competitiveness)
    bounds = {name: (float(low), float(high)) for name, (low, high) in assumed.bounds.items()}
    assert bounds.keys() == dict(INDICATORS).keys()
    weights = {name: float(weight) for name, weight in assumed.weights.items()}
    middle = np.array([[sum(bounds[name]) / 2 for name, _direction in INDICATORS]])
    scores = compute(middle, bounds, weights, low=float(assumed.low), high=float(assumed.high))
    assert scores.scores[INDEX].tolist() == [80] and float(assumed.low) == competitiveness.LOW


# Where the three published sets put a score; None: the set has no word for it.
@pytest.mark.parametrize(("score", "words"), [
    ("74.99", ("无竞争力", "很弱", "较弱")),
    ("75", ("竞争力不足", "一般", None)),
    ("81.18", ("初等竞争力", "较强", None)),
    ("85", ("中等竞争力", "较强", None)),
    ("86.78", ("中等竞争力", "较强", "较强")), ("95", ("强竞争力", "很强", "较强")),
])  # fmt: skip
def test_bands_disagree_and_are_kept_apart(score: str, words: tuple[str | None, ...]) -> None:
    found = []
    for name in ("competitiveness-a", "competitiveness-b", "competitiveness-c"):
        band = rulebook.at("index_bands", "000000", date(2026, 6, 1), name).typed(IndexBands).band(Decimal(score))
        found.append(band.title if band else None)
    assert tuple(found) == words


# 2008 value, published change, 2009 value.
CHAIN = (
    ("通信电子", "86.95", "0.75", "87.70"), ("通用设备", "83.53", "0.76", "84.29"),
    ("交通运输设备", "83.48", "0.63", "84.11"),
    ("仪器仪表", "83.90", "0.15", "84.05"), ("化学原料", "82.19", "1.52", "83.71"), ("医药", "81.33", "1.11", "82.44"),
    ("化纤", "81.31", "0.68", "81.99"),
)  # fmt: skip


def test_published_series_hang_together() -> None:
    links = [Link(name, *map(Decimal, figures)) for name, *figures in CHAIN]
    assert breaks(links) == [] and all(link.error == 0 for link in links)
    wrong = Link("医药", Decimal("81.33"), Decimal("1.11"), Decimal("84.22"))
    assert breaks([*links, wrong]) == [wrong]
    # 2006 from 2007: 标准与技术水平 85.92 less 1.55.
    assert breaks([Link("标准与技术水平", Decimal("84.37"), Decimal("1.55"), Decimal("85.92"))]) == []


def test_the_nation_is_no_plain_mean_of_its_regions() -> None:
    # 2008: east, centre and west; the index of the nation is 81.18.
    assert float(np.mean([85.04, 79.72, 80.04])) == pytest.approx(81.60)
