"""Django app of the room."""

from django.apps import AppConfig


class LakeConfig(AppConfig):
    name = "hengjian.lake"
    label = "lake"
