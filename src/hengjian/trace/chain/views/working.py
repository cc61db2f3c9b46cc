"""Pages that decide: an anomaly, a recall under way, a sample traced to its source."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from hengjian.cases.models import Case
from hengjian.methods.trace_graph.happenings import moment
from hengjian.parties.acting import units_acting
from hengjian.parties.policies import may_anywhere, require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.rulebook.base import NATIONAL
from hengjian.trace.chain import policies
from hengjian.trace.chain.actions import EndRecall, ExplainAnomaly, HandOverAnomaly, TraceSource
from hengjian.trace.chain.forms import ReasonForm, SampleForm
from hengjian.trace.chain.limits import limits_rule
from hengjian.trace.chain.models import Anomaly, RecallOrder
from hengjian.trace.chain.naming import directory
from hengjian.trace.chain.queries import effect, responsible, scope_of
from hengjian.trace.chain.recalls import question_of
from hengjian.trace.chain.searching import find_things
from hengjian.trace.chain.summaries import summary
from hengjian.trace.chain.viewing import address
from hengjian.trace.chain.views.simulating import shown
from hengjian.trace.chain.words import CODES, anomaly_light, code_title, detail_pairs, quantity, recall_light
from hengjian.trace.events.models import Event

TO_SOURCE = "trace"


def attempt(request: UserRequest, action: Action[Any], form: Any, done: str) -> Any:
    """Execute; a refusal becomes an error of the form. None: refused."""
    try:
        result = action.execute()
    except ActionRefused as error:
        form.add_error(None, f"{error.message}{error.next_step}")
        return None
    messages.success(request, done)
    return result


def case_url(ref: str) -> str:
    """The page of a case; empty without one."""
    number = ref.rpartition(":")[2]
    case = Case.objects.filter(pk=int(number)).first() if number.isdigit() else None
    return case.get_absolute_url() if case is not None else ""


@never_cache
@login_required
def anomaly_page(request: UserRequest, pk: int) -> HttpResponse:
    """What does not fit, with its events, and what was made of it."""
    rows = visible(request.user, Anomaly.objects.filter(pk=pk)).select_related("unit", "region", "settled_by")
    anomaly = rows.first()
    if anomaly is None:
        raise Http404(_("没有这条异常，或不在您的查看范围内。"))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if request.POST.get("do") == "hand":
            action: Action[Any] = HandOverAnomaly(user=request.user, anomaly=anomaly, reason=reason)
            done = _("已移交源头追溯查处。")
        else:
            action, done = ExplainAnomaly(user=request.user, anomaly=anomaly, reason=reason), _("已记录说明。")
        if attempt(request, action, form, done) is not None:
            return redirect(anomaly.get_absolute_url())
    events = list(Event.objects.filter(pk__in=anomaly.events).select_related("party").order_by("event_time", "pk"))
    places = [event.biz_location or event.read_point for event in events]
    details = [str(value) for value in anomaly.details.values()]
    names = directory([anomaly.key, *places, *details])
    context = {
        "title": code_title(anomaly.code),
        "anomaly": anomaly,
        "state": anomaly_light(anomaly),
        "meaning": CODES[anomaly.code][1] if anomaly.code in CODES else "",
        "thing": names.thing(anomaly.key),
        "thing_url": address(anomaly.key),
        "rule": limits_rule(anomaly.region.code if anomaly.region else NATIONAL),
        "details": detail_pairs(anomaly, names.name),
        "events": [(event, names.name(place)) for event, place in zip(events, places, strict=True)],
        "form": form,
        "refusal": ExplainAnomaly(user=request.user, anomaly=anomaly).refusal(),
        "case_url": case_url(anomaly.case),
    }
    return render(request, "trace_chain/anomaly.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
def recall_page(request: UserRequest, pk: int) -> HttpResponse:
    """A recall: how far it got, where what of it still is."""
    rows = visible(request.user, RecallOrder.objects.filter(pk=pk)).select_related("unit", "scenario", "ordered_by")
    order = rows.first()
    if order is None:
        raise Http404(_("没有这份召回令，或不在您的查看范围内。"))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        lifted = request.POST.get("do") == "lift"
        end = EndRecall(user=request.user, order=order, lifted=lifted, reason=form.cleaned_data["reason"])
        if attempt(request, end, form, _("已撤销。") if lifted else _("召回已结束。")) is not None:
            return redirect(order.get_absolute_url())
    scope = scope_of(question_of(order))
    reached = effect(scope)
    context = {
        "title": order.title,
        "order": order,
        "state": recall_light(order),
        "answer": shown(summary(scope), request.user),
        "effect": _effect(reached),
        "lots": order.lots.count(),
        "form": form,
        "refusal": EndRecall(user=request.user, order=order).refusal(),
        "case_url": case_url(order.case),
    }
    return render(request, "trace_chain/recall.html", context, status=422 if form.is_bound else 200)


def _effect(reached: Any) -> dict[str, Any] | None:
    if reached is None or not reached.shipped:
        return None
    return {
        "shipped": quantity(reached.shipped, reached.unit),
        "recovered": quantity(reached.recovered, reached.unit),
        "left": quantity(max(reached.shipped - reached.recovered, 0), reached.unit),
        "percent": float(reached.recovered / reached.shipped * 100),
    }


@never_cache
@login_required
def source_page(request: UserRequest) -> HttpResponse:
    """From a sample to the responsible party and its authority; handing over opens the case there."""
    require(request.user, policies.VIEW)
    units = units_acting(request.user, policies.TRACE_SOURCE)
    given = request.POST or (request.GET if "code" in request.GET else None)
    form = SampleForm(given, units=units, initial={"code": request.GET.get("key", "")[:512]})
    form.fields["problem"].required = request.method == "POST"
    for name in ("unit", "trigger"):
        form.fields[name].required = request.method == "POST"
    answer = None
    if form.is_bound and form.is_valid():
        keys = find_things(form.cleaned_data["code"])
        if len(keys) != 1:
            form.add_error("code", _many(keys))
        elif (found := responsible(keys[0])) is None:
            form.add_error("code", _("追溯数据里没有这个标识，找不到责任主体。"))
        else:
            names = directory([keys[0], found.party, *found.sources])
            answer = {
                "thing": names.thing(keys[0]),
                "thing_url": address(keys[0]),
                "party": names.name(found.party),
                "unit": found.unit,
                "region": found.region,
                "authority": found.authority,
                "time": moment(found.time),
                "made": found.made,
                "sources": [names.name(party) for party in found.sources],
            }
            if request.method == "POST":
                action = TraceSource(user=request.user, key=keys[0], **_without_code(form.cleaned_data))
                case = attempt(request, action, form, _("已移交责任主体所在地办理。"))
                if case is not None:
                    mine = visible(request.user, Case.objects.filter(pk=case.pk)).exists()
                    return redirect(case.get_absolute_url() if mine else reverse("trace_chain:search"))
    may = may_anywhere(request.user, policies.TRACE_SOURCE) and units.exists()
    context = {"title": _("源头追溯"), "form": form, "answer": answer, "may": may}
    return render(request, "trace_chain/source.html", context, status=422 if form.is_bound and form.errors else 200)


def _without_code(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "code"}


def _many(keys: list[str]) -> str:
    if keys:
        return _("有 %(n)s 个批次或单品符合，请写出完整的批号或序列号。") % {"n": len(keys)}
    return _("追溯数据里没有这个标识。请核对批号，或换用扫码得到的网址。")
