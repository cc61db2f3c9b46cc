"""Django app of the room."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class ReturnsConfig(AppConfig):
    name = "hengjian.returns"
    label = "returns"

    def ready(self) -> None:
        from django.urls import reverse

        from hengjian.pages.navigation import register_navigation, register_public_page
        from hengjian.pages.notices import register_address
        from hengjian.returns import catalogue, facts, policies, standing  # noqa: F401

        policies.register()
        register_address("return", lambda pk: reverse("returns:grid", args=[pk]))
        register_navigation(
            "indicators",
            _("统计报表"),
            "returns:index",
            "list",
            "returns.view",
            standing.waiting_for,
            order=40,
            group="collection",
        )
        register_navigation(
            "indicators", _("报表日历"), "returns:calendar", "clock", "returns.view", order=41, group="collection"
        )
        register_navigation(
            "indicators", _("报表目录"), "returns:catalogue", "doc", "returns.view", order=42, group="collection"
        )
        register_navigation(
            "indicators", _("数据质量"), "returns:integrity", "search", "returns.view", order=43, group="collection"
        )
        register_public_page(
            _("统计报表目录"), "returns:catalogue", 85, _("质量统计调查了什么、向谁调查、依据和周期。")
        )
        catalogue.load(Path(self.path) / "config")
        if settings.HENGJIAN_CONFIG_DIR:
            catalogue.load(Path(settings.HENGJIAN_CONFIG_DIR))
