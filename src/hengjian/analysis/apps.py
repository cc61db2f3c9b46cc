"""Django app of the room."""

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    name = "hengjian.analysis"
    label = "analysis"
