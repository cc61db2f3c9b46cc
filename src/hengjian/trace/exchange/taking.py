"""Messages into the chain and the registers: events with their holders, subjects, products and papers as entries."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.methods.epcis import Context, EventChecker, event_hash
from hengjian.methods.epcis.context import EPCIS_CONTEXT
from hengjian.parties.models import Region, Unit
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.actions import ChangeEntry, CreateEntry, SetStatus
from hengjian.registers.catalogue import register_type
from hengjian.registers.keepers import keeper_for
from hengjian.registers.queries import by_ref, entries, find
from hengjian.trace.events.capture import add_events
from hengjian.trace.events.models import Event
from hengjian.trace.exchange.files import Fault, checked
from hengjian.trace.exchange.hosts import host
from hengjian.trace.exchange.lots import lot_uri
from hengjian.trace.exchange.mapping import CONTEXT, to_event
from hengjian.trace.exchange.messages import Business, Evaluation, Message, Paper, Product, Subject
from hengjian.trace.exchange.models import ExchangeBatch, ExchangePart
from hengjian.trace.exchange.subjects import nodes_of

_PREFIXES = Context.from_json(CONTEXT, Context.from_json(EPCIS_CONTEXT))
_CHECKER = EventChecker(_PREFIXES)
_GONE = {"trace_subject": "removed", "trace_product": "ended", "trace_paper": "void"}


@dataclass
class Sound:
    """Rows of a file as messages that may be taken in, and everything that is wrong with the others."""

    messages: list[tuple[int, Message]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    rows: int = 0


def sound(rows: Iterable[tuple[int, Any]], unit: Unit, *, events: bool) -> Sound:
    """What of the rows `unit` may hand in. `events`: also try what the chain would say of the events behind them."""
    read = checked(rows)
    found = Sound(faults=list(read.faults), rows=read.rows)
    own = nodes_of(unit) if unit.kind == Unit.Kind.ENTERPRISE else None
    places = _regions(message for _row, message in read.messages)
    for row, message in read.messages:
        told = _not_ones_own(message, own) or _unknown_region(message, places) or (_no_event(message) if events else "")
        if told:
            found.faults.append(Fault(row, "", told))
        else:
            found.messages.append((row, message))
    found.faults.sort(key=lambda fault: fault.row)
    return found


def _not_ones_own(message: Message, own: set[str] | None) -> str:
    """An enterprise speaks for its own nodes only."""
    node = getattr(message, "number" if isinstance(message, Subject) else "node", "")
    if own is None or not node or node in own:
        return ""
    return _("节点 %(node)s 不是本企业的；企业只上传自己的记录。") % {"node": node}


def _regions(messages: Iterable[Message]) -> dict[str, Region]:
    codes = {message.region for message in messages if isinstance(message, (Subject, Evaluation))}
    return {region.code: region for region in Region.objects.filter(code__in=codes)} if codes else {}


def _unknown_region(message: Message, places: Mapping[str, Region]) -> str:
    code = message.region if isinstance(message, (Subject, Evaluation)) else ""
    return _("没有行政区划代码 %(code)s。") % {"code": code} if code and code not in places else ""


def _no_event(message: Message) -> str:
    """What the chain would refuse in the event behind a message."""
    if "\\u0000" in message.model_dump_json():
        return _("含有不能保存的字符。")
    if not isinstance(message, Business):
        return ""
    found = [item for item in _CHECKER.check(to_event(message, host())) if item.level == "error"]
    return "；".join(f"{item.path}：{item.message_zh}" for item in found[:5])


class Taker:
    """Takes messages of one file in, inside the caller's transaction."""

    def __init__(self, batch: ExchangeBatch) -> None:
        self.batch = batch
        self.faults: list[Fault] = []
        self.entries: list[str] = []

    def take(self, messages: Sequence[tuple[int, Message]]) -> ExchangePart:
        """What the messages brought; counts of the batch are moved on."""
        places = _regions(message for _row, message in messages)
        business: list[Business] = []
        for row, message in messages:
            if isinstance(message, Business):
                business.append(message)
                if not isinstance(message, Paper):
                    continue
            try:
                with transaction.atomic():
                    self._enter(message, places)
            except ActionRefused as error:
                self.faults.append(Fault(row, "", f"{error.message}{error.next_step}"))
        part = ExchangePart(batch=self.batch, entries=self.entries, faults=told(self.faults))
        part.fault_count = len(self.faults)
        if business:
            accounts = {} if self.batch.unit.kind == Unit.Kind.ENTERPRISE else _accounts(business)
            holders = [accounts.get(message.node, self.batch.unit) for message in business]
            captured = add_events(_events(business), party=self.batch.unit, user=None, system="trace", holders=holders)
            if captured.ids:
                part.first, part.last = captured.ids[0], captured.ids[-1]
            self.batch.added += len(captured.ids)
            self.batch.already += captured.already
        return part

    def _enter(self, message: Message, places: Mapping[str, Region]) -> None:
        """Make the entry that a message is about, or bring it up to what the message says."""
        if isinstance(message, Subject):
            subject = {
                "name": message.name,
                "node": message.node,
                "holder": message.holder,
                "address": message.address,
                "licences": message.licences,
            }
            self._entry("trace_subject", message.number, subject, places[message.region])
        elif isinstance(message, Product):
            values: dict[str, Any] = {
                "name": message.name,
                "maker": message.maker,
                "maker_name": message.maker_name,
                "measure": message.unit,
                "spec": message.spec,
                "category": message.category,
                "shelf_days": message.shelf_days,
            }
            key = message.code.zfill(14) if message.code.isdigit() else message.code
            self._entry("trace_product", key, values, self.batch.region)
        elif isinstance(message, Paper) and message.paper != "conformity":
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
            self._entry("trace_paper", message.number, paper, self.batch.region)
        elif isinstance(message, Evaluation):
            tell_evaluation(message, self.batch)

    def _entry(self, register: str, key: str, values: Mapping[str, Any], place: Region) -> None:
        given = {name: value for name, value in values.items() if value not in (None, "")}
        known = find(register, key)
        if known is None:
            unit = self.batch.unit
            entry = CreateEntry(
                user=None,
                system="trace",
                register=register,
                key=key,
                values=given,
                unit=keeper_for(register_type(register), unit, place),
                region=place,
                filer=unit if unit.kind == Unit.Kind.ENTERPRISE else None,
                reason=self.batch.name,
            ).execute()
            self.entries.append(entry.ref)
        elif any(str(known.value(name) or "") != str(value) for name, value in given.items()):
            ChangeEntry(user=None, system="trace", entry=known, values=given, reason=self.batch.name).execute()


