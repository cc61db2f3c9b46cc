"""Indicators of enterprises in the scheme of 1991 (全国工业产品质量指标体系总体方案, 技监局管发〔1991〕368号)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hengjian.methods.ratios import Ratio


def grade_rate(values: Sequence[Decimal], coefficients: Sequence[Decimal], output: Decimal) -> Ratio:
    """产品质量等级品率 G = Σ a_k·P_k / P; may exceed 1.

    Args:
        values: output value by grade (优等品, 一等品, 合格品), constant prices.
        coefficients: coefficient of each grade; the national ones are in the rulebook.
        output: industrial output of the period, same unit.

    Raises:
        ValueError: lengths differ, or the grades together exceed the output.
    """
    if len(values) != len(coefficients):
        raise ValueError(f"{len(values)} grades and {len(coefficients)} coefficients")
    if sum(values, Decimal(0)) > output:
        raise ValueError(f"the grades sum to {sum(values)}, more than the output {output}")
    return Ratio(sum((a * p for a, p in zip(coefficients, values, strict=True)), Decimal(0)), output)


def top_grade_rate(values: Sequence[Decimal]) -> Ratio:
    """优等品率: the first grade's share of all grades."""
    return Ratio(values[0], sum(values, Decimal(0)))


def quality_loss_rate(internal: Decimal, external: Decimal, output: Decimal) -> Ratio:
    """质量损失率 = (内部损失 + 外部损失)/工业总产值."""
    return Ratio(internal + external, output)
