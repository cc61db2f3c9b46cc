"""Resident identity numbers (GB 11643-1999): 18 characters, date of birth, check character MOD 11-2. Pure."""

from __future__ import annotations

import re
from datetime import date

SHAPE = re.compile(r"[1-9]\d{5}(\d{4})(\d{2})(\d{2})\d{3}[\dX]")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_valid(number: str) -> bool:
    """Whether a number in capital letters has the right shape, a date of birth that exists, and its check character."""
    found = SHAPE.fullmatch(number)
    if found is None:
        return False
    try:
        date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17]
