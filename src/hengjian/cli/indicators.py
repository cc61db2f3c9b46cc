"""`hengjian indicators`: list, compute, show, import, targets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from hengjian.cli._django import setup

app = typer.Typer(help="Compute and show indicators, import values, track targets.", no_args_is_help=True)
console = Console()
errors = Console(stderr=True)
AsJson = Annotated[bool, typer.Option("--json", help="The answer as JSON.")]


@app.callback()
def main() -> None:
    """Indicators (指标)."""
    setup()


@app.command("list")
def list_indicators(theme: Annotated[str, typer.Option(help="Only this theme.")] = "", as_json: AsJson = False) -> None:
    """What is declared, with its source and scale."""
    from hengjian.indicators.catalogue import definitions

    found = definitions(theme)
    if as_json:
        console.print_json(data=[item.model_dump(mode="json", exclude_defaults=True) for item in found])
        return
    table = Table("code", "title", "theme", "scale", "frequency", "source", "assumed")
    for item in found:
        table.add_row(
            item.code, item.title, item.theme, item.scale, item.frequency, item.source.kind, "※" if item.assumed else ""
        )
    console.print(table)


@app.command()
def compute(
    indicators: Annotated[list[str] | None, typer.Argument(help="Codes; all when left out.")] = None,
    first: Annotated[str, typer.Option(help="Only periods from this one on, e.g. 2025.")] = "",
    last: Annotated[str, typer.Option(help="Only periods up to this one.")] = "",
    force: Annotated[bool, typer.Option(help="Also where nothing changed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compute indicators from the ledger. Exit code 1: one of them cannot be computed."""
    from hengjian.indicators.actions import ComputeIndicators
    from hengjian.indicators.catalogue import UnknownIndicator
    from hengjian.methods.periods import parse_period

    with Progress(console=errors, transient=True) as progress:
        bar = progress.add_task("indicators", total=None)

        def told(done: int, total: int, code: str) -> None:
            progress.update(bar, completed=done, total=total, description=code)

        try:
            outcomes = ComputeIndicators(
                user=None,
                system="cli",
                indicators=tuple(indicators or ()),
                first=parse_period(first).first if first else None,
                last=parse_period(last).last if last else None,
                force=force,
                progress=told,
            ).execute()
        except (UnknownIndicator, ValueError) as error:
            _stop(str(error))
    rows = [
        {
            "indicator": one.indicator,
            "skipped": one.skipped,
            "problem": one.problem,
            **{name: getattr(one.stored, name) for name in ("created", "changed", "pending", "same", "locked", "kept")},
        }
        for one in outcomes
    ]
    if as_json:
        console.print_json(data=rows)
    else:
        table = Table("code", "new", "changed", "pending", "same", "locked", "problem")
        for row in rows:
            if not row["skipped"]:
                numbers = (str(row[name]) for name in ("created", "changed", "pending", "same", "locked"))
                table.add_row(row["indicator"], *numbers, row["problem"])
        console.print(table)
        console.print(f"{sum(row['skipped'] for row in rows)} unchanged since the last time")
    raise typer.Exit(1 if any(row["problem"] for row in rows) else 0)


@app.command()
def show(
    indicator: str,
    region: Annotated[str, typer.Option(help="Code of the region.")] = "",
    period: Annotated[str, typer.Option(help="Only this period.")] = "",
    as_json: AsJson = False,
) -> None:
    """The values of one indicator, newest first."""
    from hengjian.indicators.catalogue import UnknownIndicator, definition
    from hengjian.indicators.queries import SYSTEM, observations
    from hengjian.indicators.views.data import records

    try:
        definition(indicator)
    except UnknownIndicator as error:
        _stop(error.message)
    rows = observations(SYSTEM).filter(indicator=indicator)
    rows = rows.filter(region__code=region) if region else rows
    rows = rows.filter(period=period) if period else rows
    found = list(records(rows.order_by("-last", "region__code", "dimensions")[:500]))
    if as_json:
        console.print_json(data=found)
        return
    table = Table("region", "period", "break-down", "value", "numerator", "denominator", "status")
    for row in found:
        names = ("REF_AREA", "TIME_PERIOD", "DIMENSIONS", "OBS_VALUE", "NUMERATOR", "DENOMINATOR", "OBS_STATUS")
        table.add_row(*(str(row[name] if row[name] is not None else "") for name in names))
    console.print(table)


@app.command("import")
def import_values(
    file: Annotated[Path, typer.Argument(help="A .xlsx or .csv file with the columns of the template.")],
    unit: Annotated[str, typer.Option(help="Key of the unit that imports.")],
    user: Annotated[str, typer.Option(help="Account in whose name; another person approves.")],
    dry_run: Annotated[bool, typer.Option(help="Only check.")] = False,
) -> None:
    """Check a file and take its values over. Exit code 1: something is wrong, nothing was imported."""
    from hengjian.documents.uploads import UploadRefused, check_upload
    from hengjian.indicators.actions import ConfirmImport, ImportValues
    from hengjian.indicators.views.work import SUFFIXES
    from hengjian.parties.models import Unit, User
    from hengjian.parties.policies import Forbidden
    from hengjian.parties.verbs import ActionRefused

    person = User.objects.filter(username=user).first()
    body = Unit.objects.filter(key=unit).first()
    if person is None or body is None:
        _stop(f"no account {user!r}" if person is None else f"no unit {unit!r}")
    try:
        data = file.read_bytes()
        checked = check_upload(data, file.name, SUFFIXES)
        batch = ImportValues(user=person, unit=body, data=data, checked=checked).execute()
        wrong = [row for row in batch.rows if row["errors"]]
        for row in batch.rows:
            for message in (*row["errors"], *row["warnings"]):
                errors.print(f"row {row['number']}: {message}", markup=False)
        if wrong:
            _stop(f"{len(wrong)} of {batch.total} rows are wrong; nothing was imported")
        if not dry_run:
            ConfirmImport(user=person, batch=batch).execute()
    except (ActionRefused, UploadRefused) as error:
        _stop(f"{error.message}{error.next_step}")
    except Forbidden as error:
        _stop(error.reason)
    except OSError as error:
        _stop(f"{file}: {error.strerror}")
    console.print(f"{batch.total} rows {'checked' if dry_run else 'imported; they wait for approval'}")


@app.command()
def targets(as_json: AsJson = False) -> None:
    """How all targets stand."""
    from hengjian.indicators import tracking
    from hengjian.indicators.models import Target

    rows = Target.objects.filter(state=Target.State.ACTIVE).select_related("region", "owner")
    found = [_target(one) for one in tracking.standings(list(rows))]
    if as_json:
        console.print(json.dumps(found, ensure_ascii=False, indent=2), markup=False, soft_wrap=True)
        return
    table = Table("indicator", "region", "period", "target", "actual", "light")
    for row in found:
        table.add_row(
            *(str(row[name] or "") for name in ("indicator", "region", "period", "target", "actual", "light"))
        )
    console.print(table)


def _target(one: Any) -> dict[str, Any]:
    forecast = one.tracking.forecast if one.tracking else None
    return {
        "indicator": one.target.indicator,
        "region": one.target.region.code,
        "period": one.target.period,
        "operator": one.target.operator,
        "target": f"{one.target.value.normalize():f}",
        "actual": f"{one.latest.value.normalize():f}" if one.latest else None,
        "reached": one.reached,
        "light": one.light.colour,
        "forecast": forecast.value if forecast else None,
        "probability": one.tracking.probability if one.tracking else None,
    }


def _stop(message: str) -> NoReturn:
    errors.print(message, style="red", markup=False)
    raise typer.Exit(1)
