"""Django app of the room."""

from django.apps import AppConfig


class DrawsConfig(AppConfig):
    name = "hengjian.draws"
    label = "draws"

    def ready(self) -> None:
        from hengjian.draws import facts, policies  # noqa: F401

        policies.register()
