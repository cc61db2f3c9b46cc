"""What the five responsible parties are called."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from hengjian.systems.engineering.rules import Role

PERSONS = {
    Role.OWNER: _("建设单位项目负责人"),
    Role.SURVEY: _("勘察单位项目负责人"),
    Role.DESIGN: _("设计单位项目负责人"),
    Role.BUILDER: _("施工单位项目经理"),
    Role.SUPERVISOR: _("监理单位总监理工程师"),
}
PARTIES = {
    Role.OWNER: _("建设单位"),
    Role.SURVEY: _("勘察单位"),
    Role.DESIGN: _("设计单位"),
    Role.BUILDER: _("施工单位"),
    Role.SUPERVISOR: _("监理单位"),
}


def persons(roles: Iterable[Role]) -> str:
    """The people of the roles, joined."""
    return "、".join(str(PERSONS[role]) for role in roles)
