"""Django app of the room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClocksConfig(AppConfig):
    name = "hengjian.clocks"
    label = "clocks"
    verbose_name = _("时限")
