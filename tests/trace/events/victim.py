"""Captures that are killed in the middle, on a database of their own; started by test_killed.

Each capture runs in a process of its own, forked from this one, that kills itself at a chosen moment. Prints what was
found after each as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import django

WAYS, MOMENTS = ("synchronous", "worker"), ("writing", "written", "committed")
EVENTS, THINGS = 2000, 3
"""More than one batch."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(moment: str) -> None:
    """Arrange for the death of this process: while events are written, after all are written, when all is committed."""
    from hengjian.trace.events import capture, jobs, store

    if moment == "writing":
        batch, done = store._Writer._batch, []

        def write(self: Any, rows: Any) -> None:
            if len(done) == 3:
                die()
            batch(self, rows)
            done.append(rows)

        store._Writer._batch = write
    elif moment == "written":
        capture._tell = lambda *_: die()
    elif moment == "committed":
        finish = capture.finish

        def killed(*given: Any, **named: Any) -> None:
            finish(*given, **named)
            die()

        capture.finish = jobs.finish = killed


def document() -> bytes:
    from hengjian.cli.bench_trace import json_document

    return json_document(EVENTS, THINGS, start=_scene[0] * EVENTS)


_scene = [0]
"""Number of the scene that is played: each has events of its own."""


def synchronous(hours: int) -> None:
    from hengjian.parties.models import Unit
    from hengjian.trace.events.capture import capture_document

    capture_document(document(), Unit.objects.get(key="maker"), None, system="test")


def by_the_worker(hours: int) -> None:
    """As the worker does it hours later, when the claim of one that was killed has run out."""
    from django.utils import timezone

    from hengjian.trace.events.jobs import run_due

    run_due(timezone.now() + timedelta(hours=hours))


def in_a_process(work: Callable[[int], None], moment: str = "", hours: int = 0) -> int:
    """Run in a process of its own; returns what it ended with."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        die_at(moment)
        work(hours)
    except BaseException as error:
        sys.stderr.write(repr(error) + "\n")
        os._exit(1)
    os._exit(0)


def state() -> dict[str, Any]:
    """What the database holds, asked on a connection that is closed again before anything is forked."""
    from django.conf import settings
    from django.db import connection

    from hengjian.ledger.models import Fact
    from hengjian.trace.events.interface.capturing import job_of
    from hengjian.trace.events.models import CaptureJob, Event, EventReader, EventThing

    jobs = [job_of(job) for job in CaptureJob.objects.order_by("created_at")]
    numbers = list(Event.objects.order_by("pk").values_list("pk", flat=True))
    found = {
        "events": len(numbers),
        "whole": numbers == list(range(1, len(numbers) + 1)),
        "things": EventThing.objects.count(),
        "readers": EventReader.objects.count(),
        "facts": Fact.objects.filter(kind="trace.captured").count(),
        "jobs": [[job["running"], job["success"], job["hengjian:added"], job["hengjian:already"]] for job in jobs],
        "files": len(list((Path(settings.MEDIA_ROOT) / "epcis").glob("*"))),
    }
    connection.close()
    return found


def set_up() -> None:
    from django.core.management import call_command
    from django.db import connection

    from hengjian.parties.models import Region, RoleGrant, Unit, User

    with redirect_stdout(sys.stderr):
        call_command("migrate", verbosity=0)
    region = Region.objects.create(code="990000", name="澜川自治区", short_name="澜川", level="provincial")
    maker = Unit.objects.create(key="maker", name="云岭乳业", kind="enterprise", region=region, level="provincial")
    user = User.objects.create_user("maker", display_name="maker", unit=maker)
    RoleGrant.objects.create(user=user, role="enterprise", unit=maker)
    connection.close()


def hand_in(hours: int) -> None:
    from hengjian.parties.models import Unit, User
    from hengjian.trace.events.jobs import hand_in

    hand_in(BytesIO(document()), Unit.objects.get(key="maker"), User.objects.get(username="maker"))


def play(how: str, moment: str) -> list[dict[str, Any]]:
    """One capture that is killed, then the same twice more: what each added to what was there before."""
    work = {"synchronous": synchronous, "worker": by_the_worker}[how]
    before = state()
    if how == "worker":
        assert in_a_process(hand_in) == 0
    found = []
    for attempt in range(3):
        hours = _scene[0] * 10 + attempt
        ended = in_a_process(work, "" if attempt else moment, hours)
        now = state()
        added: dict[str, Any] = {name: now[name] - before[name] for name in ("events", "things", "readers", "facts")}
        jobs = now["jobs"][len(before["jobs"]) :]
        found.append({**added, "exit": ended, "whole": now["whole"], "jobs": jobs, "files": now["files"]})
    _scene[0] += 1
    return found


def main() -> None:
    """Everything, in one process: beginning takes longer than all of it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hengjian.site.settings")
    django.setup()
    set_up()
    played = {f"{how} {moment}": play(how, moment) for how in WAYS for moment in MOMENTS}
    sys.stdout.write(json.dumps(played))


if __name__ == "__main__":
    main()
