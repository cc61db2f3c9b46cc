"""Columns of text from a CSV or Parquet file of any department, for commands that take whole files. No Django."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DELIMITERS = (",", "\t", ";", "|")
# A row must fit into one block.
_BLOCK = 16 << 20


def read_columns(path: Path, headings: Mapping[str, Sequence[str]]) -> pa.Table:
    """The columns of a file that are wanted, as text, without missing values.

    CSV may be UTF-8, UTF-16 or GB18030, with commas, tabs, semicolons or bars; Parquet may have any types that can be
    written as text.

    Args:
        headings: name of a column → the headings that mean it, in lower case. The first that is there is taken.

    Raises:
        OSError: the file is not there or cannot be read.
        ValueError: it cannot be parsed, or a wanted column is no text.
    """
    import pyarrow as pa
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(path) if path.suffix.lower() in (".parquet", ".pq") else _csv(path)
        wanted = {heading: column for column, words in headings.items() for heading in words}
        chosen: dict[str, pa.ChunkedArray] = {}
        for place, heading in enumerate(table.column_names):
            column = wanted.get(heading.strip().lower())
            if column is not None and column not in chosen:
                chosen[column] = table.column(place).cast(pa.string()).fill_null("")
    except pa.ArrowException as error:
        raise ValueError(f"{path}: {error}") from None
    return pa.table(chosen)


def _csv(path: Path) -> pa.Table:
    import pyarrow as pa

    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise ValueError(f"{path}: 文件是空的。The file is empty.")
    if start.startswith(_UTF16):
        return _decoded(path, "utf-16")
    try:
        return _decoded(path, "utf-8-sig")
    except (UnicodeDecodeError, pa.ArrowInvalid) as error:
        if isinstance(error, pa.ArrowInvalid) and "UTF8" not in str(error):
            raise
    try:
        return _decoded(path, "gb18030")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: 编码既不是 UTF-8 也不是 GB18030。Neither UTF-8 nor GB18030.") from None


def _decoded(path: Path, encoding: str) -> pa.Table:
    import pyarrow as pa
    import pyarrow.csv

    with path.open(encoding=encoding, newline="") as file:
        line = file.readline(1 << 20)
        delimiter = max(_DELIMITERS, key=line.count)
        file.seek(0)
        names = next(csv.reader(file, delimiter=delimiter), [])
    # Everything as text: codes with leading zeros, ids that look like numbers.
    return pyarrow.csv.read_csv(
        path,
        read_options=pyarrow.csv.ReadOptions(
            block_size=_BLOCK, encoding="utf8" if encoding == "utf-8-sig" else encoding, column_names=names, skip_rows=1
        ),
        parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )
