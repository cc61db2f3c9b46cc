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
        guards = _triggers(cursor)
        for name, (table, _text) in guards.items():
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER "{name}"{on}')
        call_command("flush", interactive=False, verbosity=0)
        # A room may have put its own back already: flush ends with the signal post_migrate.
        present = _triggers(cursor)
        for name, (_table, text) in guards.items():
            if name not in present:
                cursor.execute(text)
    for path in files:
        path.unlink(missing_ok=True)


def _triggers(cursor: CursorWrapper) -> dict[str, tuple[str, str]]:
    """Every trigger of the database: name → (table, the statement that creates it)."""
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT tgname, tgrelid::regclass::text, pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger "
            "JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
        )
    else:
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {name: (table, text) for name, table, text in cursor.fetchall()}
