"""What other rooms do when events were captured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

from hengjian.trace.events.models import Event


class NewEvents(Sequence[Event]):
    """The events that one capture added, read only when somebody looks at them. `ids`: their numbers, a range."""

    def __init__(self, ids: range) -> None:
        self.ids = ids
        self._rows: list[Event] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Event]:
        """In order, some at a time: a document may have brought a hundred thousand."""
        if self._rows is not None:
            yield from self._rows
            return
        yield from self._queryset().iterator(chunk_size=1000)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Event]: ...
    def __getitem__(self, index: Any) -> Any:
        if self._rows is None:
            self._rows = list(self._queryset())
        return self._rows[index]

    def _queryset(self) -> Any:
        rows = Event.objects.filter(pk__gte=self.ids.start, pk__lt=self.ids.stop)
        return rows.select_related("context", "party").order_by("pk")


Handler = Callable[[NewEvents], None]
_handlers: list[Handler] = []


def register_captured(handler: Handler) -> Handler:
    """Have a function called with the new events, inside the transaction that captures them; what it raises undoes the
    capture. Called when a room's app is ready."""
    if handler not in _handlers:
        _handlers.append(handler)
    return handler


def captured(ids: range) -> None:
    """Tell everyone."""
    if ids:
        for handler in _handlers:
            handler(NewEvents(ids))
