"""The documents of a range of enterprises, put right while the register is in use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from hengjian.enterprises.search.models import Document, Fresh
from hengjian.enterprises.search.rows import COLUMNS, Row, kept_range, read_range
from hengjian.ledger.projections import batched
from hengjian.parties.inserting import write_rows

#: What was changed so shortly before the beginning may have been written after it: clocks of several machines differ,
#: and a transaction looks at the clock before it ends.
MARGIN = timedelta(minutes=5)


class Portion:
    """The bodies with numbers from `first` to before `end`."""

    def __init__(self, first: int, end: int) -> None:
        self.first, self.end = first, end
        self.found: list[Row] = read_range(first, end)


def keep_portion(rows: Portion, brands: Sequence[str], since: datetime) -> None:
    """Put the documents of a portion right, but for those that changed after it was read."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # Waits for whoever has changed an enterprise and not finished yet; SQLite lets only one write anyway.
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {Fresh._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
        changed = set(
            Fresh.objects.filter(at__gte=since, pk__gte=rows.first, pk__lt=rows.end).values_list("pk", flat=True)
        )
        there = {kept[0]: kept for kept in kept_range(rows.first, rows.end) if kept[0] not in changed}
        wanted = {
            row.number: row.kept(brand)
            for row, brand in zip(rows.found, brands, strict=True)
            if row.number not in changed
        }
        for part in batched([pk for pk, kept in there.items() if wanted.get(pk) != kept], 500):
            Document.objects.filter(pk__in=part).delete()
        changed_rows = [kept for pk, kept in wanted.items() if there.get(pk) != kept]
        with connection.cursor() as cursor:
            write_rows(cursor, Document._meta.db_table, COLUMNS, changed_rows)
