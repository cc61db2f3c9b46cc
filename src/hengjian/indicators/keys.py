"""How a break-down is written as one key, and which periods figures may have. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hengjian.methods.periods import Period, parse_period

_PART = re.compile(r"[^;=]+")
YEARS = range(1900, 2200)


def dimensions_key(parts: Mapping[str, str]) -> str:
    """`name=code;name=code` in alphabetical order; empty for the whole.

    Raises:
        ValueError: a name or code has one of the signs `;` and `=`, or is empty.

    >>> dimensions_key({"size": "small", "industry": "C39"})
    'industry=C39;size=small'
    """
    for text in (*parts, *parts.values()):
        if not _PART.fullmatch(text):
            raise ValueError(f"{text!r} cannot stand in a break-down: it is empty or has ; or =")
    return ";".join(f"{name}={parts[name]}" for name in sorted(parts))


def safe_key(parts: Mapping[str, str | None]) -> str:
    """The key of a break-down whose codes come from outside: what would break the key is written full-width."""
    clean = {name: str(code).replace(";", "；").replace("=", "＝")[:80] for name, code in parts.items()}
    return dimensions_key(clean)


def subject_of(indicator: str, region: str, period: str, dimensions: str = "") -> str:
    """The subject of the facts about a value."""
    return ":".join(part for part in ("indicator", indicator, region, period, dimensions) if part)


def period_given(text: str) -> Period:
    """The period that people or files name, of the years that figures are about.

    Raises:
        ValueError: it is none, or lies so far away that the period before or after it does not exist.
    """
    period = parse_period(text)
    if period.year not in YEARS:
        raise ValueError(f"{text} is outside the years {YEARS.start} to {YEARS.stop - 1}")
    return period
