"""The dimension tables of the lake: `regions` with their ancestors at every level, and `units`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hengjian.lake.storing import Manifest, Store, Table, retire
from hengjian.parties.models import Region, Unit

# Level of a region → column with the region's ancestor (or itself) of that level.
LEVELS = {
    Region.Level.NATIONAL: "national",
    Region.Level.PROVINCIAL: "province",
    Region.Level.PREFECTURE: "prefecture",
    Region.Level.COUNTY: "county",
    Region.Level.TOWNSHIP: "township",
}
REGIONS = pa.schema([(name, pa.string()) for name in ("code", "name", "level", "parent", *LEVELS.values())])
UNITS = pa.schema(
    [(name, pa.string()) for name in ("key", "ref", "name", "kind", "level", "region", "parent", "family")]
    + [("valid_from", pa.date32()), ("valid_to", pa.date32())]
)


def region_rows() -> list[tuple[str | None, ...]]:
    """One row of `REGIONS` per region."""
    found = {
        pk: (code, name, level, parent)
        for pk, code, name, level, parent in Region.objects.order_by("code").values_list(
            "pk", "code", "name", "level", "parent_id"
        )
    }
    rows = []
    for code, name, level, parent in found.values():
        above = dict.fromkeys(LEVELS.values())
        seen, step = set(), (code, name, level, parent)
        while True:
            above[LEVELS[step[2]]] = step[0]  # type: ignore[index]
            if step[3] is None or step[3] in seen:
                break
            seen.add(step[3])
            step = found[step[3]]
        rows.append((code, name, str(level), found[parent][0] if parent else None, *above.values()))
    return rows


def unit_rows() -> list[tuple[str | date | None, ...]]:
    """One row of `UNITS` per unit; `ref` is what facts name as their source."""
    units = Unit.objects.select_related("region", "parent").order_by("key")
    return [
        (
            unit.key,
            unit.ref,
            unit.name,
            unit.kind,
            unit.level,
            unit.region.code,
            unit.parent.key if unit.parent else None,
            unit.family,
            unit.valid_from,
            unit.valid_to,
        )
        for unit in units
    ]


def region_table() -> pa.Table:
    return as_table(REGIONS, region_rows())


def refresh(store: Store, manifest: Manifest) -> Manifest:
    """The manifest with both tables as the database has them now; to be called under the lock."""
    gone = set()
    tables = dict(manifest.tables)
    for name, schema, rows in (("regions", REGIONS, region_rows()), ("units", UNITS, unit_rows())):
        digest = hashlib.sha256(repr(rows).encode()).hexdigest()
        known = tables.get(name)
        if known is not None and known.digest == digest:
            continue
        file = store.new_file("tables", name)
        pq.write_table(as_table(schema, rows), store.path(file), compression="zstd")
        tables[name] = Table(file=file, rows=len(rows), digest=digest)
        if known is not None:
            gone.add(known.file)
    return retire(manifest.model_copy(update={"tables": tables}), gone) if tables != manifest.tables else manifest


def as_table(schema: pa.Schema, rows: Iterable[Sequence[Any]]) -> pa.Table:
    cells = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, type=field.type) for column, field in zip(cells, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
