"""A file of messages whose worker is killed again and again, on a database of its own; started by test_killed.

Prints what was found after each death as JSON.
"""

from __future__ import annotations

import io
import json
import os
import sys
from datetime import timedelta
from typing import Any

import django

from tests.trace.events.victim import die, set_up

ROWS, SLICE = 250, 50


def work(moment: str, slices: int, hours: int) -> int:
    """Work on the file in a process of its own that dies at a moment of its so many-th slice; how it ended.

    `hours` later than now: the claim of the one that was killed has run out.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        from django.utils import timezone

        from hengjian.trace.exchange import batches
        from hengjian.trace.exchange.models import ExchangeBatch

        batches.SLICE = SLICE
        if moment:
            _die_at(moment, slices)
        batch = ExchangeBatch.objects.get()
        while batches.advance(batch, 60, timezone.now() + timedelta(hours=hours)):
            pass
    except BaseException as error:
        sys.stderr.write(repr(error) + "\n")
        os._exit(1)
    os._exit(0)


def _die_at(moment: str, slices: int) -> None:
    """`inside`: all of a slice is written but not committed; `between`: it is committed, and the process dies then."""
    from hengjian.parties.slices import Slices
    from hengjian.trace.exchange import batches
    from hengjian.trace.exchange.models import ExchangeBatch

    done: list[int] = []
    if moment == "inside":
        save = ExchangeBatch.save

        def saved(self: Any, *given: Any, **named: Any) -> None:
            save(self, *given, **named)
            done.append(1)
            if len(done) == slices:
                die()

        ExchangeBatch.save = saved  # type: ignore[method-assign]
        return
    step = batches._WORK.step

    def stepped(batch: Any) -> None:
        step(batch)
        done.append(1)
        if len(done) == slices:
            die()

    batches._WORK = Slices(stepped, batches.AT_WORK, batches.State.FAILED, (), batches.log)


def state() -> dict[str, Any]:
    from django.db import connection

    from hengjian.ledger.models import Fact
    from hengjian.trace.events.models import Event
    from hengjian.trace.exchange.batches import file_of
    from hengjian.trace.exchange.models import ExchangeBatch

    batch = ExchangeBatch.objects.get()
    found = {
        "state": batch.state,
        "rows": batch.rows,
        "done": batch.done,
        "added": batch.added,
        "already": batch.already,
        "events": Event.objects.filter(declaration="").count(),
        "declared": Event.objects.exclude(declaration="").count(),
        "facts": Fact.objects.filter(kind="trace.exchange").count(),
        "file": file_of(batch).exists(),
    }
    connection.close()
    return found


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hengjian.site.settings")
    django.setup()
    set_up()
    from django.db import connection

    from hengjian.parties.models import Unit, User
    from hengjian.trace.exchange.intake import HandIn, TakeBatch, UndoBatch
    from hengjian.trace.exchange.models import ExchangeBatch

    user = User.objects.get()
    line = {"goods_name": "番茄", "quantity": "3"}
    rows = [
        {"kind": "production", "node": "MAKER", "at": "2026-03-01T08:00", "lines": [{**line, "batch": f"T{n}"}]}
        for n in range(ROWS)
    ]
    file = io.BytesIO("\n".join(map(json.dumps, rows)).encode())
    HandIn(user=user, unit=Unit.objects.get(), file=file, name="a.jsonl").execute()

    def ask(action: type[TakeBatch] | type[UndoBatch]) -> None:
        action(user=user, batch=ExchangeBatch.objects.get(), reason="传错了").execute()

    played = []
    for verb in (None, TakeBatch, UndoBatch):
        if verb is not None:
            ask(verb)
        for moment, slices in (("inside", 2), ("between", 2), ("", 0)):
            connection.close()
            ended = work(moment, slices, len(played))
            played.append({"exit": ended, **state()})
    sys.stdout.write(json.dumps(played))


if __name__ == "__main__":
    main()
