"""Delivered rows become records of the register: new bodies, more about known ones, work for people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from hengjian.enterprises import facts, hooks
from hengjian.enterprises.accounts import units_of
from hengjian.enterprises.doubting import Found, in_conflict, note_conflicts, note_pairs
from hengjian.enterprises.joining import join, new_key, obstacle
from hengjian.enterprises.linking import Answer, Fresh, decided_apart, resolve
from hengjian.enterprises.models import Enterprise, IntakeBatch, LinkKey, ReviewPair, SourceRecord
from hengjian.enterprises.provenance import live, said
from hengjian.enterprises.reading import Reader, Row
from hengjian.enterprises.rules import current
from hengjian.enterprises.standing import Author, Ranks, columns, refresh, remember
from hengjian.ledger import store, vault
from hengjian.ledger.actions import append_many
from hengjian.parties.inserting import insert_many, insert_values, reserve_keys
from hengjian.parties.models import Region

CHUNK = 5_000
#: "HJINTAKE": the advisory lock under which rows are taken in on PostgreSQL.
LOCK = 0x484A494E54414B45
SYSTEM = "enterprises.intake"
# Whoever may look at sealed names is decided by this room, at the moment of the look.
READERS = ("enterprises",)


@dataclass
class Taken:
    """What became of the rows: bodies made, rows that went to known bodies, pairs for people, rows there before."""

    created: int = 0
    matched: int = 0
    unsure: int = 0
    repeated: int = 0


@dataclass(frozen=True)
class _Before:
    """A department's live record about the same body."""

    pk: int
    digest: str
    enterprise: int


def repeated(batch: IntakeBatch, rows: Sequence[Row]) -> set[str]:
    """Identities whose live record says the very same."""
    there = _before(batch, rows)
    return {row.identity for row in rows if row.identity in there and there[row.identity].digest == row.digest}


def _before(batch: IntakeBatch, rows: Sequence[Row]) -> dict[str, _Before]:
    found: dict[str, _Before] = {}
    wanted = [row.identity for row in rows]
    for start in range(0, len(wanted), CHUNK):
        records = SourceRecord.objects.filter(live(), source=batch.source, identity__in=wanted[start : start + CHUNK])
        for pk, identity, digest, enterprise in records.values_list("pk", "identity", "digest", "enterprise_id"):
            found[identity] = _Before(pk, digest, enterprise)
    return found


def take(batch: IntakeBatch, rows: Sequence[Row], reader: Reader, now: datetime | None = None) -> Taken:
    """Take rows in, all or none of them. Rows that were delivered before, word for word, add nothing."""
    moment = now or timezone.now()
    with transaction.atomic(), store.bulk():
        _one_at_a_time()
        return _take(batch, rows, reader, moment)


