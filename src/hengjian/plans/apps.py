"""Django app of the room."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "hengjian.plans"
    label = "plans"
