"""Django app of the room."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "hengjian.surveys"
    label = "surveys"
