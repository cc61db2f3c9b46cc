"""Small tables typed as text: one row per line, cells separated by a vertical bar or a tab.

People paste such tables from spreadsheets (tabs) or type them; both are read, one way of writing comes out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CELL = re.compile(r"\s*[|｜\t]\s*")


class LineError(ValueError):
    """A line has too few or too many cells. `line` counts from 1, blank lines included, as an editor shows them."""

    def __init__(self, line: int, cells: int, text: str) -> None:
        self.line = line
        self.cells = cells
        self.text = text
        super().__init__(f"line {line} has {cells} cells: {text!r}")


@dataclass(frozen=True)
class Line:
    """One row with the line it stood on; missing cells at the end are empty texts."""

    number: int
    cells: tuple[str, ...]

    @property
    def text(self) -> str:
        """The row as it is written, empty cells at the end left out."""
        return " | ".join(self.cells).rstrip(" |")


def read_lines(text: str, least: int, most: int) -> list[Line]:
    """The rows of a table with `least` to `most` cells each; blank lines are left out.

    >>> [line.cells for line in read_lines("a | 1\\n\\nb\\t2 | c", 2, 3)]
    [('a', '1', ''), ('b', '2', 'c')]

    Raises:
        LineError: a line has too few cells, an empty one among the first `least`, or too many.
    """
    found: list[Line] = []
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip().strip("|｜").strip()
        if not stripped:
            continue
        cells = _CELL.split(stripped)
        if not least <= len(cells) <= most or not all(cells[:least]):
            raise LineError(number, len(cells), stripped[:60])
        found.append(Line(number, (*cells, *[""] * (most - len(cells)))))
    return found
