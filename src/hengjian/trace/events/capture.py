"""Capturing events: whole documents as jobs, and events of other rooms.

A document is read, checked and hashed first (`prepare.py`), without a lock; then everything is written in one
transaction: events, the state of the job, the fact in the ledger. Whoever is killed in between leaves a job that is
still waiting, and doing it again adds nothing that is there.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, BinaryIO
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.store import bulk
from hengjian.methods.epcis import Context, Problem
from hengjian.methods.epcis.context import EPCIS_CONTEXT
from hengjian.parties.models import Unit, User
from hengjian.parties.policies import Scope, require
from hengjian.parties.verbs import ActionRefused
from hengjian.trace.events.hooks import captured
from hengjian.trace.events.master import keep_master_data
from hengjian.trace.events.models import CaptureJob, Event
from hengjian.trace.events.policies import CAPTURE
from hengjian.trace.events.prepare import LISTED, Prepared, prepare_events, prepare_stream
from hengjian.trace.events.store import Inserted, Rejected, insert

CAPTURE_LIMIT = 500_000
"""Events in one document."""
INLINE = 2 * 1024 * 1024
"""Octets of a document that is done while the caller waits; larger ones are the worker's."""


class NotCaptured(ActionRefused):
    """Events that were refused; nothing was written. `problems` names them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(
            _("有 %(n)s 处问题，没有采集任何事件。") % {"n": len(problems)},
            _("请按所列问题改正后重新提交。"),
            status=400,
        )
        self.problems = list(problems)


@dataclass(frozen=True)
class Captured:
    """What a capture did: numbers of the events that were added, and how many were there `already`."""

    ids: range = range(0)
    already: int = 0

    @property
    def added(self) -> list[Event]:
        """The events that were added, in order."""
        return list(Event.objects.filter(pk__in=self.ids).order_by("pk"))


def add_events(
    events: list[dict[str, Any]],
    party: Unit,
    user: User | None,
    *,
    context: Any = None,
    ignore: tuple[str, ...] = (),
    tolerate: frozenset[str] = frozenset(),
    system: str = "",
    holders: Sequence[Unit] | None = None,
) -> Captured:
    """Capture events of another room in the JSON binding: whole or nothing, inside the caller's transaction.

    Args:
        party: the unit that says so. user: who acts; None with `system`, which needs no permission.
        holders: whose event each is, where `party` hands them in for others.
        context: value of "@context", or a `Context`, where the events use prefixes of their own.
        ignore: names of fields that the hash leaves out. tolerate: reasons that only warn (methods.epcis.tolerated).

    Raises:
        NotCaptured: an event is wrong or contradicts what is stored. Forbidden: the person may not capture for it.
    """
    if user is not None or not system:
        require(user, CAPTURE, Scope(unit=party))
    prefixes = context if isinstance(context, Context) else Context.from_json(context or EPCIS_CONTEXT)
    prepared = prepare_events(events, prefixes, tolerate=tolerate, ignore=ignore)
    if prepared.problems:
        raise NotCaptured(prepared.problems)
    with transaction.atomic():
        try:
            done = insert(prepared, party, job := uuid4(), timezone.now(), holders=holders)
        except Rejected as error:
            raise NotCaptured(error.problems) from error
        if done.ids or done.already:
            digest = sha256("\n".join(row.hash for rows in prepared.batches() for row in rows).encode()).hexdigest()
            _tell(job, party, user, system, digest, done, 0)
    prepared.close()
    return Captured(done.ids, done.already)


def capture_document(
    data: bytes | BinaryIO,
    party: Unit,
    user: User | None,
    *,
    behaviour: str = CaptureJob.Behaviour.ROLLBACK,
    name: str = "",
    system: str = "",
) -> CaptureJob:
    """Capture a document at once; what is wrong with it stands in the job that comes back.

    `data`: bytes or a seekable stream. `behaviour`: rollback (nothing of a document with an error) or proceed.
    """
    if user is not None or not system:
        require(user, CAPTURE, Scope(unit=party))
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    job = CaptureJob(
        party=party, user=user, behaviour=behaviour, name=name[:200], created_at=timezone.now(), **measure(stream)
    )
    return finish(job, stream, system=system)


def measure(stream: BinaryIO) -> dict[str, Any]:
    """Size and SHA-256 of a document."""
    stream.seek(0)
    digest, size = sha256(), 0
    while part := stream.read(1 << 20):
        digest.update(part)
        size += len(part)
    stream.seek(0)
    return {"digest": digest.hexdigest(), "size": size}


def finish(job: CaptureJob, stream: BinaryIO, *, system: str = "", claim: Any = None) -> CaptureJob:
    """Do a job. `claim`: called first inside the transaction; False: another worker has done it meanwhile."""
    prepared = prepare_stream(stream, most=CAPTURE_LIMIT)
    proceed = job.behaviour == CaptureJob.Behaviour.PROCEED
    try:
        if not prepared.broken and (proceed or not prepared.rejected):
            many = bulk() if job.size > INLINE // 2 else nullcontext()
            try:
                with transaction.atomic(), many:
                    if claim is not None and not claim():
                        return job
                    now = timezone.now()
                    done = insert(prepared, job.party, job.id, now, proceed=proceed)
                    keep_master_data(prepared, job.party, now)
                    problems = prepared.problems + done.problems
                    rejected = prepared.rejected + len(done.problems)
                    _close(job, problems, rejected, now, added=len(done.ids), already=done.already)
                    job.fact = _tell(job.id, job.party, job.user, system, job.digest, done, rejected)
                    job.save()
                return job
            except Rejected as error:
                prepared.note(error.problems)
                prepared.rejected += len(error.problems)
        with transaction.atomic():
            if claim is not None and not claim():
                return job
            _close(job, prepared.problems, prepared.rejected, timezone.now())
            job.save()
        return job
    finally:
        prepared.close()


def _close(
    job: CaptureJob, problems: list[Problem], rejected: int, now: datetime, *, added: int = 0, already: int = 0
) -> None:
    job.state = CaptureJob.State.DONE
    job.success = not problems
    job.finished_at = now
    job.next_action_at = None
    job.added, job.already, job.rejected = added, already, rejected
    job.errors = [asdict(item) for item in problems[:LISTED]]


def _tell(job: UUID, party: Unit, user: User | None, system: str, document: str, done: Inserted, rejected: int) -> UUID:
    """The fact of the capture, and everyone who wants to know."""
    captured(done.ids)
    fact = append(
        FactDraft(
            kind="trace.captured",
            subject=f"capture:{job}",
            payload={
                "document": f"sha256:{document}",
                "added": len(done.ids),
                "already": done.already,
                "rejected": rejected,
                "first": done.ids.start if done.ids else 0,
                "events": f"sha256:{done.digest}",
            },
            region=party.region.code,
            occurred_on=timezone.localdate(),
            source=Source(unit=party.ref, user=user.ref if user else "", system=system),
        )
    )
    return fact.id


__all__ = ["CAPTURE_LIMIT", "INLINE", "Captured", "NotCaptured", "Prepared", "add_events", "capture_document", "finish"]
