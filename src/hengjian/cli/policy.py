"""`hengjian policy`: read plans without the database. Django is never loaded here, and rich only for the summary."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hengjian.methods.policy_text.errors import MESSAGES, SourceError

if TYPE_CHECKING:
    from hengjian.methods.policy_text import PolicyDocument

app = typer.Typer(no_args_is_help=True, help="政策文本：拆解、对照、导出。Policy texts: parse, align, export.")


class Format(StrEnum):
    """What `export` writes."""

    akn = "akn"
    csv = "csv"
    xlsx = "xlsx"


class Rows(StrEnum):
    """A task table has one row per task and unit, or one per task."""

    units = "units"
    tasks = "tasks"


@app.callback()
def policy() -> None:
    """政策文本：拆解、对照、导出。Policy texts: parse, align, export."""


def fail(message_zh: str, message_en: str) -> typer.Exit:
    """Print both messages to stderr; `raise fail(…)` ends with exit code 2."""
    typer.echo(message_zh, err=True)
    typer.echo(message_en, err=True)
    return typer.Exit(2)


def read_document(path: str) -> PolicyDocument:
    """The document in a file, or on standard input for "-". Ends the command with a message if it cannot be read."""
    from hengjian.methods.policy_text import read_policy

    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise fail(
            f"无法打开 {path}：{error.strerror}。请检查路径。", f"Cannot open {path}: {error.strerror}. Check the path."
        ) from None
    try:
        return read_policy(data, "" if path == "-" else Path(path).name)
    except SourceError as error:
        zh, en = MESSAGES[error.code]
        raise fail(f"{path}：{zh}", f"{path}: {en}") from None


def print_json(value: object) -> None:
    """UTF-8 JSON on standard output, whatever the terminal's locale."""
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n")


@app.command()
def parse(
    file: Annotated[str, typer.Argument(help="要拆解的文件（.txt .docx .html .pdf），“-”表示标准输入")],
    as_json: Annotated[bool, typer.Option("--json", help="输出全部字段（JSON）")] = False,
) -> None:
    """拆解一份政策文本：章节、任务、责任单位、目标、时限。Read one policy text."""
    document = read_document(file)
    if as_json:
        print_json(document.to_dict())
    else:
        from hengjian.cli._policy_summary import print_summary

        print_summary(document)


@app.command()
def align(
    parent: Annotated[str, typer.Argument(help="上级的文件")],
    child: Annotated[str, typer.Argument(help="承接它的下级文件")],
    as_json: Annotated[bool, typer.Option("--json", help="输出全部对应关系、相似度和改动（JSON）")] = False,
) -> None:
    """对照上下级文件：保留、改写、未承接、新增，以及单位对应。Show how a plan takes up the plan of the level above."""
    from hengjian.methods.policy_cascade import align_policies

    above, below = read_document(parent), read_document(child)
    alignment = align_policies(above, below)
    if as_json:
        print_json(alignment.to_dict())
    else:
        from hengjian.cli._policy_cascade import print_alignment

        print_alignment(above, below, alignment)


@app.command()
def export(
    file: Annotated[str, typer.Argument(help="要导出的文件，“-”表示标准输入")],
    out: Annotated[Path, typer.Option("--out", "-o", help="写到这个文件")],
    file_format: Annotated[
        Format, typer.Option("--format", "-f", help="akn：Akoma Ntoso 3.0；csv、xlsx：任务分解表")
    ] = Format.akn,
    rows: Annotated[Rows, typer.Option(help="任务分解表：units 每个任务每个单位一行，tasks 每个任务一行")] = Rows.units,
) -> None:
    """导出为 Akoma Ntoso 或任务分解表。Write a plan as Akoma Ntoso 3.0 XML or as a task table."""
    document = read_document(file)
    content = _exported(document, file_format, rows)
    try:
        out.write_bytes(content)
    except OSError as error:
        raise fail(
            f"无法写入 {out}：{error.strerror}。请检查文件夹和权限。",
            f"Cannot write {out}: {error.strerror}. Check the folder and its permissions.",
        ) from None
    typer.echo(f"{out}  {len(content)} B", err=True)


def _exported(document: PolicyDocument, file_format: Format, rows: Rows) -> bytes:
    from hengjian.methods.policy_export import task_rows, to_akoma_ntoso

    if file_format is Format.akn:
        return to_akoma_ntoso(document)
    # The only part of this command that needs Django: the sheet writers belong to a room.
    from hengjian.cli import _django

    _django.setup()
    from hengjian.documents.sheets import write_csv, write_xlsx

    columns, table = task_rows(document, rows.value)
    return write_csv(columns, table) if file_format is Format.csv else write_xlsx(columns, table)
