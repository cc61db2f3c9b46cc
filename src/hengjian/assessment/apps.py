"""Django app of the room."""

from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "hengjian.assessment"
    label = "assessment"
