"""The verbs and policies of this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.parties.models import ApiToken, AuditEntry, RoleGrant, Unit, User
from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import ROLES, register_verb

EVERY_OFFICER = [name for name in ROLES if name not in ("citizen", "enterprise")]


def register() -> None:
    """Called once when the app is ready."""
    register_verb("parties.view_unit", _("查看单位"), EVERY_OFFICER, scope=True)
    register_verb("parties.edit_unit", _("维护单位"), ["office", "system_admin"])
    register_verb("parties.view_people", _("查看用户和角色"), ["office", "unit_head", "system_admin"])
    register_verb("parties.edit_user", _("维护用户"), ["system_admin"])
    register_verb("parties.grant_role", _("授予和收回角色"), ["office", "system_admin"])
    register_verb("parties.edit_profile", _("修改本人资料"), ["citizen"])
    register_verb("parties.view_tokens", _("查看接口令牌"), ["office", "unit_head", "system_admin"])
    register_verb("parties.create_token", _("签发接口令牌"), ["unit_head", "system_admin"])
    register_verb("parties.revoke_token", _("吊销接口令牌"), ["unit_head", "system_admin"])
    register_verb("parties.view_audit", _("查看操作日志"), ["office", "unit_head", "system_admin"])
    register_policy(Unit, Policy(view="parties.view_unit", unit_lookup="pk"))
    register_policy(User, Policy(view="parties.view_people", unit_lookup="unit", owner_lookup="pk"))
    # A grant belongs to the place it is valid for, not to the unit of the person who holds it.
    register_policy(
        RoleGrant,
        Policy(view="parties.view_people", unit_lookup="unit", region_lookup=("region", "unit__region")),
    )
    register_policy(ApiToken, Policy(view="parties.view_tokens", unit_lookup="unit"))
    register_policy(AuditEntry, Policy(view="parties.view_audit", unit_lookup="unit"))
