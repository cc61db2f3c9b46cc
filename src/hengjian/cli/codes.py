"""`hengjian codes`: unified social credit codes and statutory trace codes, line by line, without the database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from hengjian.cli._lines import lines
from hengjian.methods import statutory_codes, uscc

app = typer.Typer(
    no_args_is_help=True, help="统一社会信用代码和追溯码：核验。Check unified social credit codes and trace codes."
)


@app.callback()
def codes() -> None:
    """统一社会信用代码和追溯码：核验。Check unified social credit codes and trace codes."""


@app.command()
def check(
    source: Annotated[
        Path | None, typer.Argument(help="每行一个代码；缺省为标准输入。One code per line; default: stdin.")
    ] = None,
) -> None:
    """每行代码输出一行 JSON：有效、原因、可修复的写法、号码种类。One JSON line per code: valid, reason, repaired, kind.

    The kind is unified, organisation, tax or registration; the last three are numbers from before 2015 and never valid
    as unified codes.
    """
    for line in lines(source):
        found = uscc.examine(line)
        answer = {
            "code": line,
            "valid": found.valid,
            "reason": found.reason or None,
            "repaired": found.repaired or None,
            "kind": uscc.kind(line) or None,
        }
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")


@app.command()
def trace(
    source: Annotated[
        Path | None, typer.Argument(help="每行一个追溯码（种子四行写作 \\\\n）；缺省为标准输入。One code per line.")
    ] = None,
    scheme: Annotated[
        str, typer.Option(help=f"编码种类：{'、'.join(statutory_codes.SCHEMES)}；缺省列出所有相符的。Scheme.")
    ] = "",
    host: Annotated[str, typer.Option(help="标识网址的主机名。Host of the identifiers.")] = "",
) -> None:
    """每行输出一行 JSON：各部分、问题、标识。不猜测：有几种可能就都列出。One JSON line per code: parts, problems."""
    if scheme and scheme not in statutory_codes.SCHEMES:
        typer.echo(f"没有编码种类 {scheme}；可用：{'、'.join(statutory_codes.SCHEMES)}。No such scheme.", err=True)
        raise typer.Exit(2)
    for line in lines(source):
        text = line.replace("\\n", "\n")
        read = [statutory_codes.read(text, scheme)] if scheme else statutory_codes.candidates(text)
        answer = {"text": line, "codes": [code.to_dict(host) for code in read]}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
