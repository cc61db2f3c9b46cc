"""Django app of the room."""

from functools import partial

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class AssessmentConfig(AppConfig):
    name = "hengjian.assessment"
    label = "assessment"

    def ready(self) -> None:
        from hengjian.assessment import access, alarms, facts, policies  # noqa: F401
        from hengjian.assessment.todo import waiting
        from hengjian.documents.access import register_file_access
        from hengjian.pages.navigation import register_navigation, register_public_page
        from hengjian.pages.notices import register_address

        policies.register()
        alarms.register()
        register_file_access("assessment-entry", access.may_read_entry_file)
        for kind, name in (
            ("assessment", "round"),
            ("assessment-entry", "entry"),
            ("assessment-order", "order"),
            ("assessment-scheme", "scheme"),
        ):
            register_address(kind, partial(_page, name))
        register_navigation(
            "indicators",
            _("质量工作考核"),
            "assessment:index",
            "scale",
            "assessment.overview",
            waiting,
            order=80,
            key="k",
        )
        register_public_page(_("质量工作考核结果"), "assessment:public", order=60)


def _page(name: str, pk: str) -> str:
    """Where a message about one of the room's things leads."""
    return reverse(f"assessment:{name}", args=[pk])
