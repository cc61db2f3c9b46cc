"""Roles and verbs. A room registers its verbs with the roles that have them; the page of roles is made from this."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Role:
    """A set of verbs under one name. `implicit`: every signed-in person has it, for rows of their own."""

    name: str
    label: Text
    help: Text
    implicit: bool = False


ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role("office", _("领导小组办公室"), _("导入计划、分解交办、审核进展、催办督办、制发通报、组织考核。")),
        Role("unit_head", _("单位负责人"), _("查看本单位全部事项，审签上报内容，申请延期。")),
        Role("officer", _("经办人"), _("签收、办理、填报本单位事项并提交佐证。")),
        Role("reviewer", _("审核人"), _("审核上报内容，通过或退回并说明理由；不得审核本人提交的内容。")),
        Role("viewer", _("查阅人"), _("只读查看授权范围内的事项。")),
        Role("inspector", _("抽查人员"), _("抽取对象、抽样、录入检查和检验结果。")),
        Role("analyst", _("分析人员"), _("查看信号与指标，研判风险，编制分析报告。")),
        Role("enterprise", _("企业用户"), _("申报、报告、查询和修复本企业的事项。")),
        Role("citizen", _("公众"), _("查看公开信息，提交并跟踪本人的诉求。"), implicit=True),
        Role("system_admin", _("系统管理员"), _("管理用户、角色、单位和令牌；不因此获得业务数据权限。")),
    )
}
IMPLICIT = tuple(name for name, role in ROLES.items() if role.implicit)


@dataclass(frozen=True)
class Verb:
    """Something that may be done, `<room>.<verb>`; editing, publishing and approving are separate verbs."""

    name: str
    label: Text
    roles: frozenset[str]
    help: Text = ""
    # A verb that an interface token may carry.
    scope: bool = False

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]


class UnknownVerb(LookupError):
    """The verb was never registered: a misspelling, or the room's registration is not imported in `AppConfig.ready`."""


_verbs: dict[str, Verb] = {}


def register_verb(name: str, label: Text, roles: Iterable[str], help: Text = "", *, scope: bool = False) -> Verb:
    """Make a verb known; called when the room's app is ready.

    Raises:
        ValueError: the name has no room, a role is unknown, or the verb is registered differently already.
    """
    verb = Verb(name, label, frozenset(roles), help, scope)
    unknown = verb.roles - ROLES.keys()
    if unknown:
        raise ValueError(f"{name}: unknown role {', '.join(sorted(unknown))}; known: {', '.join(ROLES)}")
    if not all(name.partition(".")):
        raise ValueError(f"{name!r}: a verb is written '<room>.<verb>'")
    known = _verbs.get(name)
    if known is not None and (known.roles, known.scope) != (verb.roles, scope):
        raise ValueError(f"{name}: registered twice with different roles")
    _verbs[name] = verb
    return verb


def verb(name: str) -> Verb:
    """The registered verb.

    Raises:
        UnknownVerb: nobody registered it.
    """
    try:
        return _verbs[name]
    except KeyError:
        raise UnknownVerb(f"verb {name!r} is not registered; register it in the room's AppConfig.ready()") from None


def verbs() -> list[Verb]:
    """All verbs, by room and name."""
    return sorted(_verbs.values(), key=lambda item: item.name)


def verbs_of(role: str) -> list[Verb]:
    return [item for item in verbs() if role in item.roles]
