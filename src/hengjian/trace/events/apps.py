"""Django app of the room."""

from django.apps import AppConfig


class TraceEventsConfig(AppConfig):
    name = "hengjian.trace.events"
    label = "trace_events"
