"""`hengjian policy`: read plans without the database. Django is never loaded here, and rich only for the summary."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hengjian.methods.policy_text.errors import MESSAGES, SourceError

if TYPE_CHECKING:
    from hengjian.methods.policy_text import PolicyDocument

app = typer.Typer(no_args_is_help=True, help="政策文本：拆解、对照、导出。Policy texts: parse, align, export.")


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
        raise fail(f"无法打开 {path}：{error.strerror}。请检查路径。", f"Cannot open {path}: {error.strerror}. Check the path.") from None
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
