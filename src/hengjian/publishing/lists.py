"""The public lists that rooms generate by rule: what they are, their rows as the public sees them, their hash.

    register_list(PublicList("award.winners", _("政府质量奖获奖组织"), columns=(…), rows=winners_on, unit=owner))

Entering a list takes a publication by two people; leaving it does not: from the day on which the rule no longer gives a
row, no page, feed or file shows it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language

from hengjian.ledger.canonical import canonical
from hengjian.methods.masking import mask
from hengjian.parties.models import Unit

Text = str | Promise
Cell = str | int | Decimal | date | bool | None


@dataclass(frozen=True)
class ListColumn:
    """A column of a public list. `mask`: kind of `methods.masking` that public readers see it through."""

    code: str
    title: str
    title_en: str = ""
    mask: str = ""

    def said(self) -> str:
        return self.title_en if (get_language() or "").startswith("en") and self.title_en else self.title


@dataclass(frozen=True)
class PublicList:
    """A list that a rule generates.

    Attributes:
        code: its name in addresses and facts.
        columns: the first names the row to people.
        key: column whose value identifies a row from snapshot to snapshot.
        rows: (day) → rows in force on that day, as mappings by column code.
        automatic: additions are published by the system, too (rows that were decided and published elsewhere already).
        keeper: for an automatic list: the unit in whose name it is published.
        history: whether old snapshots go on showing rows that left the list (an award that was revoked); otherwise
            they are shown as a hash alone (a penalty that was repaired).
        basis: the criterion in words, with the rule or law behind it.
    """

    code: str
    title: Text
    columns: Sequence[ListColumn]
    key: str
    rows: Callable[[date], Iterable[Mapping[str, Cell]]]
    automatic: bool = False
    keeper: Callable[[], Unit | None] | None = None
    history: bool = False
    basis: Text = ""
    order: int = 100

    def __post_init__(self) -> None:
        if self.key not in [column.code for column in self.columns]:
            raise ValueError(f"list {self.code}: the key {self.key!r} is no column")
        if self.automatic and self.keeper is None:
            raise ValueError(f"list {self.code}: an automatic list needs a keeper")

    def column(self, code: str) -> ListColumn:
        return next(column for column in self.columns if column.code == code)


_lists: dict[str, PublicList] = {}


def register_list(declared: PublicList) -> None:
    """Make a list known; called from a room's `AppConfig.ready`. A second call with its code replaces it."""
    _lists[declared.code] = declared


def forget_list(code: str) -> None:
    """Take a list out again; for tests that declare one of their own."""
    _lists.pop(code, None)


def public_lists() -> list[PublicList]:
    return sorted(_lists.values(), key=lambda item: (item.order, item.code))


def public_list(code: str) -> PublicList | None:
    return _lists.get(code)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return value.isoformat() if isinstance(value, date) else str(value)


def shown_rows(declared: PublicList, on: date) -> list[dict[str, str]]:
    """The rows of a day as the public sees them: text, masked, sorted by their key.

    The key itself is never masked away: give a column without mask as key. Two rows with one key are an error of the
    list's rule.
    """
    found: dict[str, dict[str, str]] = {}
    for row in declared.rows(on):
        shown = {}
        for column in declared.columns:
            text = _text(row.get(column.code))
            shown[column.code] = mask(column.mask, text) if column.mask and text else text
        key = shown[declared.key]
        if key in found:
            raise ValueError(f"list {declared.code}: two rows with the key {key!r}")
        found[key] = shown
    return [found[key] for key in sorted(found)]


def row_hash(values: Mapping[str, str], salt: str) -> str:
    """SHA-256 of the canonical JSON (RFC 8785) of a row and its salt. The salt keeps a row that left the list from
    being guessed out of its hash."""
    return hashlib.sha256(canonical({"salt": salt, "values": dict(values)}).encode()).hexdigest()


def list_hash(code: str, as_of: date, hashes: Sequence[str]) -> str:
    """SHA-256 of the lines list, day and row hashes in order: can be checked although rows have left the list."""
    text = "".join(f"{line}\n" for line in (code, as_of.isoformat(), *hashes))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Comparison:
    """What changed from one snapshot to another, by the rows' key."""

    added: list[dict[str, str]]
    removed: list[dict[str, str]]
    changed: list[tuple[dict[str, str], dict[str, str]]]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def compare(before: Sequence[Mapping[str, str]], after: Sequence[Mapping[str, str]], key: str) -> Comparison:
    """Added, removed and changed rows."""
    old, new = {row[key]: dict(row) for row in before}, {row[key]: dict(row) for row in after}
    return Comparison(
        added=[new[name] for name in new if name not in old],
        removed=[old[name] for name in old if name not in new],
        changed=[(old[name], new[name]) for name in new if name in old and old[name] != new[name]],
    )