def _one_at_a_time() -> None:
    """Wait for whoever takes rows in, until the end of the transaction: two deliveries that each see nothing of the
    other would make two bodies of one. SQLite lets only one write anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _take(batch: IntakeBatch, rows: Sequence[Row], reader: Reader, now: datetime) -> Taken:
    there = _before(batch, rows)
    fresh = [row for row in rows if (old := there.get(row.identity)) is None or old.digest != row.digest]
    taken = Taken(repeated=len(rows) - len(fresh))
    if not fresh:
        return taken
    regions = [reader.region_of(row, batch.region) for row in fresh]
    answer = resolve(
        [
            Fresh(
                name=row.name,
                code=row.code,
                person=row.person,
                address=row.values.get("address", ""),
                region=region.code[:6],
                organisation=row.values.get("organisation_code") or row.values.get("tax_number", "")[-9:],
                registration=row.values.get("registration_number", ""),
                before=there[row.identity].enterprise if row.identity in there else None,
            )
            for row, region in zip(fresh, regions, strict=True)
        ]
    )
    records = _records(batch, fresh, regions, answer, now)
    author = Author(at=now, batch=batch, user=None, system=SYSTEM)
    bodies, blocked = _bodies(batch, records, answer, author)
    taken.created = len(bodies)
    taken.matched = sum(record.enterprise_id not in bodies for record in records)
    _store(records, [there.get(row.identity) for row in fresh], answer)
    known = {record.enterprise_id or 0 for record in records} - bodies.keys()
    known |= {old.enterprise for row in fresh if (old := there.get(row.identity)) is not None} - bodies.keys()
    taken.unsure += note_pairs(_bridge(answer, records, author), now)
    refreshed = refresh(known, author)
    taken.unsure += note_pairs(_doubts(answer, records), now)
    claims = blocked + [(code, pk) for pk, code in refreshed.blocked]
    claims += [(records[index].code, records[index].enterprise_id or 0) for index in answer.clashes]
    claims += [(record.code, record.enterprise_id or 0) for record in _issued_twice(answer, records)]
    taken.unsure += note_conflicts(claims, now)
    hooks.tell_changed(sorted(bodies.keys() | known))
    return taken


def _records(
    batch: IntakeBatch, rows: Sequence[Row], regions: Sequence[Region], answer: Answer, now: datetime
) -> list[SourceRecord]:
    """The records, with numbers but not yet stored; names and numbers of persons are sealed."""
    keys = reserve_keys(SourceRecord, len(rows))
    personal = [row for row in rows if row.personal]
    sealed = dict(
        zip(
            (row.number for row in personal),
            vault.put_many(
                ((row.personal, batch.source.ref) for row in personal), category="enterprise.person", readers=READERS
            ),
            strict=True,
        )
    )
    return [
        SourceRecord(
            pk=pk,
            batch=batch,
            number=row.number,
            source=batch.source,
            region=region,
            identity=row.identity[:80],
            digest=row.digest,
            code=row.code,
            name=row.name,
            raw=row.raw,
            values=row.values,
            features=features,
            sealed=sealed.get(row.number, ""),
            valid_from=row.valid_from,
            received_at=now,
        )
        for pk, row, region, features in zip(keys, rows, regions, answer.features, strict=True)
    ]


def _bodies(
    batch: IntakeBatch, records: Sequence[SourceRecord], answer: Answer, author: Author
) -> tuple[dict[int, Enterprise], list[tuple[str, int]]]:
    """New bodies for groups that are none yet, and (code, body) for codes that they bear but others hold."""
    groups: dict[int, list[SourceRecord]] = defaultdict(list)
    for record, group in zip(records, answer.groups, strict=True):
        if group in answer.enterprise:
            record.enterprise_id = answer.enterprise[group]
        else:
            groups[group].append(record)
    ranks = Ranks(timezone.localdate(author.at))
    regions = {record.region.code: record.region for record in records}
    places = {code: region.pk for code, region in regions.items()}
    bodies: dict[int, Enterprise] = {}
    for pk, those in zip(reserve_keys(Enterprise, len(groups)), groups.values(), strict=True):
        values = current(map(said, those), ranks.of(those[0].region.code))
        bodies[pk] = Enterprise(
            pk=pk,
            key=new_key(pk),
            created_at=author.at,
            updated_at=author.at,
            **columns(values, those[0].region_id, places),
        )
        for record in those:
            record.enterprise_id = pk
    blocked = _settle_codes(bodies)
    _give_accounts(bodies)
    insert_many(bodies.values())
    remember(bodies, dict(zip(bodies, groups.values(), strict=True)))
    by_pk = {region.pk: region.code for region in regions.values()}
    day = timezone.localdate(author.at)
    append_many(
        facts.standing(facts.REGISTERED, body, by_pk.get(body.region_id, batch.region.code), day, author.source)
        for body in bodies.values()
    )
    return bodies, blocked


def _settle_codes(bodies: dict[int, Enterprise]) -> list[tuple[str, int]]:
    """Whoever holds a code keeps it; among new bodies the first has it."""
    codes = [body.code for body in bodies.values() if body.code]
    holders: dict[str, int] = {}
    for start in range(0, len(codes), CHUNK):
        part = codes[start : start + CHUNK]
        holders.update(Enterprise.objects.filter(code__in=part).values_list("code", "pk"))
    blocked = []
    for pk, body in bodies.items():
        if body.code and holders.setdefault(body.code, pk) != pk:
            blocked.append((body.code, pk))
            body.code = ""
    return blocked


def _give_accounts(bodies: dict[int, Enterprise]) -> None:
    """Accounts that carry a body's code are its own."""
    codes = {body.code: body for body in bodies.values() if body.code}
    for code, unit in units_of(codes).items():
        codes[code].account = unit


