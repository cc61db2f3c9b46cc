"""What a check looks at: the returns of one form in one period, with their past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from hengjian.returns.hints import Told, hints_for
from hengjian.returns.models import Opening, Return
from hengjian.returns.reading import Past, pasts_of, values_by_return
from hengjian.returns.rules import Key, Sheet


@dataclass(frozen=True, slots=True)
class Offence:
    """One offending row: a return, or one of its cells, and the numbers for the sentence about it."""

    entry: Return
    row: str = ""
    column: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return ":".join(part for part in (str(self.entry.pk), self.row, self.column) if part)


@dataclass
class Field:
    """The returns of one opening.

    Attributes:
        today: the day of the question.
    """

    opening: Opening
    entries: list[Return]
    today: date

    @cached_property
    def reported(self) -> list[Return]:
        return [entry for entry in self.entries if entry.state in Return.REPORTED]

    @cached_property
    def pasts(self) -> dict[int, Past]:
        return pasts_of(self.entries)

    @cached_property
    def sheets(self) -> dict[int, Sheet]:
        """The sheets of the returns that are in, by primary key."""
        values = values_by_return(entry.pk for entry in self.reported)
        return {entry.pk: self.pasts[entry.pk].wrap(self.opening, values.get(entry.pk, {})) for entry in self.reported}

    def filled(self) -> Iterator[tuple[Return, Sheet]]:
        for entry in self.reported:
            yield entry, self.sheets[entry.pk]

    @cached_property
    def hints(self) -> dict[int, dict[Key, Told]]:
        """Hints on single figures, by return; shared by the checks on jumps and units."""
        return {
            entry.pk: {
                key: told
                for key, told in hints_for(sheet, self.pasts[entry.pk]).items()
                if sheet.layout.cells[key].is_input
            }
            for entry, sheet in self.filled()
        }
