"""Turns facts of other rooms into credit records, where the declared mapping and the catalogue admit it, and keeps the
records in line with them: a corrected fact corrects its record, a withdrawn one withdraws it.

What is looked at is always the newest fact that stands about the same entry, so that looking again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from pydantic import Field, TypeAdapter

from hengjian.credit.records.actions.correcting import CorrectRecord
from hengjian.credit.records.actions.recording import RecordCredit
from hengjian.credit.records.ending import end, restore, told_with
from hengjian.credit.records.facts import WITHDRAWN
from hengjian.credit.records.layouts import layout
from hengjian.credit.records.models import CreditRecord, Gathered
from hengjian.enterprises.queries import subjects_of
from hengjian.ledger.drafts import Source
from hengjian.ledger.kinds import RETRACTION
from hengjian.ledger.models import Fact
from hengjian.parties.models import Unit
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.values import clean_values
from hengjian.rulebook.base import Strict
from hengjian.rulebook.parameters.credit_records import Category

FILE = Path(__file__).parent / "sources" / "facts.yaml"
SYSTEM = "credit_records"
MOST = 500


class Words(Strict):
    """Words of a text that stand for codes."""

    path: str
    codes: Mapping[str, str]

    def read(self, payload: Mapping[str, Any]) -> list[str]:
        text = str(value_at(payload, self.path) or "")
        return list(dict.fromkeys(code for word, code in self.codes.items() if word in text))


class Mapped(Strict):
    """How one kind of fact becomes credit information.

    Attributes:
        kind: the fact that begins an entry; `<prefix>.changed` and `.status` about the same entry follow it.
        holds: statuses of the entry in which it is credit information; empty: in all.
    """

    kind: str
    holds: tuple[str, ...] = ()
    category: Category
    catalogue: str
    decided_on: str = ""
    document: str = ""
    values: Mapping[str, str]
    words: Mapping[str, Words] = Field(default_factory=dict)


@cache
def mapping() -> dict[str, Mapped]:
    """Fact kind → its mapping.

    Raises:
        ValidationError: the file is wrong; a mistake of whoever wrote it.
    """
    read = TypeAdapter(tuple[Mapped, ...]).validate_python(yaml.safe_load(FILE.read_text(encoding="utf-8")))
    return {one.kind: one for one in read}


def value_at(payload: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path; None where there is none."""
    found: Any = payload
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def kinds() -> dict[str, Mapped]:
    """Every kind of fact that is looked at → its mapping."""
    found = {}
    for kind, declared in mapping().items():
        found[kind] = declared
        prefix, _sep, verb = kind.partition(".")
        if verb == "entered":
            found |= {f"{prefix}.changed": declared, f"{prefix}.status": declared}
    return found


def gather() -> int:
    """Look at the mapped facts that came since the last time, and at withdrawals; returns how many. What is refused is
    kept with the reason, and not tried again until something new is said about it."""
    first = Gathered.objects.aggregate(last=Max("leaf_index"))["last"]
    rows = Fact.objects.filter(kind__in=[*kinds(), RETRACTION.name]).order_by("leaf_index")
    if first is not None:
        rows = rows.filter(leaf_index__gt=first)
    done = 0
    for fact in rows[:MOST]:
        with transaction.atomic():
            refused = ""
            try:
                with transaction.atomic():
                    follow(fact)
            except ActionRefused as error:
                refused = str(error.message)[:300]
            Gathered.objects.create(fact=fact.id, leaf_index=fact.leaf_index, refused=refused)
        done += 1
    return done


def follow(fact: Fact) -> CreditRecord | None:
    """Bring the record in line with what stands now about the entry that the fact tells of.

    Raises:
        ActionRefused: not admitted, body or organ unknown, or recorded already.
    """
    about = fact if fact.retracts is None else Fact.everything.filter(id=fact.retracts).first()
    declared = kinds().get(about.kind) if about is not None else None
    if about is None or declared is None:
        return None
    told = told_with(about.id)
    record = CreditRecord.everything.filter(origin__in=told).select_related("organ__region", "enterprise").first()
    last = standing(told)
    holds = last is not None and (not declared.holds or value_at(last.payload, "status") in declared.holds)
    if record is None:
        return take(last, told) if last is not None and holds else None
    if record.is_sealed:
        # Repaired and expired ones stay so. What its own source had withdrawn comes back with it.
        if not holds or not _withdrawn_by_source(record):
            return record
        restore([record], source=Source(system=SYSTEM), ground=f"fact:{fact.id}")
    if last is None or not holds:
        end([record], WITHDRAWN, CreditRecord.State.WITHDRAWN, source=Source(system=SYSTEM), ground=f"fact:{fact.id}")
        return record
    return revise(record, last, told)


