"""Writing prepared events, past the ORM, in one transaction with numbers that follow each other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection

from hengjian.methods.epcis.context import Context
from hengjian.methods.epcis.messages import problem
from hengjian.methods.epcis.model import Problem
from hengjian.methods.gs1 import examine
from hengjian.parties.inserting import write_rows
from hengjian.parties.models import Unit
from hengjian.trace.events.models import (
    CompanyPrefix,
    Event,
    EventContext,
    EventReader,
    PartyKey,
)
from hengjian.trace.events.prepare import Prepared, Row, parties_of

_LOCK = 0x65706369  # "epci": one capture writes at a time, so that numbers are committed in order
_CODE = re.compile(r"[/:]([0-9A-Za-z]{18})$")
MOST_IN = 500


class Rejected(Exception):
    """Events that contradict what is stored; nothing shall remain of the document."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} events contradict what is stored")
        self.problems = problems


@dataclass
class Inserted:
    """What became of a document. `ids`: numbers of the events that were added; `digest`: see facts.Captured."""

    ids: range
    already: int = 0
    problems: list[Problem] = field(default_factory=list)
    digest: str = ""


def insert(
    prepared: Prepared,
    party: Unit,
    job: UUID,
    now: datetime,
    *,
    proceed: bool = False,
    holders: Sequence[Unit] | None = None,
) -> Inserted:
    """Write what is not stored yet; inside the caller's transaction.

    `holders`: whose event each is, by its place, where `party` hands them in for others.

    Raises:
        Rejected: an eventID is taken by another event, or an error declaration is about somebody else's event; with
            `proceed` such events are left out instead.
    """
    return _Writer(prepared, party, job, now, proceed, holders).run()


