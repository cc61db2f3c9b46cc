"""Django app of the room."""

from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "hengjian.clocks"
    label = "clocks"