def caught_up(records: Sequence[CreditRecord]) -> None:
    """Hook: records are shown again; what their sources said meanwhile counts."""
    for record in records:
        fact = Fact.everything.filter(id=record.origin).first() if record.origin else None
        if fact is not None:
            with suppress(ActionRefused), transaction.atomic():
                follow(fact)


def standing(told: Sequence[UUID]) -> Fact | None:
    """The newest of these facts that nothing corrected or withdrew; sealed ones count."""
    rows = list(Fact.everything.filter(id__in=told).order_by("-leaf_index"))
    replaced = set(
        Fact.everything.filter(Q(supersedes__in=told) | Q(retracts__in=told)).values_list("supersedes", "retracts")
    )
    gone = {target for pair in replaced for target in pair if target}
    return next((row for row in rows if row.id not in gone and row.retracts is None), None)


def _withdrawn_by_source(record: CreditRecord) -> bool:
    rows = Fact.everything.filter(kind=WITHDRAWN.name, subject=record.ref).order_by("-leaf_index")
    last = rows.first()
    return (
        last is not None and record.state == CreditRecord.State.WITHDRAWN and last.payload["ground"].startswith("fact:")
    )


def said(fact: Fact, told: Sequence[UUID]) -> dict[str, Any]:
    """What a mapped fact says, as `RecordCredit` takes it; the organ is the unit that told it. Where no day of a
    decision is mapped, it is the first day of which the facts of the entry tell."""
    declared, payload = kinds()[fact.kind], fact.payload
    organ = Unit.objects.filter(key=fact.source_unit.removeprefix("unit:")).select_related("region").first()
    values = {code: value_at(payload, path) for code, path in declared.values.items()}
    values |= {code: words.read(payload) for code, words in declared.words.items()}
    day = parse_date(str(value_at(payload, declared.decided_on) or "")[:10]) if declared.decided_on else None
    return {
        "subject": fact.subject,
        "category": declared.category,
        "catalogue": declared.catalogue,
        "organ": organ,
        "decided_on": day or Fact.everything.filter(id__in=told).aggregate(first=Min("occurred_on"))["first"],
        "document": str(value_at(payload, declared.document) or "")
        if declared.document
        else f"{payload.get('key', '')}",
        "values": {code: value for code, value in values.items() if value not in (None, "", [])},
    }


def take(fact: Fact, told: Sequence[UUID]) -> CreditRecord:
    """Record one mapped fact.

    Raises:
        ActionRefused: not admitted, body or organ unknown, or recorded already.
    """
    return RecordCredit(user=None, system=SYSTEM, origin=fact.id, **said(fact, told)).execute()


def revise(record: CreditRecord, fact: Fact, told: Sequence[UUID]) -> CreditRecord:
    """Correct a record by what its source says now; nothing happens where it says the same.

    Where the source is about another body now, or another organ answers for it, the record ends, and a new one begins.
    """
    now = said(fact, told)
    organ = now["organ"]
    if organ is None or organ.pk != record.organ_id or fact.subject not in subjects_of(record.enterprise):
        # Its own fact is sealed, those of the entry are not: they tell of the new body from now on.
        record.origin = None
        record.save(update_fields=["origin"])
        end([record], WITHDRAWN, CreditRecord.State.WITHDRAWN, source=Source(system=SYSTEM), ground=f"fact:{fact.id}")
        return take(fact, told)
    mapped = [*kinds()[fact.kind].values, *kinds()[fact.kind].words]
    cleaned = clean_values(
        layout(record.category).fields,
        now["values"],
        on=now["decided_on"],
        partial=True,
        region=organ.region.code,
    )
    wanted = {code: cleaned.values.get(code) for code in mapped}
    changes = {code: value for code, value in wanted.items() if (value or None) != (record.values.get(code) or None)}
    if not changes and now["decided_on"] == record.decided_on and now["document"] == record.document:
        return record
    return CorrectRecord(
        user=None,
        system=SYSTEM,
        record=record,
        values=changes,
        document=now["document"],
        decided_on=now["decided_on"],
        reason=_("来源登记已变更"),
    ).execute()
