"""A clock that the builder sets, so that a year of work gets the dates of that year."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import Any

from django.utils import timezone


class _AnyDatetime(type):
    """`isinstance(x, datetime)` in Django's module must stay true for ordinary datetimes."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, datetime)


class _Standing(datetime, metaclass=_AnyDatetime):
    """Stands in for `datetime` in `django.utils.timezone`.

    Replacing `timezone.now` would miss the defaults of models, which hold the function itself.
    """

    moment: datetime

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return cls.moment.astimezone(tz)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside, Django's clock (`timezone.now`, `localdate`, model defaults) stands at `moment`, which is aware.

    For the whole process: only for commands that do nothing else meanwhile.
    """
    if timezone.is_naive(moment):
        raise ValueError(f"{moment} has no time zone")
    module: Any = timezone
    before, outer = module.datetime, _Standing.__dict__.get("moment")
    _Standing.moment = moment
    module.datetime = _Standing
    try:
        yield
    finally:
        module.datetime = before
        if outer is not None:
            _Standing.moment = outer
