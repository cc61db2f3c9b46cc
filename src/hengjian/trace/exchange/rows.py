"""The rows of a file of messages, one after the other, whatever its form and size.

JSON lines, XML and CSV are read as streams, packed ones (.gz) too; only spreadsheets are opened whole, and are as small
as `documents.sheets_in` demands. Reading a file again gives the same rows in the same order, so that whoever was
stopped in the middle can go on there.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO, cast

from django.utils.translation import gettext as _

from hengjian.documents.sheets_in import read_table
from hengjian.documents.uploads import UploadRefused, size_limit
from hengjian.methods.epcis.model import ReadError
from hengjian.methods.epcis.read_json import Scanner
from hengjian.trace.exchange import tables, xml_files

TEXTS = frozenset({"jsonl", "ndjson", "json", "xml", "csv", "txt"})
SHEETS = frozenset({"xlsx", "xls"})
MOST_UNPACKED = 1 << 30
"""Octets of a file when unpacked."""
MOST_LINE = 1 << 20
"""Characters of one line."""
_CHUNK = 1 << 20
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")


class Rows(Iterator[tuple[int, Any]]):
    """The rows of a file in order; each is (line or row as the file counts it, raw message or what is wrong with it).

    Attributes:
        done: how many rows were given out.

    Raises:
        UploadRefused: while reading as well: no file of a known form, damaged, too long.
    """

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self.done = 0
        self._raw = stream
        self._size = stream.seek(0, io.SEEK_END) or 1
        stream.seek(0)
        self._rows = _open(stream, name)

    def __next__(self) -> tuple[int, Any]:
        row = next(self._rows)
        self.done += 1
        return row

    def take(self, most: int) -> list[tuple[int, Any]]:
        """The next rows; fewer than asked for only at the end."""
        return list(islice(self, most))

    def skip(self, rows: int) -> None:
        for _row in islice(self, rows):
            pass

    def share(self) -> float:
        """About how much of the file was read, 0 to 1."""
        return min(1.0, self._raw.tell() / self._size)

    def close(self) -> None:
        self._raw.close()


def form_of(name: str) -> str:
    """The extension that says how to read a file, without a `.gz` behind it; raises `UploadRefused`."""
    suffix = name.lower().removesuffix(".gz").rpartition(".")[2]
    if suffix in TEXTS or (suffix in SHEETS and not name.lower().endswith(".gz")):
        return suffix
    raise UploadRefused(
        "extension",
        _("“%(name)s”不是可以接收的文件类型。") % {"name": name[:80]},
        _("请上传 .jsonl、.xml、.xlsx 或 .csv 文件，大文件可以压缩成 .gz。"),
    )


def _open(stream: BinaryIO, name: str) -> Iterator[tuple[int, Any]]:
    form = form_of(name)
    if form in SHEETS:
        if stream.seek(0, io.SEEK_END) > size_limit():
            raise UploadRefused(
                "too_large",
                _("“%(name)s”超过 %(limit)d MB 的上限。") % {"name": name[:80], "limit": size_limit() >> 20},
                _("请存为 .csv 后再上传。"),
            )
        stream.seek(0)
        table = read_table(stream.read(), name)
        yield from tables.messages_of(lambda: iter(table))
        return
    plain = cast(BinaryIO, _Unpacked(stream, name)) if name.lower().endswith(".gz") else stream
    if not plain.read(4096).strip():
        raise UploadRefused("empty", _("“%(name)s”是空的。") % {"name": name[:80]}, _("请检查后重新上传。"))
    plain.seek(0)
    if form == "xml":
        yield from xml_files.read_xml(plain, name)
        return
    table_like = form in {"csv", "txt"}
    encoding = _encoding_of(plain, name, table_like)
    yield from (_csv if table_like else _json)(plain, encoding, name)


class _Unpacked(io.RawIOBase):
    """A packed file as it reads unpacked; ends in a refusal when it is damaged or grows too large."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._file, self._name = gzip.GzipFile(fileobj=stream), name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._file.read(_CHUNK if size is None or size < 0 else size)
        except (OSError, EOFError, zlib.error):
            raise UploadRefused(
                "damaged", _("“%(name)s”已损坏，无法打开。") % {"name": self._name[:80]}, _("请重新压缩后再上传。")
            ) from None
        if self._file.tell() > MOST_UNPACKED:
            raise UploadRefused(
                "bomb", _("“%(name)s”解压后过大。") % {"name": self._name[:80]}, _("请拆成几个文件后分别上传。")
            )
        return data


