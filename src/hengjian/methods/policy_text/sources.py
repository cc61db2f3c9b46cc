"""Bytes or pasted text → `SourceText`: the plain text that every span points into, and its table cells.

Formats: .txt (UTF-8, UTF-16, GB18030), .docx, .html, .pdf with a text layer. The format is recognised by
content; the file
name only helps to tell pasted HTML from text. Readers of the larger formats are imported when needed, so that
reading a .txt starts fast.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hengjian.methods.policy_text.errors import SourceError

MAX_BYTES = 50 * 1024 * 1024
MAX_CHARACTERS = 3_000_000  # about 500 plans; more text is not one plan and would only exhaust the machine


@dataclass(slots=True)
class Cell:
    """One table cell: its place in the grid, how many columns it spans, and its characters in the text."""

    row: int
    column: int
    start: int
    end: int
    columns: int = 1
    rows: int = 1


@dataclass(slots=True)
class SourceText:
    """`text` with \\n line ends; `tables` lists the cells of each table in reading order; `format` is txt,
    docx, html or pdf."""

    text: str
    format: str
    tables: list[list[Cell]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def load_source(data: bytes | str, filename: str = "") -> SourceText:
    """Read any supported input. Raises SourceError, nothing else."""
    source = _from_text(data, filename) if isinstance(data, str) else _from_bytes(bytes(data), filename)
    if len(source.text) > MAX_CHARACTERS:
        raise SourceError("too_large", f"{len(source.text)} characters")
    source.tables = [cells for cells in source.tables if not _is_metadata(source.text, cells)]
    if not re.search(r"\w", source.text):
        raise SourceError("no_text" if source.format in ("pdf", "docx", "html") else "empty")
    return source


_METADATA = re.compile(
    r"\s*(?:索\s*引\s*号|主\s*题\s*分\s*类|发\s*文\s*(?:机\s*关|字\s*号|日\s*期)|发\s*布\s*(?:机\s*构|日\s*期)|成\s*文\s*日\s*期|"
    r"生\s*成\s*日\s*期|公\s*开\s*方\s*式|有\s*效\s*性|文\s*号|标\s*题|名\s*称)\s*[:：]?\s*$"
)


def _is_metadata(text: str, cells: list[Cell]) -> bool:
    """The box above an article on a government page (索引号, 发文机关, 标题 …) belongs to the header."""
    return len(cells) <= 40 and sum(1 for cell in cells if _METADATA.match(text[cell.start : cell.end])) >= 3


def _from_text(text: str, filename: str) -> SourceText:
    if len(text) > MAX_CHARACTERS:
        raise SourceError("too_large", f"{len(text)} characters")
    text = text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates cannot be written anywhere later
    if _looks_like_html(text, filename):
        from hengjian.methods.policy_text.source_html import read_html

        return read_html(text)
    return SourceText(clean_text(text), "txt")


def _from_bytes(data: bytes, filename: str) -> SourceText:
    if not data.strip(b" \t\r\n\x00"):
        raise SourceError("empty")
    if len(data) > MAX_BYTES:
        raise SourceError("too_large", f"{len(data)} bytes")
    head = data[:8]
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        from hengjian.methods.policy_text.source_docx import read_docx

        return read_docx(data)
    if b"%PDF-" in data[:1024]:
        from hengjian.methods.policy_text.source_pdf import read_pdf

        return read_pdf(data)
    if head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":  # an OLE container: old Word, or a password-protected .docx
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise SourceError("encrypted")
        raise SourceError("old_word")
    return _from_text(decode_text(data, filename), filename)


def _looks_like_html(text: str, filename: str) -> bool:
    head = text[:4000].lower()
    if re.search(r"<!doctype html|<html[\s>]|<body[\s>]|<head[\s>]", head):
        return True
    tags = len(re.findall(r"</?(?:p|div|span|br|table|tr|td|h[1-6]|li|ul|strong)\b[^<>]*>", text[:20000], re.I))
    return tags >= (1 if filename.lower().endswith((".html", ".htm")) else 6)


def decode_text(data: bytes, filename: str = "") -> str:
    """Decode by mark, then strict UTF-8, UTF-16 without a mark, GB18030, Big5; SourceError("binary"|"encoding")
    if none fits."""
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            try:
                return _checked(data.decode(name))
            except UnicodeDecodeError as error:
                raise SourceError("encoding", str(error)) from None
    sample = data[:4096]
    if sample.count(0) > len(sample) // 20:
        return _decode_unmarked_utf16(data)
    try:
        return _checked(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    declared = re.search(rb"charset=[\"']?([\w-]+)", sample)
    names = ["gb18030", "big5"]
    if declared and declared[1].lower().startswith(b"big5"):
        names.reverse()
    for name in names:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if _plausible(text):
            return _checked(text)
    repaired = data.decode("utf-8", "replace")  # a few broken bytes in an otherwise good file do not make it unreadable
    if repaired.count("\ufffd") * 200 <= len(repaired) and _plausible(repaired):
        return _checked(repaired)
    repaired = data.decode("gb18030", "replace")
    if repaired.count("\ufffd") * 200 <= len(repaired) and _plausible(repaired):
        return _checked(repaired)
    raise SourceError("binary" if _control_share(data) > 0.05 else "encoding")


def _decode_unmarked_utf16(data: bytes) -> str:
    even = data[0:4096:2].count(0)
    odd = data[1:4096:2].count(0)
    for name in ("utf-16-le", "utf-16-be") if odd >= even else ("utf-16-be", "utf-16-le"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if _plausible(text) and text.count("\x00") == 0:
            return _checked(text)
    raise SourceError("binary")


def _plausible(text: str) -> bool:
    """Chinese prose: most characters are everyday ideographs, ASCII or Chinese marks. Wrong decodings land
    elsewhere."""
    sample = text[:20000]
    good = sum(
        1
        for c in sample
        if "\u4e00" <= c <= "\u9fff"
        or " " <= c <= "~"
        or c in "\r\n\t"
        or "\u3000" <= c <= "\u303f"
        or "\uff00" <= c <= "\uffef"
        or "\u2010" <= c <= "\u2030"
    )
    marks = sum(sample.count(c) for c in "，。、；：的,.;: \n")
    return good >= 0.8 * len(sample) and marks * 100 >= len(sample)


def _control_share(data: bytes) -> float:
    sample = data[:4096]
    return sum(1 for byte in sample if byte < 9 or 13 < byte < 32 or byte == 127) / max(1, len(sample))


def _checked(text: str) -> str:
    controls = sum(1 for char in text[:4096] if char < " " and char not in "\r\n\t\f\v\x1a")
    if controls > len(text[:4096]) // 20:
        raise SourceError("binary")
    return text


def clean_text(text: str) -> str:
    """Uniform line ends, no mark at the start, no control characters; nothing else is changed."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(
        r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f\u2028\u2029\u0085]",
        lambda m: "\n" if m[0] in "\x0b\x0c\u2028\u2029\u0085" else " ",
        text,
    )
