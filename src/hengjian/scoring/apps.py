"""Django app of the room."""

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "hengjian.scoring"
    label = "scoring"

    def ready(self) -> None:
        from hengjian.scoring import facts, policies  # noqa: F401

        policies.register()
