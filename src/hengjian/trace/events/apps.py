"""Django app of the room."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TraceEventsConfig(AppConfig):
    name = "hengjian.trace.events"
    label = "trace_events"
    verbose_name = _("追溯事件")

    def ready(self) -> None:
        from hengjian.pages.navigation import register_navigation
        from hengjian.trace.events import facts, policies  # noqa: F401

        policies.register()
        for label, view, icon, order in (
            (_("追溯事件"), "trace_event_pages:events", "list", 60),
            (_("采集任务"), "trace_event_pages:jobs", "upload", 65),
            (_("查询与订阅"), "trace_event_pages:queries", "bell", 70),
        ):
            register_navigation("supervision", label, view, icon, policies.VIEW, order=order, group="trace")
        post_migrate.connect(_guard, sender=self)


def _guard(using: str, **kwargs: Any) -> None:
    """Install the append-only triggers after every migration."""
    from django.db import connections

    from hengjian.trace.events import triggers

    connection = connections[using]
    if "trace_events_event" in connection.introspection.table_names():
        triggers.install(connection)
