"""Reads of notices and lists: what is on show at a moment, and how snapshots differ."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from hengjian.ledger.canonical import canonical
from hengjian.parties.policies import permitted
from hengjian.publishing.lists import Comparison, PublicList, compare, list_hash, public_list, row_hash, shown_rows
from hengjian.publishing.models import ListSnapshot, Notice, Objection


def notice_hash(notice: Notice) -> str:
    """SHA-256 of the canonical JSON (RFC 8785) of what a notice says."""
    said = {"kind": notice.kind, "title": notice.title, "body": notice.body, "contact": notice.contact}
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def public_notices(now: datetime | None = None) -> QuerySet[Notice]:
    """The notices on show at that moment."""
    return Notice.objects.public(now).select_related("unit", "region").order_by("-published_at", "-pk")


def notices_of(subject: str) -> QuerySet[Notice]:
    """The notices about a thing, newest first, for the room that owns it."""
    return Notice.objects.filter(subject=subject).order_by("-written_at", "-pk")


def snapshots(code: str) -> QuerySet[ListSnapshot]:
    """The published snapshots of a list, newest first."""
    rows = ListSnapshot.objects.filter(code=code, state=ListSnapshot.State.PUBLISHED)
    return rows.select_related("unit", "region").order_by("-as_of", "-pk")


def latest(code: str, on: date | None = None) -> ListSnapshot | None:
    """The newest published snapshot, at most of that day."""
    rows = snapshots(code)
    return (rows if on is None else rows.filter(as_of__lte=on)).first()


def values_of(snapshot: ListSnapshot) -> list[dict[str, str]]:
    """All rows of a snapshot that were not taken out of it; for the office, not for the public."""
    return [row["values"] for row in snapshot.rows if "values" in row]


def taken_out(snapshot: ListSnapshot) -> int:
    """How many rows are left as their hash only (`forgetting`)."""
    return sum("values" not in row for row in snapshot.rows)


def current_rows(declared: PublicList, on: date | None = None) -> list[dict[str, str]]:
    """What the public sees today: rows that were published and that the rule still gives."""
    on = on or timezone.localdate()
    today = shown_rows(declared, on)
    if declared.automatic:
        return today
    snapshot = latest(declared.code, on)
    if snapshot is None:
        return []
    still = {row[declared.key] for row in today}
    return [row for row in values_of(snapshot) if row[declared.key] in still]


def public_rows(snapshot: ListSnapshot, on: date | None = None) -> list[dict[str, Any]]:
    """The rows of an old snapshot for the public: `{values, salt, hash}`, or `{hash, left: True}` for one that is no
    longer on the list and whose list keeps no history. A list that no room declares any more shows hashes only."""
    declared = public_list(snapshot.code)
    on = on or timezone.localdate()
    still: set[str] = set()
    if declared is not None and not declared.history:
        still = {row[declared.key] for row in shown_rows(declared, on)}
    found: list[dict[str, Any]] = []
    for row in snapshot.rows:
        if "values" not in row:
            found.append({"hash": row["hash"], "left": True})
            continue
        key = row_hash(row["values"], row["salt"])
        if declared is not None and (declared.history or row["values"].get(declared.key) in still):
            found.append({"values": row["values"], "salt": row["salt"], "hash": key})
        else:
            found.append({"hash": key, "left": True})
    return found


def snapshot_hash(snapshot: ListSnapshot) -> str:
    """The snapshot's hash computed anew from its rows."""
    hashes = [row_hash(row["values"], row["salt"]) if "values" in row else row["hash"] for row in snapshot.rows]
    return list_hash(snapshot.code, snapshot.as_of, hashes)


def difference(declared: PublicList, before: ListSnapshot | None, after: ListSnapshot) -> Comparison:
    """What changed between two snapshots, with all rows; for the office."""
    return compare(values_of(before) if before else [], values_of(after), declared.key)


def shown_difference(declared: PublicList, before: ListSnapshot | None, after: ListSnapshot) -> tuple[Comparison, int]:
    """The same for the public, and the number of rows that are not shown because they left the list."""

    def visible(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
        return [row["values"] for row in rows if "values" in row]

    earlier = public_rows(before) if before else []
    shown = compare(visible(earlier), visible(public_rows(after)), declared.key)
    return shown, sum(1 for row in earlier if row.get("left"))


def tracked(number: str, code: str) -> Objection | None:
    """The objection with this number and code; None for a wrong code as for a wrong number."""
    found = Objection.objects.filter(number=number.strip(), code_hash=code_hash(code)).select_related("notice__unit")
    return found.first()


def code_hash(code: str) -> str:
    return hashlib.sha256(f"objection:{code.strip().upper()}".encode()).hexdigest()


def waiting_for(user: Any) -> int:
    """For the navigation: objections that wait for a decision, and drafts of others that wait for publication."""
    objections = Objection.objects.filter(state=Objection.State.FILED)
    drafts = Notice.objects.filter(state=Notice.State.DRAFT).exclude(written_by=user)
    return (
        permitted(user, "publishing.decide", objections).count() + permitted(user, "publishing.publish", drafts).count()
    )
