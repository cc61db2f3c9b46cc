"""Comparing a declared indicator with the limit of a standard, whatever direction and unit they are written in.

A limit is an interval: "≥ 3.0", "≤ 0.5", "5.0～7.0", "12". Units of one dimension are converted; units of different
dimensions cannot be compared, and it is said so instead of guessing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Literal

Direction = Literal["at_least", "at_most", "within", "equal"]
Verdict = Literal["stricter", "same", "looser", "apart", "missing", "additional", "unlike"]

# unit → (dimension, factor to the dimension's base unit)
UNITS: Mapping[str, tuple[str, Decimal]] = {
    name: (dimension, Decimal(factor))
    for dimension, members in {
        "ratio": {
            "%": "0.01",
            "‰": "0.001",
            "ppm": "0.000001",
            "ppb": "0.000000001",
            "g/100g": "0.01",
            "g/kg": "0.001",
            "mg/kg": "0.000001",
            "mg/100g": "0.00001",
            "μg/kg": "0.000000001",
            "g/g": "1",
            "mg/g": "0.001",
        },
        "concentration": {
            "kg/m3": "1",
            "g/l": "1",
            "g/100ml": "10",
            "g/ml": "1000",
            "mg/l": "0.001",
            "mg/ml": "1",
            "μg/l": "0.000001",
            "mg/m3": "0.000001",
            "μg/m3": "0.000000001",
            "g/cm3": "1000",
        },
        "length": {
            "m": "1",
            "km": "1000",
            "dm": "0.1",
            "cm": "0.01",
            "mm": "0.001",
            "μm": "0.000001",
            "nm": "0.000000001",
        },
        "area": {"m2": "1", "cm2": "0.0001", "mm2": "0.000001"},
        "volume": {"m3": "1", "l": "0.001", "ml": "0.000001", "cm3": "0.000001"},
        "mass": {"kg": "1", "t": "1000", "g": "0.001", "mg": "0.000001", "μg": "0.000000001"},
        "areal mass": {"g/m2": "1", "kg/m2": "1000", "mg/cm2": "10"},
        "time": {"s": "1", "ms": "0.001", "min": "60", "h": "3600", "d": "86400"},
        "force": {"n": "1", "kn": "1000", "mn": "1000000"},
        "pressure": {
            "pa": "1",
            "kpa": "1000",
            "mpa": "1000000",
            "gpa": "1000000000",
            "n/mm2": "1000000",
            "bar": "100000",
        },
        "energy": {"j": "1", "kj": "1000", "mj": "1000000", "kwh": "3600000"},
        "power": {"w": "1", "kw": "1000"},
        "voltage": {"v": "1", "kv": "1000", "mv": "0.001"},
        "current": {"a": "1", "ma": "0.001", "μa": "0.000001"},
        "resistance": {"ω": "1", "kω": "1000", "mω": "1000000"},
        "frequency": {"hz": "1", "khz": "1000"},
        "temperature": {"℃": "1", "°c": "1"},
    }.items()
    for name, factor in members.items()
}
_SIGNS: Mapping[str, Direction] = {
    "≥": "at_least", ">=": "at_least", "不低于": "at_least", "不小于": "at_least", "不少于": "at_least",
    "≤": "at_most", "<=": "at_most", "不高于": "at_most", "不大于": "at_most", "不超过": "at_most", "不多于": "at_most",
}  # fmt: skip
_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_SIGNED = re.compile(rf"^(?P<sign>{'|'.join(map(re.escape, _SIGNS))})\s*(?P<value>{_NUMBER})\s*(?P<unit>.*)$")
_RANGE = re.compile(
    rf"^(?P<low>{_NUMBER})\s*(?P<u>[^\d\s~–—-]*)\s*(?:~|–|—|-|至|到)\s*(?P<high>{_NUMBER})\s*(?P<unit>.*)$"
)
_AROUND = re.compile(rf"^(?P<middle>{_NUMBER})\s*±\s*(?P<width>\d+(?:\.\d+)?)\s*(?P<unit>.*)$")
_PLAIN = re.compile(rf"^(?P<value>{_NUMBER})\s*(?P<unit>.*)$")


@dataclass(frozen=True)
class Limit:
    """What is promised or required of one indicator: from `low` to `high`, None where it is open.

    Attributes:
        unit: as written; empty for pure numbers.
    """

    direction: Direction
    low: Decimal | None
    high: Decimal | None
    unit: str = ""

    @property
    def text(self) -> str:
        """As people write it: "≥ 3.0 %", "5.0～7.0"."""
        unit = f" {self.unit}" if self.unit else ""
        if self.direction == "at_least":
            return f"≥ {self.low}{unit}"
        if self.direction == "at_most":
            return f"≤ {self.high}{unit}"
        if self.direction == "within":
            return f"{self.low}～{self.high}{unit}"
        return f"{self.low}{unit}"

    def converted(self, unit: str) -> Limit | None:
        """The same limit in another unit of its dimension; None: it has another dimension, or one that is unknown."""
        if unit_key(unit) == unit_key(self.unit):
            return self
        here, there = UNITS.get(unit_key(self.unit)), UNITS.get(unit_key(unit))
        if here is None or there is None or here[0] != there[0]:
            return None
        factor = here[1] / there[1]
        low, high = (None if value is None else _short(value * factor) for value in (self.low, self.high))
        return Limit(self.direction, low, high, unit)


@dataclass(frozen=True)
class Comparison:
    """One indicator of an enterprise beside that of the standard.

    Attributes:
        verdict: `stricter` the declared promise lies within the standard's limit and is narrower, `same`, `looser` it
            allows what the standard does not, `apart` they have nothing in common, `missing` the enterprise does not
            declare it, `additional` the standard does not have it, `unlike` the units cannot be compared.
    """

    name: str
    declared: Limit | None
    required: Limit | None
    verdict: Verdict

    @property
    def below(self) -> bool:
        """Whether the declaration promises less than the standard asks for."""
        return self.verdict in ("looser", "apart")


def unit_key(unit: str) -> str:
    """One way of writing a unit: ASCII where possible, powers as digits, no spaces.

    >>> unit_key("ｍｇ／ｋｇ"), unit_key("g/cm³"), unit_key("µg/L")
    ('mg/kg', 'g/cm3', 'μg/l')
    """
    folded = unicodedata.normalize("NFKC", unit.replace("℃", "°C")).replace("·", "").replace("µ", "μ")
    # The case carries meaning only between M (mega) and m (milli), which the units here do not mix.
    return re.sub(r"\s+", "", folded).casefold().replace("ug", "μg")


def parse_limit(text: str, unit: str = "") -> Limit:
    """Read "≥ 3.0 %", "≤0.5mg/kg", "5.0～7.0", "20±2 ℃", "12" (equal). `unit` stands in where the text has none.

    Raises:
        ValueError: it is no number with a direction.
    """
    shown = unicodedata.normalize("NFKC", text).replace("～", "~").strip()
    if found := _SIGNED.match(shown):
        direction = _SIGNS[found["sign"]]
        value = _decimal(found["value"])
        low, high = (value, None) if direction == "at_least" else (None, value)
        return Limit(direction, low, high, found["unit"].strip() or unit)
    if found := _AROUND.match(shown):
        middle, width = _decimal(found["middle"]), _decimal(found["width"])
        return Limit("within", middle - width, middle + width, found["unit"].strip() or unit)
    if found := _RANGE.match(shown):
        low, high = _decimal(found["low"]), _decimal(found["high"])
        if low > high:
            raise ValueError(f"the range {text!r} ends below its beginning")
        return Limit("within", low, high, found["unit"].strip() or found["u"].strip() or unit)
    if found := _PLAIN.match(shown):
        value = _decimal(found["value"])
        return Limit("equal", value, value, found["unit"].strip() or unit)
    raise ValueError(f"{text!r} is no limit; write for example ≥ 3.0 %, ≤ 0.5 mg/kg or 5.0～7.0")


def compare(declared: Mapping[str, Limit], required: Mapping[str, Limit]) -> list[Comparison]:
    """Every indicator of both sides once: first in the standard's order, then what only the enterprise has."""
    told = [compare_one(name, declared.get(name), limit) for name, limit in required.items()]
    told += [Comparison(name, limit, None, "additional") for name, limit in declared.items() if name not in required]
    return told


