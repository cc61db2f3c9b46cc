"""Django app of the room."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "hengjian.api"
    label = "api"
