"""Django app of the room."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "hengjian.plans"
    label = "plans"

    def ready(self) -> None:
        from hengjian.plans import facts, policies  # noqa: F401

        policies.register()
