""".docx → text and table cells, read from the XML itself: automatic numbers included, no external entities,
guarded against zip bombs."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING

from hengjian.methods.numerals import format_chinese_number
from hengjian.methods.policy_text.errors import SourceError
from hengjian.methods.policy_text.sources import Cell, SourceText

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAX_PART = 100 * 1024 * 1024
MAX_RATIO = 400  # Word's own XML packs to about 1:20; a thousandfold only occurs on purpose
MAX_DEPTH = 20


def read_docx(data: bytes) -> SourceText:
    """Paragraphs in order, tables as cells. Deleted text and field codes are left out. Raises SourceError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "word/document.xml" not in names:
                raise SourceError("binary")
            document = _parse(_read_part(archive, "word/document.xml"))
            numbering = _Numbering(
                _parse(_read_part(archive, "word/numbering.xml")) if "word/numbering.xml" in names else None,
                _parse(_read_part(archive, "word/styles.xml")) if "word/styles.xml" in names else None,
            )
    except SourceError:
        raise
    except RuntimeError as error:  # zipfile: the entry is encrypted
        raise SourceError("encrypted" if "encrypt" in str(error) or "password" in str(error) else "damaged") from None
    except (
        zipfile.BadZipFile,
        OSError,
        EOFError,
        ValueError,
        NotImplementedError,
        KeyError,
        zlib.error,
    ) as error:
        raise SourceError("damaged", str(error)) from None
    writer = _Writer(numbering)
    body = document.find(f"{W}body")
    if body is not None:
        writer.blocks(body, 0)
    return SourceText(writer.text(), "docx", writer.tables)


def _read_part(archive: zipfile.ZipFile, name: str) -> bytes:
    info = archive.getinfo(name)
    if info.flag_bits & 1:
        raise SourceError("encrypted")
    if info.file_size > MAX_PART or info.file_size > MAX_RATIO * max(info.compress_size, 1024):
        raise SourceError("zip_bomb", name)
    with archive.open(info) as part:
        content = part.read(MAX_PART + 1)
    if len(content) > MAX_PART or len(content) > MAX_RATIO * max(info.compress_size, 1024):
        raise SourceError("zip_bomb", name)
    return content


def _parse(content: bytes) -> _Element:
    from lxml import etree

    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
        raise SourceError("damaged", "document type declaration")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise SourceError("damaged", str(error)) from None


class _Numbering:
    """Word's automatic numbers (一、 （一） 1.) as the reader of the page sees them."""

    def __init__(self, numbering: _Element | None, styles: _Element | None) -> None:
        self.levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self.counts: dict[str, list[int]] = {}
        self.abstract: dict[str, str] = {}
        self.style_numbers: dict[str, tuple[str, int]] = {}
        if numbering is not None:
            for number in numbering.iter(f"{W}num"):
                target = number.find(f"{W}abstractNumId")
                if target is not None:
                    self.abstract[number.get(f"{W}numId", "")] = target.get(f"{W}val", "")
            for abstract in numbering.iter(f"{W}abstractNum"):
                for level in abstract.iter(f"{W}lvl"):
                    self._add_level(abstract.get(f"{W}abstractNumId", ""), level)
        if styles is not None:
            for style in styles.iter(f"{W}style"):
                found = self._direct(style.find(f"{W}pPr"))
                if found:
                    self.style_numbers[style.get(f"{W}styleId", "")] = found

    def _add_level(self, abstract: str, level: _Element) -> None:
        def value(tag: str, default: str) -> str:
            node = level.find(f"{W}{tag}")
            return default if node is None else node.get(f"{W}val", default)

        try:
            self.levels[abstract, int(level.get(f"{W}ilvl", "0"))] = (
                value("numFmt", "decimal"),
                value("lvlText", ""),
                int(value("start", "1")),
            )
        except ValueError:
            return

    @staticmethod
    def _direct(properties: _Element | None) -> tuple[str, int] | None:
        node = None if properties is None else properties.find(f"{W}numPr")
        if node is None:
            return None
        number, level = node.find(f"{W}numId"), node.find(f"{W}ilvl")
        depth = "0" if level is None else level.get(f"{W}val", "0")
        return ("" if number is None else number.get(f"{W}val", ""), int(depth) if depth.isdigit() else 0)

    def mark(self, paragraph: _Element) -> str:
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return ""
        found = self._direct(properties)
        if found is None:
            style = properties.find(f"{W}pStyle")
            found = None if style is None else self.style_numbers.get(style.get(f"{W}val", ""))
        if found is None or found[0] in ("", "0") or found[0] not in self.abstract:
            return ""
        abstract, depth = self.abstract[found[0]], min(found[1], 8)
        if (abstract, depth) not in self.levels:
            return ""
        counts = self.counts.setdefault(abstract, [0] * 9)
        start = self.levels[abstract, depth][2]
        counts[depth] = counts[depth] + 1 if counts[depth] else start
        counts[depth + 1 :] = [0] * (8 - depth)
        if self.levels[abstract, depth][0] in ("bullet", "none"):
            return ""

        def number(match: re.Match[str]) -> str:
            level = int(match[1]) - 1
            form = self.levels.get((abstract, level), ("decimal", "", 1))[0]
            count = counts[level] or 1
            if "hinese" in form or "ideograph" in form.lower() or form in ("taiwaneseCounting", "japaneseCounting"):
                return format_chinese_number(min(count, 9999))
            return (
                "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"[count - 1]
                if form.startswith("decimalEnclosedCircle") and count <= 20
                else str(count)
            )

        return re.sub(r"%([1-9])", number, self.levels[abstract, depth][1])


