"""`hengjian bench`: runs every benchmark module and prints one table at the end."""

from __future__ import annotations

import importlib
import pkgutil
import time
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

import hengjian.cli
from hengjian.cli._bench import BenchRow

app = typer.Typer(help="Measure speed and memory.", invoke_without_command=True)
PREFIX = "bench_"


def module_names() -> list[str]:
    """The benchmarks there are, without their prefix: `bench_ledger` is "ledger"."""
    names = (module.name for module in pkgutil.iter_modules(hengjian.cli.__path__))
    return sorted(name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX))


def table(rows: list[tuple[str, BenchRow]]) -> Table:
    """The printed summary: one line per figure, with the requirement and the verdict."""
    result = Table(title="hengjian bench")
    result.add_column("area")
    result.add_column("measured")
    result.add_column("value", justify="right")
    result.add_column("target", justify="right")
    result.add_column("")
    for area, row in rows:
        verdict = {None: "", True: "[green]✓ met[/]", False: "[red]✗ missed[/]"}[row.ok]
        target = "" if row.target is None else f"{row.target:,.4g} {row.unit}"
        value = f"{row.value:,.0f}" if abs(row.value) >= 1000 else f"{row.value:.4g}"
        result.add_row(area, row.name, f"{value} {row.unit}", target, verdict)
    return result


@app.callback()
def bench(
    only: Annotated[list[str] | None, typer.Argument(help="Areas to measure; all when none is named.")] = None,
) -> None:
    """Run the benchmarks; the exit code is 1 when a target is missed."""
    console = Console()
    known = module_names()
    unknown = sorted(set(only or []) - set(known))
    if unknown:
        console.print(f"[red]No such benchmark: {', '.join(unknown)}. There are: {', '.join(known) or 'none'}.[/]")
        raise typer.Exit(2)
    rows: list[tuple[str, BenchRow]] = []
    for name in known:
        if only and name not in only:
            continue
        console.rule(name)
        start = time.perf_counter()
        module = importlib.import_module(f"hengjian.cli.{PREFIX}{name}")
        rows += [(name, row) for row in module.run(console)]
        console.print(f"{name}: {time.perf_counter() - start:.1f} s")
    console.print(table(rows))
    if any(row.ok is False for _, row in rows):
        raise typer.Exit(1)
