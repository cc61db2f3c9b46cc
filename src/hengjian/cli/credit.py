"""`hengjian credit`: grade a month, compute it again, list the packs."""

from __future__ import annotations

import time
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from hengjian.cli._django import setup

app = typer.Typer(help="Grade the quality credit of enterprises.", no_args_is_help=True)
console = Console()
errors = Console(stderr=True)
AsJson = Annotated[bool, typer.Option("--json", help="The answer as JSON.")]
Month = Annotated[str, typer.Option("--month", help="The month that is graded, e.g. 2026-10.")]
Name = Annotated[str, typer.Option("--pack", help="Code, rule id or year of a pack: risk-class, 2022.")]


@app.callback()
def main() -> None:
    """Quality credit (质量信用)."""
    setup()


@app.command()
def packs(as_json: AsJson = False) -> None:
    """All packs with their versions; ※ marks assumed points."""
    from hengjian import rulebook
    from hengjian.credit.grading.packs import FAMILY, pack_of

    found = [pack_of(rule.id) for rule in rulebook.versions(FAMILY)]
    if as_json:
        console.print_json(
            data=[
                {
                    "code": pack.code,
                    "rule": pack.rule.id,
                    "from": pack.rule.in_force_from.isoformat(),
                    "to": pack.rule.in_force_to.isoformat() if pack.rule.in_force_to else None,
                    "grades": list(pack.model.grades),
                    "disclosure": pack.grading.disclosure,
                    "assumed": list(pack.grading.assumed),
                }
                for pack in found
            ]
        )
        return
    table = Table("code", "rule", "in force", "grades", "disclosure", "assumed")
    for pack in found:
        rule = pack.rule
        span = f"{rule.in_force_from} – {rule.in_force_to or ''}"
        grades = " ".join(pack.model.grades)
        mark = "※" if pack.grading.assumed else ""
        table.add_row(pack.code, rule.id, span, grades, pack.grading.disclosure, mark)
    console.print(table)


@app.command()
def classify(month: Month, pack: Name, as_json: AsJson = False) -> None:
    """Grade every enterprise for a month that has ended. A run that was stopped goes on where it was."""
    from hengjian.credit.grading.actions import ClassifyMonth
    from hengjian.lake.errors import LakeError
    from hengjian.parties.verbs import ActionRefused

    began = time.monotonic()
    with Progress(console=errors, transient=True) as progress:
        bar = progress.add_task(f"{pack} {month}", total=None)

        def told(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        try:
            run = ClassifyMonth(user=None, system="cli", pack=pack, month=month, progress=told).execute()
        except (ActionRefused, LakeError) as error:
            _stop(str(error))
    told_now = {
        "pack": run.pack,
        "rule": run.rule,
        "month": run.month,
        "tree_size": run.tree_size,
        "enterprises": run.total,
        "changed": run.changed,
        "counts": run.counts,
        "digest": run.digest,
        "seconds": round(time.monotonic() - began, 1),
    }
    if as_json:
        console.print_json(data=told_now)
        return
    for key, value in told_now.items():
        console.print(f"{key}: {value}", highlight=False)


@app.command()
def replay(month: Month, pack: Name, as_json: AsJson = False) -> None:
    """Compute a graded month again from the ledger as it was. Exit code 1: something differs."""
    from hengjian.credit.grading.actions import ReplayMonth
    from hengjian.credit.grading.models import Run
    from hengjian.parties.verbs import ActionRefused

    found = Run.objects.filter(month=month)
    run = next((one for one in found if pack in (one.pack, one.rule, one.rule.rpartition(".")[2])), None)
    if run is None:
        _stop(f"{pack} {month}: not graded")
    try:
        result = ReplayMonth(user=None, system="cli", run=run).execute()
    except ActionRefused as error:
        _stop(str(error))
    told = {
        "checked": result.checked,
        "same": result.same,
        "sealed": result.sealed,
        "different": result.different,
    }
    if as_json:
        console.print_json(data=told)
    else:
        for key, value in told.items():
            console.print(f"{key}: {value}", highlight=False)
    if not result.holds:
        raise typer.Exit(1)


def _stop(message: str) -> NoReturn:
    errors.print(message, highlight=False)
    raise typer.Exit(2)
