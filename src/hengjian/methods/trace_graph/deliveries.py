"""Networks that are not events: deliveries as FoodChain-Lab keeps them (JSON), and plain edges (CSV).

Of a delivery network the nodes are deliveries, and an edge says that what came with the first went on with the second.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from hengjian.methods.trace_graph.happenings import seconds
from hengjian.methods.trace_graph.index import TraceIndex
from hengjian.methods.trace_graph.suppliers import Delivery

HEADINGS = {
    "source": ("source", "from", "input", "投入", "来源"),
    "target": ("target", "to", "output", "产出", "去向"),
    "time": ("time", "date", "when", "时间", "日期"),
    "until": ("until", "end", "至"),
}


@dataclass(frozen=True)
class Edges:
    """A graph by name. `names`: of the nodes; `index`: the edges between their places."""

    names: Sequence[str]
    index: TraceIndex


@dataclass(frozen=True)
class DeliveryNetwork:
    """Stations' deliveries and which went into which."""

    deliveries: tuple[Delivery, ...]
    relations: tuple[tuple[str, str], ...]

    def edges(self) -> Edges:
        """The graph of the deliveries; relations were drawn by people, so no dates are asked."""
        names = [one.code for one in self.deliveries]
        number = {name: place for place, name in enumerate(names)}
        pairs = [(number[one], number[other]) for one, other in self.relations]
        columns = np.array(pairs, np.int64).reshape(-1, 2)
        return Edges(names, TraceIndex.build(columns[:, 0], columns[:, 1], np.zeros(len(pairs), np.int64), len(names)))


def read_deliveries(data: Mapping[str, Any]) -> DeliveryNetwork:
    """A FoodChain-Lab file: lists `deliveries` and `deliveriesRelations`, or the tables of its version 1.

    Raises:
        ValueError: it is no such file, or a relation names an unknown delivery.
    """
    inner = data.get("data") if isinstance(data.get("data"), Mapping) else data
    assert isinstance(inner, Mapping)
    rows = _rows(inner.get("deliveries"))
    links = _rows(inner.get("deliveriesRelations") or inner.get("deliveryRelations") or inner.get("deliveryToDelivery"))
    if rows is None or links is None:
        raise ValueError("no deliveries and their relations in the file")
    deliveries = tuple(
        Delivery(
            _of(row, "id", "ID"),
            _of(row, "source", "from"),
            _of(row, "target", "to"),
            _day(row.get("date") or row.get("dateIn") or row.get("dateOut")),
        )
        for row in rows
    )
    codes = {one.code for one in deliveries}
    if len(codes) != len(deliveries):
        raise ValueError("a delivery is listed twice")
    relations = tuple((_of(row, "source", "from"), _of(row, "target", "to")) for row in links)
    for pair in relations:
        for code in pair:
            if code not in codes:
                raise ValueError(f"a relation names the unknown delivery {code}")
    return DeliveryNetwork(deliveries, relations)


def read_edges(lines: Iterable[str]) -> Edges:
    """Edges as CSV with headings source, target, time (a number, or a day or time of ISO 8601) and perhaps until.

    Raises:
        ValueError: a column is missing or a time cannot be read; the message names the line.
    """
    reader = csv.DictReader(lines)
    known = {heading: name for name, headings in HEADINGS.items() for heading in headings}
    columns = {
        known[title.strip().lower()]: title for title in reader.fieldnames or () if title.strip().lower() in known
    }
    if not {"source", "target"} <= columns.keys():
        raise ValueError("the columns source and target are needed; time and until may stand beside them")
    numbers: dict[str, int] = {}
    found: tuple[list[int], list[int], list[int], list[int]] = ([], [], [], [])
    for row in reader:
        try:
            first = _time(row.get(columns.get("time", "")) or "0")
            last = (
                _time(row.get(columns.get("until", "")) or "")
                if columns.get("until") and row[columns["until"]]
                else first
            )
        except ValueError as error:
            raise ValueError(f"line {reader.line_num}: {error}") from None
        for place, name in enumerate(("source", "target")):
            found[place].append(numbers.setdefault((row[columns[name]] or "").strip(), len(numbers)))
        found[2].append(first)
        found[3].append(max(first, last))
    index = TraceIndex.build([], [], [])
    if found[0]:
        index.append(*found)
    return Edges(list(numbers), index.compact())


def _rows(table: Any) -> list[Mapping[str, Any]] | None:
    if isinstance(table, Mapping):
        table = table.get("data")
    if not isinstance(table, list):
        return None
    # Version 1 keeps cells as {"id": column, "value": …}.
    return [
        {str(cell.get("id")): cell.get("value") for cell in row} if isinstance(row, list) else row
        for row in table
        if isinstance(row, Mapping | list)
    ]


def _of(row: Mapping[str, Any], *names: str) -> str:
    for name in names:
        if row.get(name) is not None:
            return str(row[name])
    raise ValueError(f"a row has no {names[0]}: {dict(row)!r:.120}")


def _day(value: Any) -> int | None:
    try:
        return date.fromisoformat(str(value)[:10]).toordinal() if value else None
    except ValueError:
        return None


def _time(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return seconds(f"{text}T00:00:00Z" if len(text) == 10 else text)
