"""Lines from a file or the standard input, for commands that answer line by line. No Django."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import typer

_CHUNK = 1 << 20
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def lines(source: Path | None) -> Iterator[str]:
    """The lines of a file, or of the standard input when there is none or it is "-", without their ends.

    One line for each that ends in \\n, and for a last one without. Lines are UTF-8; one that is not is read as GB18030,
    and what is neither keeps its place with U+FFFD for the bytes that mean nothing. Before waiting for more input the
    standard output is flushed, so that a program at both ends of a pipe gets each answer at once.

    Raises:
        typer.Exit: the file cannot be read, or is UTF-16; the reason is told on the standard error.
    """
    try:
        if source is None or str(source) == "-":
            yield from _decoded(sys.stdin.buffer)
        else:
            with source.open("rb") as file:
                yield from _decoded(file)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        typer.echo(f"无法读取 {source or '-'}：{error.strerror}。Cannot be read.", err=True)
        raise typer.Exit(2) from None


def _decoded(stream: BinaryIO) -> Iterator[str]:
    first = True
    for line in _split(stream):
        if first:
            if line.startswith(_UTF16):
                typer.echo("输入是 UTF-16 编码，请先转换为 UTF-8。UTF-16: convert it to UTF-8 first.", err=True)
                raise typer.Exit(2)
            line, first = line.removeprefix(codecs.BOM_UTF8), False
        yield _text(line.removesuffix(b"\r"))


def _split(stream: BinaryIO) -> Iterator[bytes]:
    parts: list[bytes] = []  # of a line that has not ended yet: joined once, however long it is
    while chunk := _read(stream):
        *ended, rest = chunk.split(b"\n")
        for line in ended:
            yield b"".join((*parts, line)) if parts else line
            parts.clear()
        if rest:
            parts.append(rest)
    if parts:
        yield b"".join(parts)


def _read(stream: BinaryIO) -> bytes:
    sys.stdout.flush()
    return stream.read1(_CHUNK)  # type: ignore[attr-defined]  # what is there, without waiting for more


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        try:
            return line.decode("gb18030")
        except UnicodeDecodeError:
            return line.decode(errors="replace")
