"""Pure decisions: tables of indicators, what is wrong with a declaration, when it must be flagged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from hengjian.methods.indicators import Comparison, Limit, compare, parse_limit
from hengjian.methods.line_tables import read_lines


@dataclass(frozen=True)
class Indicator:
    """One line of a table of indicators. `limit` is None where the requirement is words ("无异味")."""

    name: str
    requirement: str
    method: str
    limit: Limit | None

    @property
    def text(self) -> str:
        return " | ".join((self.name, self.requirement, self.method)).rstrip(" |")


def read_indicators(text: str) -> list[Indicator]:
    """Name | requirement | test method, one per line.

    Raises:
        LineError: a line lacks the requirement or has too many cells.
    """
    found = []
    for line in read_lines(text, 2, 3):
        name, requirement, method = line.cells
        try:
            limit = parse_limit(requirement)
        except ValueError:
            limit = None
        found.append(Indicator(name, limit.text if limit else requirement, method, limit))
    return found


def limits(indicators: Iterable[Indicator]) -> dict[str, Limit]:
    """Those that are numbers, by name."""
    return {item.name: item.limit for item in indicators if item.limit is not None}


def compared(declared: str, required: str) -> list[Comparison]:
    """The indicators of a declaration beside those of a standard, both as tables of text."""
    return compare(limits(read_indicators(declared)), limits(read_indicators(required)))


def missing_words(declared: str, required: str) -> list[str]:
    """Requirements in words that the standard has and the declaration does not name."""
    named = {item.name for item in read_indicators(declared)}
    return [item.name for item in read_indicators(required) if item.limit is None and item.name not in named]


@dataclass(frozen=True)
class Ending:
    """A cited standard with the day from which it does not hold, where there is one."""

    number: str
    ended_on: date | None


def first_ending(cited: Iterable[Ending]) -> Ending | None:
    """The standard that ended (or will end) first; the declaration is flagged from that day."""
    ended = [item for item in cited if item.ended_on is not None]
    return min(ended, key=lambda item: (item.ended_on or date.max, item.number)) if ended else None


#: field → code of what is wrong with it
Faults = Mapping[str, str]


def faults(values: Mapping[str, object], undercut: Iterable[str]) -> dict[str, str]:
    """What does not fit together in a declaration.

    Args:
        values: the declared fields.
        undercut: names of indicators that promise less than the recommended standard named in `below_standard`.
    """
    found: dict[str, str] = {}
    picked, own = values.get("executes"), values.get("own_number")
    if not picked and not own:
        found["executes"] = "none"
    elif picked and own:
        found["own_number"] = "both"
    if own and not values.get("own_name"):
        found["own_name"] = "name"
    if own and not (values.get("indicators") or values.get("text_file")):
        found["indicators"] = "empty"
    if not values.get("below_notice") and any(True for _ in undercut):
        found["below_notice"] = "undercut"
    if values.get("below_notice") and not values.get("below_standard"):
        found["below_standard"] = "which"
    return found
