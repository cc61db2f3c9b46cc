"""Pure decisions of the register: which of several sources counts, value by value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Said:
    """One live record of a source.

    Attributes:
        record: its number.
        family: function of the delivering unit (`market_regulation` …).
        since: the day of which the source speaks.
        received_at: when it came.
        values: field → value.
    """

    record: int
    family: str
    since: date
    received_at: datetime
    values: Mapping[str, str]


#: (family of the unit, field) → place in the order of precedence; 0 goes first.
Rank = Callable[[str, str], int]


def ranked(records: Iterable[Said], rank: Rank) -> dict[str, list[tuple[str, Said]]]:
    """Field → (value, record) of every source that says something, the one that counts first.

    The source of the highest rank counts, among its records the latest of which it speaks, then the latest received.
    """
    found: dict[str, list[tuple[str, Said]]] = {}
    for said in records:
        for field, value in said.values.items():
            if value:
                found.setdefault(field, []).append((value, said))
    for field, claims in found.items():
        claims.sort(
            key=lambda claim: (
                rank(claim[1].family, field),
                -claim[1].since.toordinal(),
                -claim[1].received_at.timestamp(),
                -claim[1].record,
            )
        )
    return found


def current(records: Iterable[Said], rank: Rank) -> dict[str, str]:
    """Field → the value that counts."""
    return {field: claims[0][0] for field, claims in ranked(records, rank).items()}
