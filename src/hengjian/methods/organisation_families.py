"""What is stored about a family of government organs, and about the reforms that end one and begin another.

Look-ups are in `hengjian.methods.organisations`; the entries are in `organisations.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

LEVELS = ("national", "provincial", "prefecture", "county")
KINDS = frozenset({
    "department", "party_organ", "central_in_region", "peoples_organisation", "congress", "court", "procuratorate",
    "institution", "enterprise",
})  # fmt: skip


class OrganisationsError(ValueError):
    """The data file contradicts itself; the message names the family and the field."""


@dataclass(frozen=True, slots=True)
class Reform:
    """A dated reorganisation; `status` is `verified` or `to verify`."""

    id: str
    on: date
    title: str
    status: str
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """One generation of a body at all levels. `names[level]`: full name, usual short form, further spellings."""

    id: str
    title: str
    kind: str
    names: Mapping[str, tuple[str, ...]]
    stems: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    superior: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[str, ...] = ()
    reform: str = ""

    def canonical(self, level: str) -> str:
        """Full name at `level`, or at the nearest level above that has one."""
        for candidate in (*reversed(LEVELS[: LEVELS.index(level) + 1]), *LEVELS):
            if self.names.get(candidate):
                return self.names[candidate][0]
        return self.title
