"""Django app of the room."""

from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    name = "hengjian.enterprises"
    label = "enterprises"

    def ready(self) -> None:
        from hengjian.enterprises import facts, policies

        policies.register()
        facts.register()
