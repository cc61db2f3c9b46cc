"""Django app of the room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnterprisesConfig(AppConfig):
    name = "hengjian.enterprises"
    label = "enterprises"

    def ready(self) -> None:
        from hengjian.documents.access import register_file_access
        from hengjian.enterprises import access, accounts, facts, policies
        from hengjian.pages.navigation import register_navigation

        policies.register()
        facts.register()
        accounts.follow_units()
        register_file_access("intake", access.may_read_file)
        register_navigation(
            "credit", _("主体库"), "enterprises:list", "list", "enterprises.view", order=20, group="subjects"
        )
        register_navigation(
            "credit",
            _("疑似重复主体"),
            "enterprises:review",
            "people",
            "enterprises.decide",
            count=access.pairs_waiting,
            order=22,
            group="subjects",
        )
        register_navigation(
            "credit",
            _("重错码核查"),
            "enterprises:conflicts",
            "alert",
            "enterprises.decide",
            count=access.conflicts_waiting,
            order=24,
            group="subjects",
        )
