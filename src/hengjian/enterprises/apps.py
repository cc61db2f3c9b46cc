"""Django app of the room."""

from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    name = "hengjian.enterprises"
    label = "enterprises"
