"""Django app of the room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoringConfig(AppConfig):
    name = "hengjian.scoring"
    label = "scoring"

    def ready(self) -> None:
        from django.urls import reverse

        from hengjian.pages.navigation import register_navigation
        from hengjian.pages.notices import register_address
        from hengjian.scoring import facts, policies  # noqa: F401
        from hengjian.scoring.queries import waiting_for

        policies.register()
        register_address("scoresheet", lambda pk: reverse("scoring:sheet", args=[pk]))
        register_navigation(
            "supervision",
            _("评分表"),
            "scoring:index",
            "scale",
            "scoring.open",
            waiting_for,
            order=90,
            group="enforcement",
        )
