"""Value of a brand by its future earnings, in the form of GB/T 29188-2022 (多周期超额收益法).

    V = Σ F_t / (1+R)^t  +  F_{T+1} / (R − g) / (1+R)^T
    F_t = (P_A − I_A) · β,   I_A = current tangible · short loan rate + non-current tangible · long loan rate
    R = Z · K

P_A is the adjusted yearly profit, I_A what the tangible assets must earn, β the share of the rest that the brand
brings, Z the return of the industry, K the brand strength coefficient (0.6 strongest … 2 weakest), g the growth after
the period looked at. Money in one unit throughout (say 万元); rates as fractions (0.08 for 8 %). Exact decimals: the
same inputs give the same figures to the last digit that is shown.

The structure is that of the standard; the mapping from a strength score to K was not read in it, so K is an input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

LOWEST_K, HIGHEST_K = Decimal("0.6"), Decimal(2)
LONGEST = 10
CENT = Decimal("0.01")
# More digits than any figure that is shown, so that rounding happens once, at the end.
PRECISION = 40


class ValuationError(ValueError):
    """Inputs from which no value follows; `code` in {"period", "assets", "rate", "share", "strength", "growth"}."""

    def __init__(self, code: str, message_zh: str, message_en: str) -> None:
        super().__init__(f"{message_zh} / {message_en}")
        self.code, self.message_zh, self.message_en = code, message_zh, message_en


@dataclass(frozen=True)
class Inputs:
    """What a valuation rests on.

    Attributes:
        profits: adjusted profit of each year of the period, the first one year after the day of valuation.
        current, non_current: tangible assets.
        short_rate, long_rate: loan rates for one year and for more than five.
        share: β, 0 to 1.
        industry: Z, the industry's return.
        strength: K, 0.6 to 2.
        growth: g, after the period.
    """

    profits: tuple[Decimal, ...]
    current: Decimal
    non_current: Decimal
    short_rate: Decimal
    long_rate: Decimal
    share: Decimal
    industry: Decimal
    strength: Decimal
    growth: Decimal


@dataclass(frozen=True)
class Year:
    """One line of the computation: year t, profit, brand earnings, discount factor, present value."""

    t: int
    profit: Decimal
    earnings: Decimal
    factor: Decimal
    present: Decimal


@dataclass(frozen=True)
class Valuation:
    """The value and everything it is made of; unrounded, `rounded` for what is shown."""

    inputs: Inputs
    tangible_return: Decimal
    rate: Decimal
    years: tuple[Year, ...]
    terminal_earnings: Decimal
    terminal_value: Decimal
    present: Decimal
    terminal: Decimal

    @property
    def value(self) -> Decimal:
        """V, in the unit of the inputs."""
        return self.present + self.terminal

    @property
    def terminal_share(self) -> Decimal | None:
        """Part of the value that lies beyond the period, as a fraction; None when the value is not positive."""
        return self.terminal / self.value if self.value > 0 else None


def rounded(value: Decimal) -> Decimal:
    """To two decimals, as reports show it."""
    return value.quantize(CENT)


def value_brand(inputs: Inputs) -> Valuation:
    """Value a brand.

    >>> case = Inputs(tuple(map(Decimal, (1200, 1300, 1400, 1500, 1600))), Decimal(2000), Decimal(5000),
    ...     Decimal("0.0435"), Decimal("0.049"), Decimal("0.3"), Decimal("0.08"), Decimal(1), Decimal("0.03"))
    >>> result = value_brand(case)
    >>> rounded(result.value), rounded(result.present), rounded(result.terminal)
    (Decimal('6594.09'), Decimal('1260.87'), Decimal('5333.21'))

    Raises:
        ValuationError: an input lies outside what has a meaning; above all R ≤ g, where the sum has no limit.
    """
    _check(inputs)
    with localcontext() as context:
        context.prec = PRECISION
        tangible = inputs.current * inputs.short_rate + inputs.non_current * inputs.long_rate
        rate = inputs.industry * inputs.strength
        if rate <= inputs.growth:
            raise ValuationError(
                "growth",
                f"折现率 R = Z × K = {_percent(rate)} 不高于长期增长率 g = {_percent(inputs.growth)}，终值没有意义。"
                "请核对行业平均收益率、品牌强度系数或下调增长率。",
                f"The discount rate R = Z × K = {_percent(rate)} is not above the growth g = "
                f"{_percent(inputs.growth)}, so there is no terminal value. Check Z and K, or lower g.",
            )
        years = []
        factor = Decimal(1)
        for t, profit in enumerate(inputs.profits, start=1):
            factor /= 1 + rate
            earnings = (profit - tangible) * inputs.share
            years.append(Year(t, profit, earnings, factor, earnings * factor))
        after = years[-1].earnings * (1 + inputs.growth)
        terminal = after / (rate - inputs.growth)
        present = sum((year.present for year in years), Decimal(0))
        return Valuation(inputs, tangible, rate, tuple(years), after, terminal, present, terminal * factor)


def sensitivity(inputs: Inputs, strengths: Sequence[Decimal], growths: Sequence[Decimal]) -> list[list[Decimal | None]]:
    """Values for other K (rows) and g (columns); None where no value follows."""
    table: list[list[Decimal | None]] = []
    for strength in strengths:
        row: list[Decimal | None] = []
        for growth in growths:
            try:
                row.append(value_brand(replace(inputs, strength=strength, growth=growth)).value)
            except ValuationError:
                row.append(None)
        table.append(row)
    return table


def _percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f} %"


def _check(inputs: Inputs) -> None:
    numbers = (*inputs.profits, inputs.current, inputs.non_current, inputs.share, inputs.industry, inputs.strength)
    if not all(number.is_finite() for number in (*numbers, inputs.short_rate, inputs.long_rate, inputs.growth)):
        raise ValuationError("rate", "有的数不是有限的数值。", "Some figure is not a finite number.")
    if not 1 <= len(inputs.profits) <= LONGEST:
        raise ValuationError(
            "period", f"评价期应为 1 至 {LONGEST} 年。", f"The period must be 1 to {LONGEST} years long."
        )
    if inputs.current < 0 or inputs.non_current < 0:
        raise ValuationError("assets", "有形资产不能为负。", "Tangible assets cannot be negative.")
    for rate in (inputs.short_rate, inputs.long_rate, inputs.industry):
        if not 0 <= rate < 1:
            raise ValuationError(
                "rate",
                "利率和行业平均收益率应在 0 至 100 % 之间。",
                "Loan rates and the industry return lie in 0 to 100 %.",
            )
    if not -1 < inputs.growth < 1:
        raise ValuationError("rate", "增长率应在 −100 % 至 100 % 之间。", "The growth lies between −100 % and 100 %.")
    if not 0 < inputs.share <= 1:
        raise ValuationError("share", "品牌贡献比例 β 应大于 0、不超过 1。", "The brand's share β lies in (0, 1].")
    if not LOWEST_K <= inputs.strength <= HIGHEST_K:
        raise ValuationError(
            "strength",
            f"品牌强度系数 K 应在 {LOWEST_K} 至 {HIGHEST_K} 之间。",
            f"The brand strength coefficient K lies between {LOWEST_K} and {HIGHEST_K}.",
        )
