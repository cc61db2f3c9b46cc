"""Keeping the index: what changed enters it at once, and is merged into the postings by and by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.search import store
from hengjian.enterprises.search.models import Document, Fresh, IndexState
from hengjian.enterprises.search.rows import Regions, keep, read_rows
from hengjian.enterprises.search.terms import Subject, brand_of, terms_of
from hengjian.ledger.projections import batched

#: Changed enterprises that the worker merges at a time, and that rest unmerged without harm to the speed.
FOLD = 20_000
RESTING = 300
OLDEST = timedelta(minutes=10)


def index(ids: Sequence[int]) -> None:
    """Take in what became of these enterprises; inside the transaction that changed them."""
    above = Regions()
    now = timezone.now()
    for part in batched(dict.fromkeys(ids), 2_000):
        rows = read_rows(part)
        gone = set(part) - {row.number for row in rows}
        # First of all this table: a rebuild that is about to write older documents looks here (`rebuilding`).
        _wait((row.number, _lines(row.subject(above)), now) for row in rows)
        Fresh.objects.filter(pk__in=gone).delete()
        Document.objects.filter(pk__in=gone).delete()
        keep(row.kept(brand_of(row.names[0])[0]) for row in rows)
        # A body that was merged is found by its names under the one it became.
        kept = Enterprise.objects.filter(pk__in=gone, merged_into__isnull=False).values_list("merged_into", flat=True)
        missing = [pk for pk in dict.fromkeys(kept) if pk is not None and pk not in ids]
        if missing:
            index(missing)


def _wait(rows: Iterable[tuple[int, str, datetime]]) -> None:
    """Write (number, terms, moment) of those that wait for being merged."""
    moment = Fresh._meta.get_field("at")
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {Fresh._meta.db_table} (enterprise_id, terms, at) VALUES (%s, %s, %s)"
            " ON CONFLICT (enterprise_id) DO UPDATE SET terms = excluded.terms, at = excluded.at",
            [(number, terms, moment.get_db_prep_save(at, connection)) for number, terms, at in rows],
        )


def _lines(subject: Subject) -> str:
    return "\n" + "\n".join(sorted(terms_of(subject))) + "\n"


def fold(now: datetime, least: int = RESTING) -> int:
    """Merge the changed enterprises into the postings, when there are many or old ones; returns how many."""
    with transaction.atomic():
        state = hold()
        if state.rebuilding_until and state.rebuilding_until > now:
            return 0
        waiting = Fresh.objects.order_by("at", "pk")
        oldest = waiting.first()
        if oldest is None or (waiting[least : least + 1].count() == 0 and oldest.at > now - OLDEST):
            return 0
        rows = list(waiting.select_for_update()[:FOLD])
        pairs: dict[str, list[int]] = {}
        for row in rows:
            for term in row.terms.split("\n"):
                if term:
                    pairs.setdefault(term, []).append(row.pk)
        store.merge(pairs)
        for part in batched([row.pk for row in rows], 1_000):
            Fresh.objects.filter(pk__in=part).delete()
        IndexState.objects.filter(pk=state.pk).update(merged_at=now)
    return len(rows)


def hold() -> IndexState:
    """The one row, locked until the end of the transaction."""
    state, _made = IndexState.objects.select_for_update().get_or_create(pk=1)
    return state
