"""Django app of the room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.programmes.loading import SystemConfig


class ComplaintsConfig(SystemConfig):
    name = "hengjian.systems.complaints"
    label = "complaints"
    default = True  # `SystemConfig` stands in this module, too

    def ready(self) -> None:
        super().ready()
        from hengjian.cases.hooks import register_categories
        from hengjian.pages.navigation import register_navigation, register_public_page
        from hengjian.systems.complaints import hooks, papers, policies
        from hengjian.systems.complaints.routing import category_labels

        policies.register()
        hooks.register()
        register_categories(category_labels)
        papers.register()
        register_navigation(
            "supervision",
            _("诉求工单"),
            "complaints:tickets",
            "chat",
            verb="complaints.view",
            order=20,
            key="c",
            group="complaints",
        )
        register_navigation(
            "supervision",
            _("投诉举报统计"),
            "complaints:statistics",
            "gauge",
            verb="complaints.view",
            order=21,
            group="complaints",
        )
        register_public_page(
            _("投诉举报"), "complaints:public_home", 10, _("消费投诉、违法举报、咨询和建议，一处提交。")
        )
