"""`hengjian epcis`: traceability documents checked, hashed and converted, without the database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal

import typer

from hengjian.methods.epcis import (
    EventChecker,
    Problem,
    ReadError,
    WriteError,
    check_envelope,
    event_hash,
    open_stream,
    pre_hash,
    read,
    tolerated,
    write_json,
    write_xml,
)
from hengjian.methods.epcis.schema import event_schema

app = typer.Typer(no_args_is_help=True, help="EPCIS 追溯文件：校验、哈希、转换。EPCIS documents: check, hash, convert.")
File = Annotated[
    Path,
    typer.Argument(help="JSON-LD 或 XML 文件。A file in JSON-LD or XML.", exists=True, dir_okay=False, readable=True),
]


@app.callback()
def epcis() -> None:
    """EPCIS 追溯文件：校验、哈希、转换。EPCIS documents: check, hash, convert."""


@app.command()
def validate(
    file: File,
    limit: Annotated[int, typer.Option(help="最多列出的问题数。How many problems to list at most.", min=1)] = 1000,
) -> None:
    """校验文件，输出 JSON；有错误时退出码为 1。Check a file; JSON; exit code 1 where it is refused.

    The file is read event by event: size does not matter.
    """
    shown: list[Problem] = []
    counts = {"error": 0, "warning": 0}
    events = 0

    def note(found: list[Problem]) -> None:
        for item in found:
            counts[item.level] += 1
            if len(shown) < limit:
                shown.append(item)

    with _opened(file) as stream:
        document = stream.document
        checker = EventChecker(document.context, tolerated(document))
        for index, event in enumerate(stream):
            note(checker.check(event, "" if document.kind == "event" else f"eventList[{index}]"))
            events += 1
        note(check_envelope(document))
    _print(
        {
            "valid": counts["error"] == 0,
            "document": document.kind,
            "syntax": document.syntax,
            "events": events,
            "errors": counts["error"],
            "warnings": counts["warning"],
            "problems": [
                {
                    "level": item.level,
                    "reason": item.reason,
                    "path": item.path,
                    "message_zh": item.message_zh,
                    "message_en": item.message_en,
                }
                for item in shown
            ],
        }
    )
    if counts["error"]:
        raise typer.Exit(1)


@app.command(name="hash")
def hash_events(
    file: File,
    canonical: Annotated[
        bool, typer.Option("--canonical", help="同时输出规范化文本。The canonical string as well.")
    ] = False,
) -> None:
    """每个事件输出一行 JSON：序号、eventID、哈希。One JSON line per event: index, eventID, hash."""
    with _opened(file) as stream:
        document = stream.document
        for index, event in enumerate(stream):
            line: dict[str, Any] = {
                "index": index,
                "eventID": event.get("eventID"),
                "hash": event_hash(event, document.context, document.ignore),
            }
            if canonical:
                line["canonical"] = pre_hash(event, document.context, document.ignore)
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


@app.command()
def convert(
    file: File,
    to: Annotated[Literal["json", "xml"], typer.Option(help="目标格式。The syntax to write.")],
) -> None:
    """转换为 JSON-LD 或 XML，写到标准输出；事件哈希不变。To JSON-LD or XML on stdout; event hashes stay the same."""
    with _reported():
        document = read(file.read_bytes())
        if document.kind == "query":
            raise ReadError("not_epcis", "查询没有可转换的事件", "a query has no events to convert")
        data = write_json(document) if to == "json" else write_xml(document)
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


@app.command()
def schema() -> None:
    """输出事件结构的 JSON Schema。The JSON Schema of events."""
    _print(event_schema())


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    stream: BinaryIO
    with _reported(), file.open("rb") as stream:
        yield open_stream(stream)


@contextmanager
def _reported() -> Iterator[None]:
    """Turns what cannot be read or written into JSON and exit code 2."""
    try:
        yield
    except ReadError as error:
        _print({"reason": error.reason, "message_zh": error.message_zh, "message_en": error.message_en})
        raise typer.Exit(2) from error
    except WriteError as error:
        _print(
            {"reason": "not_xml", "path": error.path, "message_zh": error.message_zh, "message_en": error.message_en}
        )
        raise typer.Exit(2) from error


def _print(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
