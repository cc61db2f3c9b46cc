"""Who may match, subscribe, confirm, oversee."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.credit.sharing.models import Alert, Screening, Subscription, Use
from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb

OFFICERS = ("office", "unit_head", "officer", "inspector", "reviewer", "analyst")


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb("sharing.match", _("比对企业名单"), OFFICERS, _("按名称或代码批量比对，须写明用途。"), scope=True)
    register_verb(
        "sharing.view", _("查看信用订阅"), (*OFFICERS, "viewer", "enterprise"), _("本单位的订阅和消息。"), scope=True
    )
    register_verb(
        "sharing.subscribe", _("订阅信用变化"), ("office", "unit_head", "officer", "enterprise"),
        _("关注企业的名单、事项和接收地址。"), scope=True,
    )  # fmt: skip
    register_verb(
        "sharing.confirm", _("确认停止使用"), ("office", "unit_head", "officer", "enterprise"),
        _("修复、到期、撤销后的回执。"), scope=True,
    )  # fmt: skip
    register_verb(
        "sharing.oversee", _("监督信用共享"), ("office", "system_admin"), _("各单位的回执、推送失败和查询用量。")
    )
    register_policy(Subscription, Policy(view="sharing.view", unit_lookup="unit"))
    register_policy(Alert, Policy(view="sharing.view", unit_lookup="subscription__unit"))
    register_policy(Screening, Policy(view="sharing.match", unit_lookup="unit"))
    register_policy(Use, Policy(view="sharing.oversee", unit_lookup="unit"))
