"""Triggers by which the database refuses to change or remove a captured event and its indexes."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("trace_events_event", "trace_events_eventcontext")
INDEXES = ("trace_events_eventthing", "trace_events_eventterm", "trace_events_eventreader")
MESSAGE = "is append-only: capture an error declaration and the corrected event instead"

POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION trace_events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE any_row boolean;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %%I)', TG_TABLE_NAME) INTO any_row;
        IF NOT any_row THEN
            RETURN NULL;
        END IF;
    END IF;
    RAISE EXCEPTION '%% {MESSAGE} (%% refused)', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def expected(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Trigger name → CREATE statement."""
    made: dict[str, str] = {}
    for table in (*TABLES, *INDEXES):
        if connection.vendor == "postgresql":
            run = "EXECUTE FUNCTION trace_events_refuse()"
            made[f"{table}_fixed"] = (
                f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {run}"
            )
            made[f"{table}_kept"] = f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}"
            continue
        for verb in ("update", "delete"):
            name = f"{table}_no_{verb}"
            made[name] = (
                f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} {MESSAGE}'); END"
            )
    if connection.vendor == "sqlite":  # INSERT OR REPLACE deletes without firing a trigger
        made["trace_events_event_no_replace"] = (
            "CREATE TRIGGER trace_events_event_no_replace BEFORE INSERT ON trace_events_event "
            "WHEN NEW.id <> (SELECT coalesce(max(id) + 1, 1) FROM trace_events_event) OR EXISTS "
            "(SELECT 1 FROM trace_events_event WHERE hash = NEW.hash AND declaration = NEW.declaration) "
            f"BEGIN SELECT RAISE(ABORT, 'trace_events_event {MESSAGE}'); END"
        )
    return made


def install(connection: BaseDatabaseWrapper) -> None:
    """Create every trigger that is missing: SQLite drops them when a migration rebuilds a table."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION, [])
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        present = {name for (name,) in cursor.fetchall()}
        for name, statement in expected(connection).items():
            if name not in present:
                cursor.execute(statement)


def plain_order(connection: BaseDatabaseWrapper) -> None:
    """Let PostgreSQL order keys byte by byte, as patterns of identifiers need: ranges of a language's order would miss
    some. SQLite does so anyway."""
    if connection.vendor != "postgresql":
        return
    columns = {"trace_events_eventthing": ("key",), "trace_events_eventterm": ("name", "text")}
    with connection.cursor() as cursor:
        for table, names in columns.items():
            for name in names:
                cursor.execute(f'ALTER TABLE {table} ALTER COLUMN "{name}" TYPE varchar(512) COLLATE "C"')
