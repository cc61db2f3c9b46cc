"""`hengjian link`: which records of a file denote the same body, without the database."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import pyarrow as pa

# Headings that registers use, in lower case → the column they mean.
HEADINGS = {
    "record_id": ("record_id", "id", "记录编号", "编号", "序号"),
    "name": ("name", "enterprise", "company", "名称", "企业名称", "单位名称", "主体名称"),
    "code": ("code", "uscc", "credit_code", "统一社会信用代码", "信用代码", "代码"),
    "representative": ("representative", "person", "法定代表人", "负责人", "法人"),
    "address": ("address", "地址", "住所", "注册地址", "经营地址"),
    "region": ("region", "区划", "行政区划", "行政区划代码"),
}


def link(
    records: Annotated[Path, typer.Argument(help="CSV（UTF-8）或 Parquet。CSV (UTF-8) or Parquet.")],
    out: Annotated[Path, typer.Option(help="结果 CSV：record_id, cluster_id。The answer as CSV.")],
    review: Annotated[Path | None, typer.Option(help="需人工核对的记录对。Pairs for a person to look at.")] = None,
    sure: Annotated[float, typer.Option(min=0.5, max=1, help="自动合并的概率。Join from this probability on.")] = 0.99,
) -> None:
    """企业记录归并：编码缺失或有误的多源登记。Link records of enterprises whose codes are wrong or missing."""
    from hengjian.methods.record_linkage import link as link_records

    try:
        table = _read(records)
    except (OSError, ValueError) as error:
        typer.echo(f"无法读取 {records}：{error}\nCannot be read.", err=True)
        raise typer.Exit(2) from None
    start = time.monotonic()

    def tell(step: str) -> None:
        typer.echo(f"{time.monotonic() - start:7.1f} s  {step}", err=True)

    try:
        found = link_records(table, sure=sure, tell=tell)
    except ValueError as error:
        typer.echo(f"{error}\n需要 record_id（编号）和 name（企业名称）两列，编号不能为空或重复。", err=True)
        raise typer.Exit(2) from None
    ids = table["record_id"].to_pylist()
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("record_id", "cluster_id"))
        writer.writerows((record, ids[cluster]) for record, cluster in zip(ids, found.clusters.tolist(), strict=True))
    if review is not None:
        with review.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("one", "other", "probability", "reason"))
            for row in found.review.to_pylist():
                writer.writerow((ids[row["one"]], ids[row["other"]], row["probability"], row["reason"]))
    bodies = len(set(found.clusters.tolist()))
    tell(f"{len(ids)} records, {bodies} bodies, {found.review.num_rows} pairs to review")


def _read(path: Path) -> pa.Table:
    """The records with the columns that the methods know; all text.

    Raises:
        ValueError: no such columns, or the file cannot be parsed.
    """
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    if path.suffix.lower() in (".parquet", ".pq"):
        table = pyarrow.parquet.read_table(path)
    else:
        # Everything as text: codes with leading zeros, ids that look like numbers.
        with pyarrow.csv.open_csv(path) as reader:
            names = reader.schema.names
        options = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
        table = pyarrow.csv.read_csv(path, convert_options=options)
    known = {heading: column for column, headings in HEADINGS.items() for heading in headings}
    chosen: dict[str, pa.ChunkedArray] = {}
    for heading in table.column_names:
        column = known.get(heading.strip().lower().removeprefix("\ufeff"))
        if column is not None:
            chosen.setdefault(column, table[heading].cast(pa.string()).fill_null(""))
    return pa.table(chosen)


app = typer.Typer(help="企业记录归并。Link records of enterprises.")
app.command()(link)
