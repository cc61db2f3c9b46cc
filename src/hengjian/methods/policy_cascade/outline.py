"""What the cascade needs of a plan: items in order with title, measures, unit names, deadlines and targets."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class HasDict(Protocol):
    """Anything with the fields of `hengjian policy parse --json`, such as a PolicyDocument."""

    def to_dict(self) -> dict[str, Any]: ...


def fold(text: str) -> str:
    """NFKC and no white space: two measures that are equal in this form are the same sentence."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@dataclass(frozen=True, slots=True)
class Measure:
    """One action sentence. `item` is the sequence number of its item, `index` its place there, both from 1."""

    item: int
    index: int
    text: str
    folded: str

    @property
    def place(self) -> dict[str, int]:
        return {"item": self.item, "index": self.index}


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """An item with what hangs on it; `deadlines` and `targets` as in the document's dictionary."""

    sequence: int
    title: str
    measures: tuple[Measure, ...]
    units: tuple[str, ...]
    deadlines: tuple[Mapping[str, Any], ...] = ()
    targets: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """A plan reduced to its items. `name` identifies the document in the result."""

    name: str
    items: tuple[OutlineItem, ...]

    @property
    def measures(self) -> list[Measure]:
        return [measure for item in self.items for measure in item.measures]


def outline_of(document: HasDict | Mapping[str, Any]) -> Outline:
    """The outline of a PolicyDocument or of its dictionary (the JSON of `hengjian policy parse`)."""
    data = document if isinstance(document, Mapping) else document.to_dict()
    name = data.get("document") or data.get("plan_title") or data.get("title") or ""
    return Outline(str(name), tuple(_items(data)))


def _items(data: Mapping[str, Any]) -> Iterator[OutlineItem]:
    for section in data["sections"]:
        for item in section["items"]:
            sequence = int(item["sequence"])
            measures = tuple(
                Measure(sequence, index, text, fold(text)) for index, text in enumerate(item["measures"], start=1)
            )
            units = tuple(dict.fromkeys(duty["name"] for duty in item.get("duties", ())))
            yield OutlineItem(
                sequence,
                str(item.get("title") or ""),
                measures,
                units,
                tuple(item.get("deadlines", ())),
                tuple(item.get("targets", ())),
            )
