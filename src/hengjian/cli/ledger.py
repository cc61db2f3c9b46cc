"""`hengjian ledger`: verify the ledger, prove and show facts, sign checkpoints, rebuild projections."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from hengjian.cli import _django
from hengjian.cli._progress import progress

if TYPE_CHECKING:
    from hengjian.ledger.proofs import Checked

app = typer.Typer(help="Verify the ledger, prove a fact, sign a checkpoint.", no_args_is_help=True)
console = Console()
errors = Console(stderr=True)


@contextmanager
def _reported() -> Iterator[None]:
    """Errors of the ledger and of the database as one message and exit code 2."""
    _django.setup()
    from django.db import DatabaseError

    from hengjian.ledger.errors import LedgerError

    try:
        yield
    except LedgerError as error:
        errors.print(str(error), style="red", markup=False)
        raise typer.Exit(2) from None
    except DatabaseError as error:
        errors.print(f"The database cannot be read: {error}", style="red", markup=False)
        raise typer.Exit(2) from None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        errors.print(f"{path} cannot be read: {error}", style="red", markup=False)
        raise typer.Exit(2) from None


@app.command()
def verify(
    against: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint note kept elsewhere; may be given several times.")
    ] = None,
) -> None:
    """Re-hash every fact, compare with the log and the checkpoints; exit code 1 when something differs."""
    kept = [_read(path) for path in against or []]
    with _reported():
        from hengjian.ledger.verification import verify as run

        with progress("verify") as advance:
            report = run(advance, kept)
    for finding in report.findings:
        console.print(f"✗ {finding}", style="red", markup=False, soft_wrap=True)
    if report.found > len(report.findings):
        console.print(f"… +{report.found - len(report.findings):,}", style="red")
    verdict = "green" if report.passed else "bold red"
    console.print(report.summary(), style=verdict, soft_wrap=True, highlight=False)
    if not report.passed:
        raise typer.Exit(1)


@app.command()
def prove(
    fact_id: Annotated[str, typer.Argument(help="Id of the fact (UUID).")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    level: Annotated[str, typer.Option(help="For whom: public, shared, internal. Others get hashes only.")] = "public",
) -> None:
    """Write the proof that a fact is in the signed ledger (JSON), which `check` or anyone else can verify."""
    with _reported():
        from hengjian.ledger.checkpoints import sign_checkpoint
        from hengjian.ledger.drafts import DISCLOSURES
        from hengjian.ledger.errors import NotCovered
        from hengjian.ledger.proving import prove as make
        from hengjian.ledger.queries import any_fact

        if level not in DISCLOSURES:
            raise typer.BadParameter(f"{level!r} is not one of {', '.join(DISCLOSURES)}")
        fact = any_fact(fact_id)
        try:
            proof = make(fact, disclosure=level)
        except NotCovered:
            sign_checkpoint()
            proof = make(fact, disclosure=level)
    text = proof.model_dump_json(indent=2)
    if output is None:
        typer.echo(text)
        return
    output.write_text(text + "\n", encoding="utf-8")
    console.print(f"✓ {output}", style="green", markup=False)


@app.command()
def check(
    proof: Annotated[Path, typer.Argument(help="Proof document (JSON).")],
    key: Annotated[str, typer.Option(help="Verifier key as you got it elsewhere; without it the document's.")] = "",
) -> None:
    """Check a proof document; needs neither database nor server. Exit code 1 when it does not hold."""
    _django.setup()
    from hengjian.ledger.proofs import check_proof, read_proof

    try:
        outcome = check_proof(read_proof(_read(proof)), key)
    except ValueError as error:
        errors.print(f"{proof}: {error}", style="red", markup=False)
        raise typer.Exit(2) from None
    _show_steps(outcome)
    raise typer.Exit(0 if outcome.passed else 1)


def _show_steps(outcome: Checked) -> None:
    for step in outcome.steps:
        console.print(f"{'✓' if step.passed else '✗'} {step.step}: {step.detail}", markup=False, soft_wrap=True)
    if outcome.fact is not None:
        console.print_json(json.dumps(outcome.fact, ensure_ascii=False))


@app.command()
def checkpoint() -> None:
    """Sign the present end of the log and print the note; keep copies of it off this machine."""
    with _reported():
        from hengjian.ledger.checkpoints import sign_checkpoint

        signed = sign_checkpoint()
    if signed is None:
        errors.print("The ledger is empty; there is nothing to sign.")
        raise typer.Exit(1)
    typer.echo(signed.note, nl=False)


@app.command()
def key() -> None:
    """Print the verifier key: publish it where it cannot be changed together with this server."""
    with _reported():
        from hengjian.ledger.checkpoints import verifier_key

        typer.echo(verifier_key())


@app.command()
def show(fact_id: Annotated[str, typer.Argument(help="Id of the fact (UUID).")]) -> None:
    """Print a fact as it was hashed, and what replaced it."""
    with _reported():
        from hengjian.ledger.drafts import INTERNAL
        from hengjian.ledger.proving import text_of
        from hengjian.ledger.queries import fact_by_id, replacement_of

        fact = fact_by_id(fact_id, disclosure=INTERNAL)
        replacement = replacement_of(fact)
        console.print_json(text_of(fact))
    console.print(f"leaf hash {bytes(fact.leaf_hash).hex()}", highlight=False)
    if replacement is not None:
        verb = "superseded" if replacement.supersedes else "retracted"
        console.print(f"{verb} by {replacement.id} ({replacement.kind})", style="yellow", highlight=False)


@app.command()
def kinds(name: Annotated[str, typer.Argument(help="Print the JSON Schema of this kind.")] = "") -> None:
    """List the registered fact kinds, or print the JSON Schema of one."""
    with _reported():
        from hengjian.ledger.kinds import kind_of, schema_of
        from hengjian.ledger.kinds import kinds as registered

        if name:
            console.print_json(json.dumps(schema_of(kind_of(name)), ensure_ascii=False))
            return
        table = Table("kind", "title", "subject", "disclosure", "payload")
        for kind in registered():
            table.add_row(kind.name, str(kind.title), kind.subject, kind.disclosure, kind.payload.__name__)
        console.print(table)


@app.command()
def rebuild(name: Annotated[str, typer.Argument(help="Projection; without it they are listed.")] = "") -> None:
    """Rebuild a projection (a table derived from facts) from the ledger."""
    with _reported():
        from hengjian.ledger.projections import projections
        from hengjian.ledger.projections import rebuild as run

        if not name:
            table = Table("projection", "title", "kinds")
            for projection in projections():
                table.add_row(projection.name, str(projection.title), ", ".join(projection.kinds))
            console.print(table)
            return
        with progress(name) as advance:
            applied = run(name, advance)
    console.print(f"✓ {name}: {applied:,}", style="green", markup=False)
