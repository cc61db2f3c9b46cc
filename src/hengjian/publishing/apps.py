"""Django app of the room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublishingConfig(AppConfig):
    name = "hengjian.publishing"
    label = "publishing"

    def ready(self) -> None:
        from django.urls import reverse

        from hengjian.pages.navigation import register_navigation, register_public_page
        from hengjian.pages.notices import register_address
        from hengjian.publishing import facts, policies  # noqa: F401
        from hengjian.publishing.queries import waiting_for

        policies.register()
        register_address("objection", lambda pk: reverse("publishing:objection", args=[pk]))
        register_navigation(
            "supervision",
            _("公示与名单"),
            "publishing:notices",
            "bell",
            "publishing.view",
            count=waiting_for,
            order=80,
            group="enforcement",
        )
        register_public_page(_("公示公告"), "publishing:index", 40, _("正在公示的事项，公示期内可以提出异议。"))
        register_public_page(_("公开名单"), "publishing:list_index", 45, _("依规则生成的名单，每一天的版本都可核对。"))
