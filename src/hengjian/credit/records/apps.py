"""Django app of the room."""

from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CreditRecordsConfig(AppConfig):
    name = "hengjian.credit.records"
    label = "credit_records"
    verbose_name = _("信用记录")

    def ready(self) -> None:
        from hengjian.credit.records import facts, gathering, hooks, navigating, policies, repairing, reversing
        from hengjian.programmes.loading import load_folder

        facts.register()
        policies.register()
        repairing.register()
        reversing.register()
        navigating.register()
        hooks.register_restored(gathering.caught_up)
        load_folder(Path(self.path) / "config")
