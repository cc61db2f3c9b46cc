"""What runs the expressions: DuckDB in this process, or Spark. Both read the same files and get the same expression."""

from __future__ import annotations

import os
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.utils.translation import gettext as _

from hengjian.lake.errors import LakeError
from hengjian.lake.storing import lake
from hengjian.lake.writing import limits, quoted, text

if TYPE_CHECKING:
    import ibis.expr.types as ir

DUCKDB, SPARK = "duckdb", "spark"


@dataclass(frozen=True, slots=True)
class Rows:
    """What an engine answers; decimals come as `Decimal`, dates as `date`."""

    names: Sequence[str]
    rows: Sequence[tuple[Any, ...]]

    def columns(self) -> dict[str, Sequence[Any]]:
        """The values of each column, in the order of the rows."""
        return dict(
            zip(self.names, zip(*self.rows, strict=True) if self.rows else ((),) * len(self.names), strict=True)
        )


class Session(ABC):
    """One reading of the lake by an engine."""

    def __init__(self) -> None:
        self._tables: dict[str, ir.Table] = {}

    def table(self, name: str, files: Sequence[Path]) -> ir.Table:
        """The files as one table, always the same for a name; columns that a file lacks are empty there."""
        if name not in self._tables:
            import ibis

            # The files say what is in them: no engine need be asked.
            schema = pa.unify_schemas([pq.read_schema(path) for path in files])
            self.view(name, files, schema)
            self._tables[name] = ibis.table(ibis.Schema.from_pyarrow(schema), name=name)
        return self._tables[name]

    @abstractmethod
    def view(self, name: str, files: Sequence[Path], schema: pa.Schema) -> None:
        """Let the engine know the files by a name."""

    @abstractmethod
    def compiled(self, expression: ir.Table) -> str:
        """The expression in the engine's SQL."""

    @abstractmethod
    def fetch(self, query: str) -> Rows:
        """Run what `compiled` gave; from any thread, also while others are run."""

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        """Run an expression; one mapping per row."""
        found = self.fetch(self.compiled(expression))
        return [dict(zip(found.names, row, strict=True)) for row in found.rows]


class DuckDBSession(Session):
    def __init__(self) -> None:
        import ibis

        self.backend = ibis.duckdb.connect(**limits(lake()))
        super().__init__()

    def view(self, name: str, files: Sequence[Path], schema: pa.Schema) -> None:
        listed = ", ".join(text(str(path)) for path in files)
        self.backend.con.execute(
            f"CREATE VIEW {quoted(name)} AS SELECT * FROM read_parquet([{listed}], union_by_name = true)"
        )

    def compiled(self, expression: ir.Table) -> str:
        return str(self.backend.compile(expression))

    def fetch(self, query: str) -> Rows:
        with self.backend.con.cursor() as own:  # a connection is for one thread at a time
            result = own.execute(query)
            return Rows([column[0] for column in result.description], result.fetchall())


class SparkSession(Session):
    def __init__(self) -> None:
        self.backend, self.spark = _spark()
        super().__init__()

    def view(self, name: str, files: Sequence[Path], schema: pa.Schema) -> None:
        # With the schema given, Spark need not start a job to find it.
        declared = ", ".join(f"`{field.name}` {_spark_type(field.type)}" for field in schema)
        self.spark.read.schema(declared).parquet(*map(str, files)).createOrReplaceTempView(name)

    def compiled(self, expression: ir.Table) -> str:
        return str(self.backend.compile(expression))

    def fetch(self, query: str) -> Rows:
        result = self.spark.sql(query)
        return Rows(result.columns, result.collect())


def _spark_type(type_: pa.DataType) -> str:
    """The name in Spark of a type that `columns.SQL` writes."""
    if pa.types.is_decimal(type_):
        return f"decimal({type_.precision}, {type_.scale})"
    if pa.types.is_timestamp(type_):
        return "timestamp_ntz"
    names = {pa.int64(): "bigint", pa.float64(): "double", pa.bool_(): "boolean", pa.date32(): "date"}
    return names.get(type_, "string")


@cache
def _spark() -> tuple[Any, Any]:
    """One Spark session for the process: it takes seconds to start."""
    try:
        import ibis
        from pyspark.sql import SparkSession as Builder
    except ImportError:
        raise LakeError(
            _("HENGJIAN_LAKE_ENGINE=spark 需要附加组件。请用“pip install 'hengjian[spark]'”安装，或改用 duckdb。")
        ) from None
    master = settings.HENGJIAN_SPARK_MASTER or f"local[{os.cpu_count() or 1}]"
    builder = Builder.builder.appName("hengjian").master(master)
    chosen = {
        "spark.sql.session.timeZone": settings.TIME_ZONE,
        "spark.sql.shuffle.partitions": 4,
        "spark.sql.warehouse.dir": tempfile.gettempdir(),  # nothing is put there; Spark would make a folder here
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": f"{settings.HENGJIAN_LAKE_MEMORY_MB}m",
    }
    if master.startswith("local"):
        chosen |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    for key, value in chosen.items():
        builder = builder.config(key, value)
    try:
        spark = builder.getOrCreate()
    except Exception as error:  # py4j wraps whatever Java says
        raise LakeError(
            _("Spark 无法启动：%(error)s。请检查是否安装了 Java 17 及以上版本，或改用 HENGJIAN_LAKE_ENGINE=duckdb。")
            % {"error": str(error).splitlines()[0]}
        ) from None
    spark.sparkContext.setLogLevel("ERROR")
    return ibis.pyspark.connect(spark), spark


@contextmanager
def session(engine: str | None = None) -> Iterator[Session]:
    """A session of the named engine; None takes the setting HENGJIAN_LAKE_ENGINE.

    Raises:
        LakeError: no such engine, or it cannot be started.
    """
    name = engine or settings.HENGJIAN_LAKE_ENGINE
    if name == DUCKDB:
        opened = DuckDBSession()
        try:
            yield opened
        finally:
            opened.backend.disconnect()
    elif name == SPARK:
        yield SparkSession()
    else:
        raise LakeError(_("没有名为“%(name)s”的分析引擎；可写 duckdb 或 spark。") % {"name": name})
