"""Django app of the room."""

from django.apps import AppConfig


class TraceExchangeConfig(AppConfig):
    name = "hengjian.trace.exchange"
    label = "trace_exchange"
