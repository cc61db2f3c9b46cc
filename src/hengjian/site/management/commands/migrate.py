"""`migrate`, with a short way for an empty database.

Replaying the history of 150 related models takes Django over a minute, nearly all of it spent on rebuilding models in
memory. An empty database needs no history: it gets the tables as the models say, what migrations add beyond models
(triggers, sort orders; marked `hints={"schema": True}`), and the history as applied. `--history` replays it all the
same; a test compares the two.
"""

from __future__ import annotations

from typing import Any, cast

from django.apps import apps
from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import StateApps


class Command(Migrate):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--history", action="store_true", help="Replay every migration, also on an empty database.")

    def handle(self, *args: Any, **options: Any) -> None:
        history = options.pop("history", False)
        partial = options["app_label"] or options["fake"] or options["plan"] or options["check_unapplied"]
        connection = connections[options["database"]]
        if not history and not partial and not connection.introspection.table_names():
            self.verbosity = options["verbosity"]
            self._create(connection)
        super().handle(*args, **options)

    def _create(self, connection: BaseDatabaseWrapper) -> None:
        """All tables at once; either everything is there afterwards or nothing."""
        loader = MigrationLoader(connection)
        plan = loader.graph.leaf_nodes()
        ordered = dict.fromkeys(key for leaf in plan for key in loader.graph.forwards_plan(leaf))
        # SQLite makes no tables while it checks foreign keys, and cannot stop that inside of a transaction.
        with connection.constraint_checks_disabled(), transaction.atomic(connection.alias):
            self.sync_apps(connection, loader.migrated_apps)
            with connection.schema_editor(atomic=False) as editor:
                for key in ordered:
                    for operation in loader.graph.nodes[key].operations:
                        if isinstance(operation, RunPython) and operation.hints.get("schema"):
                            operation.code(cast(StateApps, apps), editor)
            recorder = MigrationRecorder(connection)
            recorder.ensure_schema()
            recorder.migration_qs.bulk_create(recorder.Migration(app=app, name=name) for app, name in ordered)
