"""`hengjian rules`: look into the rulebook without a database."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Column, Table

from hengjian import rulebook

app = typer.Typer(help="List and show the dated rules.", no_args_is_help=True)
console = Console()
HEADS = ("title", "region", "in force", "status", "source")
errors = Console(stderr=True)
Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day; today when left out.")]


@app.command("list")
def list_rules(
    family: Annotated[str, typer.Argument(help="Only this family.")] = "",
    to_verify: Annotated[bool, typer.Option("--to-verify", help="Only rules not checked against the text.")] = False,
) -> None:
    """All rules with region, period in force, status and legal source."""
    rules = _load(family)
    table = Table(Column("id", no_wrap=True), *(Column(name, overflow="fold") for name in HEADS))
    for rule in rules:
        if not to_verify or rule.to_verify:
            status = "[yellow]待核[/]" if rule.to_verify else "[green]已核[/]"
            table.add_row(rule.id, rule.title, rule.region, _period(rule), status, rule.source.text())
    console.print(table)


@app.command()
def show(rule_id: Annotated[str, typer.Argument(help="Id, as `hengjian rules list` prints it.")]) -> None:
    """What one rule says, where it comes from, and what differs from the version before."""
    _load("")
    try:
        _print(rulebook.get(rule_id))
    except rulebook.RuleNotFound as error:
        _fail(str(error))


@app.command()
def at(
    family: Annotated[str, typer.Argument(help="traffic_lights, escalation, reporting, calendar, grades, terms.")],
    region: Annotated[str, typer.Argument(help="Region code, for example 650000.")] = rulebook.NATIONAL,
    on: Day = None,
    variant: Annotated[str | None, typer.Option(help="A named rule; the region's default when left out.")] = None,
) -> None:
    """The rule that holds in a region on a day."""
    _load(family)
    try:
        _print(rulebook.at(family, region, on.date() if on else date.today(), variant))
    except rulebook.RuleNotFound as error:
        _fail(str(error))


def _load(family: str) -> tuple[rulebook.Rule, ...]:
    """The rules of a family (all for an empty name); whatever is wrong with the files is told at once."""
    try:
        if not family:
            return rulebook.all_rules()
        return rulebook.versions(family)
    except rulebook.RulebookError as error:
        _fail(str(error))
    except KeyError:
        names = "、".join(item.key for item in rulebook.families())
        _fail(f"没有规则族 {family}；可选：{names}（no such family; choose one of these）")


def _print(rule: rulebook.Rule) -> None:
    console.print(rule.id, f"版本 {rule.version}", style="bold", highlight=False)
    for sentence in rulebook.explain(rule):
        console.print(f"  {sentence.text()}", markup=False, highlight=False, soft_wrap=True)
    older = [
        other
        for other in rulebook.versions(rule.family, rule.variant)
        if other.region == rule.region and other.in_force_from < rule.in_force_from
    ]
    # Two years of a calendar differ in every day; a list of that says nothing.
    if older and rule.family != "calendar":
        console.print(f"\n与前一版本 {older[-1].id} 相比：", highlight=False)
        changes = rulebook.diff(older[-1], rule)
        for change in changes:
            console.print(
                f"  {change.label}：{change.before or '—'} → {change.after or '—'}", markup=False, highlight=False
            )
        if not changes:
            console.print("  参数相同")


def _period(rule: rulebook.Rule) -> str:
    return f"{rule.in_force_from}～{rule.in_force_to or ''}"


def _fail(message: str) -> NoReturn:
    errors.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(2)
