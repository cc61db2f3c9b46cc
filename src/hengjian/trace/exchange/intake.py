"""The verbs on files of messages: read and show, take in, undo.

Taking in is whole or nothing, and doing it again adds nothing: events are known by their content, entries by their key.
Undoing declares the events wrong (EPCIS error declaration), because nothing that was captured is ever removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.registers.actions import ChangeEntry, CreateEntry, SetStatus
from hengjian.registers.catalogue import register_type
from hengjian.registers.keepers import keeper_for
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import by_ref, entries, find
from hengjian.trace.events.capture import NotCaptured, add_events
from hengjian.trace.events.models import Event
from hengjian.trace.exchange import policies
from hengjian.trace.exchange.files import Fault, read_file
from hengjian.trace.exchange.hosts import host
from hengjian.trace.exchange.lots import lot_uri
from hengjian.trace.exchange.mapping import to_event
from hengjian.trace.exchange.messages import Business, Evaluation, Message, Paper, Product, Subject, plain, read_message
from hengjian.trace.exchange.models import ExchangeBatch
from hengjian.trace.exchange.subjects import nodes_of

MOST_FAULTS = 2000


@dataclass(kw_only=True)
class ReadBatch(Action[ExchangeBatch]):
    """Read a file and keep its messages for confirmation; every fault of every row is told at once."""

    verb = policies.EXCHANGE
    unit: Unit
    data: bytes
    name: str
    channel: str = "page"

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.unit.region)

    def perform(self) -> ExchangeBatch:
        read = read_file(self.data, self.name)
        faults = list(read.faults)
        kept: list[dict[str, Any]] = []
        own = nodes_of(self.unit) if self.unit.kind == Unit.Kind.ENTERPRISE else None
        for row, message in read.messages:
            if told := _not_ones_own(message, own) or _unknown_region(message):
                faults.append(Fault(row, "", told))
            else:
                kept.append(plain(message))
        return ExchangeBatch.objects.create(
            unit=self.unit,
            region=self.unit.region,
            name=self.name[:200],
            digest=sha256(self.data).hexdigest(),
            channel=self.channel,
            rows=read.rows,
            good=len(kept),
            messages=kept,
            faults=[[fault.row, fault.field, fault.message] for fault in sorted(faults, key=_by_row)[:MOST_FAULTS]],
            created_by=self.actor,
        )


def _by_row(fault: Fault) -> int:
    return fault.row


def _not_ones_own(message: Message, own: set[str] | None) -> str:
    """An enterprise speaks for its own nodes only."""
    node = getattr(message, "number" if isinstance(message, Subject) else "node", "")
    if own is None or not node or node in own:
        return ""
    return _("节点 %(node)s 不是本企业的；企业只上传自己的记录。") % {"node": node}


def _unknown_region(message: Message) -> str:
    code = message.region if isinstance(message, (Subject, Evaluation)) else ""
    if not code or Region.objects.filter(code=code).exists():
        return ""
    return _("没有行政区划代码 %(code)s。") % {"code": code}


@dataclass(kw_only=True)
class TakeBatch(Action[ExchangeBatch]):
    """Take in what was read: events into the chain, subjects, products and papers into their registers."""

    verb = policies.EXCHANGE
    batch: ExchangeBatch

    def target(self) -> ExchangeBatch:
        return self.batch

    def check_state(self) -> None:
        if self.batch.state != ExchangeBatch.State.PREVIEW:
            raise ActionRefused(_("这个文件已经处理过。"), _("请刷新页面查看结果。"))
        if not self.batch.messages:
            raise ActionRefused(_("文件里没有可以接收的记录。"), _("请按所列问题改正后重新上传。"), status=400)

    def perform(self) -> ExchangeBatch:
        batch = self.batch
        # The same file may have been handed in twice: of one unit's files one is taken in after the other.
        Unit.objects.select_for_update(no_key=True).get(pk=batch.unit_id)
        messages = [read_message(raw) for raw in batch.messages]
        made: dict[str, list[Any]] = {"events": [], "entries": []}
        for message in messages:
            made["entries"] += self._enter(message)
        undone = ExchangeBatch.objects.filter(
            unit=batch.unit, digest=batch.digest, state=ExchangeBatch.State.UNDONE
        ).count()
        added, already = self._capture(messages, undone, made["events"])
        batch.state, batch.done_at = ExchangeBatch.State.DONE, timezone.now()
        batch.added, batch.already, batch.made = added, already, made
        batch.save()
        tell(batch, self.actor, len(messages))
        return batch

    def _capture(self, messages: Sequence[Message], edition: int, made: list[Any]) -> tuple[int, int]:
        by_party: dict[int, tuple[Unit, list[dict[str, Any]]]] = {}
        accounts = _accounts(messages) if self.batch.unit.kind != Unit.Kind.ENTERPRISE else {}
        for message in messages:
            if isinstance(message, Business):
                party = accounts.get(message.node, self.batch.unit)
                by_party.setdefault(party.pk, (party, []))[1].append(to_event(message, host(), edition))
        added = already = 0
        for party, events in by_party.values():
            try:
                captured = add_events(events, party=party, user=None, system="trace")
            except NotCaptured as error:
                told = "；".join(f"{problem.path}：{problem.message_zh}" for problem in error.problems[:5])
                raise ActionRefused(
                    _("事件没有通过检查：%(told)s") % {"told": told}, _("请改正后重新上传。"), status=400
                ) from None
            made += [event.pk for event in captured.added]
            added, already = added + len(captured.added), already + captured.already
        return added, already

    def _enter(self, message: Message) -> list[str]:
        """References of what was made; entries that exist are brought up to what the message says."""
        if isinstance(message, Subject):
            subject = {
                "name": message.name,
                "node": message.node,
                "holder": message.holder,
                "address": message.address,
                "licences": message.licences,
            }
            return self._entry("trace_subject", message.number, subject, message.region)
        if isinstance(message, Product):
            values: dict[str, Any] = {
                "name": message.name,
                "maker": message.maker,
                "maker_name": message.maker_name,
                "measure": message.unit,
                "spec": message.spec,
                "category": message.category,
                "shelf_days": message.shelf_days,
            }
            return self._entry("trace_product", message.code, values)
        if isinstance(message, Paper):
            line = message.line
            paper = {
                "kind": message.paper,
                "product": line.goods_name,
                "lot": lot_uri(host(), line.goods_code, line.minted_by or message.node, line.batch),
                "issuer": message.issuer,
                "issued_on": timezone.localdate(message.at).isoformat(),
                "verdict": message.verdict,
                "items": message.items,
            }
            return self._entry("trace_paper", message.number, paper) if message.paper != "conformity" else []
        if isinstance(message, Evaluation):
            tell_evaluation(message, self.batch, self.actor)
        return []

    def _entry(self, register: str, key: str, values: Mapping[str, Any], region: str = "") -> list[str]:
        given = {name: value for name, value in values.items() if value not in (None, "")}
        place = Region.objects.get(code=region) if region else self.batch.region
        key = key.zfill(14) if register == "trace_product" and key.isdigit() else key
        known = find(register, key)
        if known is None:
            declared = register_type(register)
            unit = keeper_for(declared, self.batch.unit, place)
            filer = self.batch.unit if self.batch.unit.kind == Unit.Kind.ENTERPRISE else None
            entry = CreateEntry(
                user=None,
                system="trace",
                register=register,
                key=key,
                values=given,
                unit=unit,
                region=place,
                filer=filer,
                reason=self.batch.name,
            ).execute()
            return [entry.ref]
        if any(str(known.value(name) or "") != str(value) for name, value in given.items()):
            ChangeEntry(user=None, system="trace", entry=known, values=given, reason=self.batch.name).execute()
        return []


def _accounts(messages: Iterable[Message]) -> dict[str, Unit]:
    """Node number → account of the enterprise behind it, for files that an office uploads for many."""
    nodes = {message.node for message in messages if isinstance(message, Business)}
    holders = {entry.key: str(entry.value("holder") or "") for entry in entries("trace_subject").filter(key__in=nodes)}
    keys = {code for node in nodes for code in (holders.get(node, node),) if code}
    units = {unit.key.upper(): unit for unit in Unit.objects.filter(key__in=keys, kind=Unit.Kind.ENTERPRISE)}
    return {node: units[code] for node in nodes if (code := holders.get(node) or node) in units}


def tell(batch: ExchangeBatch, user: Any, messages: int) -> None:
    """The fact of taking in or undoing."""
    append(
        FactDraft(
            kind="trace.exchange",
            subject=batch.ref,
            payload={
                "digest": f"sha256:{batch.digest}",
                "state": batch.state,
                "messages": messages,
                "added": batch.added,
                "already": batch.already,
            },
            region=batch.region.code,
            occurred_on=timezone.localdate(),
            source=Source(unit=batch.unit.ref, user=user.ref if user else "", system="" if user else "trace"),
        )
    )


def tell_evaluation(message: Evaluation, batch: ExchangeBatch, user: Any) -> None:
    """Figures that a lower platform counted itself, as a fact of their own beside ours."""
    data = message.model_dump(exclude={"kind"})
    append(
        FactDraft(
            kind="trace.coverage",
            subject=f"trace_coverage:{message.region}:{message.period}:{batch.unit.key}",
            payload={**data, "rows": 0, "clean": 0, "rule": "", "until": timezone.localdate()},
            region=message.region,
            occurred_on=timezone.localdate(),
            source=Source(unit=batch.unit.ref, user=user.ref if user else "", system="" if user else "trace"),
        )
    )


@dataclass(kw_only=True)
class UndoBatch(Action[ExchangeBatch]):
    """Take back what a file brought: its events are declared wrong, what it entered is struck off."""

    verb = policies.EXCHANGE
    needs_reason = True
    batch: ExchangeBatch

    def target(self) -> ExchangeBatch:
        return self.batch

    def check_state(self) -> None:
        if self.batch.state != ExchangeBatch.State.DONE:
            raise ActionRefused(_("这个文件没有接收，不用撤销。"), _("请刷新页面。"))

    def perform(self) -> ExchangeBatch:
        batch = self.batch
        declared: dict[int, tuple[Unit, list[dict[str, Any]]]] = {}
        for event in Event.objects.filter(pk__in=batch.made.get("events", [])).select_related("party").order_by("pk"):
            wrong = {
                **event.document,
                "eventID": event.identity,
                "errorDeclaration": {
                    "declarationTime": timezone.localtime().isoformat(timespec="milliseconds"),
                    "reason": "did_not_occur",
                },
            }
            declared.setdefault(event.party_id, (event.party, []))[1].append(wrong)
        for party, events in declared.values():
            add_events(events, party=party, user=None, system="trace")
        for ref in batch.made.get("entries", []):
            entry = by_ref(ref)
            if entry is not None:
                self._strike(entry)
        batch.state = ExchangeBatch.State.UNDONE
        batch.save(update_fields=["state"])
        tell(batch, self.actor, len(batch.messages))
        return batch

    def _strike(self, entry: EntryBase) -> None:
        gone = {"trace_subject": "removed", "trace_product": "ended", "trace_paper": "void"}[entry.register]
        if entry.status != gone:
            SetStatus(user=None, system="trace", entry=entry, status=gone, reason=self.reason.strip()).execute()


def upload(user: Any, unit: Unit, data: bytes, name: str, channel: str = "api") -> ExchangeBatch:
    """Read and take in at once, as programs do; a file without one good row is only read."""
    batch = ReadBatch(user=user, unit=unit, data=data, name=name, channel=channel).execute()
    return TakeBatch(user=user, batch=batch).execute() if batch.messages else batch
