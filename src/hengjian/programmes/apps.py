"""Django app of the room."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "hengjian.programmes"
    label = "programmes"
