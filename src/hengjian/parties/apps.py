"""Django app of the room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartiesConfig(AppConfig):
    name = "hengjian.parties"
    label = "parties"
    verbose_name = _("机构与用户")

    def ready(self) -> None:
        from hengjian.parties import access, own_holdings

        access.register()
        own_holdings.register()
