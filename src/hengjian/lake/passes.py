"""Passes over the facts: questions that share one are asked together; the engine works while the next is planned."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from hengjian.lake.engines import Rows, Session

if TYPE_CHECKING:
    import ibis.expr.types as ir

WIDE = Context(prec=38)  # all digits that sums of the lake can have


class Scanned(Protocol):
    """A question."""

    @property
    def scan(self) -> tuple[Any, ...]:
        """What must be equal for two questions to share one pass over the facts."""
        ...


_Asked = TypeVar("_Asked", bound=Scanned)
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Pass(Generic[_Answer]):
    """What the engine is asked for some questions together.

    Attributes:
        expressions: what to run.
        answers: gives one list per question from the rows of each expression.
    """

    expressions: Sequence[ir.Table]
    answers: Callable[[Sequence[Rows]], list[list[_Answer]]]


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for cycles meanwhile: it looks at every row so far, again and again, and rows have none.

    Of several threads in here the one that came first may allow it again early; that costs time, nothing else.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@uncollected()
def by_scan(
    session: Session, asks: Sequence[_Asked], plan: Callable[[list[_Asked]], Pass[_Answer] | None]
) -> list[list[_Answer]]:
    """Answer questions together that share a pass; one list per question, in their order.

    The engine runs one pass in a thread of its own while the next is planned and the answers of the one before are
    read.

    Args:
        plan: called with the questions of each pass; None where there is nothing to ask.
    """
    groups: dict[tuple[Any, ...], list[int]] = {}
    for number, asked in enumerate(asks):
        groups.setdefault(asked.scan, []).append(number)
    found: list[list[_Answer]] = [[] for _ask in asks]
    waiting: deque[tuple[list[int], Pass[_Answer], list[Future[Rows]]]] = deque()

    def read() -> None:
        numbers, planned, running = waiting.popleft()
        for number, rows in zip(numbers, planned.answers([one.result() for one in running]), strict=True):
            found[number] = rows

    engine = ThreadPoolExecutor(1, thread_name_prefix="lake")
    try:
        for numbers in groups.values():
            planned = plan([asks[number] for number in numbers])
            if planned is not None:
                queries = [session.compiled(expression) for expression in planned.expressions]
                waiting.append((numbers, planned, [engine.submit(session.fetch, query) for query in queries]))
            while waiting and all(one.done() for one in waiting[0][2]):
                read()
        while waiting:
            read()
    finally:
        engine.shutdown(cancel_futures=True)
    return found


def plain(value: Decimal) -> Decimal:
    """Without the zeros that the column's scale adds: 12.5, not 12.500000000000; 100, not 1E+2."""
    short = value.normalize(WIDE)
    return short if short.as_tuple().exponent <= 0 else short.quantize(Decimal(1), context=WIDE)  # type: ignore[operator]


class Figures(dict[Any, Decimal]):
    """Numbers of the engine → exact decimals. The same few come again and again in an answer."""

    def __missing__(self, value: Any) -> Decimal:
        figure = self[value] = Decimal(value) if isinstance(value, int) else plain(Decimal(value))
        return figure
