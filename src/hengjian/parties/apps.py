"""Django app of the room."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "hengjian.parties"
    label = "parties"
