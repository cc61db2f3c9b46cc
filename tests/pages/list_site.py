"""Addresses for the tests of lists: the people of the parties room, whose policy limits a head to the own unit."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import path

from hengjian.pages.components import light
from hengjian.pages.errors import UserError
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import (
    BooleanFilter,
    BuiltInView,
    BulkAction,
    ChoiceFilter,
    Column,
    DateRangeFilter,
    Group,
    List,
    MultiChoiceFilter,
    TextFilter,
)
from hengjian.parties.models import ApiToken, User
from hengjian.site.urls import handler400, handler403, handler404, handler500
from hengjian.site.urls import urlpatterns as site_patterns


def thank(request: HttpRequest, rows: QuerySet[Any], left_out: int) -> None:
    messages.success(request, f"thanked {','.join(rows.values_list('username', flat=True))}; left out {left_out}")


PEOPLE = List(
    key="tests.people",
    title="人员",
    columns=[
        Column(
            "account", "账号", value="username", sort="username", head=True, card="full", link=lambda u: f"/p/{u.pk}"
        ),
        Column("name", "姓名", value="display_name", sort="display_name"),
        Column("unit", "单位", value="unit.name", sort="unit__name", css="units", card="half"),
        Column("joined", "加入", value="date_joined", sort="date_joined", align="num"),
        Column("active", "在用", value="is_active", cell=lambda u: light("green" if u.is_active else "grey", "在用")),
        Column("phone", "电话", shown=False),
    ],
    filters=[
        TextFilter(key="q", label="账号或姓名", fields=("username", "display_name")),
        ChoiceFilter(key="post", label="职务", field="position", choices=[("a", "甲"), ("b", "乙")]),
        MultiChoiceFilter(
            key="posts", label="多个职务", field="position", choices=[("a", "甲"), ("b", "乙"), ("c", "丙")]
        ),
        DateRangeFilter(key="day", label="加入日期", field="date_joined__date"),
        BooleanFilter(key="off", label="只看停用", when=Q(is_active=False)),
    ],
    order=("username",),
    group=Group("unit_id", ("unit__name",), lambda u: u.unit_id, lambda u: u.unit.name, "单位分组"),
    views=[BuiltInView("off", "已停用", "off=1")],
    actions=[BulkAction("thank", "致谢", "parties.create_token", thank, primary=True)],
    row_class=lambda u: "" if u.is_active else "is-late",
)


class PeopleList(ListView):
    declaration = PEOPLE

    def get_queryset(self) -> QuerySet[User]:
        return User.objects.select_related("unit")


class TokenList(ListView):
    declaration = List(key="tests.tokens", title="令牌", columns=[Column("name", "名称", head=True)], empty="没有令牌")

    def get_queryset(self) -> QuerySet[ApiToken]:
        return ApiToken.objects.all()


def refused(request: HttpRequest) -> None:
    raise UserError("文件是空的：<a>.txt", "请检查后重新上传。", status=422, url="/again", url_label="再试一次")


def broken(request: HttpRequest) -> None:
    raise RuntimeError("secret detail")


urlpatterns = [
    path("people/", PeopleList.as_view(), name="people"),
    path("tokens/", TokenList.as_view(), name="tokens"),
    path("refused/", refused),
    path("broken/", broken),
    *site_patterns,
]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
