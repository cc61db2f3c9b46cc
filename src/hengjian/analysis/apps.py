"""Django app of the room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnalysisConfig(AppConfig):
    name = "hengjian.analysis"
    label = "analysis"

    def ready(self) -> None:
        from django.urls import reverse

        from hengjian.analysis import access, facts, policies  # noqa: F401
        from hengjian.analysis.queries import waiting_for
        from hengjian.documents.access import register_file_access
        from hengjian.pages.navigation import register_navigation, register_public_page
        from hengjian.pages.notices import register_address

        policies.register()
        register_address("report", lambda pk: reverse("analysis:report", args=[pk]))
        register_file_access("report", access.may_read_report_file)
        register_navigation(
            "indicators", _("质量分析"), "analysis:index", "gauge", "analysis.open", order=10, key="a", group="figures"
        )
        register_navigation(
            "indicators",
            _("分析报告"),
            "analysis:reports",
            "doc",
            "analysis.view",
            waiting_for,
            order=12,
            group="figures",
        )
        register_public_page(_("区域质量"), "analysis:public", 15, _("我所在的地方质量怎么样，每个数字从哪里来。"))
