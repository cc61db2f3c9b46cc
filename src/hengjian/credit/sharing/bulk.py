"""Published permits and penalties as files in the layout of 双公示, made when they are asked for.

Nothing is stored, so nothing has to be called back: a record that was sealed a moment ago is not in the next file. A
delta ends with the keys of the records that ended since its first day, for those who hold an earlier file.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils import timezone

from hengjian.credit.records.layouts import layout
from hengjian.credit.records.models import CreditRecord
from hengjian.credit.records.policies import PUBLIC, running
from hengjian.credit.sharing import publicity
from hengjian.ledger.log import log_size

Form = Literal["csv", "jsonl"]
#: What every line says before and after the fields of the layout; sheets have the headings of `publicity`.
COMMON = ("id", "party", "party_code", "document")
LAST = ("organ", "decided_on", "published_from", "until", "state")
_PORTION = 1000


def columns(category: str) -> list[str]:
    """The codes of what a line of a category says."""
    return [*COMMON, *(spec.code for spec in layout(category).fields if spec.public), *LAST]


def published(category: str, since: date | None) -> QuerySet[CreditRecord]:
    rows = CreditRecord.objects.filter(PUBLIC, running(timezone.localdate()), category=category)
    if since is not None:
        rows = rows.filter(recorded_at__gte=_start(since))
    return rows.select_related("enterprise", "organ").order_by("pk")


def withdrawn(category: str, since: date | None) -> QuerySet[CreditRecord]:
    """Records that ended since; their rows hold nothing but their key. Those that came on the same day count, too: a
    file may have been taken between the two."""
    if since is None:
        return CreditRecord.everything.none()
    return CreditRecord.everything.filter(sealed_at__gte=_start(since)).order_by("pk")


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def row_of(record: CreditRecord, names: Sequence[str]) -> dict[str, str]:
    """One line of the sheet. A sole trader is a person: no code of a person, no address is in it."""
    fixed: dict[str, Any] = {
        "id": record.key,
        "party": record.enterprise.name,
        "party_code": record.enterprise.code,
        "document": record.document,
        "organ": record.organ.name,
        "decided_on": record.decided_on,
        "published_from": record.published_from,
        "until": record.max_until,
        "state": "公示中",
    }
    found = {}
    for code in names:
        value = fixed[code] if code in fixed else record.values.get(code, "")
        found[code] = _text(record.category, code, value)
    return found


def _text(category: str, code: str, value: Any) -> str:
    if value is None:
        return ""
    spec = layout(category).field(code)
    titles = {choice.code: choice.title for choice in spec.choices} if spec and spec.choices else {}
    if isinstance(value, list):
        return "、".join(titles.get(str(one), str(one)) for one in value)
    return titles.get(str(value), str(value))


def lines(category: str, since: date | None, form: Form) -> Iterator[bytes]:
    """The file, line by line."""
    names = columns(category)
    if form == "csv":
        yield "\ufeff".encode() + _csv(publicity.headings(category))
    for record in published(category, since).iterator(chunk_size=_PORTION):
        found = row_of(record, names)
        yield _csv(publicity.cells(category, found, record)) if form == "csv" else _json(found)
    for key in withdrawn(category, since).values_list("key", flat=True).iterator():
        yield (_csv(publicity.ended(category, key)) if form == "csv" else _json({"id": str(key), "state": "停止使用"}))


def _csv(values: Any) -> bytes:
    target = io.StringIO()
    # A cell that begins like a formula would be run by a spreadsheet.
    safe = [f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text for text in values]
    csv.writer(target, lineterminator="\r\n").writerow(safe)
    return target.getvalue().encode()


def _json(row: dict[str, Any]) -> bytes:
    return (json.dumps(row, ensure_ascii=False) + "\n").encode()


def statement(category: str, since: date | None, form: Form) -> dict[str, Any]:
    """What the file holds at this moment, with the digest of its bytes."""
    digest, count = hashlib.sha256(), 0
    for line in lines(category, since, form):
        digest.update(line)
        count += 1
    gone = withdrawn(category, since).count()
    return {
        "category": category,
        "since": since,
        "until": timezone.localdate(),
        "format": form,
        "rows": count - gone - (1 if form == "csv" else 0),
        "withdrawn": gone,
        "sha256": digest.hexdigest(),
        "tree_size": log_size(),
    }
