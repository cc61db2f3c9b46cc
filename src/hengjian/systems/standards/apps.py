"""Django app of the room."""

from django.utils.translation import gettext_lazy as _

from hengjian.programmes.loading import SystemConfig


class StandardsConfig(SystemConfig):
    name = "hengjian.systems.standards"
    label = "standards"
    default = True  # `SystemConfig` stands in this module, too

    def ready(self) -> None:
        super().ready()
        from hengjian.pages.navigation import register_navigation, register_public_page
        from hengjian.systems.standards import checking, procedures, related

        checking.register()
        procedures.register()
        related.register()
        register_navigation(
            "supervision", _("标准"), "standards:overview", "doc", "registers.view", order=50, group="infrastructure"
        )
        register_public_page(_("标准信息"), "standards:overview", 70, _("查标准、看企业自我声明公开的执行标准。"))