def compare_one(name: str, declared: Limit | None, required: Limit | None) -> Comparison:
    """The verdict on one indicator."""
    if declared is None or required is None:
        return Comparison(name, declared, required, "missing" if declared is None else "additional")
    same_unit = declared.converted(required.unit)
    if same_unit is None:
        return Comparison(name, declared, required, "unlike")
    return Comparison(name, declared, required, _verdict(same_unit, required))


def _verdict(declared: Limit, required: Limit) -> Verdict:
    low, high = declared.low, declared.high
    inside_low = required.low is None or (low is not None and low >= required.low)
    inside_high = required.high is None or (high is not None and high <= required.high)
    if (low, high) == (required.low, required.high):
        return "same"
    if inside_low and inside_high:
        return "stricter"
    over = required.high is not None and low is not None and low > required.high
    under = required.low is not None and high is not None and high < required.low
    return "apart" if over or under else "looser"


def rank(own: Limit, peers: Iterable[Limit]) -> tuple[int, int] | None:
    """Place of a promise among those of peers that can be compared with it (1 = strictest), and how many there are.

    Only one-sided limits have an order; None for others.
    """
    if own.direction not in ("at_least", "at_most"):
        return None
    mine = own.low if own.direction == "at_least" else own.high
    assert mine is not None
    values: list[Decimal] = []
    for peer in peers:
        same = peer.converted(own.unit)
        if same is not None and same.direction == own.direction:
            value = same.low if own.direction == "at_least" else same.high
            assert value is not None
            values.append(value)
    better = sum(value > mine if own.direction == "at_least" else value < mine for value in values)
    return better + 1, len(values) + 1


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is no number") from None


def _short(value: Decimal) -> Decimal:
    """Twelve significant digits and no trailing zeros, without exponent."""
    if not value:
        return Decimal(0)
    places = 12 - value.adjusted()
    short = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN).normalize()
    return Decimal(f"{short:f}")
