"""Lines from a file or the standard input, for commands that answer line by line. No Django."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import typer


def lines(source: Path | None) -> Iterator[str]:
    """The lines of a file, or of the standard input when there is none or it is "-", without their ends.

    Raises:
        typer.Exit: the file cannot be read, or is not UTF-8; the reason is told on the standard error.
    """
    try:
        if source is None or str(source) == "-":
            sys.stdin.reconfigure(encoding="utf-8-sig", errors="strict")  # type: ignore[union-attr]
            for line in sys.stdin:
                yield line.rstrip("\r\n")
        else:
            with source.open(encoding="utf-8-sig") as file:
                for line in file:
                    yield line.rstrip("\r\n")
    except UnicodeDecodeError as error:
        typer.echo(
            f"输入不是 UTF-8 编码（第 {error.start} 字节起）。请先转换编码。Not UTF-8: convert it first.", err=True
        )
        raise typer.Exit(2) from None
    except OSError as error:
        typer.echo(f"无法读取 {source}：{error.strerror}。Cannot be read.", err=True)
        raise typer.Exit(2) from None
