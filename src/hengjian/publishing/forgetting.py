"""Taking a row out of the snapshots of a list: what ended is in no copy any more, and each can still be checked."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from hengjian.publishing.lists import row_hash
from hengjian.publishing.models import ListSnapshot


def forget_rows(code: str, key: str, gone: Collection[str], model: Any = ListSnapshot) -> int:
    """Replace rows by their hashes in all snapshots of a list, whatever their state. Called in the transaction of the
    room whose rule gave the rows, when what they say is sealed.

    Args:
        key: the column that identifies a row.
        gone: its values in the rows that go.
        model: the table; a migration passes its own.

    Returns:
        How many rows were taken out.
    """
    done = 0
    with transaction.atomic():
        for one in gone:
            for snapshot in model.objects.select_for_update().filter(code=code, rows__icontains=one):
                kept = []
                for row in snapshot.rows:
                    if row.get("values", {}).get(key) == one:
                        row = {"hash": row_hash(row["values"], row["salt"]), "left": True}
                        done += 1
                    kept.append(row)
                snapshot.rows = kept
                snapshot.save(update_fields=["rows"])
    return done
