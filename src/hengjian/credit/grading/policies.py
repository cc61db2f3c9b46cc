"""Who may see and change grades: supervisors, for the enterprises of their region."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.credit.grading.models import Adjustment, Classification, Run
from hengjian.parties.home import HomePolicy
from hengjian.parties.policies import register_policy
from hengjian.parties.roles import register_verb

SUPERVISORS = ("office", "unit_head", "officer", "reviewer", "inspector", "analyst")


def register() -> None:
    """Called when the app is ready."""
    register_verb(
        "grading.view",
        _("查看信用分级分类"),
        SUPERVISORS,
        _("包括不公开的风险分类；每次查看都有记录。"),
        scope=True,
    )
    register_verb("grading.run", _("分级与复算"), ["office", "analyst"], _("按月分级，或对以往月份复算。"))
    register_verb("grading.adjust", _("申请调整等级"), ["officer", "inspector", "analyst"])
    register_verb("grading.decide", _("审定等级调整"), ["unit_head", "reviewer"], _("不得审定本人提出的调整。"))
    register_policy(Run, HomePolicy(view="grading.view"))
    register_policy(Classification, HomePolicy(view="grading.view", region_lookup="enterprise__region"))
    register_policy(Adjustment, HomePolicy(view="grading.view", region_lookup="enterprise__region"))
