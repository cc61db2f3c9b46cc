"""Django app of the room."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class ReturnsConfig(AppConfig):
    name = "hengjian.returns"
    label = "returns"

    def ready(self) -> None:
        from hengjian.returns import catalogue, facts, policies  # noqa: F401

        policies.register()
        catalogue.load(Path(self.path) / "config")
        if settings.HENGJIAN_CONFIG_DIR:
            catalogue.load(Path(settings.HENGJIAN_CONFIG_DIR))
