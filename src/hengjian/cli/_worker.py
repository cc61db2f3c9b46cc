"""The worker: does what is due in every room, again and again, until it is told to stop."""

from __future__ import annotations

import importlib
import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from types import FrameType

from django.apps import apps
from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import module_has_submodule

log = logging.getLogger("hengjian.worker")
RunDue = Callable[[datetime], int]


def duties() -> dict[str, RunDue]:
    """`run_due` of every room that has a `jobs.py`, by room.

    `run_due(now)` does everything whose stored next-action time has come and returns how many actions were done. It
    claims each by a conditional update inside the transaction that does it, so that a worker killed half-way loses
    nothing and two workers never do the same thing twice.
    """
    found: dict[str, RunDue] = {}
    for config in apps.get_app_configs():
        if config.name.startswith("hengjian.") and module_has_submodule(config.module, "jobs"):
            found[config.label] = importlib.import_module(f"{config.name}.jobs").run_due
    return found


def run_once(rooms: dict[str, RunDue]) -> int:
    """One round through all rooms; a room that fails is logged and does not hold up the others."""
    done = 0
    for room, run_due in rooms.items():
        close_old_connections()
        try:
            count = run_due(timezone.now())
        except Exception:
            log.exception("worker: %s failed; it is tried again in the next round", room)
            continue
        if count:
            log.info("worker: %s: %d done", room, count)
        done += count
    return done


def run_forever(interval: float) -> None:
    """Rounds every `interval` seconds until SIGTERM or SIGINT; a round under way is finished first."""
    stop = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    rooms = duties()
    log.info("worker: started for %s", ", ".join(rooms) or "no room")
    while not stop.is_set():
        # After a round that found work the next one follows at once: there may be more.
        if run_once(rooms) == 0:
            stop.wait(interval)
