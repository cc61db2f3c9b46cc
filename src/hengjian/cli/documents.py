"""`hengjian documents`: whether every stored file is still what was handed in."""

from __future__ import annotations

import typer
from rich.console import Console

from hengjian.cli import _django

app = typer.Typer(help="Verify the stored files.", no_args_is_help=True)
console = Console()
errors = Console(stderr=True)

WORDS = {
    "missing": "内容不在存储中 content is missing",
    "altered": "内容被改动 content was altered",
    "unknown": "台账引用，但文件记录已不存在 cited by the ledger, its record is gone",
    "unrecorded": "未登记，中断的上传所留 not recorded, left by an upload that was broken off",
}


@app.callback()
def main() -> None:
    """Verify the stored files."""


@app.command()
def verify() -> None:
    """Re-hash every stored file and compare with database and ledger; exit code 1 when evidence is not as recorded."""
    _django.setup()
    from django.db import DatabaseError

    try:
        _verify()
    except DatabaseError as error:
        errors.print(f"The database cannot be read: {error}", style="red", markup=False)
        raise typer.Exit(2) from None


def _verify() -> None:
    from hengjian.documents.files import faults
    from hengjian.documents.models import Content, StoredFile

    grave = 0
    with console.status("核验文件 verifying files"):
        for fault in faults():
            handed_in = StoredFile.objects.filter(content=fault.sha256).order_by("pk")
            names = "、".join(f"{file.name}（{file.subject}）" for file in handed_in)
            console.print(f"✗ sha256:{fault.sha256} {WORDS[fault.kind]} {names}", markup=False, soft_wrap=True)
            grave += fault.kind != "unrecorded"
    checked = Content.objects.count()
    if grave:
        console.print(
            f"共 {checked} 个文件，{grave} 个与登记不符，请从备份恢复。\n"
            f"{checked} files, {grave} not as recorded; restore them from the backup.",
            style="bold red",
        )
        raise typer.Exit(1)
    console.print(f"✓ 共 {checked} 个文件，均与登记一致。{checked} files, all as recorded.", style="green")
