"""Django app of the room."""

from django.apps import AppConfig


class DrawsConfig(AppConfig):
    name = "hengjian.draws"
    label = "draws"
