"""Django app of the room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.programmes.loading import SystemConfig


class HonoursConfig(SystemConfig):
    name = "hengjian.systems.honours"
    label = "honours"
    default = True  # `SystemConfig` stands in this module, too

    def ready(self) -> None:
        from hengjian.pages.navigation import register_navigation
        from hengjian.registers.hooks import register_check, register_related
        from hengjian.systems.honours import indications, rules

        super().ready()
        register_check("qc_topic", rules.check_topic)
        register_check("quality_activity", rules.check_activity)
        register_related("honours", _("品牌与标志"), indications.related)
        register_navigation(
            "supervision",
            _("品牌与质量活动"),
            "honours:brands",
            "star",
            verb="registers.view",
            order=59,
            group="honours",
        )
