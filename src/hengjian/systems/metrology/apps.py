"""Django app of the room."""

from django.utils.translation import gettext_lazy as _

from hengjian.programmes.loading import SystemConfig


class MetrologyConfig(SystemConfig):
    name = "hengjian.systems.metrology"
    label = "metrology"
    default = True  # `SystemConfig` stands in this module, too

    def ready(self) -> None:
        super().ready()
        from hengjian.pages.navigation import register_navigation, register_public_page
        from hengjian.registers.hooks import register_related
        from hengjian.systems.metrology import cycles, policies, procedures, related

        policies.register()
        cycles.register()
        procedures.register()
        register_related("metrology.verifications", _("检定记录"), related.verifications)
        register_navigation(
            "supervision", _("计量"), "metrology:rates", "scale", "registers.view", order=60, group="infrastructure"
        )
        register_public_page(
            _("计量器具到期"), "metrology:public_due", 130, _("到期该检定或更换的水表、气表等计量器具。")
        )
