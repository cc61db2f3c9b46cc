"""Django app of the room."""

from django.utils.translation import gettext_lazy as _

from hengjian.programmes.loading import SystemConfig


class CertificationConfig(SystemConfig):
    name = "hengjian.systems.certification"
    label = "certification"
    default = True  # `SystemConfig` stands in this module, too

    def ready(self) -> None:
        super().ready()
        from hengjian.pages.navigation import register_navigation, register_public_page
        from hengjian.systems.certification import checking, procedures, related

        checking.register()
        procedures.register()
        related.register()
        register_navigation(
            "supervision",
            _("检验检测认证"),
            "certification:home",
            "done",
            "registers.view",
            order=70,
            group="infrastructure",
        )
        register_public_page(_("质量服务"), "certification:services", 100, _("计量、标准、检验检测、认证一站式服务。"))
