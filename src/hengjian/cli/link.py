"""`hengjian link`: which records of a file denote the same body, without the database."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hengjian.cli._columns import read_columns

if TYPE_CHECKING:
    import pyarrow as pa

    from hengjian.methods.record_linkage import Records

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
    records: Annotated[Path, typer.Argument(help="CSV 或 Parquet。CSV or Parquet.")],
    out: Annotated[Path, typer.Option(help="结果 CSV：record_id, cluster_id。The answer as CSV.")],
    review: Annotated[Path | None, typer.Option(help="需人工核对的记录对。Pairs for a person to look at.")] = None,
    sure: Annotated[float, typer.Option(min=0.5, max=1, help="自动合并的概率。Join from this probability on.")] = 0.99,
    known: Annotated[
        Path | None,
        typer.Option(help="以前的结果：其中的记录保持原编号，新记录归入其中。An earlier answer, whose ids stay."),
    ] = None,
) -> None:
    """企业记录归并：编码缺失或有误的多源登记。Link records of enterprises whose codes are wrong or missing.

    With --known, RECORDS holds old and new records: those in the earlier answer keep their ids whatever arrives, new
    ones join them or each other; where a new record belongs to two known bodies, --review tells "bodies_may_be_one".
    """
    from hengjian.methods.record_linkage import prepare

    try:
        table = read_columns(records, HEADINGS)
        given = _known(known) if known is not None else {}
    except (OSError, ValueError) as error:
        typer.echo(f"无法读取：{error}\nCannot be read.", err=True)
        raise typer.Exit(2) from None
    start = time.monotonic()

    def tell(step: str) -> None:
        typer.echo(f"{time.monotonic() - start:7.1f} s  {step}", err=True)

    try:
        ready = prepare(table)
    except ValueError as error:
        typer.echo(f"{error}\n需要 record_id（编号）和 name（企业名称）两列，编号不能为空或重复。", err=True)
        raise typer.Exit(2) from None
    ids, clusters, pairs = _linked(ready, given, sure, tell)
    try:
        _write(out, ("record_id", "cluster_id"), zip(ids, clusters, strict=True))
        if review is not None:
            rows = (
                (ids[row["one"]], ids[row["other"]], row["probability"], row["reason"]) for row in pairs.to_pylist()
            )
            _write(review, ("one", "other", "probability", "reason"), rows)
    except OSError as error:
        typer.echo(f"无法写入 {error.filename}：{error.strerror}。Cannot be written.", err=True)
        raise typer.Exit(2) from None
    tell(f"{len(ids)} records, {len(set(clusters))} bodies, {pairs.num_rows} pairs to review")


def _linked(
    ready: Records, given: dict[str, str], sure: float, tell: Callable[[str], None]
) -> tuple[list[str], list[str], pa.Table]:
    """(record ids, the cluster id of each, pairs to review); records that are `given` keep their cluster ids."""
    import numpy as np
    import pyarrow as pa

    from hengjian.methods.record_linkage import Records, extend
    from hengjian.methods.record_linkage import link as link_records

    ids: list[str] = ready.ids.to_pylist()
    old = np.array([one in given for one in ids], dtype=np.bool_)
    if not old.any():
        found = link_records(ready, sure=sure, tell=tell)
        return ids, [ids[cluster] for cluster in found.clusters.tolist()], found.review
    parts = []
    for which in (old, ~old):
        chosen = ready.table.filter(pa.array(which))
        rows = pa.array(np.arange(len(chosen), dtype=np.int32))
        parts.append(Records(chosen.set_column(0, "row", rows), ready.ids.filter(pa.array(which))))
    before, new = parts
    # The weights are learnt from the records that were there.
    model = link_records(before, sure=sure, tell=tell).model
    tell("extend")
    first: dict[str, int] = {}
    names = [given[one] for one in before.ids.to_pylist()]
    start = np.array([first.setdefault(name, row) for row, name in enumerate(names)], dtype=np.int32)
    found = extend(before, start, new, model, sure=sure)
    ids = [*before.ids.to_pylist(), *new.ids.to_pylist()]
    taken = set(given.values())
    told: dict[int, str] = {}
    for row, cluster in enumerate(found.clusters.tolist()):
        if cluster in told:
            continue
        name = names[cluster] if cluster < len(names) else ids[row]
        while cluster >= len(names) and name in taken:
            name += "-1"  # the id of a record that is gone still names its body
        told[cluster] = name
    return ids, [told[cluster] for cluster in found.clusters.tolist()], found.review


def _write(path: Path, heads: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a CSV file that is there whole or not at all."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(heads)
            writer.writerows(rows)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _known(path: Path) -> dict[str, str]:
    """Record id → cluster id of an earlier answer.

    Raises:
        ValueError: the file is no such answer.
    """
    found = read_columns(path, {"record_id": ("record_id",), "cluster_id": ("cluster_id",)})
    if found.num_columns < 2:
        raise ValueError(f"{path}: 需要 record_id、cluster_id 两列。The columns record_id and cluster_id are missing.")
    return dict(zip(found["record_id"].to_pylist(), found["cluster_id"].to_pylist(), strict=True))


app = typer.Typer(help="企业记录归并。Link records of enterprises.")
app.command()(link)
