"""The lists of the room, each declared once."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BooleanFilter, ChoiceFilter, Column, DateRangeFilter, List, TextFilter
from hengjian.parties import roles
from hengjian.parties.auditing import field_labels
from hengjian.parties.models import ApiToken, AuditEntry, Region, RoleGrant, Unit, User
from hengjian.parties.models.base import valid_on
from hengjian.parties.policies import can


def validity(row: Any) -> str:
    """First and last day as text; open ends stay open."""
    if row.valid_from is None and row.valid_to is None:
        return str(gettext("长期"))
    return f"{row.valid_from or ''}～{row.valid_to or ''}"


def _unit_light(unit: Unit) -> str:
    return (
        light("green", gettext("存续"))
        if unit.is_valid_on(timezone.localdate())
        else light("grey", pgettext("单位", "已撤销"))
    )


def _regions(request: Any) -> list[tuple[str, str]]:
    from hengjian.parties.policies import visible

    ids = visible(request.user, Unit.objects.all()).values("region")
    return [(str(row.pk), row.name) for row in Region.objects.filter(pk__in=ids)[:300]]


UNITS = List(
    key="directory.units",
    title=pgettext_lazy("导航", "单位"),
    columns=[
        Column(
            "name",
            _("全称"),
            head=True,
            card="full",
            sort="name",
            link=lambda unit: reverse("directory:unit", args=[unit.key]),
        ),
        Column("short_name", _("简称"), sort="short_name", width="w5"),
        Column("kind", _("类别"), value="get_kind_display", sort="kind", width="w4"),
        Column("region", _("地区"), value="region.name", sort="region__code", width="w5", card="half"),
        Column("people", _("用户数"), align="num", width="w2", card="opt"),
        Column("validity", _("有效期"), value=validity, sort=("valid_from", "valid_to"), width="w6", card="half"),
        Column(
            "state",
            _("状态"),
            value=lambda unit: (
                gettext("存续") if unit.is_valid_on(timezone.localdate()) else pgettext("单位", "已撤销")
            ),
            cell=_unit_light,
            card="state",
            width="w3",
        ),
    ],
    filters=[
        TextFilter(key="q", label=_("名称或简称"), fields=("name", "short_name")),
        ChoiceFilter(key="region", label=_("地区"), field="region", choices=_regions),
        ChoiceFilter(key="kind", label=_("类别"), field="kind", choices=Unit.Kind.choices),
        ChoiceFilter(
            key="state",
            label=_("状态"),
            choices=[("live", _("存续")), ("gone", pgettext_lazy("单位", "已撤销"))],
            when=lambda value: (
                valid_on(timezone.localdate()) if value == "live" else ~Q(valid_on(timezone.localdate()))
            ),
        ),
    ],
    order=("region__code", "name"),
    empty=_("没有符合条件的单位"),
    empty_hint=_("请放宽筛选条件；看不到其他单位时，说明您的授权不包括它们。"),
)


class UnitPage(ListView):
    declaration = UNITS
    template_name = "directory/units.html"

    def get_context(self) -> dict[str, Any]:
        return {"may_create": can(self.request.user, "parties.edit_unit").allowed}

    def get_queryset(self) -> QuerySet[Unit]:
        return Unit.objects.select_related("region").annotate(people=Count("users", filter=Q(users__is_active=True)))


PEOPLE = List(
    key="directory.people",
    title=_("用户与授权"),
    columns=[
        Column(
            "display_name",
            _("姓名"),
            value=lambda person: str(person),
            head=True,
            card="full",
            sort="display_name",
            link=lambda person: reverse("directory:person", args=[person.pk]),
        ),
        Column("username", _("用户名"), sort="username", width="w5", card="half"),
        Column("unit", _("单位"), value="unit.name", sort=("unit__region__code", "unit__name"), card="half"),
        Column("position", _("职务"), width="w5", card="opt"),
        Column("roles", _("现有角色"), value=lambda person: role_names(person.live_grants), css="units"),
        Column(
            "state",
            _("账号"),
            value=lambda person: pgettext("账号", "启用") if person.is_active else pgettext("账号", "停用"),
            cell=lambda person: (
                light("green", pgettext("账号", "启用"))
                if person.is_active
                else light("grey", pgettext("账号", "停用"))
            ),
            sort="is_active",
            width="w3",
            card="state",
        ),
    ],
    filters=[
        TextFilter(key="q", label=_("姓名、用户名或单位"), fields=("display_name", "username", "unit__name")),
        ChoiceFilter(
            key="role",
            label=_("角色"),
            choices=[(role.name, role.label) for role in roles.ROLES.values() if not role.implicit],
            when=lambda value: Q(
                pk__in=RoleGrant.objects.valid_on(timezone.localdate()).filter(role=value).values("user")
            ),
        ),
        BooleanFilter(key="active", label=pgettext_lazy("账号", "启用"), field="is_active"),
    ],
    order=("unit__region__code", "unit__name", "display_name"),
    empty=_("没有符合条件的用户"),
)


def role_names(grants: list[RoleGrant]) -> list[str]:
    """The labels of the roles, each once."""
    labels = [roles.ROLES[grant.role].label if grant.role in roles.ROLES else grant.role for grant in grants]
    return list(dict.fromkeys(str(label) for label in labels))


class PeoplePage(ListView):
    declaration = PEOPLE
    template_name = "directory/people.html"

    def get_queryset(self) -> QuerySet[User]:
        from django.db.models import Prefetch

        live = RoleGrant.objects.valid_on(timezone.localdate())
        return User.objects.select_related("unit").prefetch_related(
            Prefetch("grants", queryset=live, to_attr="live_grants")
        )

    def get_context(self) -> dict[str, Any]:
        return {"may_create": can(self.request.user, "parties.edit_user").allowed}


def token_state(token: ApiToken) -> tuple[str, str]:
    """(light, word) of a token."""
    if token.revoked_at is not None:
        return "grey", str(gettext("已吊销"))
    if token.expires_at is not None and token.expires_at <= timezone.now():
        return "grey", str(gettext("已到期"))
    return "green", str(gettext("有效"))


TOKENS = List(
    key="directory.tokens",
    title=_("接口令牌"),
    columns=[
        Column("name", _("用途"), head=True, card="full", sort="name"),
        Column("prefix", _("前缀"), value=lambda token: f"hj_{token.prefix}_…", width="w5"),
        Column("unit", _("单位"), value="unit.name", sort="unit__name", card="half"),
        Column(
            "scopes",
            _("权限范围"),
            value=lambda token: [str(roles.verb(name).label) for name in token.scopes if name in known_verbs()],
            css="units",
        ),
        Column("expires_at", _("到期时间"), sort="expires_at", align="num", width="w5", card="half"),
        Column("last_used_at", _("最近使用"), sort="last_used_at", align="num", width="w5", card="opt"),
        Column(
            "state",
            _("状态"),
            value=lambda token: token_state(token)[1],
            cell=lambda token: light(*token_state(token)),
            width="w3",
            card="state",
        ),
        Column(
            "revoke",
            _("操作"),
            value=lambda token: gettext("吊销") if token.revoked_at is None else "",
            link=lambda token: reverse("directory:revoke_token", args=[token.pk]) if token.revoked_at is None else "",
            width="w2",
        ),
    ],
    filters=[
        TextFilter(key="q", label=_("用途或单位"), fields=("name", "unit__name")),
        ChoiceFilter(
            key="state",
            label=_("状态"),
            choices=[("live", _("有效")), ("gone", _("已吊销或到期"))],
            when=lambda value: _live_tokens() if value == "live" else ~_live_tokens(),
        ),
    ],
    order=("-created_at",),
    empty=_("还没有接口令牌"),
)


def _live_tokens() -> Q:
    return Q(revoked_at__isnull=True) & (Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now()))


def known_verbs() -> set[str]:
    return {verb.name for verb in roles.verbs()}


def verb_label(name: str) -> str:
    """The words of a verb; its name where the room that had it is gone."""
    try:
        return str(roles.verb(name).label)
    except roles.UnknownVerb:
        return name


class TokenPage(ListView):
    declaration = TOKENS
    template_name = "directory/tokens.html"

    def get_queryset(self) -> QuerySet[ApiToken]:
        return ApiToken.objects.select_related("unit")

    def get_context(self) -> dict[str, Any]:
        return {"may_create": can(self.request.user, "parties.create_token").allowed}


def changed_fields(entry: AuditEntry) -> list[str]:
    """All of them, for sheets."""
    labels = field_labels(entry.ref.partition(":")[0])
    return [str(labels.get(name, name)) for name in entry.changes]


def changed_fields_told(entry: AuditEntry) -> str:
    """Those that have a name for people, and how many there are besides."""
    labels = field_labels(entry.ref.partition(":")[0])
    named = [str(labels[name]) for name in entry.changes if name in labels]
    others = len(entry.changes) - len(named)
    if not others:
        return "、".join(named)
    counted = ngettext("%(n)d 个内部字段", "%(n)d 个内部字段", others) % {"n": others}
    return "、".join([*named, counted])


AUDIT = List(
    key="directory.audit",
    title=_("操作日志"),
    columns=[
        Column("at", _("时间"), sort="at", align="num", width="w5", card="no"),
        Column("verb", _("操作"), value=lambda entry: verb_label(entry.verb), head=True, card="full", width="w5"),
        Column("label", _("对象"), card="half"),
        Column(
            "user",
            _("操作人"),
            value=lambda entry: str(entry.user) if entry.user else entry.system,
            sort="user__display_name",
            width="w4",
            card="half",
        ),
        Column("unit", _("单位"), value="unit.name", width="w5", card="opt"),
        Column("changes", _("变更字段"), value=changed_fields, cell=changed_fields_told, width="w6"),
        Column("reason", _("事由"), width="w5"),
        Column("system", _("系统"), shown=False),
        Column("request_id", _("请求"), shown=False),
    ],
    filters=[
        TextFilter(key="q", label=_("对象、事由或操作人"), fields=("label", "reason", "user__display_name", "ref")),
        ChoiceFilter(
            key="verb",
            label=_("操作"),
            field="verb",
            choices=lambda request: [(verb.name, verb.label) for verb in roles.verbs()],
        ),
        DateRangeFilter(key="at", label=_("日期"), field="at__date"),
    ],
    order=("-at",),
    empty=_("没有操作记录"),
)


class AuditPage(ListView):
    declaration = AUDIT

    def get_queryset(self) -> QuerySet[AuditEntry]:
        return AuditEntry.objects.select_related("user", "unit")