def _encoding_of(stream: BinaryIO, name: str, printable: bool) -> str:
    """UTF-8, UTF-16 with a byte order mark, or GB18030: the first in which all of the file can be read.

    `printable`: control characters mean that it is no text.
    """
    start = stream.read(2)
    wide = start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        stream.seek(0)
        decode = codecs.getincrementaldecoder(encoding)().decode
        try:
            while part := stream.read(_CHUNK):
                text = decode(part)
                if printable and _CONTROL.search(text):
                    raise _no_text(name)
            decode(b"", True)
        except UnicodeDecodeError:
            continue
        stream.seek(0)
        return encoding
    raise _no_text(name)


def _no_text(name: str) -> UploadRefused:
    return UploadRefused(
        "encoding", _("“%(name)s”的编码无法识别。") % {"name": name[:80]}, _("请存为 UTF-8 后再上传。")
    )


def _lines(stream: BinaryIO, encoding: str, name: str, newline: str | None) -> Iterator[str]:
    stream.seek(0)
    text = io.TextIOWrapper(cast(Any, io.BufferedReader(cast(Any, _Held(stream)), _CHUNK)), encoding, newline=newline)
    while line := text.readline(MOST_LINE + 1):
        if len(line) > MOST_LINE:
            raise UploadRefused(
                "too_large",
                _("“%(name)s”中有一行超过 %(most)d 个字符。") % {"name": name[:80], "most": MOST_LINE},
                _("请检查换行后重新上传。"),
            )
        yield line


class _Held(io.RawIOBase):
    """A stream that is not closed with its reader."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _csv(stream: BinaryIO, encoding: str, name: str) -> Iterator[tuple[int, Any]]:
    first = next((line for line in _lines(stream, encoding, name, "") if line.strip()), "")
    delimiter = max(",\t;，", key=first.count)
    try:
        yield from tables.messages_of(lambda: csv.reader(_lines(stream, encoding, name, ""), delimiter=delimiter))
    except csv.Error:
        raise UploadRefused(
            "damaged",
            _("“%(name)s”的单元格过长或引号不成对。") % {"name": name[:80]},
            _("请用表格软件另存为 .xlsx 后再上传。"),
        ) from None


def _json(stream: BinaryIO, encoding: str, name: str) -> Iterator[tuple[int, Any]]:
    lines = _lines(stream, encoding, name, None)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if number == 1 and line.lstrip().startswith("["):
            array = _array(stream, encoding)
            if array is not None:
                yield from array
                return
            lines = _lines(stream, encoding, name, None)
            next(lines)
        yield number, _parsed(line)


def _parsed(line: str) -> Any:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = ""
    return _("这一行不是 JSON。") if isinstance(value, str) else value


def _array(stream: BinaryIO, encoding: str) -> Iterator[tuple[int, Any]] | None:
    """The members of one JSON array that is all of the file; None when it is not."""
    try:
        for _member in _members(stream, encoding):
            pass
    except ReadError:
        return None
    return enumerate(_members(stream, encoding), start=1)


def _members(stream: BinaryIO, encoding: str) -> Iterator[Any]:
    stream.seek(0)
    scanner = Scanner(stream, encoding)
    for member in scanner.items():
        yield _("这一行不是 JSON。") if isinstance(member, str) else member
    scanner.end()
