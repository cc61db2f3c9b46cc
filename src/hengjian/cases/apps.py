"""Django app of the room."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "hengjian.cases"
    label = "cases"

    def ready(self) -> None:
        from hengjian.cases import policies

        policies.register()
