"""Who may do what with returns. A return belongs to the unit that reports and is seen by the units that approve it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb
from hengjian.returns.models import Approval, Finding, Return

READERS = ("office", "unit_head", "officer", "reviewer", "viewer", "analyst", "enterprise")


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb(
        "returns.view", _("查看统计报表"), READERS, _("本单位填报或审核的报表，或授权地区的全部。"), scope=True
    )
    register_verb(
        "returns.fill", _("填报统计报表"), ("officer", "unit_head", "enterprise"), _("以本单位名义。"), scope=True
    )
    register_verb(
        "returns.approve",
        _("审核统计报表"),
        ("unit_head", "reviewer"),
        _("仅限轮到本单位的审核环节；不得审核本人填报的报表。"),
        scope=True,
    )
    register_verb(
        "returns.organise",
        _("组织统计调查"),
        ("office", "unit_head", "officer", "analyst"),
        _("催报、延期，查看所组织调查的数据质量疑点。"),
        scope=True,
    )
    organised = {"returns.fill": "unit", "returns.organise": "organiser"}
    register_policy(
        Return,
        Policy(
            view="returns.view",
            unit_lookup=("unit", "approvals__unit"),
            verb_units=organised,
            region_lookup="region",
        ),
    )
    register_policy(
        Approval,
        Policy(
            view="returns.view",
            unit_lookup="unit",
            verb_units={"returns.view": ("unit", "owner__unit")},
            region_lookup="owner__region",
        ),
    )
    register_policy(
        Finding,
        Policy(
            view="returns.view",
            unit_lookup=("unit", "owner__organiser"),
            region_lookup="region",
        ),
    )
