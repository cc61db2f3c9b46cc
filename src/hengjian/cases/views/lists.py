"""The pages with lists: my cases, all cases of a procedure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases import showing
from hengjian.cases.actions.base import acting_units, declaration
from hengjian.cases.catalogue import case_types
from hengjian.cases.declarations import CaseType
from hengjian.cases.lists import declared_list
from hengjian.cases.models import Case, Transfer
from hengjian.cases.policies import INSIDE_POLICY
from hengjian.cases.queries import cases
from hengjian.cases.views.common import find_type
from hengjian.pages.components import Tab
from hengjian.pages.list_views import ListView
from hengjian.parties.policies import grants_of, may_anywhere, permitted
from hengjian.parties.requests import UserRequest
from hengjian.registers.catalogue import AREAS
from hengjian.registers.showing import language

SHOWN = 50


class CaseList(ListView):
    """All cases of one procedure that the reader may see."""

    template_name = "cases/list.html"
    policy = INSIDE_POLICY
    declared: CaseType

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.declared = find_type(kwargs["code"])
        self.declaration = declared_list(self.declared)  # type: ignore[misc]
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Case]:
        return cases(self.declared.code)

    def get_context(self) -> dict[str, Any]:
        return {
            "declared": self.declared,
            "area": AREAS[self.declared.area],
            "lead": self.declared.description,
            "may_open": may_open(self.request.user, self.declared),
        }


def may_open(user: Any, declared: CaseType) -> bool:
    """Whether to offer intake at a desk; the action decides in the end."""
    if declared.filer == "system" or user.unit is None or not may_anywhere(user, "cases.open"):
        return False
    return not declared.keepers or not user.unit.family or user.unit.family in declared.keepers


def waiting_units(user: Any) -> set[int]:
    return acting_units(user, "cases.handle") | acting_units(user, "cases.approve")


def buckets(user: Any) -> dict[str, QuerySet[Case]]:
    """What waits for the person and the unit, by the tabs of the inbox; soonest first."""
    now = timezone.now()
    rows = INSIDE_POLICY.visible(user, cases()).filter(closed_at__isnull=True)
    unit = rows.filter(unit__in=waiting_units(user))
    mine = rows.filter(handler=user)
    late = unit.filter(due_at__lt=now, paused=False)
    end = timezone.localtime(now).replace(hour=23, minute=59, second=59, microsecond=999999)
    today = unit.filter(due_at__range=(now, end), paused=False)
    received = permitted(user, "cases.transfer", Transfer.objects.filter(state=Transfer.State.SENT))
    asked = permitted(user, "cases.transfer", Transfer.objects.filter(state=Transfer.State.ACCEPTED, hands_over=False))
    transferred = rows.filter(Q(pk__in=received.values("case")) | Q(pk__in=asked.values("case")))
    found = {
        "mine": mine,
        "transfers": transferred,
        "late": late,
        "today": today,
        "week": unit.filter(due_at__range=(now, now + timedelta(days=7)), paused=False),
        "free": unit.filter(handler__isnull=True),
        "unit": unit,
    }
    return {name: query.order_by("due_at", "pk") for name, query in found.items()}


def tab_words() -> dict[str, str]:
    return {
        "mine": _("我承办的"),
        "transfers": _("待接收或反馈"),
        "late": _("已逾期"),
        "today": _("今天到期"),
        "week": _("七日内到期"),
        "free": _("尚未认领"),
        "unit": _("本单位全部"),
    }


@login_required
def inbox(request: UserRequest) -> HttpResponse:
    """我的办件: what waits for me and for my unit, and the ways to all procedures."""
    found = buckets(request.user)
    counts = {name: query.count() for name, query in found.items()}
    chosen = request.GET.get("tab", "")
    if chosen not in found:
        chosen = next((name for name in ("mine", "transfers", "late", "today") if counts[name]), "unit")
    rows = [
        {
            "case": case,
            "type": declaration(case).said(language()),
            "state": showing.state_cell(case),
            "due": showing.due_day(case),
            "light": showing.due_of(case),
        }
        for case in found[chosen][:SHOWN]
    ]
    words = tab_words()
    context = {
        "title": _("我的办件"),
        "tabs": [Tab(words[name], f"?tab={name}", counts[name], name == chosen) for name in found],
        "rows": rows,
        "left_out": max(0, counts[chosen] - SHOWN),
        "late": counts["late"],
        "today": counts["today"],
        "areas": areas(request.user),
    }
    return render(request, "cases/inbox.html", context)


def areas(user: Any) -> list[dict[str, Any]]:
    """The procedures by area, with the way to their intake: those that the person's unit has to do with, all for people
    who look after a region."""
    found = []
    family = user.unit.family if user.unit is not None else ""
    wide = any(grant.unit is None and not grant.own for grant in grants_of(user))
    for area in AREAS.values():
        types = [item for item in case_types(area.code) if wide or not item.keepers or family in item.keepers]
        if types:
            items = [{"type": item, "title": item.said(language()), "may_open": may_open(user, item)} for item in types]
            title = area.title_en if language().startswith("en") else area.title
            found.append({"title": title, "icon": area.icon, "types": items})
    return found


def waiting(user: Any) -> int:
    """Late and due today, and transfers to answer: the number in the side navigation."""
    units = waiting_units(user)
    if not units:
        return 0
    end = timezone.localtime().replace(hour=23, minute=59, second=59, microsecond=999999)
    due = Case.objects.filter(closed_at__isnull=True, unit__in=units, due_at__lte=end, paused=False)
    rows = INSIDE_POLICY.visible(user, due)
    return rows.count() + permitted(user, "cases.transfer", Transfer.objects.filter(state="sent")).count()
