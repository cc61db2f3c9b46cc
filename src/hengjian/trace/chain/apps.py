"""Django app of the room."""

from django.apps import AppConfig


class TraceChainConfig(AppConfig):
    name = "hengjian.trace.chain"
    label = "trace_chain"
