"""Registers, procedures and programmes of the demonstration: every room plays its own part."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random
from types import ModuleType

from django.apps import apps
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import module_has_submodule

from hengjian.demo.clock import at
from hengjian.ledger.checkpoints import sign_checkpoint
from hengjian.pages.models import Notification

#: `build(now, random)`: makes what the room shows, through its actions, up to that moment.
Build = Callable[[datetime, Random], None]
# How many of a person's messages about it are still unread; a year's worth at once would say nothing.
UNREAD = 6


def rooms() -> dict[str, Build]:
    """`demonstration.build` of every room that has one, by room, in the order in which the rooms start.

    A room that reads what others made says so by an `ORDER` above 0: those come later, in that order.
    """
    found = _modules()
    return {label: found[label].build for label in sorted(found, key=lambda label: getattr(found[label], "ORDER", 0))}


def earlier() -> Iterator[tuple[int, str, Build]]:
    """(days before the end, room, build): what rooms do on earlier days, from the `EARLIER` of their demonstration."""
    for label, module in _modules().items():
        for days, build in getattr(module, "EARLIER", ()):
            yield days, label, build


def _modules() -> dict[str, ModuleType]:
    return {
        config.label: importlib.import_module(f"{config.name}.demonstration")
        for config in apps.get_app_configs()
        if config.name.startswith("hengjian.") and module_has_submodule(config.module, "demonstration")
    }


def play(now: datetime, seed: int, stage: Callable[[str], None]) -> None:
    """Let each room build its part with the clock at `now` and a `Random` of its own.

    A room that is added or changed does not change what the others make.
    """
    with at(now):
        for room, build in rooms().items():
            stage(room)
            build(now, Random(f"{seed}:{room}"))
        catch_up()
        _read_old_messages()
        sign_checkpoint()


def catch_up() -> None:
    """What the worker would have done by now in the rooms: expiry, recurring duties, alarms, steps by themselves."""
    for config in apps.get_app_configs():
        if config.name.startswith("hengjian.") and module_has_submodule(config.module, "jobs"):
            run_due = importlib.import_module(f"{config.name}.jobs").run_due
            while run_due(timezone.now()):
                pass


def _read_old_messages() -> None:
    seen: dict[int, int] = {}
    read = []
    for pk, user in Notification.objects.filter(read_at=None).order_by("-at", "-pk").values_list("pk", "user_id"):
        seen[user] = seen.get(user, 0) + 1
        if seen[user] > UNREAD:
            read.append(pk)
    for start in range(0, len(read), 500):
        Notification.objects.filter(pk__in=read[start : start + 500]).update(read_at=timezone.now())


def refresh_statistics() -> None:
    """Tell the planner how the tables have grown: PostgreSQL's own upkeep sees nothing of an open transaction, and
    plans made for empty tables take minutes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
