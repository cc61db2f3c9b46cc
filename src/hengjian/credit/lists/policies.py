"""Who sees entries that are not public, who proposes and decides, who answers for a department."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.credit.lists.models import ListEntry, MeasureTask
from hengjian.parties.home import HomePolicy
from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb

OFFICERS = ("office", "unit_head", "officer", "reviewer", "inspector", "analyst", "viewer")


def register() -> None:
    """Called when the app is ready."""
    register_verb("lists.view", _("查看信用名单"), OFFICERS, _("包括只在部门间共享的名单和措施回执。"), scope=True)
    register_verb("lists.check", _("核对联合措施"), OFFICERS, _("办理事项时查询企业受哪些限制或激励。"), scope=True)
    register_verb("lists.answer", _("回执联合措施"), ["unit_head", "officer"], _("限推送给本单位的措施。"), scope=True)
    register_policy(
        ListEntry,
        HomePolicy(view="lists.view", unit_lookup="unit", region_lookup=("region", "enterprise__region")),
    )
    register_policy(
        MeasureTask, Policy(view="lists.view", unit_lookup=("unit", "entry__unit"), verb_units={"lists.answer": "unit"})
    )
