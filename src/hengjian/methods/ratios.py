"""A share that keeps its parts: no percentage without numerator and denominator."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Ratio:
    """`part` of `whole`, both counts or amounts of one unit.

    Raises:
        ValueError: one of them is negative. A part above the whole is allowed: more fitted than required is no mistake.
    """

    part: int | Decimal
    whole: int | Decimal

    def __post_init__(self) -> None:
        if self.part < 0 or self.whole < 0:
            raise ValueError(f"a ratio needs amounts of zero or more, got {self.part} of {self.whole}")

    def percent(self, places: int = 2) -> Decimal | None:
        """The share in per cent, rounded half up; None where there is nothing to divide by.

        >>> Ratio(1175, 1230).percent(), Ratio(0, 0).percent()
        (Decimal('95.53'), None)
        """
        if not self.whole:
            return None
        exact = Decimal(self.part) * 100 / Decimal(self.whole)
        return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)

    @property
    def missing(self) -> int | Decimal:
        """What is lacking to the whole; zero where nothing is."""
        return max(self.whole - self.part, 0)

    def __add__(self, other: Ratio) -> Ratio:
        """Both together: parts with parts, wholes with wholes, so that totals are never averages of percentages."""
        return Ratio(self.part + other.part, self.whole + other.whole)

    def __str__(self) -> str:
        share = self.percent()
        return f"{self.part}/{self.whole}" + (f" = {share} %" if share is not None else "")
