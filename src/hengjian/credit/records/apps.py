"""Django app of the room."""

from django.apps import AppConfig


class CreditRecordsConfig(AppConfig):
    name = "hengjian.credit.records"
    label = "credit_records"
