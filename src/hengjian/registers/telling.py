"""The facts that a register writes about its entries."""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import date
from typing import Any

from hengjian.ledger.drafts import FactDraft, Source
from hengjian.parties.models import User
from hengjian.registers.declarations import RegisterType
from hengjian.registers.facts import kind_name, told_fields
from hengjian.registers.models import EntryBase
from hengjian.registers.storing import value_of

LONGEST_REF = 160


def filled(pattern: str, entry: EntryBase, declared: RegisterType) -> str:
    """`certificate:{key}` with the key or fields of the entry; empty when one of them is, or cannot stand in one."""
    parts = []
    for text, name, _format, _conversion in string.Formatter().parse(pattern):
        parts.append(text)
        if name is None:
            continue
        value = entry.key if name == "key" else value_of(entry, declared.field(name))
        if value is None or value == "":
            return ""
        parts.append("".join(str(value).split())[:LONGEST_REF])
    return "".join(parts)


def subject_of(entry: EntryBase, declared: RegisterType) -> str:
    """What the entry's facts are about: as declared, else the entry itself."""
    return (filled(declared.facts.subject, entry, declared) if declared.facts.subject else "") or entry.ref


def draft(
    entry: EntryBase,
    declared: RegisterType,
    verb: str,
    *,
    on: date,
    user: User | None,
    system: str = "",
    reason: str = "",
    ground: str = "",
) -> FactDraft:
    """The fact that tells how the entry stands from `on`. Personal data is never among its values."""
    disclosure = declared.facts.disclosure
    told = told_fields(declared.fields, disclosure)
    values: Mapping[str, Any] = {spec.code: value_of(entry, spec) for spec in told}
    refs = {"entry": entry.ref}
    for role, pattern in declared.facts.refs.items():
        if ref := filled(pattern, entry, declared):
            refs[role] = ref
    status = declared.status(entry.status)
    hidden = disclosure == "public" and not status.public
    return FactDraft(
        kind=kind_name(declared, verb),
        subject=subject_of(entry, declared),
        payload={
            "register_code": declared.code,
            "key": entry.key,
            "title": entry.title,
            "status": entry.status,
            "version": entry.version,
            "valid_from": entry.valid_from,
            "valid_to": entry.valid_to,
            # A reason is an officer's own words, which the public is not shown.
            "reason": "" if disclosure == "public" else reason[:300],
            "ground": ground,
            "values": {code: value for code, value in values.items() if value is not None},
        },
        region=entry.region.code,
        occurred_on=on,
        source=Source(unit=entry.unit.ref, user=user.ref if user else "", system=system),
        refs=refs,
        disclosure="shared" if hidden else None,
    )
