"""Django app of the room."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "hengjian.publishing"
    label = "publishing"
