"""A paper as data: one content from which page, .docx and .xlsx are made, so that they never differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from hengjian.documents.official import (
    Align,
    Annex,
    Block,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
    TableColumn,
    render_docx,
)
from hengjian.documents.sheets import write_xlsx

Cell = str | int | float | None


@dataclass(frozen=True)
class PaperColumn:
    """A column: heading, share of the width, alignment."""

    title: str
    width: float = 1.0
    align: Align = "left"


@dataclass(frozen=True)
class PaperTable:
    """A table; `annex`: on its own pages behind the paper, turned to landscape when it is wide."""

    title: str
    columns: tuple[PaperColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    annex: bool = True

    @property
    def named_rows(self) -> list[list[tuple[PaperColumn, Cell]]]:
        """Each cell with its column, for the page."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]

    def official(self, *, captioned: bool) -> Table:
        columns = [TableColumn(column.title, column.width, column.align) for column in self.columns]
        return Table(columns, self.rows, caption=self.title if captioned else "", note=self.note)

    def xlsx(self, paper: Paper, number: str) -> bytes:
        """The rows as on the page."""
        notes = [part for part in (f"{paper.title}（{number}）", self.note) if part]
        return write_xlsx([column.title for column in self.columns], self.rows, title=self.title, notes=notes)


@dataclass(frozen=True)
class Part:
    """A heading with its sentence, a paragraph, or the place of a table (`table`: its number)."""

    kind: Literal["heading", "paragraph", "table"]
    text: str = ""
    level: int = 1
    table: int = 0


@dataclass(frozen=True)
class Paper:
    """What a paper says, before it has a number and a date.

    Attributes:
        kind: of `IssuedDocument.Kind`.
        addressees: 主送机关.
        parts: the body.
        tables: those in the body and those behind it.
        office: who issues it: mark and signature.
        copy_to: 抄送.
    """

    kind: str
    title: str
    office: str
    addressees: tuple[str, ...]
    parts: tuple[Part, ...]
    tables: tuple[PaperTable, ...] = ()
    copy_to: tuple[str, ...] = ()
    signature: str = field(default="")

    def to_dict(self) -> dict[str, Any]:
        """For storage as JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Paper:
        tables = tuple(
            PaperTable(
                table["title"],
                tuple(PaperColumn(**column) for column in table["columns"]),
                tuple(tuple(row) for row in table["rows"]),
                table["note"],
                table["annex"],
            )
            for table in data["tables"]
        )
        return cls(
            kind=data["kind"],
            title=data["title"],
            office=data["office"],
            addressees=tuple(data["addressees"]),
            parts=tuple(Part(**part) for part in data["parts"]),
            tables=tables,
            copy_to=tuple(data["copy_to"]),
            signature=data["signature"],
        )

    def official(self, number: str, day: date) -> OfficialDocument:
        """The paper in the layout of GB/T 9704-2012."""
        return OfficialDocument(
            title=self.title,
            date=day,
            body=tuple(self._blocks(self.parts)),
            mark=f"{self.office}文件",
            number=number,
            addressees=self.addressees,
            annexes=tuple(
                Annex(table.title, (table.official(captioned=False),)) for table in self.tables if table.annex
            ),
            signature=self.signature or self.office,
            copy_to=self.copy_to,
            printed_by=self.office,
            printed_on=day,
        )

    def _blocks(self, parts: Sequence[Part]) -> list[Block]:
        made: list[Block] = []
        for part in parts:
            if part.kind == "heading":
                made.append(Heading(part.level, part.text))
            elif part.kind == "paragraph":
                made.append(Paragraph(part.text))
            else:
                made.append(self.tables[part.table].official(captioned=True))
        return made

    def docx(self, number: str, day: date) -> bytes:
        return render_docx(self.official(number, day))


def paragraphs(text: str) -> tuple[Part, ...]:
    """What the office wrote into the form, a paragraph per line."""
    return tuple(Part("paragraph", line.strip()) for line in text.splitlines() if line.strip())
