"""Who may do what with analysis pages and reports. A report belongs to the unit that writes it."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengjian.analysis.models import Report
from hengjian.parties.access import EVERY_OFFICER
from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb

WRITERS = ("office", "analyst", "officer", "unit_head")


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb("analysis.open", _("打开质量分析"), EVERY_OFFICER, _("页面上的数值另按指标的查看范围显示。"))
    register_verb("analysis.view", _("查看分析报告"), EVERY_OFFICER, scope=True)
    register_verb("analysis.write", _("编写分析报告"), WRITERS, scope=True)
    register_verb(
        "analysis.review", _("审核分析报告"), ("office", "unit_head", "reviewer"), _("不得审核本人起草的报告。")
    )
    register_verb("analysis.approve", _("批准分析报告"), ("office", "unit_head"), _("不得批准本人起草或审核的报告。"))
    register_verb("analysis.publish", _("发布分析报告"), ("office", "unit_head"), _("公开版只含已公开的数值。"))
    register_policy(
        Report,
        Policy(
            view="analysis.view",
            unit_lookup="unit",
            region_lookup="region",
            confidentiality_lookup="confidentiality",
            public=Q(state=Report.State.PUBLISHED),
        ),
    )
