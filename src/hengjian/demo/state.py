"""Whether the database is empty, the demonstration or something else; removing the demonstration."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from hengjian.demo.world import REGION, read_accounts
from hengjian.documents.files import path_of
from hengjian.documents.models import Content
from hengjian.ledger.models import Fact
from hengjian.parties.models import Region, Unit, User
from hengjian.plans.models import Plan

OWN_REGIONS = "99"


def is_empty() -> bool:
    """Nothing but what the migrations made."""
    return not any(model._base_manager.exists() for model in (Region, Unit, User, Plan, Fact))


def is_demo() -> bool:
    """The demonstration's region and its accounts are there; a build is one transaction, so they are all there."""
    names = {account.username for account in read_accounts()}
    here = User.objects.filter(username__in=names).count()
    return here == len(names) and Region.objects.filter(code=REGION).exists()


def foreign_data() -> list[str]:
    """What does not belong to the demonstration: regions with other codes, and units or plans there."""
    others = Region.objects.exclude(code__startswith=OWN_REGIONS).order_by("code")[:5]
    return [f"{region.code} {region.name}" for region in others]


def remove() -> None:
    """Empty every table in one transaction, then delete the stored files.

    The triggers that keep the ledger and the logs from being changed step aside for this only.
    """
    files = [path_of(sha256) for sha256 in Content.objects.values_list("sha256", flat=True)]
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _flush_postgresql(cursor)
        else:
            _flush_sqlite(cursor)
    for path in files:
        path.unlink(missing_ok=True)


def _flush_postgresql(cursor: CursorWrapper) -> None:
    """The owner of the tables may switch their triggers off; a superuser is not needed."""
    cursor.execute(
        "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
    )
    tables = [table for (table,) in cursor.fetchall()]
    for table in tables:  # the names come quoted where they need it
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    call_command("flush", interactive=False, verbosity=0)
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _flush_sqlite(cursor: CursorWrapper) -> None:
    """SQLite has no switch: the triggers are dropped and created again with the same text."""
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = cursor.fetchall()
    for name, _text in triggers:
        cursor.execute(f'DROP TRIGGER "{name}"')
    call_command("flush", interactive=False, verbosity=0)
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    present = {name for (name,) in cursor.fetchall()}
    for name, text in triggers:
        if name not in present:
            cursor.execute(text)
