"""Amounts in one unit per dimension, so that figures of different partners can be added.

Factors: UN/ECE Recommendation 20 (codes and conversion factors); codes that are not listed are a dimension of
their own. Amounts are whole millionths of the unit, which adds up exactly in 64 bits (to 9.2 · 10¹² units).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

MICRO = 1_000_000
_EXACT = Context(prec=64)
UNKNOWN = -1
"""An amount that nobody told."""
PIECES, MASS, VOLUME = "H87", "KGM", "LTR"


def _table(unit: str, factors: Mapping[str, str]) -> dict[str, tuple[str, Decimal]]:
    return {code: (unit, Decimal(factor)) for code, factor in factors.items()}


#: Code → (unit of the dimension, how many of it).
UNITS: Mapping[str, tuple[str, Decimal]] = MappingProxyType(
    _table(PIECES, {"": "1", "H87": "1", "EA": "1", "C62": "1", "NAR": "1", "PR": "2", "DZN": "12", "CEN": "100"})
    | _table(PIECES, {"MIL": "1000"})
    | _table(MASS, {"KGM": "1", "GRM": "0.001", "MGM": "0.000001", "TNE": "1000", "DTN": "100", "HGM": "0.1"})
    | _table(MASS, {"LBR": "0.45359237", "ONZ": "0.028349523125", "DJ": "0.01"})
    | _table(VOLUME, {"LTR": "1", "MLT": "0.001", "CLT": "0.01", "DLT": "0.1", "HLT": "100", "MTQ": "1000"})
    | _table(VOLUME, {"DMQ": "1", "CMQ": "0.001", "GLL": "3.785411784", "GLI": "4.54609"})
    | _table("MTR", {"MTR": "1", "CMT": "0.01", "MMT": "0.001", "KMT": "1000", "FOT": "0.3048"})
    | _table("MTK", {"MTK": "1", "CMK": "0.0001", "HAR": "10000", "KMK": "1000000"})
)


def amount(quantity: Any, uom: str = "") -> tuple[int, str]:
    """(millionths, unit of the dimension); `UNKNOWN` where the quantity is missing, no number, negative or too large.

    Example:
        >>> amount("2.5", "TNE")
        (2500000000, 'KGM')
    """
    unit, factor = UNITS.get(uom, (uom, Decimal(1)))
    if quantity is None or quantity == "":
        return UNKNOWN, unit
    try:
        value = Decimal(str(quantity)) * factor * MICRO
        whole = int(value.quantize(Decimal(1), ROUND_HALF_EVEN))
    except (InvalidOperation, ValueError, OverflowError):
        return UNKNOWN, unit
    return (whole, unit) if 0 <= whole < 2**62 else (UNKNOWN, unit)


def decimal(micro: int) -> Decimal | None:
    """The amount as a decimal without trailing zeros; None: unknown."""
    if micro == UNKNOWN:
        return None
    whole, rest = divmod(micro, MICRO)
    return Decimal(micro).scaleb(-6, _EXACT).normalize(_EXACT) if rest else Decimal(whole)


def total(micro: NDArray[np.int64]) -> int:
    """The sum of known amounts, exact however large they are: 64 bits are not enough for what anybody may claim."""
    if int(micro.max(initial=0)) * micro.size < 2**63:
        return int(micro.sum())
    return sum(micro.tolist())
