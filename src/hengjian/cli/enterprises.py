"""`hengjian enterprises`: the register of enterprises and the index by which they are found."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from hengjian.cli import _django
from hengjian.cli._progress import progress

app = typer.Typer(help="The register of enterprises and its index.", no_args_is_help=True)
console = Console()


@app.callback()
def main() -> None:
    """Enterprises."""


@app.command()
def reindex(
    processes: Annotated[int, typer.Option(min=0, help="Processes that read names; 0: as many as processors.")] = 0,
) -> None:
    """Make the index of names and codes again, while it is in use."""
    _django.setup()
    from hengjian.enterprises.search.indexing import reindex as rebuild

    with progress("reindex") as advance:
        done = rebuild(advance, processes or None)
    console.print(f"{done:,} enterprises in the index.")


@app.command()
def find(
    text: Annotated[str, typer.Argument(help="Code, name, part of a name, pinyin or initials.")],
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
) -> None:
    """Look an enterprise up as the one-stop query does."""
    _django.setup()
    from hengjian.enterprises.search import search

    found = search(text, limit=limit)
    table = Table("code", "name", "region", "status", "found by", "matched")
    for hit in found.hits:
        row = hit.enterprise
        table.add_row(row.code or row.key, row.name, row.region.name, row.status, hit.how, hit.matched)
    console.print(table)
    if found.more:
        console.print(f"more than {len(found.hits)}")
