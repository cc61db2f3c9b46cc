"""Django app of the room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CreditSharingConfig(AppConfig):
    name = "hengjian.credit.sharing"
    label = "credit_sharing"

    def ready(self) -> None:
        from django.urls import reverse

        from hengjian.credit.records import hooks
        from hengjian.credit.sharing import policies, telling
        from hengjian.credit.sharing.queries import waiting_for
        from hengjian.enterprises.hooks import register_changed
        from hengjian.pages.navigation import register_navigation
        from hengjian.pages.notices import register_address

        policies.register()
        hooks.register_recorded(telling.recorded)
        hooks.register_sealed(telling.sealed)
        hooks.register_restored(telling.restored)
        register_changed("credit_sharing", telling.changed)
        register_address("credit_subscription", lambda key: reverse("credit_sharing:subscription", args=[key]))
        register_navigation(
            "credit",
            _("信用订阅"),
            "credit_sharing:alerts",
            "bell",
            "sharing.view",
            count=waiting_for,
            order=60,
            group="credit_sharing",
        )
        register_navigation(
            "credit",
            _("批量比对"),
            "credit_sharing:screenings",
            "search",
            "sharing.match",
            order=65,
            group="credit_sharing",
        )
        register_navigation(
            "credit",
            _("共享监督"),
            "credit_sharing:oversight",
            "gauge",
            "sharing.oversee",
            order=70,
            group="credit_sharing",
        )
