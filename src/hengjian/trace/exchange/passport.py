"""What everybody may know about a product behind a code: what it is, who made it, its way, papers, recall.

Public steps name the county and the kind of step, never a partner, a price or an amount: one step up and down is for
the parties, the whole chain for the authorities.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Min, Sum
from django.utils import timezone

from hengjian import rulebook
from hengjian.ledger.queries import facts_by_ref
from hengjian.methods import gs1
from hengjian.parties.models import Unit
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import entries, find
from hengjian.rulebook.parameters.trace_evaluation import TraceEvaluation
from hengjian.trace.chain.recalls import RecallState, recall_states
from hengjian.trace.events.models import Event, EventThing, MasterItem
from hengjian.trace.exchange.models import ConformityCertificate, Lookup

MOST_KEYS, MOST_LEVELS, MOST_STEPS, MOST_NESTED = 60, 6, 40, 4
MOST_ASKED = 12
# "killing" ends an RFID tag (CBV 2.0 7.1), not an animal.
HIDDEN_STEPS = {"", "other", "encoding", "killing", "stock_taking", "cycle_counting"}


@dataclass(frozen=True)
class Step:
    """One public step. `code`: the CBV business step, or the disposition recalled, returned or destroyed."""

    code: str
    day: date
    place: str
    maker: bool


@dataclass
class Passport:
    """Everything on the page. `keys`: the thing itself, its lot, its product, in canonical form, finest first."""

    keys: list[str]
    product: EntryBase | None = None
    name: str = ""
    maker: str = ""
    maker_code: str = ""
    origin: str = ""
    expires_on: date | None = None
    steps: list[Step] = field(default_factory=list)
    certificates: list[ConformityCertificate] = field(default_factory=list)
    papers: list[EntryBase] = field(default_factory=list)
    imported: EntryBase | None = None
    recall: RecallState | None = None
    traced: bool = False
    item: bool = False
    lookups: int = 0
    first_lookup: date | None = None
    clone_hint: int = 0
    region: str = ""

    @property
    def known(self) -> bool:
        """Whether this platform knows anything of it."""
        return self.traced or self.product is not None or bool(self.certificates) or self.imported is not None

    @property
    def expired(self) -> bool:
        return self.expires_on is not None and self.expires_on < timezone.localdate()

    @property
    def withdrawn(self) -> bool:
        """A certificate of exactly this lot was taken back and no other one holds."""
        own = [row for row in self.certificates if row.lot in self.keys]
        return bool(own) and all(row.status == "withdrawn" for row in own)

    @property
    def suspicious(self) -> bool:
        """One item looked up so often that the code may have been copied."""
        return self.item and self.clone_hint > 0 and self.lookups >= self.clone_hint


def passport(keys: Sequence[str], *, expires_on: date | None = None) -> Passport:
    """The passport of a thing.

    Args:
        keys: canonical identifiers, the finest first: item, lot, product.
        expires_on: what the code itself says (AI 17), used where the chain says nothing.
    """
    found = Passport(list(keys), expires_on=expires_on)
    identifier = gs1.examine(keys[0]).identifier
    found.item = identifier is not None and identifier.level == "instance"
    specific = [key for key in keys if not _is_class(key)]
    events, ancestors = _events(specific)
    found.traced = bool(events)
    everything = [*specific, *ancestors]
    found.region = events[0].party.region.code if events else ""
    found.product = _product(keys)
    found.certificates = _certificates(everything)
    found.papers = _papers(everything[:MOST_ASKED], events)
    found.imported = _by_lot("imported_lot", everything[:MOST_ASKED])
    found.recall = recall_states(list(keys)).get(keys[0]) or next(iter(recall_states(specific).values()), None)
    _describe(found, events, set(specific))
    return found


def _is_class(key: str) -> bool:
    identifier = gs1.examine(key).identifier
    return identifier is not None and identifier.level == "class"


def _events(keys: Sequence[str]) -> tuple[list[Event], list[str]]:
    """Events about the things and about what went into them, without those declared wrong; oldest first."""
    wanted, seen, numbers = list(keys), set(keys), set[int]()
    for _level in range(MOST_LEVELS):
        rows = list(EventThing.objects.filter(key__in=wanted).values_list("event_id", "role", "key")[:2000])
        numbers |= {number for number, _role, _key in rows}
        made = {number for number, role, _key in rows if role == EventThing.Role.OUTPUT}
        wanted = [
            key
            for key in EventThing.objects.filter(event_id__in=made, role=EventThing.Role.INPUT)
            .values_list("key", flat=True)
            .distinct()[:MOST_KEYS]
            if key not in seen
        ]
        seen |= set(wanted)
        if not wanted or len(seen) > MOST_KEYS:
            break
    numbers |= _while_packed(keys)
    rows_found = list(Event.objects.filter(pk__in=numbers).select_related("party__region").order_by("event_time", "pk"))
    void = set(
        Event.objects.filter(hash__in={row.hash for row in rows_found})
        .exclude(declaration="")
        .values_list("hash", flat=True)
    )
    return [row for row in rows_found if row.hash not in void], sorted(seen - set(keys))


def _while_packed(keys: Sequence[str]) -> set[int]:
    """Events about the boxes and pallets that the things lay in, while they lay in them."""
    found: set[int] = set()
    inside: dict[str, tuple[datetime | None, datetime | None]] = dict.fromkeys(keys, (None, None))
    for _level in range(MOST_NESTED):
        packed = EventThing.objects.filter(
            key__in=list(inside), role=EventThing.Role.CHILD, event__type="AggregationEvent", event__declaration=""
        ).order_by("event__event_time", "event_id")
        times = list(packed.values_list("event_id", "event__event_time", "event__action", "key")[:200])
        parents: dict[int, str] = dict(
            EventThing.objects.filter(event_id__in=[row[0] for row in times], role=EventThing.Role.PARENT).values_list(
                "event_id", "key"
            )
        )
        boxes: dict[str, tuple[datetime | None, datetime | None]] = {}
        for number, at, action, key in times:
            parent, (since, until) = parents.get(number, ""), inside[key]
            if not parent or (since and at < since) or (until and at > until):
                continue
            if action == "ADD":
                boxes[parent] = (at, until)
            elif action == "DELETE" and parent in boxes:
                boxes[parent] = (boxes[parent][0], at)
        for box, (since, until) in boxes.items():
            moved = EventThing.objects.filter(key=box, role=EventThing.Role.EPC, event__event_time__gte=since)
            if until is not None:
                moved = moved.filter(event__event_time__lte=until)
            found |= set(moved.values_list("event_id", flat=True)[:200])
        if not boxes:
            break
        inside = boxes
    return found


def _product(keys: Sequence[str]) -> EntryBase | None:
    for key in keys:
        identifier = gs1.examine(key).identifier
        if identifier is not None and identifier.scheme in {"gtin", "lgtin", "sgtin", "upui"}:
            return find("trace_product", identifier.key)
    return None


def _certificates(keys: Sequence[str]) -> list[ConformityCertificate]:
    rows = ConformityCertificate.objects.filter(lot__in=keys, confidentiality=0)
    return list(rows.select_related("region").order_by("-issued_on", "-pk")[:20])


def _papers(keys: Iterable[str], events: Iterable[Event]) -> list[EntryBase]:
    """Papers that name a lot, and those that its events refer to."""
    numbers = {
        str(item.get("bizTransaction", "")).rpartition("/id/paper/")[2]
        for event in events
        for item in event.document.get("bizTransactionList") or ()
        if "/id/paper/" in str(item.get("bizTransaction", ""))
    }
    for key in keys:
        numbers |= {fact.payload["key"] for fact in facts_by_ref(f"lot:{key}", disclosure="public", kinds=_PAPER)}
    rows = entries("trace_paper").filter(key__in=numbers, confidentiality=0, status="valid")
    return list(rows.order_by("-pk")[:20])


_PAPER = ("trace_paper.entered", "trace_paper.changed")


def _by_lot(register: str, keys: Sequence[str]) -> EntryBase | None:
    for key in keys:
        fact = facts_by_ref(f"lot:{key}", disclosure="public", kinds=(f"{register}.entered",)).last()
        if fact is not None:
            return find(register, fact.payload["key"])
    return None


def _describe(found: Passport, events: Sequence[Event], own: set[str]) -> None:
    certificate = next((row for row in found.certificates if row.lot in own), None)
    product = found.product
    if product is not None:
        found.name, found.maker = product.title, str(product.value("maker_name") or "")
        found.maker_code = str(product.value("maker") or "")
    elif certificate is not None:
        found.name, found.maker, found.maker_code = certificate.product, certificate.holder_name, certificate.holder
    elif found.imported is not None:
        found.name = found.imported.title
    if not found.name:
        found.name = _master_name(found.keys)
    made_on = None
    for event in events:
        made = event.type == "TransformationEvent" or event.action == "ADD"
        if made and own & _outputs(event):
            made_on = timezone.localdate(event.event_time)
            found.expires_on = _expiry(event.document.get("ilmd")) or found.expires_on
            if not found.maker:
                found.maker, found.maker_code = event.party.name, _code(event.party)
            if not found.name:
                found.name = _said_name(event.document)
    if found.expires_on is None and made_on and product is not None and product.value("shelf_days"):
        found.expires_on = made_on + timedelta(days=int(product.value("shelf_days")))
    found.origin = _origin(found, certificate, events)
    found.steps = _steps(events, found.maker_code)


def _outputs(event: Event) -> set[str]:
    quantities = [*(event.document.get("outputQuantityList") or ()), *(event.document.get("quantityList") or ())]
    items = [*(event.document.get("outputEPCList") or ()), *(event.document.get("epcList") or ())]
    named = [str(item.get("epcClass", "")) for item in quantities] + [str(item) for item in items]
    return {gs1.canonical(key) or key for key in named}


def _expiry(ilmd: Any) -> date | None:
    for name in ("itemExpirationDate", "bestBeforeDate", "sellByDate"):
        text = str((ilmd or {}).get(f"cbvmda:{name}") or "")
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            continue
    return None


def _master_name(keys: Sequence[str]) -> str:
    """What captured master data calls the product."""
    row = MasterItem.objects.filter(key__in=keys, kind__endswith="EPCClass").order_by("-recorded_at").first()
    for attribute in row.attributes if row is not None else ():
        if str(attribute.get("id", "")).endswith("descriptionShort"):
            return str(attribute.get("attribute", ""))[:200]
    return ""


def _said_name(document: Any) -> str:
    lines = document.get("hj:lines") or [{}]
    return str(lines[0].get("hj:goods_name", "")) if isinstance(lines, list) else ""


def _code(unit: Unit) -> str:
    return unit.key.upper() if unit.kind == Unit.Kind.ENTERPRISE else ""


def _origin(found: Passport, certificate: ConformityCertificate | None, events: Sequence[Event]) -> str:
    if certificate is not None:
        return str(certificate.extras.get("origin") or "")
    if found.imported is not None:
        return str(found.imported.value("origin") or "")
    if found.certificates:
        return "、".join(dict.fromkeys(str(row.extras.get("origin") or "") for row in reversed(found.certificates)))
    first = next(iter(events), None)
    return first.party.region.name if first is not None else ""


def _steps(events: Sequence[Event], maker_code: str) -> list[Step]:
    steps: list[Step] = []
    for event in events:
        code = event.disposition if event.disposition in {"recalled", "destroyed", "returned"} else event.biz_step
        if code in HIDDEN_STEPS or "/" in code or event.type == "AssociationEvent":
            continue
        maker = bool(maker_code) and _code(event.party) == maker_code
        step = Step(code, timezone.localdate(event.event_time), event.party.region.name, maker)
        if not steps or steps[-1] != step:
            steps.append(step)
    return steps[:MOST_STEPS]


# ---- how often it was asked for


def count_lookup(found: Passport, key: str) -> None:
    """Note one look-up and tell the page how many there were before today's count and since when."""
    today = timezone.localdate()
    region = found.region or (found.product.region.code if found.product else "")
    row, made = Lookup.objects.get_or_create(key=key[:300], day=today, defaults={"count": 1, "region": region})
    if not made:
        Lookup.objects.filter(pk=row.pk).update(count=F("count") + 1)
    told = Lookup.objects.filter(key=key[:300]).aggregate(total=Sum("count"), first=Min("day"))
    found.lookups, found.first_lookup = int(told["total"] or 0), told["first"]
    found.clone_hint = rulebook.at("trace_evaluation", "000000", today).typed(TraceEvaluation).clone_scans
