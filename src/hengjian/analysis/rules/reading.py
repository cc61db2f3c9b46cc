"""One value as pages and reports show it. Pure; `figures.py` makes readings from the room of indicators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from hengjian.methods.periods import Period

#: What a figure of a scale is counted in, where its definition names no unit.
PERCENT = "percent"


@dataclass(frozen=True)
class Reading:
    """A value of an indicator with everything that must stand beside it.

    Attributes:
        region, place: code and name.
        low, high: its interval, None for full counts. n: sample size.
        marks: what it assumes, in words.
        edition: the rule it was computed under; values of different editions do not follow each other.
        version: of the definition.
        status: provisional, approved or withdrawn.
        url, pk: of the page that opens it down to its facts, and its row.
        meaning: what is counted over what, in words.
    """

    code: str
    title: str
    region: str
    place: str
    period: Period
    value: Decimal | None
    scale: str = PERCENT
    unit: str = ""
    decimals: int = 2
    direction: str = "higher"
    family: str = ""
    theme: str = ""
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    n: int | None = None
    status: str = "approved"
    marks: tuple[str, ...] = ()
    selection: str = "not_applicable"
    edition: str = ""
    version: str = ""
    public: bool = True
    url: str = ""
    pk: int = 0
    meaning: str = ""
    dimensions: Mapping[str, str] = field(default_factory=dict)

    @property
    def printed(self) -> str:
        """The value with its unit as it stands in a sentence: "93.65%", "80.99", "1,234件"; empty without a value."""
        return "" if self.value is None else f"{shown(self.value, self.decimals)}{self.suffix}"

    @property
    def suffix(self) -> str:
        """The unit as it follows a number: "%", "件", " points"."""
        if self.scale == PERCENT:
            return "%"
        return f" {self.unit}" if self.unit[:1].isascii() and self.unit else self.unit

    @property
    def half_width(self) -> Decimal | None:
        """Half the width of the interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2

    @property
    def interval(self) -> str:
        """ "92.10～94.60", empty without one."""
        if self.low is None or self.high is None:
            return ""
        return f"{shown(self.low, self.decimals)}～{shown(self.high, self.decimals)}"

    @property
    def parts(self) -> str:
        """ "24,789 / 28,265", empty for figures that have no two parts."""
        if self.numerator is None or self.denominator is None:
            return ""
        return f"{plain(self.numerator)} / {plain(self.denominator)}"

    @property
    def key(self) -> tuple[str, str, str, tuple[tuple[str, str], ...]]:
        """What it is a value of: the same through corrections."""
        return (self.code, self.region, self.period.code, tuple(sorted(self.dimensions.items())))


def shown(value: Decimal, decimals: int) -> str:
    """Rounded half up, with thousands separators, no "-0".

    >>> shown(Decimal("93.645"), 2), shown(Decimal("-0.001"), 1), shown(Decimal(25250), 0)
    ('93.65', '0.0', '25,250')
    """
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{abs(rounded) if rounded == 0 else rounded:,}"


def plain(value: Decimal) -> str:
    """A count or amount as people write it: thousands separators, at most four decimals, none that are zero.

    >>> plain(Decimal("24789.0000000000")), plain(Decimal("0.5"))
    ('24,789', '0.5')
    """
    text = f"{value:,.4f}"
    return text.rstrip("0").rstrip(".")
