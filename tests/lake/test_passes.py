"""Passes: one for the questions that share a scan, answers in the order of the questions, errors told at once."""

from __future__ import annotations

import gc
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from hengjian.lake.engines import Rows, Session
from hengjian.lake.passes import Figures, Pass, by_scan


@dataclass(frozen=True)
class Question:
    scan: tuple[Any, ...]
    number: int


class Engine(Session):
    """Says who asked; an expression "bad" cannot be run."""

    def __init__(self) -> None:
        super().__init__()
        self.run: list[str] = []

    def view(self, name: str, files: Sequence[Path], schema: pa.Schema) -> None:
        raise NotImplementedError

    def compiled(self, expression: Any) -> str:
        return f"SELECT {expression}"

    def fetch(self, query: str) -> Rows:
        self.run.append(query)
        if query == "SELECT bad":
            raise RuntimeError("out of memory")
        return Rows(["query", "other"], [(query, threading.current_thread() is not threading.main_thread())])


def plan(asked: list[Question]) -> Pass[Any] | None:
    name = asked[0].scan[0]
    if name == "nothing":
        return None
    if name == "unplanned":
        raise ValueError("no such field")
    return Pass([name, "extra"], lambda rows: [[(one.number, *rows[0].rows[0], len(rows))] for one in asked])


def test_questions_that_share_a_scan_share_a_pass() -> None:
    engine = Engine()
    asks = [Question((name,), number) for number, name in enumerate(("a", "b", "a", "nothing", "b"))]
    found = by_scan(engine, asks, plan)
    assert found == [
        [(0, "SELECT a", True, 2)],
        [(1, "SELECT b", True, 2)],
        [(2, "SELECT a", True, 2)],
        [],
        [(4, "SELECT b", True, 2)],
    ]
    assert engine.run == ["SELECT a", "SELECT extra", "SELECT b", "SELECT extra"]
    assert by_scan(engine, [], plan) == []


@pytest.mark.parametrize(("wrong", "error"), [("bad", RuntimeError), ("unplanned", ValueError)])
def test_what_goes_wrong_is_told_and_leaves_no_thread(wrong: str, error: type[Exception]) -> None:
    asks = [Question((name,), 0) for name in ("a", wrong, "b", "c")]
    with pytest.raises(error):
        by_scan(Engine(), asks, plan)
    assert not [one for one in threading.enumerate() if one.name.startswith("lake")]
    assert gc.isenabled()


def test_columns_and_figures() -> None:
    rows = Rows(("a", "b"), [(1, "x"), (2, "y")])
    assert rows.columns() == {"a": (1, 2), "b": ("x", "y")}
    assert Rows(("a", "b"), []).columns() == {"a": (), "b": ()}
    figures = Figures({None: Decimal(0)})
    told = [str(figures[value]) for value in (3, Decimal("12.500000000000"), Decimal("1E+2"), None, 3)]
    assert told == ["3", "12.5", "100", "0", "3"]
