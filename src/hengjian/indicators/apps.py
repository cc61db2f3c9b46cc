"""Django app of the room."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "hengjian.indicators"
    label = "indicators"
