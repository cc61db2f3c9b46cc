"""Official documents (公文) after GB/T 9704-2012: what they consist of, without Django; `render_docx` makes the file.

document = OfficialDocument(
    mark="澜川自治区质量强区工作领导小组办公室文件",
    number=document_number("澜质强办发", 2026, 5),
    title="关于2026年第三季度质量工作进展情况的通报",
    addressees=("各地州市质量强区工作领导小组办公室", "领导小组各成员单位"),
    body=(Heading(1, "总体进展"), Paragraph("……"), Heading(2, "完成较好的单位", "……")),
    annexes=(Annex("任务进展一览表", (Table(("序号", "任务", "进度"), rows),)),),
    signature="澜川自治区质量强区工作领导小组办公室",
    date=date(2026, 10, 12),
)
data = render_docx(document)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date as Date
from typing import Literal

from hengjian.methods.numerals import format_chinese_number

Align = Literal["left", "center", "right"]
WIDE_TABLE_COLUMNS = 6
COPY_NUMBER = re.compile(r"\d{6}")


@dataclass(frozen=True)
class Heading:
    """A numbered heading of level 1 to 4 (一、 （一） 1. （1）); `text` follows on the same line as ordinary text."""

    level: int
    title: str
    text: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.level <= 4:
            raise ValueError(f"official documents have heading levels 1 to 4, not {self.level}")


@dataclass(frozen=True)
class Paragraph:
    """Ordinary text, its first line indented by two characters."""

    text: str


@dataclass(frozen=True)
class TableColumn:
    """A column: its heading, its share of the width (any unit), and how its cells are aligned."""

    title: str
    width: float = 1.0
    align: Align = "left"


@dataclass(frozen=True)
class Table:
    """A table; its heading row is repeated on every page and no row is torn apart.

    `caption` stands above, `unit` ("单位：万元") above right, `note` below. Cells are shown by `str`, None empty.
    """

    columns: Sequence[str | TableColumn]
    rows: Iterable[Sequence[object]]
    caption: str = ""
    unit: str = ""
    note: str = ""

    def resolved(self) -> list[TableColumn]:
        return [column if isinstance(column, TableColumn) else TableColumn(column) for column in self.columns]


@dataclass(frozen=True)
class Figure:
    """A PNG picture across the type area, with its caption below and what it shows in words (`alt`)."""

    png: bytes
    caption: str
    alt: str


Block = Heading | Paragraph | Table | Figure


@dataclass(frozen=True)
class Annex:
    """An annex on a page of its own; `landscape` None turns the page when a table has six columns or more."""

    title: str
    body: Sequence[Block] = ()
    landscape: bool | None = None

    @property
    def is_landscape(self) -> bool:
        if self.landscape is not None:
            return self.landscape
        return any(isinstance(block, Table) and len(block.columns) >= WIDE_TABLE_COLUMNS for block in self.body)


@dataclass(frozen=True)
class OfficialDocument:
    """One document. Empty parts are left out.

    Attributes:
        title: may hold line breaks where the line has to end at the end of a word.
        date: of issue; written without leading zeros.
        mark: the issuing body's mark in red (发文机关标志); several lines when bodies issue together.
        mark_suffix: 文件, when it stands beside the marks of several bodies.
        number: 发文字号, from `document_number`.
        signer: 签发人; makes it a document to a superior body (number left, signer right).
        copy_number, secrecy, urgency: 份号 (six digits), 密级和保密期限, 紧急程度.
        addressees: 主送机关.
        signature: 发文机关署名; `seal` leaves the room and the position for a seal.
        remark: 附注, without its brackets.
        copy_to, printed_by, printed_on: the imprint (版记): 抄送, 印发机关, 印发日期.
    """

    title: str
    date: Date
    body: Sequence[Block] = ()
    mark: str | tuple[str, ...] = ""
    mark_suffix: str = ""
    number: str = ""
    signer: str = ""
    copy_number: str = ""
    secrecy: str = ""
    urgency: str = ""
    addressees: Sequence[str] = ()
    annexes: Sequence[Annex] = ()
    signature: str = ""
    seal: bool = True
    remark: str = ""
    copy_to: Sequence[str] = ()
    printed_by: str = ""
    printed_on: Date | None = None

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ValueError("an official document needs a title")
        if self.copy_number and not COPY_NUMBER.fullmatch(self.copy_number):
            raise ValueError(f"a copy number (份号) has six digits, not {self.copy_number!r}")

    @property
    def marks(self) -> tuple[str, ...]:
        marks = (self.mark,) if isinstance(self.mark, str) else self.mark
        return tuple(mark for mark in marks if mark)


def document_number(agency: str, year: int, serial: int) -> str:
    """发文字号: the agency's word, full year in hexagonal brackets, serial without zeros: 澜质强办发〔2026〕5号."""
    if serial < 1 or year < 1000:
        raise ValueError(f"no document number: year {year}, serial {serial}")
    return f"{agency}〔{year}〕{serial}号"


def chinese_date(day: Date) -> str:
    """The date in Arabic digits without leading zeros (7.3.5.4): 2026年1月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def heading_number(level: int, position: int) -> str:
    """The number of a heading: 一、 （一） 1. （1） (7.3.3)."""
    if level == 1:
        return f"{format_chinese_number(position)}、"
    if level == 2:
        return f"（{format_chinese_number(position)}）"
    return f"{position}." if level == 3 else f"（{position}）"


def numbered(blocks: Iterable[Block]) -> Iterator[tuple[Block, str]]:
    """Each block with its heading number (empty for what is no heading); a heading restarts the levels below it."""
    counts = [0, 0, 0, 0]
    for block in blocks:
        if not isinstance(block, Heading):
            yield block, ""
            continue
        counts[block.level - 1] += 1
        counts[block.level :] = [0] * (4 - block.level)
        yield block, heading_number(block.level, counts[block.level - 1])


def annex_title(title: str) -> str:
    """The title of an annex without punctuation at its end (7.3.4)."""
    return title.rstrip("。；;. ")


def annex_list(titles: Sequence[str]) -> list[tuple[str, str]]:
    """The lines of the list of annexes (附件说明): label, and title without a full stop (7.3.4)."""
    stripped = [annex_title(title) for title in titles]
    if len(stripped) == 1:
        return [("附件：", stripped[0])]
    return [("附件：" if position == 1 else "", f"{position}. {title}") for position, title in enumerate(stripped, 1)]


def render_docx(document: OfficialDocument) -> bytes:
    """The document as .docx; the same document gives the same bytes."""
    from hengjian.documents.official_docx import build  # the writer imports this module

    return build(document)
