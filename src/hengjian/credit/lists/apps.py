"""Django app of the room."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class CreditListsConfig(AppConfig):
    name = "hengjian.credit.lists"
    label = "credit_lists"

    def ready(self) -> None:
        from hengjian.credit.lists import catalogue, facts, leaving, policies, procedures, published
        from hengjian.credit.records.hooks import register_sealed
        from hengjian.enterprises.hooks import register_merged
        from hengjian.pages.navigation import register_navigation, register_public_page
        from hengjian.pages.notices import register_address

        assert facts.ENTERED
        catalogue.load(Path(self.path) / "config")
        if settings.HENGJIAN_CONFIG_DIR:
            catalogue.load(Path(settings.HENGJIAN_CONFIG_DIR))
        policies.register()
        procedures.load(Path(self.path) / "procedures")
        procedures.register()
        published.register()
        register_sealed(leaving.records_sealed)
        register_merged("credit_lists", leaving.enterprises_merged)
        register_address("measure", lambda pk: reverse("credit_lists:task", args=[pk]))
        register_navigation(
            "credit", _("信用名单"), "credit_lists:index", "list", verb="lists.view", order=70, group="credit_lists"
        )
        register_navigation(
            "credit",
            _("联合措施核对"),
            "credit_lists:check",
            "search",
            verb="lists.check",
            order=75,
            group="credit_lists",
        )
        register_public_page(
            _("信用名单公示"),
            "credit_lists:public_index",
            60,
            _("严重违法失信名单、行业失信名单和守信名单，期满或修复后撤下。"),
        )
