"""Officers' pages on lifts: one lift's inspections, maintenance and insurance; what is overdue; a policy's lifts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from hengjian import rulebook
from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BuiltInView, ChoiceFilter, Column, List, TextFilter
from hengjian.parties.policies import can, visible
from hengjian.parties.requests import UserRequest
from hengjian.registers.models import Entry
from hengjian.rulebook.parameters.premium_split import PremiumSplit
from hengjian.systems.equipment.actions import InsureLifts, RecordCheck
from hengjian.systems.equipment.claiming import limits_of, used
from hengjian.systems.equipment.forms import CheckForm, InsureForm
from hengjian.systems.equipment.models import ClaimPayment, Cover, Lift
from hengjian.systems.equipment.queries import cover_gaps, in_order, overdue
from hengjian.systems.equipment.rules import overall
from hengjian.systems.equipment.views.common import attempt, cities_for
from hengjian.systems.equipment.words import item_rows, state_word

YEARS_OF_COVER = 2


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lift_page(request: UserRequest, pk: int) -> HttpResponse:
    """One lift: whether it is in order, every inspection, maintenance, insured period and rescue."""
    rows = visible(request.user, Lift.objects.select_related("unit", "region", "maintainer"))
    lift = get_object_or_404(rows, pk=pk)
    form = CheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        action = RecordCheck(user=request.user, lift=lift, **form.cleaned_data)
        if attempt(request, form, action.execute, _("检验已登记，下次检验日期已重新计算。")):
            return redirect("equipment:lift", pk=lift.pk)
    today = timezone.localdate()
    found = in_order(lift, today)
    context = {
        "title": lift.site,
        "lift": lift,
        "items": item_rows(found),
        "overall": overall(found),
        "form": form if can(request.user, "equipment.inspect", lift) else None,
        "checks": lift.checks.all()[:50],
        "maintenances": lift.maintenances.select_related("unit")[:26],
        "covers": lift.covers.order_by("-starts_on")[:20],
        "gaps": cover_gaps(lift, today - timedelta(days=365 * YEARS_OF_COVER), today),
        "rescues": lift.rescues.select_related("case")[:20],
        "public_url": reverse("equipment:public_lift", args=[lift.key_scope, lift.key]),
    }
    return render(request, "equipment/lift.html", context)


WHAT = [
    ("maintenance", gettext_lazy("维护保养逾期")),
    ("inspection", gettext_lazy("检验逾期")),
    ("insurance", gettext_lazy("保险中断")),
]


def _overdue(value: str) -> Q:
    return overdue(value, timezone.localdate())


def _worst(lift: Lift) -> str:
    """The matter that lapsed longest ago, and how many there are."""
    found = [item for item in in_order(lift, timezone.localdate()) if item.light == "red"]
    if not found:
        return ""
    word = state_word(min(found, key=lambda item: item.days or 0))
    return word if len(found) == 1 else _("%(word)s等 %(n)d 项") % {"word": word, "n": len(found)}


OVERDUE = List(
    key="equipment.overdue",
    title=gettext_lazy("电梯逾期清单"),
    columns=[
        Column("key", gettext_lazy("识别码"), sort="key", align="num", width="w2", card="no"),
        Column(
            "site",
            gettext_lazy("安装位置"),
            head=True,
            card="full",
            link=lambda lift: reverse("equipment:lift", args=[lift.pk]),
        ),
        Column("use_unit", gettext_lazy("使用单位"), width="w5", card="half"),
        Column("maint_unit", gettext_lazy("维护保养单位"), width="w5", card="half"),
        Column(
            "next_maintenance", gettext_lazy("维保期限"), value="next_maintenance", sort="next_maintenance", width="w3"
        ),
        Column(
            "next_inspection", gettext_lazy("检验期限"), value="next_inspection", sort="next_inspection", width="w3"
        ),
        Column("insured_until", gettext_lazy("保险至"), value="insured_until", sort="insured_until", width="w3"),
        Column(
            "state",
            pgettext_lazy("电梯", "状态"),
            value=_worst,
            cell=lambda lift: light("red", _worst(lift)) if _worst(lift) else light("green", _("正常")),
            width="w5",
            card="state",
        ),
    ],
    filters=[
        TextFilter(
            key="q",
            label=gettext_lazy("关键词"),
            fields=("key", "site", "use_unit", "maint_unit"),
            placeholder=gettext_lazy("识别码、位置或单位"),
        ),
        ChoiceFilter(key="what", label=gettext_lazy("逾期事项"), choices=WHAT, when=_overdue),
    ],
    order=("next_maintenance", "key"),
    # Three counts over every lift of a region would take longer than the page.
    view_counts=False,
    views=[BuiltInView(code, label, f"what={code}") for code, label in WHAT],
)


class OverdueList(ListView):
    """What has lapsed, by what; the maintainer sees its own lifts."""

    declaration = OVERDUE
    template_name = "equipment/overdue.html"

    def get_queryset(self) -> QuerySet[Lift]:
        return Lift.objects.filter(register="lift", status="in_use")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def policy_page(request: UserRequest, pk: int) -> HttpResponse:
    """A lift liability policy: the lifts it insures, who pays the premium, what is left of its limits."""
    policy = get_object_or_404(
        visible(request.user, Entry.objects.filter(register="liability_policy")).select_related("region", "unit"), pk=pk
    )
    cities = [(city.code, city.name) for city in cities_for(request.user)]
    form = InsureForm(request.POST or None, cities=cities)
    if request.method == "POST" and form.is_valid():
        codes = form.cleaned_data["codes"].replace(",", " ").replace("，", " ").replace("、", " ").split()
        action = InsureLifts(user=request.user, policy=policy, codes=codes, city=form.cleaned_data["city"])
        if attempt(request, form, action.execute, _("已登记 %(n)d 台电梯投保。") % {"n": len(set(codes))}):
            return redirect("equipment:policy", pk=policy.pk)
    covers = Cover.objects.filter(policy=policy.pk).select_related("lift").order_by("lift__key")
    limits = limits_of(policy)
    paid = used(policy.pk)
    context = {
        "title": policy.title,
        "policy": policy,
        "form": form if policy.extras.get("line") == "lift" and can(request.user, "equipment.insure", policy) else None,
        "covers": covers[:200],
        "number": covers.count(),
        "shares": _shares(policy),
        "limits": limits,
        "paid": paid,
        "rest": max(limits.aggregate - paid, Decimal(0)),
        "claims": ClaimPayment.objects.filter(policy=policy.pk).select_related("case"),
    }
    return render(request, "equipment/policy.html", context)


def _shares(policy: Entry) -> list[dict[str, Any]]:
    """Who pays how much of the premium, by the scheme that the policy names."""
    scheme = policy.extras.get("scheme")
    if not scheme:
        return []
    on = policy.valid_from or timezone.localdate()
    rule = rulebook.at("premium_split", policy.region.code, on, scheme)
    split = rule.typed(PremiumSplit)
    owed = split.split(Decimal(str(policy.extras["premium"])))
    return [
        {"title": share.title, "parts": share.parts, "amount": owed[share.payer], "rule": rule}
        for share in split.shares
    ]


def find(city: str, code: str) -> Lift:
    """The lift with a code in a city, for everybody; 404 when there is none that is public."""
    lift = (
        Lift.objects.filter(register="lift", key=code, key_scope=city, confidentiality=0)
        .select_related("unit", "region", "maintainer")
        .first()
    )
    if lift is None:
        raise Http404(_("没有识别码为 %(code)s 的电梯。请核对轿厢内标牌上的六位数字。") % {"code": code[:20]})
    return lift
