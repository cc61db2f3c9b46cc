"""Django app of the room."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "hengjian.pages"
    label = "pages"
