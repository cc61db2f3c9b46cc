"""Modules that load when they are first used.

Some libraries take seconds to import (scipy.stats, ibis, numba). A page, a worker or a command that never asks them
anything should not wait for them at its start.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class _Later:
    """Stands for a module; the first attribute asked for imports it."""

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(import_module(self.__dict__["_name"]), attribute)
        self.__dict__[attribute] = found
        return found


def later(name: str) -> Any:
    """The module of that name, imported when an attribute of it is first asked for.

    Raises (then, not now):
        ImportError: there is no such module.
    """
    return _Later(name)
