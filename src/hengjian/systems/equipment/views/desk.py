"""The 96333 desk: the live board, a new call, one rescue."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.actions.base import declaration
from hengjian.cases.declarations import Transition
from hengjian.clocks.models import Deadline
from hengjian.parties.models import Region
from hengjian.parties.policies import require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.systems.equipment import rescuing
from hengjian.systems.equipment.actions import PayCompensation
from hengjian.systems.equipment.forms import CallForm, CompensationForm, ReleaseForm, choices_of
from hengjian.systems.equipment.models import Dispatch, Lift, Rescue
from hengjian.systems.equipment.queries import between, open_rescues, stood_in
from hengjian.systems.equipment.replies import replies
from hengjian.systems.equipment.views.common import attempt, cause_words, cities_for, counties_for

# How often the board loads itself anew, in seconds; `?still=1` keeps it.
REFRESH = 20
# In the order in which the buttons stand; the first that is possible is the one to press.
ONE_CLICK = ("dispatch", "answer", "arrive", "next_body")


Steps = dict[tuple[str, int], list[Transition]]


def offered(request: UserRequest, rescue: Rescue, asked: Steps) -> list[dict[str, Any]]:
    """The steps that this person may take now, the next in the course of a rescue first.

    Args:
        asked: what was found for other rescues in the same state of the same unit, so that a board asks once.
    """
    case = rescue.case
    key = case.state, case.unit_id
    if key not in asked:
        steps = declaration(case).leaving(case.state)
        may = [step for step in steps if not TakeStep(user=request.user, case=case, step=step.code).refusal()]
        asked[key] = sorted(may, key=_place)
    return [
        {"code": step.code, "title": step.said(request.LANGUAGE_CODE), "primary": number == 0}
        for number, step in enumerate(asked[key])
    ]


def _place(step: Transition) -> int:
    return ONE_CLICK.index(step.code) if step.code in ONE_CLICK else len(ONE_CLICK)


def shown(request: UserRequest, rescue: Rescue, asked: Steps) -> dict[str, Any]:
    """What a card of the board shows."""
    case = rescue.case
    state = declaration(case).state(case.state)
    now = timezone.now()
    left = None if case.due_at is None else int((case.due_at - now).total_seconds() // 60)
    dispatches = list(rescue.dispatches.all())
    return {
        "rescue": rescue,
        "case": case,
        "state": state.said(request.LANGUAGE_CODE),
        "light": "red" if left is not None and left < 0 else state.light,
        "minutes": rescuing.elapsed(rescue),
        "left": left,
        "late": left is not None and left < 0,
        "over": -left if left is not None and left < 0 else 0,
        "last": dispatches[-1] if dispatches else None,
        "steps": [step for step in offered(request, rescue, asked) if step["code"] in ONE_CLICK],
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: UserRequest) -> HttpResponse:
    """Everything under way, longest first; works without scripts: the page loads itself anew."""
    require(request.user, "equipment.dispatch")
    mine = visible(request.user, Rescue.objects.all())
    if request.method == "POST":
        rescue = get_object_or_404(mine.select_related("case"), pk=_pk(request.POST.get("rescue")))
        _take(request, rescue, request.POST.get("do", ""), {})
        return redirect("equipment:desk")
    today = timezone.localdate()
    asked: Steps = {}
    cards = [shown(request, rescue, asked) for rescue in open_rescues(mine)]
    of_today = between(mine, today, today)
    context = {
        "title": _("96333 应急处置"),
        "cards": cards,
        "late": sum(card["late"] for card in cards),
        "today": of_today.count(),
        "ended_today": of_today.exclude(ended_at=None).count(),
        "recent": mine.exclude(ended_at=None).select_related("case", "lift").order_by("-ended_at")[:8],
        "causes": cause_words(),
        "now": timezone.now(),
        "still": "still" in request.GET,
        "refresh": REFRESH,
    }
    response = render(request, "equipment/desk.html", context)
    if not context["still"]:
        response["Refresh"] = str(REFRESH)
    return response


def _pk(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0


def _take(request: UserRequest, rescue: Rescue, step: str, values: dict[str, Any], note: str = "") -> None:
    TakeStep(user=request.user, case=rescue.case, step=step, values=values, note=note).execute()
    done = {
        "dispatch": _("已派单。"),
        "answer": _("已登记应答。"),
        "next_body": _("已转派下一家。"),
        "arrive": _("已登记到场。"),
        "release": _("已登记解困。"),
        "self_free": _("已登记自行脱困。"),
        "false_alarm": _("已登记误报。"),
    }
    messages.success(request, f"{rescue.case.number} {done.get(step, '')}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: UserRequest) -> HttpResponse:
    """A call: the code finds the lift, one click opens the case and sends the first of the ladder."""
    require(request.user, "equipment.dispatch")
    cities = cities_for(request.user)
    code = (request.GET.get("code") or "").strip()
    city = next((item for item in cities if item.code == request.GET.get("city")), cities[0] if cities else None)
    lift = None
    if code and city is not None:
        lift = Lift.objects.filter(register="lift", key=code, key_scope=city.code).select_related("region").first()
    regions = counties_for(request.user, city)
    form = CallForm(
        request.POST or None,
        regions=[(region.code, region.name) for region in regions],
        areas=choices_of("area_kind"),
        initial=_known(lift),
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        region = next(item for item in regions if item.code == given["region"])
        rescue = _open(request, region, lift, code, given)
        try:
            _take(request, rescue, "dispatch", {})
        except ActionRefused as error:
            # The call is kept whatever happens to the dispatch.
            messages.error(request, f"{error.message}{error.next_step}")
        return redirect("equipment:rescue", pk=rescue.pk)
    open_here = Rescue.objects.filter(lift=lift, ended_at=None).select_related("case").first() if lift else None
    context = {
        "title": _("接报"),
        "form": form,
        "code": code,
        "cities": cities,
        "city": city,
        "lift": lift,
        "open_here": open_here,
        "unknown": bool(code) and lift is None,
        "token": request.POST.get("token") or uuid4().hex,
    }
    return render(request, "equipment/call.html", context)


def _known(lift: Lift | None) -> dict[str, Any]:
    if lift is None:
        return {}
    place = f"{lift.site}（{lift.place}）" if lift.place else lift.site
    return {"place": place, "region": lift.region.code, "area_kind": lift.area_kind}


def _open(request: UserRequest, region: Region, lift: Lift | None, code: str, given: dict[str, Any]) -> Rescue:
    assert request.user.unit is not None
    values = {name: value for name, value in given.items() if name != "region"}
    opened = OpenCase(
        user=request.user,
        type="lift_rescue",
        values={**values, "lift_code": lift.key if lift else ""},
        unit=request.user.unit,
        region=region,
        channel="96333",
        subject=lift.ref if lift else "",
        token=request.POST.get("token", "")[:64],
    ).execute()
    return Rescue.objects.select_related("case").get(case=opened.case)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rescue_page(request: UserRequest, pk: int) -> HttpResponse:
    """One rescue: the ladder, what to say, every dispatch with its times, the steps."""
    rows = visible(request.user, Rescue.objects.all()).select_related("case__region", "lift", "region", "unit")
    rescue = get_object_or_404(rows, pk=pk)
    causes = list(cause_words(rescue.case.rules_on).items())
    release = ReleaseForm(request.POST if request.POST.get("do") == "release" else None, causes=causes)
    if request.method == "POST":
        step = request.POST.get("do", "")
        if step != "release" or release.is_valid():
            values = dict(release.cleaned_data) if step == "release" else _step_values(request, step)
            note = request.POST.get("note", "")
            _take(request, rescue, step, values, note)
            return redirect("equipment:rescue", pk=rescue.pk)
    case = rescue.case
    asked: Steps = {}
    steps = offered(request, rescue, asked)
    codes = {step["code"] for step in steps}
    dispatches = list(rescue.dispatches.all())
    clocks = Deadline.objects.filter(owner=case.ref).order_by("started_at", "pk")
    declared, ladder = declaration(case), rescuing.ladder_of(case)
    context = {
        "title": case.title,
        **shown(request, rescue, asked),
        "codes": codes,
        "one_click": [step for step in steps if step["code"] in ("answer", "arrive")],
        "release": release if "release" in codes else None,
        "candidates": rescuing.who_next(rescue) if codes & {"dispatch", "next_body"} else [],
        "send": "dispatch" if "dispatch" in codes else "next_body",
        "dispatches": dispatches,
        "ladder": [(level.title, "、".join(ladder.titles[body] for body in level.bodies)) for level in ladder.levels],
        "ladder_rule": rescuing.ladder_rule(case).id,
        "replies": replies(rescue, case.state, dispatches[-1] if dispatches else None),
        "clocks": [(declared.clock(c.purpose.partition(".")[2]).said(request.LANGUAGE_CODE), c) for c in clocks],
        "cause": cause_words(case.rules_on).get(rescue.cause, ""),
    }
    return render(request, "equipment/rescue.html", context)


def _step_values(request: UserRequest, step: str) -> dict[str, Any]:
    """The fields of a step that the page posts."""
    if step in ("dispatch", "next_body"):
        found = {"body": request.POST.get("body", "")[:80]}
        if step == "next_body":
            found["answer"] = request.POST.get("answer", "")
        return found
    return {}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def compensations(request: UserRequest) -> HttpResponse:
    """Who stood in for the contracted maintainer, what they are owed and when it was paid."""
    require(request.user, "equipment.dispatch")
    rows = stood_in(visible(request.user, Dispatch.objects.all()))
    failed: dict[int, CompensationForm] = {}
    if request.method == "POST":
        chosen = get_object_or_404(rows, pk=_pk(request.POST.get("dispatch")))
        form = CompensationForm(request.POST)
        if form.is_valid():
            action = PayCompensation(user=request.user, dispatch=chosen, **form.cleaned_data)
            if attempt(request, form, action.execute, _("补偿已登记。")):
                return redirect("equipment:compensations")
        failed[chosen.pk] = form
    shown_rows = [(row, failed.get(row.pk) or CompensationForm(auto_id=f"id_{row.pk}_%s")) for row in rows[:200]]
    return render(request, "equipment/compensations.html", {"title": _("代为救援补偿"), "rows": shown_rows})