def _store(records: Sequence[SourceRecord], before: Sequence[_Before | None], answer: Answer) -> None:
    """Write the records; those that they replace give way first, as there is one live record per identity."""
    old = [(record.pk, former.pk) for record, former in zip(records, before, strict=True) if former is not None]
    rows = SourceRecord.objects.in_bulk([former for _new, former in old])
    for new, former in old:
        rows[former].replaced_by_id = new
    SourceRecord.objects.bulk_update(rows.values(), ["replaced_by"], batch_size=500)
    LinkKey.objects.filter(record__in=list(rows)).delete()
    insert_many(records)
    insert_values(
        LinkKey,
        ("record_id", "key"),
        ((record.pk, key) for record, keys in zip(records, answer.keys, strict=True) for key in keys),
    )


def _bridge(answer: Answer, records: Sequence[SourceRecord], author: Author) -> list[Found]:
    """Merge bodies that new records show to be one; those that must not be merged are told as pairs."""
    found: list[Found] = []
    apart = decided_apart(answer.bridges)
    for kept_pk, gone_pk in answer.bridges:
        rows = Enterprise.objects.select_related("region").in_bulk([kept_pk, gone_pk])
        kept, gone = _survivor(rows[kept_pk]), _survivor(rows[gone_pk])
        if kept.pk == gone.pk:
            continue
        decided = (min(kept_pk, gone_pk), max(kept_pk, gone_pk)) in apart
        if not decided and not obstacle(kept, gone) and not in_conflict(kept.pk, gone.pk):
            # The body with a code, else the older one, keeps its key.
            if (not kept.code, kept.pk) > (not gone.code, gone.pk):
                kept, gone = gone, kept
            join(kept, gone, author)
            continue
        pair = [SourceRecord.objects.filter(live(), enterprise=row).order_by("pk").first() for row in (kept, gone)]
        if pair[0] is not None and pair[1] is not None:
            reason = ReviewPair.Reason.FORBIDDEN if decided else ReviewPair.Reason.CODES
            found.append(Found(pair[0], pair[1], 1.0, reason))
    return found


def _survivor(row: Enterprise) -> Enterprise:
    return row if row.merged_into_id is None else Enterprise.objects.select_related("region").get(pk=row.merged_into_id)


def _doubts(answer: Answer, records: Sequence[SourceRecord]) -> list[Found]:
    """Pairs as the model found them, with the bodies as they are now."""
    doubts = [doubt for doubt in answer.doubts if doubt.reason != ReviewPair.Reason.TWICE]
    old = SourceRecord.objects.in_bulk([doubt.old for doubt in doubts if doubt.old is not None])
    now = dict(
        SourceRecord.objects.filter(pk__in=[records[doubt.fresh].pk for doubt in doubts]).values_list(
            "pk", "enterprise_id"
        )
    )
    found = []
    for doubt in doubts:
        one = records[doubt.fresh]
        other = old[doubt.old] if doubt.old is not None else records[doubt.other or 0]
        one.enterprise_id = now.get(one.pk, one.enterprise_id)
        found.append(Found(one, other, doubt.probability, doubt.reason))
    return found


def _issued_twice(answer: Answer, records: Sequence[SourceRecord]) -> list[Any]:
    """Records of pairs that bear one code and contradict each other."""
    doubts = [doubt for doubt in answer.doubts if doubt.reason == ReviewPair.Reason.TWICE]
    old = SourceRecord.objects.in_bulk([doubt.old for doubt in doubts if doubt.old is not None])
    found = [records[doubt.fresh] for doubt in doubts]
    found += [old[doubt.old] if doubt.old is not None else records[doubt.other or 0] for doubt in doubts]
    return [record for record in found if record.code]
