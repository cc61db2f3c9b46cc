"""Django app of the room."""

from django.apps import AppConfig


class CreditGradingConfig(AppConfig):
    name = "hengjian.credit.grading"
    label = "credit_grading"
