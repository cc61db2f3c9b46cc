"""What every benchmark module (`hengjian.cli.bench_*`) shares: a result row, and how it is measured.

A module has `run(console: rich.console.Console) -> list[BenchRow]`; `hengjian bench` finds and runs it.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Better = Literal["more", "less"]


@dataclass(frozen=True)
class BenchRow:
    """One measured figure beside what it has to reach.

    Attributes:
        name: what was measured, with its size ("append facts, SQLite, 200,000").
        value: the figure in `unit`.
        unit: for example "facts/s", "ms", "MB".
        target: the requirement in the same unit; None when the figure is only reported.
        ok: whether the requirement is met; None when there is none.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    ok: bool | None = None


def row(name: str, value: float, unit: str, target: float | None = None, better: Better = "more") -> BenchRow:
    """A row judged against its target: `better` says whether larger or smaller figures are wanted."""
    ok = None if target is None else (value >= target if better == "more" else value <= target)
    return BenchRow(name, value, unit, target, ok)


def seconds(work: Callable[[], object], repeat: int = 3) -> float:
    """The median wall time of `repeat` calls, in seconds."""
    taken = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)
