"""Who may do what with projects and the people who answer for them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb
from hengjian.registers.policies import ENTRY_POLICY, register_entry_policy
from hengjian.systems.engineering.models import AcceptanceRound, Project, RoleHolder

UNIT = ("unit_head", "officer", "inspector")


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb("engineering.appoint", _("登记五方项目负责人"), UNIT, scope=True)
    register_verb(
        "engineering.identity",
        _("查看项目负责人身份证号"),
        ("unit_head", "officer"),
        _("须写明用途，每次查看都有记录。"),
    )
    register_entry_policy(Project)
    for model in (RoleHolder, AcceptanceRound):
        register_policy(
            model,
            Policy(
                view=ENTRY_POLICY.view,
                unit_lookup=("project__unit", "project__filer"),
                region_lookup="project__region",
            ),
        )
