"""Triggers by which the database refuses to change the past, on SQLite and PostgreSQL.

`install` is called by the migration; `verify` reports missing ones. `removed` exists for restoring a backup and for
tests that empty tables between them; whatever is done in between is still found by `hengjian ledger verify`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

FROZEN = (
    "ledger_fact",
    "ledger_factref",
    "ledger_checkpoint",
    "ledger_computedfigure",
    "ledger_vaultaccess",
    "ledger_seal",
    "ledger_seallift",
)
# Rows that may change in one way only: (table, columns that stay, the change that is allowed), per database.
GROWING = "ledger_tile"
ERASABLE = "ledger_vaultentry"
ERASABLE_KEPT = ("id", "owner", "category", "readers", "created_at")

MESSAGE = "is append-only: record a correction (supersedes / retracts) instead"


def _sqlite() -> dict[str, tuple[str, str]]:
    """Trigger name → (table, statement)."""
    made: dict[str, tuple[str, str]] = {}

    def add(table: str, name: str, event: str, when: str = "", message: str = MESSAGE) -> None:
        condition = f" WHEN {when}" if when else ""
        made[name] = (
            table,
            f"CREATE TRIGGER {name} BEFORE {event} ON {table}{condition} "
            f"BEGIN SELECT RAISE(ABORT, '{table} {message}'); END",
        )

    for table in (*FROZEN, GROWING, ERASABLE):
        add(table, f"{table}_no_delete", "DELETE")
    for table in FROZEN:
        add(table, f"{table}_no_update", "UPDATE")
    # INSERT OR REPLACE deletes without firing delete triggers, so the collision itself is refused.
    add(
        "ledger_fact",
        "ledger_fact_no_replace",
        "INSERT",
        "NEW.leaf_index <> (SELECT coalesce(max(leaf_index) + 1, 0) FROM ledger_fact) "
        "OR EXISTS (SELECT 1 FROM ledger_fact WHERE id = NEW.id)",
        "takes the next index and a new id only",
    )
    add(
        GROWING,
        f"{GROWING}_only_grow",
        "UPDATE",
        "NEW.id <> OLD.id OR NEW.level <> OLD.level OR NEW.position <> OLD.position "
        "OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes "
        "OR substr(NEW.labels, 1, length(OLD.labels)) <> OLD.labels",
        "only grows at its end",
    )
    kept = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in ERASABLE_KEPT)
    add(
        ERASABLE,
        f"{ERASABLE}_only_erase",
        "UPDATE",
        f"{kept} OR length(NEW.sealed) <> 0 OR NEW.erased_at IS NULL OR OLD.erased_at IS NOT NULL",
        "can only be erased, once",
    )
    return made


def _postgresql() -> dict[str, tuple[str, str]]:
    made: dict[str, tuple[str, str]] = {}

    def add(table: str, name: str, event: str, each: str = "STATEMENT", when: str = "") -> None:
        condition = f" WHEN ({when})" if when else ""
        made[name] = (
            table,
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each}{condition} "
            "EXECUTE FUNCTION ledger_refuse()",
        )

    for table in (*FROZEN, GROWING, ERASABLE):
        # By row and by statement: a DELETE that matches nothing is harmless, a TRUNCATE has no rows to look at.
        add(table, f"{table}_no_delete", "DELETE", "ROW")
        add(table, f"{table}_no_truncate", "TRUNCATE")
    for table in FROZEN:
        add(table, f"{table}_no_update", "UPDATE", "ROW")
    add(
        GROWING,
        f"{GROWING}_only_grow",
        "UPDATE",
        "ROW",
        "NEW.id <> OLD.id OR NEW.level <> OLD.level OR NEW.position <> OLD.position "
        "OR substring(NEW.hashes FROM 1 FOR length(OLD.hashes)) <> OLD.hashes "
        "OR left(NEW.labels, length(OLD.labels)) <> OLD.labels",
    )
    kept = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in ERASABLE_KEPT)
    add(
        ERASABLE,
        f"{ERASABLE}_only_erase",
        "UPDATE",
        "ROW",
        f"{kept} OR length(NEW.sealed) <> 0 OR NEW.erased_at IS NULL OR OLD.erased_at IS NOT NULL",
    )
    return made


POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE any_row boolean;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', TG_TABLE_NAME) INTO any_row;
        IF NOT any_row THEN
            RETURN NULL;
        END IF;
    END IF;
    RAISE EXCEPTION '% {MESSAGE} (% refused)', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def expected(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, str]]:
    """Trigger name → (table, CREATE statement) for this database."""
    return _postgresql() if connection.vendor == "postgresql" else _sqlite()


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that are not there, or are switched off, or say something else."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
            found = {name for (name,) in cursor.fetchall()}
            return sorted(set(expected(connection)) - found)
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        statements = dict(cursor.fetchall())
        return sorted(name for name, (_, sql) in expected(connection).items() if statements.get(name) != sql)


def install(connection: BaseDatabaseWrapper) -> None:
    """Create every trigger that is missing."""
    absent = missing(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION.replace("%", "%%"), [])
        for name in absent:
            cursor.execute(expected(connection)[name][1])


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop all triggers. The ledger is unguarded until `install`."""
    with connection.cursor() as cursor:
        for name, (table, _) in expected(connection).items():
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


@contextmanager
def removed(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Work without the triggers, then put them back."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)