class _Writer:
    def __init__(
        self,
        prepared: Prepared,
        party: Unit,
        job: UUID,
        now: datetime,
        proceed: bool,
        holders: Sequence[Unit] | None,
    ) -> None:
        self.prepared, self.job, self.proceed = prepared, job, proceed
        self._party, self._holders = int(party.pk), [int(unit.pk) for unit in holders] if holders is not None else None
        self.postgresql = connection.vendor == "postgresql"
        self.now = now if self.postgresql else str(now.astimezone(UTC).replace(tzinfo=None))
        self.zone = "+00" if self.postgresql else ""
        self.uuid: Any = job if self.postgresql else job.hex
        self.units: dict[str, int | None] = {}
        self.prefixes: set[str] = set()
        self.problems: list[Problem] = []
        self.already = 0
        self.digest = sha256()

    def run(self) -> Inserted:
        with connection.cursor() as cursor:
            self.cursor = cursor
            if self.postgresql:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            cursor.execute("SELECT coalesce(max(id), 0) FROM trace_events_event")
            self.next = first = int(cursor.fetchone()[0]) + 1
            self.contexts = [_context_id(context) for context in self.prepared.contexts]
            for rows in self.prepared.batches():
                self._batch(rows)
                if self.problems and not self.proceed:
                    raise Rejected(self.problems)
        if self.prefixes:
            CompanyPrefix.objects.bulk_create(
                [CompanyPrefix(prefix=prefix) for prefix in sorted(self.prefixes)], ignore_conflicts=True
            )
        return Inserted(range(first, self.next), self.already, self.problems, self.digest.hexdigest())

    def _holder(self, row: Row) -> int:
        return self._party if self._holders is None else self._holders[row.place]

    def _batch(self, rows: list[Row]) -> None:
        rows = self._new(rows)
        if not rows:
            return
        self._resolve(rows)
        events, things, terms, readers = [], [], [], []
        for row in rows:
            number, holder = self.next, self._holder(row)
            self.next += 1
            self.digest.update(f"{row.hash}\n".encode())
            events.append(
                (number, row.hash, row.declaration, row.event_id, row.type, row.action, row.biz_step, row.disposition,
                 row.event_time + self.zone, self.now, row.read_point, row.biz_location, holder, self.uuid,
                 self.contexts[row.context], row.document)
            )  # fmt: skip
            things += [(number, *thing) for thing in row.things]
            terms += [(number, *term) for term in row.terms]
            seen = {holder}
            seen.update(unit for key in parties_of(row) if (unit := self.units.get(key)) is not None)
            for unit in seen:
                readers.append((number, unit))
            self._note_prefixes(row)
        write_rows(self.cursor, "trace_events_event", _EVENT, events)
        write_rows(self.cursor, "trace_events_eventthing", _THING, things)
        write_rows(self.cursor, "trace_events_eventterm", _TERM, terms)
        write_rows(self.cursor, "trace_events_eventreader", _READER, readers)

    def _new(self, rows: list[Row]) -> list[Row]:
        """The rows that are not stored yet and contradict nothing."""
        stored: dict[tuple[str, str], int] = {
            (hash, declaration): pk
            for hash, declaration, pk in Event.objects.filter(hash__in=[row.hash for row in rows]).values_list(
                "hash", "declaration", "pk"
            )
        }
        names = [row.event_id for row in rows if row.event_id]
        taken = {
            name: (hash, unit)
            for name, hash, unit in Event.objects.filter(event_id__in=names, declaration="").values_list(
                "event_id", "hash", "party_id"
            )
        }
        found, known = [], []
        for row in rows:
            identity = (row.hash, row.declaration)
            if identity in stored:
                self.already += 1
                known.append((stored[identity], self._holder(row)))
                continue
            owner = taken.get(row.event_id) if row.event_id else None
            path = f"eventList[{row.place}]"
            if row.declaration:
                original = owner[1] if owner else self._captured_by(row, stored)
                if original is not None and original != self._holder(row):
                    self.problems.append(
                        problem("declaration_foreign", f"{path}.errorDeclaration", value=row.event_id or row.hash)
                    )
                    continue
            elif owner is not None:
                self.problems.append(problem("event_id_taken", f"{path}.eventID", value=row.event_id))
                continue
            stored[identity] = 0
            if row.event_id and not row.declaration:
                taken[row.event_id] = (row.hash, self._holder(row))
            found.append(row)
        self._may_read({(event, unit) for event, unit in known if event})
        return found

    def _captured_by(self, row: Row, stored: dict[tuple[str, str], int]) -> int | None:
        """The party of the event without eventID that a declaration repeats."""
        original = stored.get((row.hash, ""))
        if not original:
            return None
        return Event.objects.values_list("party_id", flat=True).get(pk=original)

    def _may_read(self, known: set[tuple[int, int]]) -> None:
        """Who captures an event that is stored already knows it, and may read it from now on."""
        if known:
            have = EventReader.objects.filter(event__in={event for event, _unit in known})
            fresh = sorted(known - set(have.values_list("event_id", "unit_id")))
            write_rows(self.cursor, "trace_events_eventreader", _READER, fresh)

    def _resolve(self, rows: Iterable[Row]) -> None:
        """Which units the sources and destinations of the batch are."""
        keys = {key for row in rows for key in parties_of(row)} - self.units.keys()
        if keys:
            self.units.update(dict.fromkeys(keys))
            self.units.update(units_of(keys))

    def _note_prefixes(self, row: Row) -> None:
        if "urn:epc:" not in row.document:
            return
        for match in _URN.finditer(row.document):
            if match[1] not in self.prefixes and (found := examine(match[0]).identifier) and found.company_prefix:
                self.prefixes.add(found.company_prefix)


_URN = re.compile(r"urn:epc:(?:id|class|idpat):[a-z]+:([0-9]{6,12})\.[^\"\\]*")
_EVENT = tuple(str(item.column) for item in Event._meta.concrete_fields)
_THING = ("event_id", "role", "key", "is_class", "quantity", "uom")
_TERM = ("event_id", "name", "text", "number")
_READER = ("event_id", "unit_id")


def units_of(keys: set[str]) -> dict[str, int]:
    """Key → unit: as the unit declared it, or by the unified social credit code at the end of the address."""
    found: dict[str, int] = {}
    codes: dict[str, list[str]] = {}
    for key in keys:
        match = _CODE.search(key)
        if match:
            codes.setdefault(match[1].upper(), []).append(key)
    for part in _parts(sorted(codes)):
        wanted = [*part, *(code.lower() for code in part)]
        for pk, code in Unit.objects.filter(key__in=wanted).values_list("pk", "key"):
            found.update(dict.fromkeys(codes[code.upper()], pk))
    for part in _parts(sorted(keys)):
        found.update(PartyKey.objects.filter(key__in=part).values_list("key", "unit_id"))
    return found


def _parts(items: list[str]) -> Iterable[list[str]]:
    return (items[start : start + MOST_IN] for start in range(0, len(items), MOST_IN))


def _context_id(context: Context) -> int | None:
    if not context.declared and context.expand_values:
        return None
    digest = sha256(json.dumps([context.declared, context.expand_values], sort_keys=True).encode()).hexdigest()
    kept, _made = EventContext.objects.get_or_create(
        digest=digest, defaults={"declared": context.declared, "expand": context.expand_values}
    )
    return int(kept.pk)
