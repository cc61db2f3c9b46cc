"""Django app of the room."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "hengjian.documents"
    label = "documents"
