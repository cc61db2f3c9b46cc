"""The register as a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.search import search
from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BuiltInView, ChoiceFilter, Column, List, TextFilter
from hengjian.parties.models import Region
from hengjian.parties.models.regions import subtree_ids
from hengjian.parties.policies import may_anywhere

Status = Enterprise.Status
LIGHTS = {
    Status.ACTIVE: "green",
    Status.SUSPENDED: "amber",
    Status.REVOKED: "red",
    Status.DEREGISTERED: "grey",
    Status.CANCELLED: "red",
    Status.MOVED_OUT: "blue",
    Status.VOID: "grey",
}
MOST_FOUND = 500
# Beyond this a list of millions is no help; counting it would take seconds.
MOST_COUNTED = 10_000


@dataclass(frozen=True, kw_only=True)
class SearchFilter(TextFilter):
    """Finds by the index of names and codes instead of looking through every row."""

    def condition(self, value: list[str]) -> Q:
        found = search(" ".join(value), limit=MOST_FOUND)
        return Q(pk__in=[hit.enterprise.pk for hit in found.hits])


def standing(enterprise: Enterprise) -> SafeString:
    """The status as a light."""
    return light(LIGHTS.get(Status(enterprise.status), "grey"), enterprise.get_status_display())


def code_or_none(enterprise: Enterprise) -> str:
    """The code; where there is none, that is said."""
    return enterprise.code or format_html('<span class="muted small">{}</span>', gettext("没有代码"))


def regions(request: HttpRequest) -> list[tuple[str, str]]:
    """Regions down to the county, in the order of their codes."""
    rows = Region.objects.filter(code__regex=r"^\d{6}$").exclude(code="000000")
    return list(rows.values_list("code", "name"))


def in_region(code: str) -> Q:
    """Bodies registered in a region or below."""
    root = Region.objects.filter(code=code).values_list("pk", flat=True).first()
    return Q(region__in=subtree_ids([root])) if root is not None else Q(pk=None)


ENTERPRISES = List(
    key="enterprises.list",
    title=_("主体库"),
    columns=[
        Column("name", _("名称"), head=True, card="full", link=Enterprise.get_absolute_url),
        Column("code", _("统一社会信用代码"), cell=code_or_none, css="nowrap", card="half"),
        Column("kind", _("主体类别"), value=lambda row: row.get_kind_display(), width="w4", card="half"),
        Column("region", _("地区"), value="region.name", width="w4", card="half"),
        Column("registered_on", _("成立日期"), align="num", width="w4", card="half"),
        Column("address", _("住所"), shown=False, card="opt"),
        Column("key", _("主体标识"), shown=False, card="opt"),
        Column(
            "status",
            _("登记状态"),
            value=lambda row: row.get_status_display(),
            cell=standing,
            width="w3",
            card="state",
        ),
    ],
    filters=[
        SearchFilter(key="q", label=_("名称、代码或拼音"), placeholder=_("名称的一部分、代码、拼音")),
        ChoiceFilter(key="region", label=_("地区"), choices=regions, when=in_region),
        ChoiceFilter(key="kind", label=_("主体类别"), field="kind", choices=Enterprise.Kind.choices),
        ChoiceFilter(key="status", label=_("登记状态"), field="status", choices=Status.choices),
        ChoiceFilter(
            key="coded",
            label=_("代码"),
            choices=[("no", _("没有代码")), ("yes", _("有代码"))],
            when=lambda value: Q(code="") if value == "no" else ~Q(code=""),
        ),
    ],
    order=("-pk",),
    views=[BuiltInView("uncoded", _("没有代码"), "coded=no")],
    view_counts=False,
    count_at_most=MOST_COUNTED,
    empty=_("没有符合条件的主体"),
    empty_hint=_("请换一个说法，或减少筛选条件。"),
)


class EnterpriseList(ListView):
    """What everybody in office may look up; an enterprise finds itself."""

    declaration = ENTERPRISES
    template_name = "enterprises/list.html"

    def get_queryset(self) -> QuerySet[Enterprise]:
        return Enterprise.objects.filter(merged_into=None).exclude(status=Status.VOID).select_related("region")

    def get_context(self) -> dict[str, Any]:
        return {"may_intake": may_anywhere(self.request.user, "enterprises.intake")}