class _Writer:
    def __init__(self, numbering: _Numbering) -> None:
        self.numbering = numbering
        self.parts: list[str] = []
        self.length = 0
        self.tables: list[list[Cell]] = []

    def text(self) -> str:
        return "".join(self.parts)

    def write(self, text: str) -> None:
        text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u0085\ufeff\r]", " ", text)
        self.parts.append(text)
        self.length += len(text)

    def blocks(self, parent: _Element, depth: int, in_cell: bool = False) -> None:
        if depth > MAX_DEPTH:
            return
        for child in parent:
            if child.tag == f"{W}p":
                text = _paragraph_text(child)
                if text.strip():
                    self.write(self.numbering.mark(child) + text)
                self.write("\n")
            elif child.tag == f"{W}tbl":
                self.table(child, depth + 1, in_cell)
            elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml", f"{W}smartTag"):
                self.blocks(child, depth + 1, in_cell)

    def table(self, table: _Element, depth: int, in_cell: bool) -> None:
        """Write the cells one after the other; a vertically merged cell keeps its first row and counts its rows."""
        cells: list[Cell] = []
        open_columns: dict[int, Cell] = {}
        for row_number, row in enumerate(_rows(table)):
            column = 0
            for cell in _cells(row):
                properties = cell.find(f"{W}tcPr")
                span = None if properties is None else properties.find(f"{W}gridSpan")
                merge = None if properties is None else properties.find(f"{W}vMerge")
                width = (
                    1 if span is None or not (span.get(f"{W}val") or "").isdigit() else max(1, int(span.get(f"{W}val")))
                )
                if merge is not None and merge.get(f"{W}val", "continue") == "continue" and column in open_columns:
                    open_columns[column].rows += 1
                else:
                    start = self.length
                    self.blocks(cell, depth + 1, True)
                    written = Cell(row_number, column, start, self.length, width)
                    cells.append(written)
                    open_columns[column] = written
                    self.write("\t" if not in_cell else "\n")
                column += width
            self.write("\n")
        if not in_cell:
            self.tables.append(cells)


def _rows(table: _Element) -> list[_Element]:
    return [
        row
        for child in table
        for row in ([child] if child.tag == f"{W}tr" else child.iter(f"{W}tr") if child.tag == f"{W}sdt" else [])
    ]


def _cells(row: _Element) -> list[_Element]:
    return [
        cell
        for child in row
        for cell in ([child] if child.tag == f"{W}tc" else child.iter(f"{W}tc") if child.tag == f"{W}sdt" else [])
    ]


def _paragraph_text(paragraph: _Element) -> str:
    out = []
    for node in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br", f"{W}cr", f"{W}noBreakHyphen"):
        if node.tag == f"{W}t":
            out.append(node.text or "")
        elif node.tag == f"{W}tab":
            if node.getparent().tag == f"{W}r":  # a tab stop in the properties is no tab
                out.append(" ")
        elif node.tag == f"{W}noBreakHyphen":
            out.append("-")
        else:
            out.append("\n")
    return "".join(out)
