"""Django app of the room."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LedgerConfig(AppConfig):
    name = "hengjian.ledger"
    label = "ledger"
    verbose_name = "质量事实台账"

    def ready(self) -> None:
        post_migrate.connect(_guard, sender=self)


def _guard(using: str, **kwargs: Any) -> None:
    """Install the append-only triggers after every migration: SQLite drops them when a migration rebuilds a table."""
    from django.db import connections

    from hengjian.ledger import triggers

    connection = connections[using]
    if "ledger_fact" in connection.introspection.table_names():
        triggers.install(connection)
