"""Django app of the room."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import register as register_system_check
from django.utils.translation import gettext_lazy as _


class IndicatorsConfig(AppConfig):
    name = "hengjian.indicators"
    label = "indicators"

    def ready(self) -> None:
        from django.urls import reverse

        from hengjian.documents.access import register_file_access
        from hengjian.indicators import catalogue, checking, facts, figures, policies, recipes, searching  # noqa: F401
        from hengjian.pages.navigation import register_navigation, register_public_page, register_search
        from hengjian.pages.notices import register_address

        policies.register()
        recipes.register_all()
        figures.register()
        catalogue.load(Path(self.path) / "config")
        if settings.HENGJIAN_CONFIG_DIR:
            catalogue.load(Path(settings.HENGJIAN_CONFIG_DIR))
        register_system_check(checking.declared_indicators)
        register_file_access("indicator-import", searching.may_read_file)
        register_address("observation", lambda pk: reverse("indicators:value", args=[pk]))
        register_address("indicator-target", lambda pk: reverse("indicators:target", args=[pk]))
        register_search("indicators", _("指标"), searching.search)
        register_navigation(
            "indicators",
            _("指标目录"),
            "indicators:index",
            "gauge",
            verb="indicators.view",
            order=10,
            key="i",
            group="figures",
        )
        register_navigation(
            "indicators",
            _("指标值与核定"),
            "indicators:values",
            "done",
            verb="indicators.view",
            count=searching.waiting,
            order=14,
            group="figures",
        )
        register_navigation(
            "indicators",
            _("目标跟踪"),
            "indicators:targets",
            "scale",
            verb="indicators.view",
            count=searching.missed,
            order=16,
            group="figures",
        )
        register_navigation(
            "indicators", _("期间锁定"), "indicators:periods", "doc", verb="indicators.lock", order=18, group="figures"
        )
        register_public_page(_("质量指标"), "indicators:index", 12, _("各项质量指标的含义、数值和背后的事实，可下载。"))
