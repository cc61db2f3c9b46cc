"""Programmes and editions: what there is, what is open, what comes next."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BuiltInView, ChoiceFilter, Column, DateRangeFilter, List, MultiChoiceFilter, TextFilter
from hengjian.parties.policies import can, visible
from hengjian.parties.requests import UserRequest
from hengjian.programmes import catalogue
from hengjian.programmes.actions.base import own_units
from hengjian.programmes.declarations import Programme
from hengjian.programmes.models import Application, Edition
from hengjian.programmes.queries import waiting_drafts, waiting_reviews
from hengjian.programmes.views.common import find_programme
from hengjian.programmes.words import EDITION_LIGHTS, HOLDERS, stages
from hengjian.registers.catalogue import AREAS, register_type
from hengjian.registers.queries import counting, entries
from hengjian.registers.showing import language


def programme_title(edition: Edition) -> str:
    """The programme's name in the reader's language; its code when it is no longer declared."""
    try:
        return catalogue.programme(edition.programme, edition.programme_version).said(language())
    except KeyError:
        return edition.programme


def programme_choices(request: HttpRequest) -> list[tuple[str, str]]:
    return [(item.code, item.said(language())) for item in catalogue.programmes()]


def year_choices(request: HttpRequest) -> list[tuple[str, str]]:
    years = visible(request.user, Edition.objects.all()).values_list("year", flat=True).distinct().order_by("-year")
    return [(str(year), str(year)) for year in years[:30]]


def state_cell(edition: Edition) -> str:
    return light(EDITION_LIGHTS[edition.state], edition.get_state_display())


EDITIONS = List(
    key="programmes.editions",
    title=gettext_lazy("评选与创建届次"),
    columns=[
        Column("programme", gettext_lazy("项目"), value=programme_title, sort="programme", card="full", width="w6"),
        Column(
            "title",
            gettext_lazy("届次"),
            sort="title",
            head=True,
            card="full",
            link=lambda row: reverse("programmes:edition", args=[row.pk]),
        ),
        Column("year", gettext_lazy("年度"), value=lambda row: str(row.year), sort="year", align="num", width="w2"),
        Column(
            "unit", gettext_lazy("组织单位"), value="unit.name", sort="unit__name", css="units", width="w5", card="half"
        ),
        Column("closes", gettext_lazy("申报截止"), value="closes_on", sort="closes_on", align="num", width="w3"),
        Column("applications", gettext_lazy("申报数"), value="submitted", align="num", width="w2"),
        Column("quota", gettext_lazy("名额"), align="num", width="w2"),
        Column("chosen", gettext_lazy("入选数"), value="awarded", align="num", width="w2"),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda row: row.get_state_display(),
            cell=state_cell,
            sort="state",
            width="w4",
            card="state",
        ),
    ],
    filters=[
        TextFilter(
            key="q",
            label=gettext_lazy("届次或单位"),
            fields=("title", "unit__name"),
            placeholder=gettext_lazy("关键词"),
        ),
        ChoiceFilter(key="programme", label=gettext_lazy("项目"), field="programme", choices=programme_choices),
        ChoiceFilter(key="year", label=gettext_lazy("年度"), field="year", choices=year_choices),
        MultiChoiceFilter(key="state", label=gettext_lazy("状态"), field="state", choices=list(Edition.State.choices)),
        DateRangeFilter(key="closes", label=gettext_lazy("申报截止"), field="closes_on"),
    ],
    order=("-year", "-opens_on"),
    views=[
        BuiltInView("open", gettext_lazy("征集与评审"), "state=open"),
        BuiltInView("notice", gettext_lazy("公示"), "state=notice"),
        BuiltInView("decided", gettext_lazy("已审定"), "state=decided"),
    ],
    empty=gettext_lazy("还没有届次"),
    empty_hint=gettext_lazy("从“评选与创建”进入一个项目，可以拟定新的届次。"),
)


class EditionList(ListView):
    """All editions that the reader may see."""

    declaration = EDITIONS
    template_name = "programmes/editions.html"

    def get_queryset(self) -> QuerySet[Edition]:
        return counted(Edition.objects.select_related("unit", "region"))


def counted(rows: QuerySet[Edition]) -> QuerySet[Edition]:
    """With the numbers of applications handed in and of those awarded."""
    return rows.annotate(
        submitted=Count("applications", filter=Q(applications__state=Application.State.SUBMITTED)),
        awarded=Count("applications", filter=Q(applications__case__outcome="awarded")),
    )


def holding(programme: Programme) -> int:
    """How many hold what the programme gives today."""
    declared = register_type(programme.award.register_code)
    rows = entries(declared.code).filter(counting(declared))
    if declared.code == "honour":
        rows = rows.filter(extras__programme=programme.code)
    return rows.count()


@login_required
def index(request: UserRequest) -> HttpResponse:
    """All programmes by field of work, with what is open and how many hold them."""
    today = timezone.localdate()
    mine = visible(request.user, Edition.objects.all())
    going = mine.filter(state__in=[Edition.State.OPEN, Edition.State.NOTICE])
    open_now = dict(going.order_by().values_list("programme").annotate(n=Count("pk")))
    held = _held()
    english = language().startswith("en")
    areas: dict[str, list[dict[str, Any]]] = {}
    for programme in catalogue.programmes():
        areas.setdefault(programme.area, []).append(
            {
                "programme": programme,
                "title": programme.said(language()),
                "about": programme.description_en if english and programme.description_en else programme.description,
                "open": open_now.get(programme.code, 0),
                "held": held.get(programme.code, 0),
                "holder": HOLDERS[programme.holder],
            }
        )
    calls = mine.filter(state=Edition.State.OPEN, opens_on__lte=today, closes_on__gte=today)
    context = {
        "title": _("评选与创建"),
        "areas": [
            (AREAS[code].title_en if english else AREAS[code].title, AREAS[code].icon, code, rows)
            for code, rows in areas.items()
        ],
        "calls": [(row, programme_title(row)) for row in calls.select_related("unit").order_by("closes_on")[:20]],
        "may_apply": bool(can(request.user, "programmes.apply")),
        "reviews": waiting_reviews(request.user),
        "drafts": waiting_drafts(request.user),
        "today": today,
    }
    return render(request, "programmes/index.html", context)


def _held() -> dict[str, int]:
    """Holders by programme in one query for the common register, one more for each register of its own."""
    declared = register_type("honour")
    rows = (
        entries("honour").filter(counting(declared)).order_by().values_list("extras__programme").annotate(n=Count("pk"))
    )
    found = {str(code): number for code, number in rows}
    for programme in catalogue.programmes():
        if programme.award.register_code != "honour":
            found[programme.code] = holding(programme)
    return found


@login_required
def programme(request: UserRequest, code: str) -> HttpResponse:
    """One programme: its road, conditions, panels, award, editions."""
    declared = find_programme(code)
    user = request.user
    english = language().startswith("en")
    rows = counted(visible(user, Edition.objects.filter(programme=code)).select_related("unit"))
    context = {
        "title": declared.said(language()),
        "programme": declared,
        "about": declared.description_en if english and declared.description_en else declared.description,
        "stages": stages(declared),
        "reviews": declared.reviews,
        "requirements": [item.said(language()) for item in declared.eligibility.requirements],
        "incentives": [(item.said(language()), item.amount) for item in declared.incentives],
        "levels": [(item.said(language()), item.at_least, item.most) for item in declared.levels],
        "editions": rows[:50],
        "held": holding(declared),
        "holder": HOLDERS[declared.holder],
        "may_organise": bool(own_units(user, "programmes.organise")) and bool(can(user, "programmes.organise")),
    }
    return render(request, "programmes/programme.html", context)
