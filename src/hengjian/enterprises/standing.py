"""What the register holds of a body today, worked out anew from what its sources say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from hengjian.enterprises import facts
from hengjian.enterprises.accounts import give_accounts
from hengjian.enterprises.models import (
    Enterprise,
    EnterpriseCode,
    EnterpriseName,
    EntityEvent,
    IntakeBatch,
    SourceRecord,
)
from hengjian.enterprises.provenance import live, precedence, said
from hengjian.enterprises.rules import current
from hengjian.ledger.actions import append_many
from hengjian.ledger.drafts import Source
from hengjian.methods import uscc
from hengjian.methods.company_names import fold_name, parse_name
from hengjian.parties.inserting import insert_many
from hengjian.parties.models import Region, User

CHUNK = 2_000
COLUMNS = ("name", "code", "kind", "status", "region_id", "registered_on", "address")
# The class in a unified code (GB 32100, table 1) says what the body is.
CLASSES = {"91": "company", "92": "sole_trader", "93": "cooperative"}
Rank = Callable[[str, str], int]


@dataclass
class Author:
    """Who brings a change about: a delivery, a person, or the system itself."""

    at: datetime
    batch: IntakeBatch | None = None
    user: User | None = None
    system: str = ""
    reason: str = ""

    @property
    def source(self) -> Source:
        unit = self.batch.source if self.batch else self.user.unit if self.user else None
        return Source(
            unit=unit.ref if unit else "",
            user=self.user.ref if self.user else "",
            system=self.system or ("" if unit or self.user else "enterprises"),
        )

    def event(self, enterprise: Enterprise, kind: str, **values: Any) -> EntityEvent:
        """An event of a body, not yet stored."""
        return EntityEvent(
            enterprise=enterprise,
            kind=kind,
            on=timezone.localdate(self.at),
            at=self.at,
            by=self.user,
            system=self.system,
            reason=self.reason[:300],
            batch=self.batch,
            **values,
        )


@dataclass
class Ranks:
    """Orders of precedence by region, each looked up once."""

    on: date
    known: dict[str, Rank] = field(default_factory=dict)

    def of(self, region: str) -> Rank:
        if region not in self.known:
            self.known[region] = precedence(region, self.on)
        return self.known[region]


def kind_of(values: Mapping[str, str]) -> str:
    """What the body is: by the class in its code, else as told, else by its name."""
    code = values.get("code", "")
    if code[:2] in CLASSES:
        # A code of class 92 marks a natural person, whatever a department calls it.
        return CLASSES[code[:2]]
    if told := values.get("kind"):
        return told
    name = parse_name(fold_name(values.get("name", ""))).kind
    return name if name == "hospital_school" or not code else "gov_or_other"


def columns(values: Mapping[str, str], region: int, regions: Mapping[str, int]) -> dict[str, Any]:
    """The columns of the register from the values that count; `region` where no source names one."""
    day = values.get("registered_on")
    return {
        "name": values.get("name", ""),
        "code": values.get("code", ""),
        "kind": kind_of(values),
        "status": values.get("status") or Enterprise.Status.ACTIVE.value,
        "region_id": regions.get(values.get("region", ""), region),
        "registered_on": date.fromisoformat(day) if day else None,
        "address": values.get("address", ""),
    }


@dataclass
class Refreshed:
    """What changed: bodies, and (body, code) where another body holds the code that its sources give it."""

    changed: list[int] = field(default_factory=list)
    blocked: list[tuple[int, str]] = field(default_factory=list)


def refresh(enterprises: Iterable[int], author: Author) -> Refreshed:
    """Bring bodies up to what their live records say, with old names, old codes, events and facts.

    Inside the caller's transaction. A body of which nobody speaks any more becomes void and gives its code free.
    """
    found = Refreshed()
    every = sorted(set(enterprises))
    for start in range(0, len(every), CHUNK):
        _refresh(every[start : start + CHUNK], author, found)
    return found


def _refresh(part: Sequence[int], author: Author, found: Refreshed) -> None:
    rows = Enterprise.objects.select_related("region").in_bulk(part)
    records: dict[int, list[SourceRecord]] = defaultdict(list)
    for record in (
        SourceRecord.objects.filter(live(), enterprise__in=part).select_related("source").defer("raw", "features")
    ):
        records[record.enterprise_id or 0].append(record)
    ranks = Ranks(timezone.localdate(author.at))
    spoken = [row for row in rows.values() if row.merged_into_id is None]
    values = {
        row.pk: current(map(said, records[row.pk]), ranks.of(row.region.code)) for row in spoken if records[row.pk]
    }
    regions = dict(
        Region.objects.filter(code__in={one["region"] for one in values.values() if "region" in one}).values_list(
            "code", "pk"
        )
    )
    wanted = {
        row.pk: columns(values[row.pk], row.region_id, regions)
        if row.pk in values
        else {"status": Enterprise.Status.VOID.value, "code": ""}
        for row in spoken
    }
    found.blocked += _free(rows, wanted)
    events: list[EntityEvent] = []
    changed: dict[int, tuple[str, ...]] = {}
    for pk, new in wanted.items():
        row = rows[pk]
        differs = tuple(name for name, value in new.items() if getattr(row, name) != value)
        if not differs:
            continue
        changed[pk] = differs
        events += _events(row, new, differs, author)
        for name in differs:
            setattr(row, name, new[name])
        row.updated_at = author.at
    _write([rows[pk] for pk in changed], author)
    give_accounts([rows[pk].code for pk, differs in changed.items() if "code" in differs])
    insert_many(events)
    remember({row.pk: row for row in spoken}, records)
    append_many(
        facts.standing(
            facts.CHANGED,
            rows[pk],
            rows[pk].region.code,
            timezone.localdate(author.at),
            author.source,
            tuple(name.removesuffix("_id") for name in differs),
        )
        for pk, differs in changed.items()
    )
    found.changed += list(changed)


def _free(rows: Mapping[int, Enterprise], wanted: dict[int, dict[str, Any]]) -> list[tuple[int, str]]:
    """Keep codes from being held twice: whoever holds one keeps it, another that is given it stays without."""
    asked = {new["code"] for pk, new in wanted.items() if new["code"] and rows[pk].code != new["code"]}
    holders = dict(Enterprise.objects.filter(code__in=asked).values_list("code", "pk"))
    for pk, new in wanted.items():
        if holders.get(rows[pk].code) == pk and new["code"] != rows[pk].code:
            del holders[rows[pk].code]  # gives it up now
    blocked = []
    for pk, new in wanted.items():
        code = new["code"]
        if not code or rows[pk].code == code:
            continue
        if holders.setdefault(code, pk) != pk:
            blocked.append((pk, code))
            new["code"] = rows[pk].code
    return blocked


def remember(rows: Mapping[int, Enterprise], records: Mapping[int, Sequence[SourceRecord]]) -> None:
    """Keep the numbers and other ways of writing the name that sources give, so that they lead to the body."""
    schemes = EnterpriseCode.Scheme
    told = (
        ("organisation_code", schemes.ORGANISATION),
        ("registration_number", schemes.REGISTRATION),
        ("tax_number", schemes.TAX),
    )
    codes: list[EnterpriseCode] = []
    names: list[EnterpriseName] = []
    for pk, those in records.items():
        row = rows.get(pk)
        if row is None:
            continue
        for record in those:
            for name, scheme in told:
                value = record.values.get(name, "")
                if value and value not in (row.code, row.code[8:17]) and value[-9:] != row.code[8:17]:
                    codes.append(EnterpriseCode(enterprise=row, scheme=scheme, value=value))
            former = record.values.get("former_name", "")
            if former and former != row.name:
                names.append(EnterpriseName(enterprise=row, name=former, kind=EnterpriseName.Kind.FORMER))
            if record.name != row.name:
                names.append(EnterpriseName(enterprise=row, name=record.name, kind=EnterpriseName.Kind.OTHER))
    EnterpriseCode.objects.bulk_create(codes, ignore_conflicts=True, batch_size=500)
    EnterpriseName.objects.bulk_create(names, ignore_conflicts=True, batch_size=500)


def _events(row: Enterprise, new: Mapping[str, Any], differs: tuple[str, ...], author: Author) -> list[EntityEvent]:
    """Events of one change; a former name or code is kept with the day it ended."""
    today = timezone.localdate(author.at)
    found = []
    if "name" in differs and row.name:
        EnterpriseName.objects.update_or_create(
            enterprise=row, name=row.name, defaults={"kind": EnterpriseName.Kind.FORMER, "until": today}
        )
        found.append(author.event(row, EntityEvent.Kind.NAME, before=row.name, after=new["name"]))
    if "code" in differs:
        # What was taken back was never its code.
        if row.code and new["status"] != Enterprise.Status.VOID and uscc.examine(row.code).valid:
            EnterpriseCode.objects.update_or_create(
                enterprise=row, scheme=EnterpriseCode.Scheme.UNIFIED, value=row.code, defaults={"until": today}
            )
        found.append(author.event(row, EntityEvent.Kind.CODE, before=row.code, after=new["code"]))
    if "status" in differs:
        before, after = Enterprise.Status(row.status).label, Enterprise.Status(new["status"]).label
        found.append(author.event(row, EntityEvent.Kind.CHANGED, before=str(before), after=str(after)))
    return found


def _write(rows: Sequence[Enterprise], author: Author) -> None:
    if not rows:
        return
    # Codes may change hands: they are given free before they are taken.
    Enterprise.objects.filter(pk__in=[row.pk for row in rows]).update(code="")
    names = (*COLUMNS, "updated_at")
    by_column = {item.attname: item for item in Enterprise._meta.concrete_fields}
    fields = [by_column[name] for name in names]
    quote = connection.ops.quote_name
    marks = ", ".join(f"{quote(str(item.column))} = %s" for item in fields)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(Enterprise._meta.db_table)} SET {marks} WHERE id = %s",
            [
                [
                    *(
                        item.get_db_prep_save(getattr(row, name), connection)
                        for item, name in zip(fields, names, strict=True)
                    ),
                    row.pk,
                ]
                for row in rows
            ],
        )
