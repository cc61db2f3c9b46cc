"""Django app of the room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.programmes.loading import SystemConfig


class CreditDossierConfig(SystemConfig):
    name = "hengjian.credit.dossier"
    label = "credit_dossier"
    default = True  # `SystemConfig` stands in this module, too

    def ready(self) -> None:
        super().ready()
        from hengjian.credit.dossier import declared, effects, policies
        from hengjian.pages.navigation import register_navigation, register_public_page

        policies.register()
        declared.register()
        effects.register()
        register_navigation(
            "credit", _("一企一档"), "credit_dossier:search", "building", "dossier.read", order=10, key="e"
        )
        register_navigation("credit", _("本企业"), "credit_dossier:mine", "home", "dossier.own", order=5)
        register_public_page(
            _("企业质量信用"),
            "credit_dossier:public_search",
            5,
            _("按名称或代码查询企业的许可、抽查、处罚、名单和荣誉。"),
        )
