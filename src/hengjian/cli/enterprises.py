"""`hengjian enterprises`: take in a department's file, link records anew, look a body up."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import Progress

from hengjian.cli._django import setup

app = typer.Typer(help="The register of enterprises: import, link, show.", no_args_is_help=True)
console = Console()
errors = Console(stderr=True)


@app.callback()
def main() -> None:
    """The register of enterprises (主体库)."""
    setup()


def _stop(message: object) -> NoReturn:
    errors.print(str(message), markup=False)
    raise typer.Exit(2)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help=".xlsx, .xls or .csv of a department.")],
    unit: Annotated[str, typer.Option(help="Key of the department.")],
    user: Annotated[str, typer.Option(help="Username on whose behalf.")],
    template: Annotated[str, typer.Option(help="Name of a stored template; default: the one that fits.")] = "",
    skip_wrong: Annotated[bool, typer.Option("--skip-wrong", help="Take in the right rows.")] = False,
    check_only: Annotated[bool, typer.Option("--check", help="Only check, take nothing in.")] = False,
) -> None:
    """Take in a delivery: every fault is printed; exit code 1 when rows stay out."""
    from hengjian.documents.uploads import check_upload
    from hengjian.enterprises import batches
    from hengjian.enterprises.actions.intake import SUFFIXES, AssignColumns, ConfirmIntake, StartIntake
    from hengjian.enterprises.models import IntakeFault, IntakeTemplate
    from hengjian.parties.models import Unit, User
    from hengjian.parties.policies import Forbidden
    from hengjian.parties.verbs import ActionRefused

    source = Unit.objects.select_related("region").filter(key=unit).first()
    person = User.objects.filter(username=user).first()
    if source is None or person is None:
        _stop(f"没有{'单位' if source is None else '用户'}“{unit if source is None else user}”。 No such unit or user.")
    try:
        data = file.read_bytes()
        batch = StartIntake(
            user=person,
            unit=source,
            region=source.region,
            data=data,
            checked=check_upload(data, file.name, SUFFIXES),
        ).execute()
        columns = batch.columns
        if template:
            stored = IntakeTemplate.objects.filter(unit=source, name=template).first()
            if stored is None:
                _stop(f"单位没有名为“{template}”的模板。 No such template.")
            columns = stored.columns
        if template or batch.state == batch.State.MAPPING:
            batch.state = batch.State.MAPPING
            batch.save(update_fields=["state"])
            AssignColumns(user=person, batch=batch, columns=columns).execute()
        with Progress(console=errors, transient=True) as progress:
            bar = progress.add_task("import", total=None)
            while batches.advance(batch, 1.0):
                batch.refresh_from_db()
                progress.update(bar, total=batch.total or None, completed=batch.done)
            batch.refresh_from_db()
            if batch.state == batch.State.CHECKED and batch.good and not check_only:
                ConfirmIntake(user=person, batch=batch, skip_wrong=skip_wrong).execute()
                while batches.advance(batch, 1.0):
                    batch.refresh_from_db()
                    progress.update(bar, total=batch.total or None, completed=batch.done)
    except (ActionRefused, Forbidden, OSError) as error:
        _stop(error)
    batch.refresh_from_db()
    for fault in IntakeFault.objects.filter(batch=batch):
        for heading, message in fault.told:
            errors.print(f"{fault.number}: {heading}: {message}", markup=False)
    names = ("id", "state", "total", "good", "repeated", "wrong", "created", "matched", "unsure", "message")
    typer.echo(json.dumps({name: getattr(batch, name) for name in names}, ensure_ascii=False))
    if batch.wrong or batch.state == batch.State.FAILED:
        raise typer.Exit(1)


@app.command()
def link() -> None:
    """Learn the weights from all records and compare them all; for the night."""
    from hengjian.enterprises.relinking import relink

    found = relink(tell=lambda step: errors.print(step, markup=False))
    typer.echo(
        json.dumps(
            {"records": found.records, "merged": found.merged, "pairs": found.pairs, "conflicts": found.conflicts}
        )
    )


@app.command()
def reindex() -> None:
    """Make the index of names again, then bring the linking keys of records up to the rules of names."""
    from django.utils import timezone

    from hengjian.enterprises.search.following import follow, progress
    from hengjian.enterprises.search.rebuilding import reindex as rebuild

    with Progress(console=errors, transient=True) as bars:
        bar = bars.add_task("index")
        count = rebuild(lambda done, total: bars.update(bar, total=total, completed=done))
        bar = bars.add_task("records", total=100)
        while (told := progress()) is not None:
            bars.update(bar, completed=told.percent)
            if not follow(timezone.now()):
                time.sleep(0.2)  # another process rebuilds
    typer.echo(json.dumps({"enterprises": count}))


@app.command()
def find(
    text: Annotated[str, typer.Argument(help="Name or a part of it, code, pinyin, initials.")],
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 20,
) -> None:
    """Ask the index; one JSON line per enterprise, exit code 1 when there is none."""
    from hengjian.enterprises.search import search

    found = search(text, limit=limit)
    for hit in found.hits:
        row = hit.enterprise
        told = {"key": row.key, "code": row.code, "name": row.name, "how": hit.how, "matched": hit.matched}
        typer.echo(json.dumps(told, ensure_ascii=False))
    if not found.hits:
        raise typer.Exit(1)


@app.command()
def show(key: Annotated[str, typer.Argument(help="Key, unified code, organisation or registration number.")]) -> None:
    """One body with its sources, as JSON."""
    from hengjian.enterprises.queries import by_code, by_key, subjects_of, values_of

    body = by_key(key) or by_code(key)
    if body is None:
        _stop(f"没有找到“{key}”。 Nothing found.")
    claims = [
        {"field": one.field, "value": one.value, "source": one.source.name, "since": one.since.isoformat()}
        for one in values_of(body)
    ]
    told = {"key": body.key, "code": body.code, "name": body.name, "subjects": subjects_of(body), "values": claims}
    typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
