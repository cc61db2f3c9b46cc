"""Django app of the room."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "hengjian.publishing"
    label = "publishing"

    def ready(self) -> None:
        from hengjian.publishing import facts, policies  # noqa: F401

        policies.register()
