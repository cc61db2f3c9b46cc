"""Where the pages of the room stand in the navigation."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from hengjian.cases.policies import CASE_POLICY
from hengjian.pages.navigation import register_navigation


def waiting(user: Any) -> int:
    """Repairs that wait for a step of the person's own unit."""
    from hengjian.cases.models import Case
    from hengjian.credit.records.repairing import CASE

    rows = Case.objects.filter(type=CASE, closed_at__isnull=True, unit=user.unit_id)
    return CASE_POLICY.permitted(user, "cases.handle", rows).count()


def register() -> None:
    """Called when the app is ready."""
    register_navigation(
        "credit", _("信用记录"), "credit_records:index", "doc", "credit.view", order=50, group="credit_records"
    )
    register_navigation(
        "credit",
        _("信用修复"),
        "credit_records:repairs",
        "done",
        "credit.view",
        waiting,
        order=52,
        group="credit_records",
    )
    register_navigation(
        "credit",
        _("批量归集"),
        "credit_records:deliveries",
        "upload",
        "credit.record",
        order=54,
        group="credit_records",
    )
    register_navigation(
        "credit",
        _("双公示及时率"),
        "credit_records:timeliness",
        "gauge",
        "credit.record",
        order=56,
        group="credit_records",
    )
    register_navigation(
        "credit", _("信用信息目录"), "credit_records:catalogue", "list", "credit.view", order=58, group="credit_records"
    )
    register_navigation(
        "credit", _("查询留痕"), "credit_records:looks", "search", "credit.looks", order=60, group="credit_records"
    )
