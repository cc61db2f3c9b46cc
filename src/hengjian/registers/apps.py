"""Django app of the room."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "hengjian.registers"
    label = "registers"

    def ready(self) -> None:
        from hengjian.registers import policies

        policies.register()
