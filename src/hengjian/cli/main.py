"""The command `hengjian`. Groups are imported only when used, so that `hengjian policy parse` starts without Django."""

from __future__ import annotations

import importlib
from typing import Any

import typer
from typer.core import TyperGroup

GROUPS = {
    "policy": ("hengjian.cli.policy", "Read policy texts: parse, align, export."),
    "ledger": ("hengjian.cli.ledger", "Verify the ledger, prove a fact, sign a checkpoint."),
    "lake": ("hengjian.cli.lake", "Copy the facts into columns and ask them."),
    "indicators": ("hengjian.cli.indicators", "Compute and show indicators, import values, track targets."),
    "documents": ("hengjian.cli.documents", "Verify the stored files."),
    "draws": ("hengjian.cli.draws", "Compute a published random draw again."),
    "rules": ("hengjian.cli.rules", "List and show the dated rules."),
    "codes": ("hengjian.cli.codes", "Check unified social credit codes."),
    "names": ("hengjian.cli.names", "Parse and compare names of organisations."),
    "credit": ("hengjian.cli.credit", "Grade the quality credit of enterprises."),
    "link": ("hengjian.cli.link", "Link records of enterprises without or with wrong codes."),
    "enterprises": ("hengjian.cli.enterprises", "The register of enterprises and its index."),
    "epcis": ("hengjian.cli.epcis", "Check, hash and convert EPCIS documents."),
    "trace": ("hengjian.cli.trace", "Trace goods, find recall scopes, balances and anomalies."),
    "serve": ("hengjian.cli.serve", "Set up and serve the site; run the worker."),
    "demo": ("hengjian.cli.demo", "Build the demonstration region."),
    "bench": ("hengjian.cli.bench", "Measure speed and memory."),
}


class LazyGroup(TyperGroup):
    """Loads a command group from `GROUPS` on first use; each module has `app`, a typer.Typer."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(GROUPS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in GROUPS:
            return None
        module = importlib.import_module(GROUPS[cmd_name][0])
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command


app = typer.Typer(cls=LazyGroup, no_args_is_help=True, add_completion=False)


@app.callback()
def main() -> None:
    """衡鉴 Hengjian: from the policy text to the published result."""
