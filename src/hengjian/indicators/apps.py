"""Django app of the room."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import register as register_system_check


class IndicatorsConfig(AppConfig):
    name = "hengjian.indicators"
    label = "indicators"

    def ready(self) -> None:
        from hengjian.indicators import catalogue, checking, facts, figures, policies, recipes  # noqa: F401

        policies.register()
        recipes.register_all()
        figures.register()
        catalogue.load(Path(self.path) / "config")
        if settings.HENGJIAN_CONFIG_DIR:
            catalogue.load(Path(settings.HENGJIAN_CONFIG_DIR))
        register_system_check(checking.declared_indicators)
