"""The lists: draws of the office, checks that inspectors work on, draws for everybody."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hengjian.draws.models import Draw, Drawn, Result
from hengjian.draws.queries import public_draws
from hengjian.draws.words import check_light, draw_light, overdue
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BooleanFilter, BuiltInView, ChoiceFilter, Column, List, TextFilter
from hengjian.parties.policies import Policy, may_anywhere


def public_url(draw: Draw) -> str:
    return reverse("draws:public_draw", args=[draw.pk])


MAIN = [
    Column("matter", _("抽查事项"), card="half"),
    Column("unit", _("组织单位"), value="unit.name", sort="unit__name", css="units", width="w6", card="half"),
    Column("prepared", _("锁定时间"), value="prepared_at", sort="prepared_at", align="num", width="w4"),
    Column("drawn", _("抽取时间"), value="drawn_at", sort="drawn_at", align="num", width="w4"),
]
PROGRESS = [
    Column("checks", _("抽中"), value="checks", align="num", width="w2"),
    Column("open", _("待检查"), value="open_checks", align="num", width="w2"),
    Column("published", _("已公示"), value="published_checks", align="num", width="w2"),
]
STATE = Column(
    "state", _("状态"), value=Draw.get_state_display, cell=draw_light, sort="state", width="w4", card="state"
)
FILTERS = [
    TextFilter(key="q", label=_("任务或事项"), fields=("title", "matter"), placeholder=_("关键词")),
    ChoiceFilter(key="state", label=_("状态"), field="state", choices=Draw.State.choices),
]

DRAWS = List(
    key="draws.draws",
    title=_("双随机抽查"),
    columns=[
        Column("title", _("抽查任务"), sort="title", head=True, card="full", link=Draw.get_absolute_url),
        *MAIN,
        *PROGRESS,
        STATE,
        Column("by", _("检查完成时限"), value="checks_by", shown=False, card="opt"),
    ],
    filters=FILTERS,
    order=("-prepared_at",),
    views=[
        BuiltInView("waiting", _("待抽取"), "state=prepared"),
        BuiltInView("checking", _("检查中"), "state=drawn"),
    ],
    empty=_("还没有抽查任务"),
    empty_hint=_("点“锁定名录”开始一次抽查。"),
)
PUBLIC_DRAWS = List(
    key="draws.public",
    title=_("随机抽查"),
    columns=[Column("title", _("抽查任务"), head=True, card="full", link=public_url), *MAIN, *PROGRESS, STATE],
    filters=FILTERS,
    order=("-prepared_at",),
    view_counts=False,
    empty=_("目前没有抽查任务"),
    empty_hint=_("名录锁定后，抽查任务会列在这里。"),
)


def counted(rows: QuerySet[Draw]) -> QuerySet[Draw]:
    """With numbers of checks; reserves count once they have taken a place."""
    in_play = ~Q(drawn__state__in=(Drawn.State.RESERVE, Drawn.State.REPLACED)) & Q(drawn__isnull=False)
    return rows.annotate(
        checks=Count("drawn", filter=in_play),
        open_checks=Count("drawn", filter=Q(drawn__state=Drawn.State.WAITING)),
        published_checks=Count("drawn", filter=Q(drawn__state=Drawn.State.PUBLISHED)),
    )


class Draws(ListView):
    declaration = DRAWS
    template_name = "draws/draws.html"

    def get_queryset(self) -> QuerySet[Draw]:
        return counted(Draw.objects.select_related("unit", "region"))

    def get_context(self) -> dict[str, Any]:
        return {"may_prepare": may_anywhere(self.request.user, "draws.prepare")}


class PublicDraws(ListView):
    """Every draw from the moment its lists are frozen; there is nothing to hide in that somebody will be checked."""

    declaration = PUBLIC_DRAWS
    public = True
    policy = Policy(view="draws.view", public=Q())
    template_name = "draws/public_draws.html"

    def get_queryset(self) -> QuerySet[Draw]:
        return counted(public_draws())


def people(drawn: Drawn) -> list[str]:
    return [str(pairing) for pairing in drawn.pairings.all()]


def newest(drawn: Drawn) -> Result | None:
    return next(iter(drawn.results.all()), None)


def due(drawn: Drawn) -> date | None:
    result = newest(drawn)
    return result.publish_by if result and result.published_at is None else None


CHECKS = List(
    key="draws.checks",
    title=_("检查任务"),
    columns=[
        Column("name", _("检查对象"), value=str, sort="name", head=True, card="full", link=Drawn.get_absolute_url),
        Column("draw", _("抽查任务"), value="draw.title", sort="draw__title", card="half"),
        Column("people", _("检查人员"), value=people, css="units", width="w6", card="half"),
        Column("by", _("检查完成时限"), value="draw.checks_by", sort="draw__checks_by", align="num", width="w4"),
        Column("due", _("公示时限"), value=due, align="num", width="w3"),
        Column(
            "state",
            _("状态"),
            value=Drawn.get_state_display,
            cell=lambda row: check_light(row, newest(row)),
            sort="state",
            width="w4",
            card="state",
        ),
        Column("target", _("对象编号"), shown=False, card="opt"),
    ],
    filters=[
        TextFilter(key="q", label=_("对象或任务"), fields=("name", "target", "draw__title"), placeholder=_("关键词")),
        ChoiceFilter(
            key="state",
            label=_("状态"),
            field="state",
            choices=[choice for choice in Drawn.State.choices if choice[0] != Drawn.State.RESERVE],
        ),
        BooleanFilter(key="mine", label=_("只看本人的"), when=Q(mine__isnull=False)),
    ],
    order=("draw__checks_by", "draw_id", "reserve", "order"),
    views=[
        BuiltInView("mine", _("本人待检查"), "mine=1&state=waiting"),
        BuiltInView("waiting", _("待检查"), "state=waiting"),
        BuiltInView("unpublished", _("待公示"), "state=checked"),
    ],
    row_class=lambda row: "is-late" if row.state == Drawn.State.CHECKED and overdue(due(row)) else "",
    empty=_("没有检查任务"),
    empty_hint=_("抽取后，抽中的对象会列在这里。"),
)


class Checks(ListView):
    declaration = CHECKS
    template_name = "draws/checks.html"

    def get_queryset(self) -> QuerySet[Drawn]:
        results = Prefetch("results", Result.objects.order_by("-version"))
        mine = Drawn.objects.filter(pk=OuterRef("pk"), pairings__user=self.request.user.pk)
        rows = Drawn.objects.exclude(state=Drawn.State.RESERVE).select_related("draw__unit")
        return rows.annotate(mine=Subquery(mine.values("pk")[:1])).prefetch_related("pairings", results)
