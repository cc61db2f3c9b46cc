"""Benchmarks of the documents room: a long official document, a long sheet, a chart."""

from __future__ import annotations

from datetime import date

from rich.console import Console

from hengjian.cli._bench import BenchRow, row, seconds
from hengjian.cli._django import setup

ROWS_DOCX, ROWS_XLSX = 2_000, 20_000
COLUMNS = ("序号", "任务", "牵头单位", "配合单位", "时限", "进度")


def _rows(count: int) -> list[tuple[object, ...]]:
    text = "推进产品质量安全追溯体系建设，实现重点产品来源可查、去向可追、责任可究"
    return [
        (number, text, "市场监管局", "工业和信息化厅、农业农村厅", "2026年底", 50.5) for number in range(1, count + 1)
    ]


def run(console: Console) -> list[BenchRow]:
    """Nothing is written to disk; targets are what a person waits for without wondering."""
    setup()
    from hengjian.documents.official import Annex, OfficialDocument, Table, render_docx
    from hengjian.documents.sheets import SheetField, read_sheet, write_xlsx

    with console.status(f".docx with {ROWS_DOCX} rows"):
        table = Table(COLUMNS, _rows(ROWS_DOCX))
        document = OfficialDocument(title="任务分解表", date=date(2026, 1, 5), annexes=(Annex("附表", (table,)),))
        docx = seconds(lambda: render_docx(document), repeat=1)
    with console.status(f".xlsx with {ROWS_XLSX} rows"):
        rows = _rows(ROWS_XLSX)
        xlsx = seconds(lambda: write_xlsx(COLUMNS, rows), repeat=1)
        data = write_xlsx(COLUMNS, rows)
        fields = [SheetField("number", ["序号"], "integer"), SheetField("share", ["进度"], "number")]
        read = seconds(lambda: read_sheet(data, "a.xlsx", fields), repeat=1)
    return [
        row(f"official document, table of {ROWS_DOCX:,} rows", docx, "s", 5, better="less"),
        row(f"write .xlsx, {ROWS_XLSX:,} rows", xlsx, "s", 5, better="less"),
        row(f"read .xlsx, {ROWS_XLSX:,} rows", read, "s", 3, better="less"),
    ]
