"""`hengjian codes`: unified social credit codes, line by line, without the database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from hengjian.cli._lines import lines
from hengjian.methods import uscc

app = typer.Typer(no_args_is_help=True, help="统一社会信用代码：核验。Unified social credit codes: check.")


@app.callback()
def codes() -> None:
    """统一社会信用代码：核验。Unified social credit codes: check."""


@app.command()
def check(
    source: Annotated[
        Path | None, typer.Argument(help="每行一个代码；缺省为标准输入。One code per line; default: stdin.")
    ] = None,
) -> None:
    """每行代码输出一行 JSON：是否有效、原因、可修复的写法。One JSON line per code: valid, reason, repaired."""
    for line in lines(source):
        found = uscc.examine(line)
        answer = {
            "code": line,
            "valid": found.valid,
            "reason": found.reason or None,
            "repaired": found.repaired or None,
        }
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
