"""Turns facts of other rooms into credit records, where the declared mapping and the catalogue admit it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.db.models import Max
from django.utils.dateparse import parse_date
from pydantic import Field, TypeAdapter

from hengjian.credit.records.actions.recording import RecordCredit
from hengjian.credit.records.models import CreditRecord, Gathered
from hengjian.ledger.models import Fact
from hengjian.parties.models import Unit
from hengjian.parties.verbs import ActionRefused
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
    """How one kind of fact becomes credit information."""

    kind: str
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


def gather() -> int:
    """Look at the mapped facts that came since the last time; returns how many. What is refused is kept with the
    reason, and not tried again."""
    first = Gathered.objects.aggregate(last=Max("leaf_index"))["last"]
    rows = Fact.objects.filter(kind__in=mapping(), supersedes__isnull=True).order_by("leaf_index")
    if first is not None:
        rows = rows.filter(leaf_index__gt=first)
    done = 0
    for fact in rows[:MOST]:
        with transaction.atomic():
            refused = ""
            try:
                with transaction.atomic():
                    take(fact)
            except ActionRefused as error:
                refused = str(error.message)[:300]
            Gathered.objects.create(fact=fact.id, leaf_index=fact.leaf_index, refused=refused)
        done += 1
    return done


def take(fact: Fact) -> CreditRecord:
    """Record one mapped fact; the organ is the unit that told it.

    Raises:
        ActionRefused: not admitted, body or organ unknown, or recorded already.
    """
    declared, payload = mapping()[fact.kind], fact.payload
    organ = Unit.objects.filter(key=fact.source_unit.removeprefix("unit:")).select_related("region").first()
    values = {code: value_at(payload, path) for code, path in declared.values.items()}
    values |= {code: words.read(payload) for code, words in declared.words.items()}
    day = parse_date(str(value_at(payload, declared.decided_on) or "")[:10]) if declared.decided_on else None
    return RecordCredit(
        user=None,
        system=SYSTEM,
        subject=fact.subject,
        category=declared.category,
        catalogue=declared.catalogue,
        organ=organ,
        decided_on=day or fact.occurred_on,
        document=str(value_at(payload, declared.document) or "") if declared.document else f"{payload.get('key', '')}",
        values={code: value for code, value in values.items() if value not in (None, "", [])},
        origin=fact.id,
    ).execute()
