"""Texts as numbers, and columns grouped by number: a part mapped from files and what came since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hengjian.methods.later import later

if TYPE_CHECKING:
    from hengjian.methods.trace_graph import grouping, kernels
else:
    grouping = later("hengjian.methods.trace_graph.grouping")
    kernels = later("hengjian.methods.trace_graph.kernels")

Array = NDArray[Any]


class Names:
    """Texts numbered in the order of their arrival.

    The part that was stored is a run of UTF-8 with offsets and a sorted table of 64-bit hashes, so that it can be
    mapped from a file and shared by processes.
    """

    def __init__(self, arrays: Mapping[str, Array] | None = None) -> None:
        empty: dict[str, Array] = {"text": np.empty(0, np.uint8), "offsets": np.zeros(1, np.int64)}
        empty |= {"hashes": np.empty(0, np.uint64), "order": np.empty(0, np.int32)}
        self._stored = dict(arrays or empty)
        self._bytes = memoryview(np.ascontiguousarray(self._stored["text"]))  # type: ignore[arg-type]
        self._base = int(self._stored["offsets"].size - 1)
        self._new: list[str] = []
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return self._base + len(self._new)

    def find(self, text: str) -> int:
        """The number of a text; -1: it has none."""
        number = self._numbers.get(text, -1)
        if number < 0 and self._base:
            hashes, order, digest = self._stored["hashes"], self._stored["order"], _hash(text)
            place = int(np.searchsorted(hashes, digest))
            while place < hashes.size and hashes[place] == digest:
                if self[int(order[place])] == text:
                    return int(order[place])
                place += 1
        return number

    def number(self, text: str) -> int:
        """The number of a text, which gets one if it has none."""
        found = self.find(text)
        if found < 0:
            found = self._numbers[text] = len(self)
            self._new.append(text)
        return found

    def __getitem__(self, number: int) -> str:
        if number >= self._base:
            return self._new[number - self._base]
        offsets = self._stored["offsets"]
        return str(self._bytes[int(offsets[number]) : int(offsets[number + 1])], "utf-8")

    def texts(self, numbers: Array) -> list[str]:
        """The texts of many numbers."""
        if not self._base:
            new = self._new
            return [new[number] for number in numbers.tolist()]
        offsets, base, new, data = self._stored["offsets"], self._base, self._new, self._bytes
        inside = np.minimum(numbers, base - 1)
        begins, ends = offsets[inside].tolist(), offsets[inside + 1].tolist()
        return [
            new[number - base] if number >= base else str(data[begin:end], "utf-8")
            for number, begin, end in zip(numbers.tolist(), begins, ends, strict=True)
        ]

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def arrays(self) -> dict[str, Array]:
        """Everything, to be stored."""
        encoded = [text.encode() for text in self]
        hashes = np.fromiter((_hash(text) for text in self), np.uint64, len(encoded))
        order = np.argsort(hashes, kind="stable")
        return {
            "text": np.frombuffer(b"".join(encoded), np.uint8),
            "offsets": np.concatenate(([0], np.cumsum([len(one) for one in encoded], dtype=np.int64))).astype(np.int64),
            "hashes": hashes[order],
            "order": order.astype(np.int32),
        }


def _hash(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big"))


class Rows:
    """Rows of numbers, found by the number of what they belong to."""

    def __init__(self, columns: Mapping[str, type], arrays: Mapping[str, Array] | None = None) -> None:
        self.columns = dict(columns)
        self._stored = dict(arrays) if arrays else self._sorted([], {name: [] for name in columns})
        self._keys: list[int] = []
        self._new: dict[str, list[int]] = {name: [] for name in columns}
        self._recent: dict[str, Array] | None = None
        self._marks: tuple[Array, Array] | None = None
        self._where: dict[int, list[int]] | None = None  # the new rows of each key, once one has to be changed

    def __len__(self) -> int:
        return len(self._keys) + int(self._stored["starts"][-1])

    def add(self, key: int, *values: int) -> None:
        if self._where is not None:
            self._where.setdefault(key, []).append(len(self._keys))
        self._keys.append(key)
        for column, value in zip(self._new.values(), values, strict=True):
            column.append(value)
        self._recent = None

    def change(self, key: int, match: Mapping[str, int], column: str, value: int) -> None:
        """Set a column of the last row of the key that matches; rows that were stored change in memory only."""
        if self._where is None:
            self._where = {}
            for row, own in enumerate(self._keys):
                self._where.setdefault(own, []).append(row)
        for row in reversed(self._where.get(key, ())):
            if all(self._new[name][row] == wanted for name, wanted in match.items()):
                self._new[column][row] = value
                self._recent = None
                return
        place = int(np.searchsorted(self._stored["keys"], key))
        if place < self._stored["keys"].size and self._stored["keys"][place] == key:
            run = slice(int(self._stored["starts"][place]), int(self._stored["starts"][place + 1]))
            fits = np.ones(run.stop - run.start, dtype=bool)
            for name, wanted in match.items():
                fits &= self._stored[name][run] == wanted
            if fits.any():
                self._stored[column][run.start + int(np.nonzero(fits)[0][-1])] = value

    def gather(self, keys: Array, *, stored: bool = False) -> dict[str, Array]:
        """The rows of the keys by column; `of` says to which of the keys (its place) each row belongs.

        Args:
            stored: only those that were stored; the others have to be sorted again whenever one was added.
        """
        if self._marks is None:
            self._marks = kernels.mark(self._stored["keys"])
        if stored:
            return self._gathered(self._stored, self._marks, keys)
        if self._recent is None and self._keys:
            self._recent = self._sorted(self._keys, self._new)
        parts = [self._gathered(self._stored, self._marks, keys)]
        if self._recent is not None:
            parts.append(self._gathered(self._recent, kernels.mark(self._recent["keys"]), keys))
        if len(parts) == 1:
            return parts[0]
        return {name: np.concatenate([part[name] for part in parts]) for name in ("of", *self.columns)}

    def _gathered(self, part: Mapping[str, Array], bits: tuple[Array, Array], keys: Array) -> dict[str, Array]:
        of, rows = grouping.gather(keys, bits[0], bits[1], part["starts"])
        return {"of": of} | {name: part[name][rows] for name in self.columns}

    def arrays(self) -> dict[str, Array]:
        """Everything, to be stored."""
        stored = self._stored
        keys = np.repeat(stored["keys"], np.diff(stored["starts"]))
        columns = {
            name: np.concatenate((stored[name], np.array(self._new[name], kind))) for name, kind in self.columns.items()
        }
        return self._sorted(np.concatenate((keys, np.array(self._keys, np.int32))), columns)

    def _sorted(self, keys: Sequence[int] | Array, columns: Mapping[str, Sequence[int] | Array]) -> dict[str, Array]:
        given = np.asarray(keys, np.int32)
        order = np.argsort(given, kind="stable")
        unique, begins = np.unique(given[order], return_index=True)
        found: dict[str, Array] = {"keys": unique, "starts": np.append(begins, given.size).astype(np.int64)}
        return found | {name: np.asarray(columns[name], kind)[order] for name, kind in self.columns.items()}
