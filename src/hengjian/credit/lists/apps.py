"""Django app of the room."""

from django.apps import AppConfig


class CreditListsConfig(AppConfig):
    name = "hengjian.credit.lists"
    label = "credit_lists"
