"""Who may do what with notices and lists. Writing and publishing are two rights of two people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb
from hengjian.publishing.models import ListSnapshot, Notice, Objection

WRITERS = ("office", "unit_head", "officer")
READERS = (*WRITERS, "reviewer", "viewer", "analyst", "inspector")


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb("publishing.view", _("查看公示与名单"), READERS, scope=True)
    register_verb("publishing.write", _("拟公示、生成名单"), WRITERS, scope=True)
    register_verb(
        "publishing.publish",
        _("发布、撤下公示和名单"),
        ("office", "unit_head", "reviewer"),
        _("不得发布本人拟的内容。"),
    )
    register_verb("publishing.objections", _("查看异议"), (*WRITERS, "reviewer"))
    register_verb("publishing.decide", _("处理异议"), ("office", "unit_head", "officer"))
    for model in (Notice, ListSnapshot):
        register_policy(model, Policy(view="publishing.view", unit_lookup="unit", region_lookup="region"))
    register_policy(
        Objection,
        Policy(view="publishing.objections", unit_lookup="notice__unit", region_lookup="notice__region"),
    )