def told(faults: Iterable[Fault]) -> list[list[Any]]:
    """Faults as they are kept."""
    return [[fault.row, fault.field, fault.message] for fault in faults]


def _accounts(messages: Iterable[Business]) -> dict[str, Unit]:
    """Node number → account of the enterprise behind it, for files that an office uploads for many."""
    nodes = {message.node for message in messages}
    holders = {entry.key: str(entry.value("holder") or "") for entry in entries("trace_subject").filter(key__in=nodes)}
    keys = {code for node in nodes for code in (holders.get(node, node),) if code}
    units = {
        unit.key.upper(): unit
        for unit in Unit.objects.filter(key__in=keys, kind=Unit.Kind.ENTERPRISE).select_related("region")
    }
    return {node: units[code] for node in nodes if (code := holders.get(node) or node) in units}


def _events(messages: Sequence[Business]) -> list[dict[str, Any]]:
    """The events that say what the messages say; one that was taken in and undone before is said as a new one."""
    events = [to_event(message, host()) for message in messages]
    if not ExchangePart.objects.filter(undone=True).exists():
        return events
    waiting, edition = list(range(len(events))), 0
    while waiting:
        hashes = {place: _hash(events[place]) for place in waiting}
        known = dict(Event.objects.filter(hash__in=set(hashes.values()), declaration="").values_list("hash", "pk"))
        undone = _undone(set(known.values()))
        waiting = [place for place, hash in hashes.items() if known.get(hash) in undone]
        edition += 1
        for place in waiting:
            events[place] = to_event(messages[place], host(), edition)
    return events


def _hash(event: dict[str, Any]) -> str:
    return event_hash(event, _PREFIXES)[len("ni:///sha-256;") :][:64]


def _undone(events: set[int]) -> set[int]:
    """Which of the events a file brought that was undone since."""
    if not events:
        return set()
    parts = ExchangePart.objects.filter(undone=True, last__gte=min(events), first__lte=max(events))
    spans = sorted((first or 0, last or 0) for first, last in parts.values_list("first", "last"))
    starts = [first for first, _last in spans]
    found = set()
    for event in events:
        at = bisect_right(starts, event) - 1
        if at >= 0 and event <= spans[at][1]:
            found.add(event)
    return found


def take_back(part: ExchangePart, reason: str) -> int:
    """Declare the events of a part wrong and strike its entries off, in the caller's transaction; how many events."""
    wrong, holders = [], []
    if part.first is not None:
        rows = Event.objects.filter(pk__gte=part.first, pk__lte=part.last).select_related("party__region")
        declared = timezone.localtime().isoformat(timespec="milliseconds")
        for event in rows.order_by("pk"):
            declaration = {"declarationTime": declared, "reason": "did_not_occur"}
            wrong.append({**event.document, "eventID": event.identity, "errorDeclaration": declaration})
            holders.append(event.party)
        if wrong:
            add_events(wrong, party=part.batch.unit, user=None, system="trace", holders=holders)
    for ref in part.entries:
        entry = by_ref(ref)
        if entry is not None and entry.status != (gone := _GONE[entry.register]):
            SetStatus(user=None, system="trace", entry=entry, status=gone, reason=reason).execute()
    part.undone = True
    part.save(update_fields=["undone"])
    return len(wrong)


def tell(batch: ExchangeBatch) -> None:
    """The fact of taking in or undoing."""
    append(
        FactDraft(
            kind="trace.exchange",
            subject=batch.ref,
            payload={
                "digest": f"sha256:{batch.digest}",
                "state": batch.state,
                "messages": batch.good,
                "added": batch.added,
                "already": batch.already,
            },
            region=batch.region.code,
            occurred_on=timezone.localdate(),
            source=_source(batch),
        )
    )


def tell_evaluation(message: Evaluation, batch: ExchangeBatch) -> None:
    """Figures that a lower platform counted itself, as a fact of their own beside ours."""
    data = message.model_dump(exclude={"kind"})
    append(
        FactDraft(
            kind="trace.coverage",
            subject=f"trace_coverage:{message.region}:{message.period}:{batch.unit.key}",
            payload={**data, "rows": 0, "clean": 0, "rule": "", "until": timezone.localdate()},
            region=message.region,
            occurred_on=timezone.localdate(),
            source=_source(batch),
        )
    )


def _source(batch: ExchangeBatch) -> Source:
    actor = batch.actor
    return Source(unit=batch.unit.ref, user=actor.ref if actor else "", system="" if actor else "trace")
