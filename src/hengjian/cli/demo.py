"""`hengjian demo`: build, show and remove the demonstration region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from hengjian.cli._django import setup as start_django

if TYPE_CHECKING:
    from hengjian.demo.world import Account

app = typer.Typer(help="Build the demonstration region.", no_args_is_help=True)
console = Console()


def fail(message: str) -> typer.Exit:
    """Print what is wrong; `raise fail(…)` ends with exit code 2."""
    Console(stderr=True).print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(2)


def build_if_empty(console: Console) -> None:
    """Build when the database holds nothing yet; what is there stays. For `make run`, after the migrations."""
    from hengjian.demo.state import is_empty

    if is_empty():
        _build(console, 0)


def accounts() -> list[tuple[str, str, str]]:
    """(log-in, password, who) of the accounts that show the different roles; empty when this is no demonstration."""
    from hengjian.demo.state import is_demo
    from hengjian.demo.world import PASSWORD, read_accounts

    if not is_demo():
        return []
    return [(one.username, PASSWORD, _who(one)) for one in read_accounts() if one.shown]


def _who(account: Account) -> str:
    """陆思远，澜川自治区质量强区工作领导小组办公室，领导小组办公室."""
    return "，".join(part for part in (account.name, *_unit_and_roles(account)) if part)


def _unit_and_roles(account: Account) -> tuple[str, str]:
    from hengjian.parties.models import Unit
    from hengjian.parties.roles import ROLES

    unit = Unit.objects.filter(key=account.unit).first()
    return unit.name if unit is not None else "", "、".join(
        str(ROLES[role.partition("@")[0]].label) for role in account.roles
    )


def _build(console: Console, duties: int) -> None:
    from hengjian.demo.building import build
    from hengjian.demo.bulk import add_duties

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("演示数据 demonstration", total=None)

        def progress(done: int, total: int, stage: str) -> None:
            bar.update(task, completed=done, total=total, description=stage)

        build(progress=progress, more=(lambda: add_duties(duties, progress)) if duties else None)
        bar.update(task, completed=1, total=1, description="演示数据已建成 demonstration built")


def _ready() -> None:
    """Django, and the tables: the commands work on a fresh data folder."""
    from django.core.management import call_command

    start_django()
    call_command("migrate", interactive=False, verbosity=0)


@app.command()
def build(
    duties: Annotated[
        int, typer.Option(min=0, max=1_000_000, help="Add generated plans until there are this many duties.")
    ] = 0,
) -> None:
    """Build 澜川自治区 with a year of work; does nothing when it is there, refuses to mix with other data."""
    _ready()
    from hengjian.demo.state import is_demo, is_empty

    if is_demo():
        console.print("演示数据已经建好，没有改动；要重建请先运行 hengjian demo reset。")
        console.print("The demonstration is there already, nothing was changed; `hengjian demo reset` removes it.")
        return
    if not is_empty():
        raise fail(
            "数据库里已有其他数据，没有建立演示数据。请用 HENGJIAN_DATA_DIR 指定一个空的数据目录。\n"
            "The database holds other data; nothing was built. Name an empty data folder in HENGJIAN_DATA_DIR."
        )
    _build(console, duties)


@app.command("accounts")
def show_accounts() -> None:
    """List every log-in of the demonstration with unit and role; one password opens them all."""
    _ready()
    from hengjian.demo.state import is_demo
    from hengjian.demo.world import PASSWORD, read_accounts

    if not is_demo():
        raise fail(
            "这里没有演示数据。请先运行 hengjian demo build。\n"
            "There is no demonstration here. Run `hengjian demo build` first."
        )
    table = Table("用户 user", "姓名 name", "单位 unit", "角色 role", title=f"密码 password: {PASSWORD}")
    for one in read_accounts():
        table.add_row(one.username, one.name, *_unit_and_roles(one))
    console.print(table)


@app.command()
def reset(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove the demonstration with everything that was done in it; refuses where there is other data."""
    _ready()
    from hengjian.demo.state import foreign_data, is_demo, is_empty, remove

    if is_empty():
        console.print("数据库是空的，无需清除。 The database is empty.")
        return
    found = foreign_data()
    if not is_demo() or found:
        raise fail(
            f"没有清除：数据库里有演示以外的数据（{'、'.join(found) or '无演示标记'}）。\n"
            "Nothing was removed: the database holds data that does not belong to the demonstration."
        )
    if not yes:
        typer.confirm("清除全部演示数据和在其中做过的操作？ Remove the demonstration and all work in it?", abort=True)
    with console.status("清除 removing"):
        remove()
    console.print("已清除。 Removed.")
