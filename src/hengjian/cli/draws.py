"""`hengjian draws`: compute a published random draw again. Needs neither the database nor an account."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from hengjian.draws.exchange import replay
from hengjian.draws.rules import DrawImpossible

app = typer.Typer(help="Compute a published random draw again.", no_args_is_help=True)
console = Console()
errors = Console(stderr=True)


@app.callback()
def main() -> None:
    """Random draws (双随机)."""


@app.command("replay")
def replay_file(
    file: Annotated[Path, typer.Argument(help="The file draw-….json from the public page of the draw.")],
    as_json: Annotated[bool, typer.Option("--json", help="The answer as JSON.")] = False,
) -> None:
    """Compute lists, commitment and result again and say whether the file tells the same.

    Exit code 0: the same. 1: something differs. 2: the file cannot be read or is no draw.
    """
    try:
        data: Any = json.loads(file.read_text(encoding="utf-8-sig"))
        if not isinstance(data, dict):
            raise ValueError("not a JSON object")
        found = replay(data)
    except DrawImpossible as error:
        errors.print(f"{file}: {error}", style="red", markup=False)
        raise typer.Exit(2) from None
    except (OSError, ValueError) as error:
        errors.print(f"{file} cannot be read as JSON: {error}", style="red", markup=False)
        raise typer.Exit(2) from None
    outcome = found.outcome
    if as_json:
        differences = [{"what": what, "said": said, "computed": now} for what, said, now in found.differences]
        console.print_json(
            data={
                "same": found.same,
                "commitment": outcome.commitment if outcome else data.get("commitment"),
                "result_hash": outcome.hash if outcome else None,
                "differences": differences,
            }
        )
        raise typer.Exit(0 if found.same else 1)
    if found.differences:
        table = Table("what", "the file says", "computed")
        for what, said, computed in found.differences[:50]:
            table.add_row(what, said[:80], computed[:80])
        console.print(table)
        console.print("different: the file does not tell what its lists and seed give", style="red")
        raise typer.Exit(1)
    if outcome is None:
        console.print("same: lists and commitment agree; the seed is not known yet", style="green")
    else:
        drawn = sum(1 for one in outcome.chosen if not one.reserve)
        console.print(f"same: {drawn} drawn of {len(data['targets'])}, result {outcome.hash}", style="green")
