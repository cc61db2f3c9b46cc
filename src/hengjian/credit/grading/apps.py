"""Django app of the room."""

from django.utils.translation import gettext_lazy as _

from hengjian.programmes.loading import SystemConfig


class CreditGradingConfig(SystemConfig):
    name = "hengjian.credit.grading"
    label = "credit_grading"
    default = True  # `SystemConfig` stands in this module, too

    def ready(self) -> None:
        super().ready()
        from hengjian.credit.grading import facts, policies
        from hengjian.credit.grading.runs import records_sealed
        from hengjian.credit.records.hooks import register_restored, register_sealed
        from hengjian.pages.navigation import register_navigation

        assert facts.CLASSIFIED
        policies.register()
        register_navigation(
            "credit",
            _("分级分类"),
            "credit_grading:overview",
            "gauge",
            verb="grading.view",
            order=60,
            group="credit_lists",
        )
        register_sealed(records_sealed)
        register_restored(records_sealed)
