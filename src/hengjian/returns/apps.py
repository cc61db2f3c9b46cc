"""Django app of the room."""

from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    name = "hengjian.returns"
    label = "returns"
