"""Reads: who a code or key means, under which subjects a body's facts lie, what each source says of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, Value
from django.db.models.functions import Substr
from django.db.models.lookups import Exact

from hengjian.enterprises.models import Enterprise, EnterpriseCode
from hengjian.methods import uscc
from hengjian.parties.models import Unit

PREFIX = "enterprise:"
# Links of merges that are followed; merging points every row at the last one, so there is normally one.
MOST_HOPS = 20
BATCH = 500


def survivor(enterprise: Enterprise) -> Enterprise:
    """The body that the row stands for today, after all merges."""
    for _hop in range(MOST_HOPS):
        if enterprise.merged_into is None:
            break
        enterprise = enterprise.merged_into
    return enterprise


def by_key(key: str) -> Enterprise | None:
    """The body with this key; keys of merged bodies lead to the one they were merged into."""
    found = Enterprise.objects.filter(key=key.strip().upper()).select_related("region", "merged_into__region").first()
    return survivor(found) if found else None


def by_code(code: str) -> Enterprise | None:
    """The body that has a code today, or the only one that had it: unified (18), organisation (9), tax (15) or
    registration number (15 digits). None where nobody or more than one body answers to it."""
    text = uscc.normalise(code)
    if not text:
        return None
    rows = Enterprise.objects.select_related("region", "merged_into__region")
    if len(text) == 18:
        holder = rows.filter(code=text).first()
        if holder is not None:
            return survivor(holder)
    found = {survivor(row) for row in rows.filter(codes__value=text)[:3]}
    # The last nine characters of a tax number, and the whole of an organisation code, stand inside the unified code.
    if not found and len(text) in (9, 15):
        found = {survivor(row) for row in rows.filter(_inside(text[-9:]))[:3]}
    return found.pop() if len(found) == 1 else None


def _inside(organisation: str) -> Q:
    return Q(Exact(Substr("code", 9, 9), Value(organisation)))


def by_subject(subject: str) -> Enterprise | None:
    """The body that a fact's subject names: "enterprise:<code>" or "enterprise:<key>"."""
    if not subject.startswith(PREFIX):
        return None
    name = subject.removeprefix(PREFIX)
    return (by_key(name) if name.startswith("E") and len(name) != 18 else None) or by_code(name)


def subjects_of(enterprise: Enterprise) -> tuple[str, ...]:
    """All subjects under which facts about the body lie: every unified code it ever had, its key, and those of the
    bodies merged into it; the current one first."""
    rows = [enterprise, *Enterprise.objects.filter(merged_into=enterprise).order_by("pk")]
    codes = EnterpriseCode.objects.filter(enterprise__in=rows, scheme=EnterpriseCode.Scheme.UNIFIED)
    named = [enterprise.code or enterprise.key, *(row.code for row in rows), *codes.values_list("value", flat=True)]
    named += [row.key for row in rows]
    return tuple(PREFIX + name for name in dict.fromkeys(named) if name)


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Code → current name, for those codes that are known; two queries per 500."""
    wanted = [code for code in dict.fromkeys(codes) if code]
    found: dict[str, str] = {}
    for start in range(0, len(wanted), BATCH):
        part = wanted[start : start + BATCH]
        rows = Enterprise.objects.filter(code__in=part).values_list("code", "name", "merged_into__name")
        found.update((code, merged or name) for code, name, merged in rows)
        left = [code for code in part if code not in found]
        if left:
            old = EnterpriseCode.objects.filter(value__in=left).values_list(
                "value", "enterprise__name", "enterprise__merged_into__name"
            )
            found.update((value, merged or name) for value, name, merged in old)
    return found


@dataclass(frozen=True)
class ValueSource:
    """One value of a body and who said so.

    Attributes:
        field: code of the field (`fields.FIELDS`).
        value: as stored; names of persons masked.
        source: the department.
        since: the day of which the department says so.
        record: number of the source record.
        current: whether it is the one that counts.
    """

    field: str
    value: str
    source: Unit
    since: date
    record: int
    current: bool = True
    received_at: datetime | None = None


def values_of(enterprise: Enterprise, known_at: datetime | None = None) -> list[ValueSource]:
    """What every source says of the body, field by field, the value that counts first.

    Args:
        known_at: as it was known at that moment; None: now.
    """
    from hengjian.enterprises.provenance import sources_of

    return sources_of(enterprise, known_at)
