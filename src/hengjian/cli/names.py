"""`hengjian names`: names of organisations, line by line, without the database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from hengjian.cli._lines import lines
from hengjian.methods.company_names import compare_names, parse_name

app = typer.Typer(no_args_is_help=True, help="企业名称：解析、比对。Names of organisations: parse, compare.")
Source = Annotated[Path | None, typer.Argument(help="缺省为标准输入。Default: stdin.")]


@app.callback()
def names() -> None:
    """企业名称：解析、比对。Names of organisations: parse, compare."""


@app.command()
def parse(source: Source = None) -> None:
    """每行名称输出一行 JSON：区划、字号、行业、组织形式、分支、类型、置信度。One JSON line per name: its parts."""
    for line in lines(source):
        parts = parse_name(line)
        answer = {
            "name": line,
            "region": parts.region,
            "brand": parts.brand,
            "trade": parts.trade,
            "form": parts.form,
            "branch": parts.branch,
            "kind": parts.kind,
            "confidence": parts.confidence,
        }
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")


@app.command()
def compare(source: Source = None) -> None:
    """每行“名称甲 名称乙 [代码甲 代码乙]”（制表符分隔），输出分值、结论、理由。

    Tab-separated a, b and, where known, their codes; writes score, verdict (same from a score
    of 0.7 on, review from 0.4 on, else different) and reasons.
    A line of fewer than two columns gets its answer, too (0, different, input=fewer_than_two_columns); such lines are
    told on the standard error and by the exit status 1, blank ones are not.
    """
    short: list[int] = []
    for number, line in enumerate(lines(source), start=1):
        cells = line.split("\t")
        if len(cells) < 2:
            sys.stdout.write("0.0\tdifferent\tinput=fewer_than_two_columns\n")
            if line.strip():
                short.append(number)
            continue
        first, second, first_code, second_code = [*cells, "", ""][:4]
        found = compare_names(first, second, first_code, second_code)
        reasons = "; ".join(f"{reason.part}={reason.finding}" for reason in found.reasons)
        sys.stdout.write(f"{found.score}\t{found.verdict}\t{reasons}\n")
    if short:
        places = ", ".join(map(str, short[:10])) + (" …" if len(short) > 10 else "")
        typer.echo(f"第 {places} 行少于两列（用制表符分隔）。Fewer than two columns in lines {places}.", err=True)
        raise typer.Exit(1)
