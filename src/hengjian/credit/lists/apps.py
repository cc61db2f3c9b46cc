"""Django app of the room."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class CreditListsConfig(AppConfig):
    name = "hengjian.credit.lists"
    label = "credit_lists"

    def ready(self) -> None:
        from hengjian.credit.lists import catalogue, facts, policies

        assert facts.ENTERED
        catalogue.load(Path(self.path) / "config")
        if settings.HENGJIAN_CONFIG_DIR:
            catalogue.load(Path(settings.HENGJIAN_CONFIG_DIR))
        policies.register()
