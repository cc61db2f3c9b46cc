"""Django app of the room."""

from __future__ import annotations

from hengjian.programmes.loading import SystemConfig


class EngineeringConfig(SystemConfig):
    name = "hengjian.systems.engineering"
    label = "engineering"
    default = True

    def ready(self) -> None:
        super().ready()
        from django.utils.translation import gettext_lazy as _

        from hengjian.cases.hooks import register_effect, register_guard
        from hengjian.pages.navigation import register_navigation, register_public_page
        from hengjian.systems.engineering import policies, proceeding, related

        policies.register()
        related.register()
        for name, check in (
            ("commitments_complete", proceeding.commitments_complete),
            ("under_supervision", proceeding.under_supervision),
            ("within_design_life", proceeding.within_design_life),
        ):
            register_guard(f"engineering.{name}", check)
        for name, act in (
            ("supervision_granted", proceeding.supervision_granted),
            ("accepted", proceeding.accepted),
            ("not_accepted", proceeding.not_accepted),
            ("filed", proceeding.filed),
            ("open_liability", proceeding.open_liability),
        ):
            register_effect(f"engineering.{name}", act)
        register_navigation(
            "supervision",
            _("项目负责人查询"),
            "engineering:people",
            "building",
            "engineering.appoint",
            order=70,
            group="engineering",
        )
        register_navigation(
            "supervision",
            _("工程质量指标"),
            "engineering:rates",
            "gauge",
            "engineering.appoint",
            order=71,
            group="engineering",
        )
        register_public_page(
            _("工程质量责任公示"), "engineering:public_home", 110, _("工程的五方责任主体、责任人和验收情况。")
        )
