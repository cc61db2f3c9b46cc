"""Public pages: find a lift by its code, one lift, its QR code; the maintainer's form behind it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from hengjian.documents.qr import qr_svg_file
from hengjian.pages.numbers import whole
from hengjian.parties.models import Region
from hengjian.parties.policies import can, permitted
from hengjian.parties.requests import UserRequest
from hengjian.systems.equipment.actions import RecordMaintenance
from hengjian.systems.equipment.answering import AnswerDispatch, sent_to
from hengjian.systems.equipment.forms import MaintenanceForm
from hengjian.systems.equipment.models import Lift
from hengjian.systems.equipment.queries import in_order
from hengjian.systems.equipment.rules import overall
from hengjian.systems.equipment.views.common import CITY, attempt
from hengjian.systems.equipment.views.lifts import find
from hengjian.systems.equipment.words import item_rows

MOST_FOUND = 50
# The due day of a maintainer's lifts that its list shows ahead.
AHEAD_DAYS = 7


@require_safe
def public_home(request: HttpRequest) -> HttpResponse:
    """Enter the six digits on the plate in the lift."""
    cities = Region.objects.filter(level=CITY).order_by("code")
    code, city = request.GET.get("code", "").strip()[:40], request.GET.get("city", "")
    found: list[Lift] = []
    if code:
        found = _find(code, city)
        if len(found) == 1 and found[0].key == code:
            return redirect("equipment:public_lift", city=found[0].key_scope, code=found[0].key)
    context = {
        "title": _("电梯安全查询"),
        "cities": cities,
        "code": code,
        "city": city,
        "found": found,
        "most": MOST_FOUND,
    }
    return render(request, "equipment/public_home.html", context)


def _find(words: str, city: str) -> list[Lift]:
    """Lifts with the code; who does not stand in the lift knows the name of the place or the address instead."""
    rows = Lift.objects.filter(register="lift", confidentiality=0).select_related("region").order_by("site", "key")
    if city:
        rows = rows.filter(key_scope=city)
    if found := list(rows.filter(key=words)[:MOST_FOUND]):
        return found
    if words.isdigit() or len(words) < 2:
        return []
    for word in words.split():
        rows = rows.filter(Q(site__icontains=word) | Q(place__icontains=word))
    return list(rows.exclude(status="scrapped")[:MOST_FOUND])


@require_safe
def public_lift(request: HttpRequest, city: str, code: str) -> HttpResponse:
    """One lift as everybody may see it: inspection, maintenance, insurance; red when one has lapsed."""
    lift = find(city, code)
    items = in_order(lift, timezone.localdate())
    worst = overall(items)
    context = {
        "title": lift.site,
        "lift": lift,
        "items": item_rows(items),
        "overall": worst if items else "grey",
        "lapsed": [row for row in item_rows(items) if row["item"].light == "red"],
        "complain_url": complain_url(lift),
        "maintains": request.user.is_authenticated and bool(can(request.user, "equipment.maintain", lift)),
        "now": timezone.now(),
    }
    return render(request, "equipment/public_lift.html", context)


def complain_url(lift: Lift) -> str:
    """Where a fault or an overdue duty is reported, with what this page knows filled in; empty where there is none."""
    try:
        address = reverse("complaints:public_new")
    except NoReverseMatch:
        return ""
    told = {
        "kind": "report",
        "category": "special_equipment",
        "place": lift.region.code,
        "address": f"{lift.place} {lift.site}".strip(),
        "respondent_name": lift.use_unit,
        "content": _("电梯（96333识别码 %(code)s，%(site)s）：") % {"code": lift.key, "site": lift.site},
    }
    return f"{address}?{urlencode(told)}"


@require_safe
@cache_control(max_age=86400, public=True)
def qr(request: HttpRequest, city: str, code: str) -> HttpResponse:
    """The QR code of a lift's public page as SVG, for its plate."""
    lift = find(city, code)
    url = request.build_absolute_uri(reverse("equipment:public_lift", args=[lift.key_scope, lift.key]))
    return HttpResponse(qr_svg_file(url), content_type="image/svg+xml")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def maintain(request: UserRequest, city: str, code: str) -> HttpResponse:
    """The maintainer's form, opened by the QR code in the lift; made for a phone."""
    lift = find(city, code)
    allowed = can(request.user, "equipment.maintain", lift)
    form = MaintenanceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        assert request.user.unit is not None or not allowed
        action = RecordMaintenance(
            user=request.user,
            lift=lift,
            unit=request.user.unit,  # type: ignore[arg-type]  # refused before it is looked at
            **form.cleaned_data,
        )
        if attempt(request, form, action.execute, _("维护保养已登记。")):
            return redirect("equipment:maintain", city=city, code=code)
    context = {
        "title": lift.site,
        "lift": lift,
        "form": form if allowed else None,
        "refusal": allowed.reason,
        "items": item_rows(in_order(lift, timezone.localdate())),
        "last": lift.maintenances.all()[:5],
    }
    return render(request, "equipment/maintain.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_lifts(request: UserRequest) -> HttpResponse:
    """Rescues to which the maintainer was sent, to be answered by one touch; its lifts that are overdue or due within
    a week, most urgent first."""
    if request.method == "POST":
        chosen = get_object_or_404(sent_to(request.user), pk=whole(request.POST.get("dispatch", "")) or 0)
        done = AnswerDispatch(user=request.user, dispatch=chosen, step=request.POST.get("do", "")).execute()
        messages.success(request, _("已登记到场。") if done.arrived_at else _("已登记应答。"))
        return redirect("equipment:my_lifts")
    today = timezone.localdate()
    mine = permitted(request.user, "equipment.maintain", Lift.objects.filter(register="lift", status="in_use"))
    soon = today + timedelta(days=AHEAD_DAYS)
    rows = mine.filter(Q(next_maintenance=None) | Q(next_maintenance__lte=soon))
    rows = rows.order_by(F("next_maintenance").asc(nulls_first=True), "key")
    late = rows.filter(next_maintenance__lt=today).count()
    lifts = [(lift, (today - lift.next_maintenance).days if lift.next_maintenance else None) for lift in rows[:300]]
    context = {"title": _("待维护保养的电梯"), "lifts": lifts, "late": late, "all": mine.count(), "today": today}
    context["dispatches"] = sent_to(request.user)
    return render(request, "equipment/my_lifts.html", context)
