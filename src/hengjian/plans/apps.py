"""Django app of the room."""

from functools import partial

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class PlansConfig(AppConfig):
    name = "hengjian.plans"
    label = "plans"

    def ready(self) -> None:
        from hengjian.documents.access import register_file_access
        from hengjian.pages.navigation import register_navigation, register_search
        from hengjian.pages.notices import register_address
        from hengjian.plans import access, facts, handing_over, policies, searching  # noqa: F401
        from hengjian.plans.views.workbench import waiting

        policies.register()
        handing_over.register()
        register_file_access("duty", access.may_read_duty_file)
        register_file_access("document", access.may_read_document_file)
        register_file_access("import", access.may_read_import_file)
        register_navigation("", _("工作台"), "plans:workbench", "home", count=waiting, order=0, key="w")
        register_navigation("plans", _("计划文本"), "plans:list", "doc", verb="plans.view", order=10, key="p")
        register_navigation("plans", _("任务台账"), "plans:ledger", "list", verb="plans.view", order=30, key="t")
        register_navigation("plans", _("上下承接"), "plans:cascade", "cascade", verb="plans.view", order=20, key="c")
        register_navigation("plans", _("督办与通报"), "plans:follow", "bell", verb="plans.view", order=40, key="u")
        register_navigation("plans", _("驾驶舱"), "plans:cockpit", "gauge", verb="plans.view", order=50, key="d")
        register_navigation("plans", _("单位负荷"), "plans:load", "scale", verb="plans.view", order=60, key="l")
        register_navigation("plans", _("减负计数"), "plans:burden", "done", verb="plans.view", order=70, key="b")
        for kind in ("duty", "plan", "task", "document", "draft"):
            register_address(kind, partial(_page, kind))
        register_search("tasks", _("任务"), searching.search_tasks)
        register_search("clauses", _("条款"), searching.search_clauses)


def _page(kind: str, pk: str) -> str:
    """Where a message about one of the room's things leads."""
    return reverse(f"plans:{kind}", args=[pk])
