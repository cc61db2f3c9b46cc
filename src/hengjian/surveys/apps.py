"""Django app of the room."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    name = "hengjian.surveys"
    label = "surveys"

    def ready(self) -> None:
        from hengjian.pages.navigation import register_navigation, register_public_page
        from hengjian.surveys import catalogue, facts, policies  # noqa: F401
        from hengjian.surveys.queries import waiting_for

        policies.register()
        catalogue.load(Path(self.path) / "config")
        if settings.HENGJIAN_CONFIG_DIR:
            catalogue.load(Path(settings.HENGJIAN_CONFIG_DIR))
        register_navigation(
            "indicators",
            _("满意度调查"),
            "surveys:index",
            "chat",
            "surveys.view",
            count=waiting_for,
            order=60,
            group="collection",
        )
        register_public_page(
            _("满意度调查"), "surveys:public", 100, _("参加正在进行的调查，查看公共服务和产品的满意度结果。")
        )
