"""Django app of the room."""

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "hengjian.scoring"
    label = "scoring"
