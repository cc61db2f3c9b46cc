"""Django app of the room."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "hengjian.documents"
    label = "documents"

    def ready(self) -> None:
        from hengjian.documents import checks  # noqa: F401  (registers the system check)
