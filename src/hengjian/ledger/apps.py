"""Django app of the room."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "hengjian.ledger"
    label = "ledger"
