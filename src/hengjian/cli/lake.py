"""`hengjian lake`: bring the columnar copy of the facts up to date, look into it, compare it with the ledger."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from hengjian.cli import _django
from hengjian.cli._progress import progress

app = typer.Typer(help="Copy the facts into columns and ask them: sync, query, verify.", no_args_is_help=True)
console = Console()
errors = Console(stderr=True)
TreeSize = Annotated[int | None, typer.Option(help="As the ledger was when it had this many facts (a checkpoint).")]
ValidOn = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As of this day.")]
LevelOption = Annotated[str, typer.Option("--for", help="For whom: public, shared, internal.")]


@contextmanager
def _reported() -> Iterator[None]:
    """What goes wrong as one message and exit code 2."""
    _django.setup()
    from django.db import DatabaseError

    from hengjian.lake.errors import LakeError

    try:
        yield
    except LakeError as error:
        errors.print(str(error), style="red", markup=False)
        raise typer.Exit(2) from None
    except DatabaseError as error:
        errors.print(f"The database cannot be read: {error}", style="red", markup=False)
        raise typer.Exit(2) from None


@app.command()
def sync() -> None:
    """Copy what is new in the ledger."""
    with _reported(), progress("sync") as advance:
        from hengjian.lake.syncing import sync as run

        copied = run(advance)
    console.print(f"✓ {copied:,} facts copied", style="green", highlight=False)


@app.command()
def rebuild() -> None:
    """Forget the copy and make it again from the whole ledger."""
    with _reported(), progress("rebuild") as advance:
        from hengjian.lake.syncing import rebuild as run

        copied = run(advance)
    console.print(f"✓ {copied:,} facts copied", style="green", highlight=False)


@app.command()
def compact() -> None:
    """Merge all small files; useful before long analyses."""
    with _reported():
        from hengjian.lake.syncing import compact as run

        before, after = run()
    console.print(f"✓ {before:,} files → {after:,}", style="green", highlight=False)


@app.command()
def verify() -> None:
    """Compare every row with the ledger; exit code 1 when something differs."""
    with _reported(), progress("verify") as advance:
        from hengjian.lake.verifying import verify as run

        report = run(advance)
    for finding in report.findings:
        console.print(f"✗ {finding}", style="red", markup=False, soft_wrap=True)
    if not report.passed:
        raise typer.Exit(1)
    console.print(f"✓ {report.facts:,} facts agree", style="green", highlight=False)


@app.command()
def status() -> None:
    """How far the copy is and what lies in it, with the values that could not be read as their type."""
    with _reported():
        from hengjian.lake.syncing import status as state

        found = state()
    table = Table("kind", "facts", "files", "MB", "unreadable")
    for kind, dataset in sorted(found.kinds.items()):
        unfit: dict[str, int] = {}
        for segment in dataset.segments:
            for name, count in segment.unfit.items():
                unfit[name] = unfit.get(name, 0) + count
        size = sum(segment.bytes for segment in dataset.segments) / 1e6
        bad = ", ".join(f"{name}: {count:,}" for name, count in unfit.items())
        table.add_row(kind, f"{dataset.rows:,}", f"{len(dataset.segments)}", f"{size:,.1f}", bad)
    console.print(table)
    console.print(
        f"{found.tree_size:,} of {found.ledger_size:,} facts, {found.files:,} files, {found.bytes / 1e6:,.1f} MB"
    )
    if not found.same_ledger:
        console.print("The copy was made from another ledger; the next sync makes it again.", style="yellow")


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT; views are named like kinds, with _ for the dot.")] = "",
    measure: Annotated[Path | None, typer.Option(help="A measure (YAML) to tally instead.")] = None,
    frequency: Annotated[str, typer.Option(help="Of a measure: month, quarter, half, year.")] = "month",
    level: Annotated[str, typer.Option(help="Of a measure: province, prefecture, county, township.")] = "",
    region: Annotated[list[str] | None, typer.Option(help="Of a measure: only in and below this region.")] = None,
    by: Annotated[list[str] | None, typer.Option(help="Of a measure: one of its dimensions.")] = None,
    first: ValidOn = None,
    last: ValidOn = None,
    tree_size: TreeSize = None,
    valid_on: ValidOn = None,
    reader: LevelOption = "internal",
    engine: Annotated[str, typer.Option(help="Of a measure: duckdb or spark.")] = "",
    most: Annotated[int, typer.Option(min=1, help="Rows at most.")] = 1000,
    seconds: Annotated[float, typer.Option(min=1, help="Stop an SQL query after this time.")] = 60,
    form: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
) -> None:
    """Ask the facts: in SQL (reading only), or by a measure."""
    if bool(sql) == bool(measure):
        raise typer.BadParameter("write one SELECT, or --measure FILE")
    _choice("--format", form, ("table", "csv", "json"))
    _choice("--for", reader, ("public", "shared", "internal"))
    with _reported():
        from hengjian.lake.sql import run_sql

        if measure is None:
            answer = run_sql(
                sql,
                tree_size=tree_size,
                valid_on=_day(valid_on),
                disclosure=reader,  # type: ignore[arg-type]
                most=most,
                seconds=seconds,
            )
            columns, rows, cut = answer.columns, answer.rows, answer.cut
        else:
            from hengjian.lake.queries import tally

            _choice("--frequency", frequency, ("month", "quarter", "half", "year"))
            _choice("--level", level, ("", "province", "prefecture", "county", "township"))
            found = tally(
                _measure(measure),
                frequency=frequency,  # type: ignore[arg-type]
                level=level or None,  # type: ignore[arg-type]
                regions=region or None,
                by=tuple(by or ()),
                first=_day(first),
                last=_day(last),
                tree_size=tree_size,
                valid_on=_day(valid_on),
                disclosure=reader,  # type: ignore[arg-type]
                engine=engine or None,
            )
            columns = ("period", "region", *(by or ()), "value", "facts")
            rows = tuple(
                (one.period, one.region, *one.dimensions.values(), one.value, one.facts) for one in found[:most]
            )
            cut = len(found) > most
    _show(columns, rows, form)
    if cut:
        errors.print(f"Only the first {most:,} rows are shown; --most asks for more.", style="yellow")


def _choice(option: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise typer.BadParameter(f"{option}: {value!r} is not one of {', '.join(filter(None, allowed))}")


def _day(value: datetime | None) -> date | None:
    return None if value is None else value.date()


def _measure(path: Path) -> Any:
    import yaml
    from pydantic import ValidationError

    from hengjian.lake.measures import Measure

    try:
        return Measure.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        errors.print(f"{path} is no measure: {error}", style="red", markup=False)
        raise typer.Exit(2) from None


def _show(columns: Sequence[str], rows: Sequence[Sequence[Any]], form: str) -> None:
    if form == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(columns)
        writer.writerows(rows)
        return
    if form == "json":
        named = [dict(zip(columns, row, strict=True)) for row in rows]
        typer.echo(json.dumps(named, ensure_ascii=False, default=str))
        return
    table = Table(*columns)
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console.print(table)
