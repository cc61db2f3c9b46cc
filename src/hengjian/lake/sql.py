"""SQL over the lake for analysts: reading only, this lake only, within limits of time and memory."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings
from django.utils.translation import gettext as _

from hengjian.lake.columns import COMMON
from hengjian.lake.errors import QueryError
from hengjian.lake.expressions import Snapshot
from hengjian.lake.opening import Reading, reading, snapshot
from hengjian.lake.storing import lake
from hengjian.lake.writing import limits, quoted, text
from hengjian.ledger.drafts import Disclosure, readable

FACTS, HISTORY = "facts", "history"
TABLES = ("ends", "regions", "units")


@dataclass(frozen=True, slots=True)
class Answer:
    """The columns and rows of a query; `cut` when there were more rows than asked for."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: bool


def view_name(kind: str) -> str:
    """The view of a kind: `inspection.result` is `inspection_result`."""
    return kind.replace(".", "_")


def run_sql(
    query: str,
    *,
    tree_size: int | None = None,
    valid_on: date | None = None,
    disclosure: Disclosure = "internal",
    most: int = 1000,
    seconds: float = 60,
) -> Answer:
    """Run one SELECT.

    It sees a view per kind with the facts in effect, `history.<kind>` with all of them, `facts` with the common columns
    of all kinds, `ends`, `regions` and `units`; at an earlier state of the ledger with `tree_size`.

    Args:
        most: rows to return.
        seconds: after which the query is stopped.

    Raises:
        QueryError: not one SELECT, an error in it, or out of time or memory.
    """
    state = snapshot(tree_size, valid_on, disclosure)
    with reading(state) as found, duckdb.connect(config=limits(lake())) as connection:
        _refuse_others(query)
        connection.execute("SET TimeZone = ?", [settings.TIME_ZONE])
        files = list(_prepare(connection, found, set(re.findall(r"\w+", query.lower()))))
        connection.execute(f"SET allowed_paths = [{', '.join(text(str(path)) for path in files)}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        late = threading.Timer(seconds, connection.interrupt)
        late.start()
        try:
            result = connection.execute(query)
            rows = result.fetchmany(most + 1)
        except duckdb.InterruptException:
            raise QueryError(
                _("查询超过 %(seconds)d 秒，已停止。请缩小范围，或用 --seconds 放宽时限。") % {"seconds": seconds}
            ) from None
        except duckdb.OutOfMemoryException:
            raise QueryError(
                _("查询需要的内存超过 %(most)d MB。请缩小范围，或提高 HENGJIAN_LAKE_MEMORY_MB。")
                % {"most": settings.HENGJIAN_LAKE_MEMORY_MB}
            ) from None
        except duckdb.CatalogException as error:
            raise QueryError(_unknown(found, query, error)) from None
        except duckdb.Error as error:
            raise QueryError(_("查询未能执行：%(error)s") % {"error": error}) from None
        finally:
            late.cancel()
        return Answer(tuple(column[0] for column in result.description), tuple(rows[:most]), len(rows) > most)


def _unknown(found: Reading, query: str, error: duckdb.Error) -> str:
    """What is told about a name that there is not; DuckDB knows only the views that were made for the query."""
    views = {view_name(kind) for part in found.parts for kind in part.manifest.datasets} | {FACTS, *TABLES}
    words = re.findall(r"\w+", query)
    meant = [view for word in words if word not in views for view in get_close_matches(word.lower(), views, 2, 0.75)]
    told = _("查询未能执行：%(error)s") % {"error": str(error).partition("\nDid you mean")[0]}
    near = _("您要查的是不是 %(names)s？") % {"names": "、".join(dict.fromkeys(meant))} if meant else ""
    return "\n".join([told, near or _("“hengjian lake status”列出全部事实种类；写表名时把种类中的“.”换成“_”。")])


def _refuse_others(query: str) -> None:
    try:
        statements = duckdb.extract_statements(query)
    except duckdb.Error as error:
        raise QueryError(_("查询未能执行：%(error)s") % {"error": error}) from None
    allowed = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
    if len(statements) != 1 or statements[0].type not in allowed:
        raise QueryError(_("只能执行一条 SELECT 查询；数据湖不接受修改。"))


def _prepare(connection: duckdb.DuckDBPyConnection, found: Reading, words: set[str]) -> Iterator[Path]:
    """Make the views that the query can mean, and tell their files; the others would cost time only."""
    state = found.snapshot
    connection.execute(f"CREATE SCHEMA {HISTORY}")
    for name in ("regions", "units"):
        for part in found.parts:
            if name in part.manifest.tables:
                path = part.store.path(part.manifest.tables[name].file)
                connection.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM {_files([path])}")
                yield path
    ends = found.ends_files()
    columns = "NULL::BIGINT AS target, NULL::BIGINT AS by_leaf, NULL::VARCHAR AS kind, NULL::DATE AS from_day"
    source = f"SELECT * FROM {_files(ends)}" if ends else f"SELECT {columns} WHERE false"
    connection.execute(f"CREATE VIEW ends AS SELECT * FROM ({source}) WHERE by_leaf < {state.tree_size}")
    yield from ends
    kinds = sorted({kind for part in found.parts for kind in part.manifest.datasets if found.files(kind)})
    shown = [kind for kind in kinds if FACTS in words or view_name(kind).lower() in words]
    for kind in shown:
        files = found.files(kind)
        name = quoted(view_name(kind))
        connection.execute(
            f"CREATE VIEW {HISTORY}.{name} AS SELECT * EXCLUDE (unfit) FROM {_files(files)} "
            f"WHERE leaf_index < {state.tree_size} AND disclosure IN ({_listed(readable(state.disclosure))})"
            + (f" AND leaf_index NOT IN ({', '.join(map(str, state.sealed))})" if state.sealed else "")
        )
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {HISTORY}.{name} WHERE {_in_effect(state)}")
        yield from files
    if FACTS in words and shown:
        common = ", ".join(COMMON)
        for place in ("", f"{HISTORY}."):
            parts = " UNION ALL ".join(f"SELECT {common} FROM {place}{quoted(view_name(kind))}" for kind in shown)
            connection.execute(f"CREATE VIEW {place}{FACTS} AS {parts}")


def _in_effect(state: Snapshot) -> str:
    """`expressions.in_effect` in SQL."""
    day = f"DATE {text(state.day.isoformat())}"
    starts = f" AND occurred_on <= {day}" if state.starts else ""
    return (
        f"retracts IS NULL AND (ends_on IS NULL OR ends_on > {day}){starts} AND NOT EXISTS "
        f"(SELECT 1 FROM ends e WHERE e.target = leaf_index AND (e.from_day IS NULL OR e.from_day <= {day}))"
    )


def _files(paths: Sequence[Path]) -> str:
    return f"read_parquet([{_listed([str(path) for path in paths])}], union_by_name = true)"


def _listed(values: Sequence[str]) -> str:
    return ", ".join(text(value) for value in values)
