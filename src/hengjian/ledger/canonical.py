"""Canonical JSON after RFC 8785 (JCS): one value, one text, so that a hash means the same everywhere.

Keys are sorted by UTF-16 code units, numbers are written as ECMAScript does, nothing is escaped that need not be.
Whole numbers beyond ±(2**53 - 1) are refused, because other readers of JSON would round them; write them as text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from json.encoder import encode_basestring as quote
from typing import Any

MAX_SAFE_INTEGER = 2**53 - 1


def canonical(value: object) -> str:
    """The canonical text of dicts with text keys, lists, tuples, text, numbers, booleans and None.

    Raises:
        ValueError: not a finite number, or a whole number that JSON readers cannot hold exactly.
        TypeError: a value that JSON does not know.
    """
    kind = type(value)
    if kind is str:
        return quote(value)  # type: ignore[arg-type]
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if kind is dict:
        return _object(value)  # type: ignore[arg-type]
    if kind is list or kind is tuple:
        return "[" + ",".join([canonical(item) for item in value]) + "]"  # type: ignore[attr-defined]
    if isinstance(value, int):
        if not -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
            raise ValueError(f"{value} is beyond the whole numbers that JSON keeps exactly; write it as text")
        return str(int(value))
    if isinstance(value, float):
        return number(float(value))
    if isinstance(value, str):
        return quote(str(value))
    if isinstance(value, Mapping):
        return _object(dict(value))
    raise TypeError(f"{kind.__name__} has no place in JSON")


def _object(value: dict[str, object]) -> str:
    keys = sorted(value)
    if not "".join(keys).isascii():  # code points and UTF-16 units order astral characters differently
        keys.sort(key=lambda key: key.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join([quote(key) + ":" + canonical(value[key]) for key in keys]) + "}"


def number(value: float) -> str:
    """A double as ECMAScript's Number::toString writes it (RFC 8785 section 3.2.2.3)."""
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a number that JSON can hold")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")  # repr gives the shortest digits that read back
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1:+d}"


def parse(text: str) -> Any:
    """The value of a canonical text; whole doubles beyond the safe integers stay doubles, as they were."""
    return json.loads(text, parse_int=_whole)


def _whole(text: str) -> int | float:
    value = int(text)
    return value if -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER else float(text)
