"""The verbs on files of messages: hand in, take in, drop, undo. The work itself is done in slices (`batches`).

Doing it again adds nothing: events are known by their content, entries by their key. Undoing declares the events wrong
(EPCIS error declaration), because nothing that was captured is ever removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from hengjian.parties.models import Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.trace.events.capture import measure
from hengjian.trace.exchange import policies
from hengjian.trace.exchange.batches import keep
from hengjian.trace.exchange.models import ExchangeBatch, ExchangePart
from hengjian.trace.exchange.rows import Rows

State = ExchangeBatch.State


@dataclass(kw_only=True)
class HandIn(Action[ExchangeBatch]):
    """Keep a file and have it checked; nothing is taken in before that.

    Attributes:
        file: seekable; the caller closes it.
        at_once: take in what is good as soon as it is checked, as programs want it.
    """

    verb = policies.EXCHANGE
    unit: Unit
    file: BinaryIO
    name: str
    channel: str = "page"
    at_once: bool = False

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.unit.region)

    def check_state(self) -> None:
        next(Rows(self.file, self.name), None)  # what cannot be read at all is refused now

    def perform(self) -> ExchangeBatch:
        batch = ExchangeBatch.objects.create(
            unit=self.unit,
            region=self.unit.region,
            name=self.name[-200:],
            digest=measure(self.file)["digest"],
            channel=self.channel,
            at_once=self.at_once,
            created_by=self.actor,
            actor=self.actor,
        )
        keep(batch, self.file)
        return batch


@dataclass(kw_only=True)
class BatchAction(Action[ExchangeBatch]):
    """A verb on a file."""

    verb = policies.EXCHANGE
    batch: ExchangeBatch

    def target(self) -> ExchangeBatch:
        return self.batch


@dataclass(kw_only=True)
class TakeBatch(BatchAction):
    """Take in what was checked: events into the chain, subjects, products and papers into their registers. One that
    failed half-way goes on."""

    def check_state(self) -> None:
        batch = self.batch
        if batch.state != State.PREVIEW and not (batch.state == State.FAILED and batch.checked and not batch.reason):
            raise ActionRefused(_("这个文件已经处理过。"), _("请刷新页面查看结果。"))
        if not batch.good:
            raise ActionRefused(_("文件里没有可以接收的记录。"), _("请按所列问题改正后重新上传。"), status=400)

    def perform(self) -> ExchangeBatch:
        self.batch.state, self.batch.actor, self.batch.message = State.TAKING, self.actor, ""
        self.batch.save(update_fields=["state", "actor", "message"])
        return self.batch


@dataclass(kw_only=True)
class DropBatch(BatchAction):
    """Throw a file away of which nothing was taken in."""

    def check_state(self) -> None:
        if self.batch.state not in (State.CHECKING, State.PREVIEW) and not _brought_nothing(self.batch):
            raise ActionRefused(_("这个文件已经处理过。"), _("请刷新页面查看结果。"))

    def perform(self) -> ExchangeBatch:
        self.batch.state = State.DROPPED
        self.batch.save(update_fields=["state"])
        self.batch.parts.all().delete()
        return self.batch


def _brought_nothing(batch: ExchangeBatch) -> bool:
    return batch.state == State.FAILED and not batch.added and not batch.done_at and not _brought(batch)


def _brought(batch: ExchangeBatch) -> bool:
    parts = ExchangePart.objects.filter(batch=batch, undone=False)
    return parts.exclude(first=None, entries=[]).exists()


@dataclass(kw_only=True)
class UndoBatch(BatchAction):
    """Take back what a file brought, so far if it is still being taken in: its events are declared wrong, what it
    entered is struck off."""

    needs_reason = True

    def check_state(self) -> None:
        batch = self.batch
        if batch.state not in (State.DONE, State.TAKING) and not (batch.state == State.FAILED and _brought(batch)):
            raise ActionRefused(_("这个文件没有接收，不用撤销。"), _("请刷新页面。"))

    def perform(self) -> ExchangeBatch:
        batch = self.batch
        batch.state, batch.done, batch.actor, batch.reason = State.UNDOING, 0, self.actor, self.reason.strip()[:300]
        batch.save(update_fields=["state", "done", "actor", "reason"])
        return batch
