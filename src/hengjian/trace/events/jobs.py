"""What the worker does for this room: large documents, and what subscriptions wait for."""

from __future__ import annotations

import os
import shutil
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from hengjian.clocks.claims import claim_due, hold
from hengjian.methods.epcis import Problem
from hengjian.parties.models import Unit, User
from hengjian.parties.policies import Scope, require
from hengjian.trace.events.capture import finish, measure
from hengjian.trace.events.models import CaptureJob
from hengjian.trace.events.policies import CAPTURE

_LOST = Problem("lost", "", "等待处理的文件已不存在，请重新提交", "the waiting file is gone; submit it again")


def hand_in(
    stream: BinaryIO, party: Unit, user: User, *, behaviour: str = CaptureJob.Behaviour.ROLLBACK, name: str = ""
) -> CaptureJob:
    """Put a large document aside for the worker; the job waits."""
    require(user, CAPTURE, Scope(unit=party))
    now = timezone.now()
    job = CaptureJob(party=party, user=user, behaviour=behaviour, name=name[:200], created_at=now, **measure(stream))
    path = file_of(job.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as kept:
        stream.seek(0)
        shutil.copyfileobj(stream, kept)
        kept.flush()
        os.fsync(kept.fileno())
    job.next_action_at = now
    job.save(force_insert=True)
    return job


def file_of(job: UUID) -> Path:
    """Where a waiting document lies."""
    return Path(settings.MEDIA_ROOT) / "epcis" / f"{job}.part"


def run_due(now: datetime) -> int:
    """Finish waiting captures, then send what subscriptions wait for; returns how many were done."""
    from hengjian.trace.events.delivering import send_due

    return _captures(now) + send_due(now)


def _captures(now: datetime) -> int:
    done = 0
    _tidy()
    for claim in claim_due(CaptureJob, now, limit=1):
        job = CaptureJob.objects.select_related("party__region", "user").get(pk=str(claim.pk))
        path = file_of(job.pk)
        if not path.exists():
            if hold(CaptureJob, claim):
                job.state, job.success, job.finished_at = CaptureJob.State.DONE, False, timezone.now()
                job.next_action_at = None
                job.errors = [asdict(_LOST)]
                job.save()
            continue
        with path.open("rb") as stream:
            finish(job, stream, claim=lambda claim=claim: hold(CaptureJob, claim))
        path.unlink(missing_ok=True)
        done += 1
    return done


def _tidy() -> None:
    """Remove the documents of jobs that are done: whoever did them was killed before it came to that."""
    for path in (Path(settings.MEDIA_ROOT) / "epcis").glob("*.part"):
        if CaptureJob.objects.filter(pk=path.stem, state=CaptureJob.State.DONE).exists():
            path.unlink(missing_ok=True)
