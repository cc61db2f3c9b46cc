"""Django app of the room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DrawsConfig(AppConfig):
    name = "hengjian.draws"
    label = "draws"

    def ready(self) -> None:
        from django.urls import reverse

        from hengjian.clocks.worker import register_handler
        from hengjian.documents.access import register_file_access
        from hengjian.draws import facts, policies  # noqa: F401
        from hengjian.draws.actions import PUBLISH
        from hengjian.draws.queries import may_read_file, waiting_for
        from hengjian.draws.reminding import ring
        from hengjian.pages.navigation import register_navigation, register_public_page
        from hengjian.pages.notices import register_address

        policies.register()
        register_handler(PUBLISH, ring)
        register_address("check", lambda pk: reverse("draws:check", args=[pk]))
        register_file_access("check", may_read_file)
        register_navigation(
            "supervision",
            _("双随机抽查"),
            "draws:index",
            "flask",
            "draws.overview",
            count=waiting_for,
            order=70,
            group="enforcement",
        )
        register_public_page(_("随机抽查"), "draws:public", 90, _("随机抽查的名单、种子和结果，人人可以重新计算核对。"))
