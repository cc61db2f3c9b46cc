"""Django app of the room."""

from django.apps import AppConfig


class CreditSharingConfig(AppConfig):
    name = "hengjian.credit.sharing"
    label = "credit_sharing"
