"""Who may do what with surveys. A wave belongs to the unit that carries it out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb
from hengjian.surveys.models import AnswerBatch, Comment, Evaluated, Wave

READERS = ("office", "unit_head", "officer", "reviewer", "viewer", "inspector", "analyst")
RUNNERS = ("unit_head", "officer", "analyst")


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb("surveys.view", _("查看满意度调查"), READERS, scope=True)
    register_verb("surveys.run", _("组织满意度调查"), RUNNERS, _("设计样本、发放邀请码、导入答卷、测评。"), scope=True)
    register_verb("surveys.answer", _("参加满意度调查"), ("citizen",))
    register_verb("surveys.interview", _("电话访问录入"), ("officer", "inspector", "analyst"))
    register_verb("surveys.comments", _("阅读文字意见"), ("unit_head", "officer", "analyst"), _("只限组织调查的单位。"))
    register_verb(
        "surveys.approve", _("审定满意度结果"), ("unit_head", "reviewer", "office"), _("不得审定本人测评的结果。")
    )
    register_policy(Wave, Policy(view="surveys.view", unit_lookup="unit", region_lookup="region"))
    for model in (AnswerBatch, Evaluated):
        register_policy(model, Policy(view="surveys.view", unit_lookup="wave__unit", region_lookup="wave__region"))
    register_policy(Comment, Policy(view="surveys.comments", unit_lookup="wave__unit", region_lookup="wave__region"))
