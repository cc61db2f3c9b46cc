"""Django app of the room."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "hengjian.site"
    label = "site_shell"
