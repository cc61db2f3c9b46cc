"""Django app of the room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "hengjian.api"
    label = "api"
    verbose_name = _("接口")

    def ready(self) -> None:
        from hengjian.parties.access import EVERY_OFFICER
        from hengjian.parties.roles import register_verb

        register_verb(
            "ledger.read_shared",
            _("通过接口查看共享事实"),
            EVERY_OFFICER,
            _("计划、任务、责任的事实限于本人可见的范围。"),
            scope=True,
        )
