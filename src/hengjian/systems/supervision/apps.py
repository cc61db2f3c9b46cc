"""Django app of the room."""

from django.utils.translation import gettext_lazy as _

from hengjian.programmes.loading import SystemConfig


class SupervisionConfig(SystemConfig):
    name = "hengjian.systems.supervision"
    label = "supervision"
    default = True  # `SystemConfig` stands in this module, too

    def ready(self) -> None:
        super().ready()
        from hengjian.pages.navigation import register_navigation, register_public_page
        from hengjian.systems.supervision import computed, effects, related

        computed.register()
        effects.register()
        related.register()
        register_navigation(
            "supervision", _("专项与督查"), "supervision:home", "list", "registers.view", order=60, group="enforcement"
        )
        register_public_page(
            _("权责清单"), "supervision:power_lists", 120, _("权力清单、责任清单和负面清单，可比较任意两天。")
        )
