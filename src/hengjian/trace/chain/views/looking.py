"""Pages that look: search, one thing with its graph, its balance, and what a partner sees of it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.methods.trace_graph.happenings import moment
from hengjian.parties.policies import require, visible
from hengjian.parties.requests import UserRequest
from hengjian.rulebook.parameters.trace_limits import TraceLimits
from hengjian.trace.chain import policies
from hengjian.trace.chain.forms import BalanceForm
from hengjian.trace.chain.limits import balance_of, reader_rule
from hengjian.trace.chain.models import Anomaly
from hengjian.trace.chain.naming import directory
from hengjian.trace.chain.neighbouring import Neighbourhood, neighbourhood
from hengjian.trace.chain.queries import network
from hengjian.trace.chain.recalls import recall_state
from hengjian.trace.chain.searching import find_things
from hengjian.trace.chain.viewing import address, drawn, is_pack, shown_keys, view_of
from hengjian.trace.chain.words import (
    PROCESS_VERDICTS,
    SITE_VERDICTS,
    anomaly_light,
    code_title,
    plain,
    quantity,
    verdict,
)
from hengjian.trace.events.keys import key_of
from hengjian.trace.events.queries import events_of

EVENTS = 50


@login_required
@require_safe
def search_page(request: UserRequest) -> HttpResponse:
    """Find a lot, item, container or product; a single hit opens at once."""
    require(request.user, policies.VIEW)
    text = request.GET.get("q", "").strip()[:512]
    keys = find_things(text) if text else []
    if len(keys) == 1:
        return redirect(address(keys[0]))
    names = directory(keys)
    open_ones = visible(request.user, Anomaly.objects.filter(state=Anomaly.State.OPEN))
    context = {
        "title": _("追溯查询"),
        "text": text,
        "hits": [(names.thing(key), names.maker(key), key, address(key)) for key in keys],
        "open": open_ones.count(),
    }
    return render(request, "trace_chain/search.html", context)


def asked_key(request: UserRequest) -> str:
    key = request.GET.get("key", "").strip()
    if not key:
        raise Http404(_("没有指定批次或单品。"))
    return key_of(key[:512])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@login_required
@require_safe
def thing_page(request: UserRequest) -> HttpResponse:
    """One lot, item or container: where from, where to, as picture and as table."""
    require(request.user, policies.VIEW)
    key = asked_key(request)
    day = _day(request.GET.get("until", ""))
    until = None if day is None else timezone.make_aware(datetime.combine(day, time(23, 59, 59)))
    graph = network()
    if graph.names.find(key) < 0:
        raise Http404(_("追溯数据里没有“%(key)s”。") % {"key": key})
    view = view_of(graph, key, until)
    events = list(events_of(key, reader=request.user)[:EVENTS])
    places = [place for event in events for place in (event.biz_location, event.read_point)]
    names = directory([key, *shown_keys(view), *places])
    title = names.thing(key)
    picture, left_out = drawn(graph, view, names, _("%(name)s的来源和去向") % {"name": title})
    rows = [
        {
            "name": names.thing(row.key),
            "url": address(row.key),
            "side": row.side,
            "pack": is_pack(row.key),
            "time": row.time,
            "previous": names.thing(row.previous),
            "places": [names.name(place) for place in row.places],
        }
        for row in view.rows
    ]
    anomalies = visible(request.user, Anomaly.objects.filter(key=key))
    context = {
        "title": title,
        "maker": names.maker(key),
        "key": key,
        "day": day,
        "coarse": bool(view.forward.coarse),
        "picture": picture,
        "left_out": left_out,
        "rows": rows,
        "more": view.more,
        "containers": [(names.thing(one), address(one), first, last) for one, first, last in view.containers],
        "events": [(event, names.name(event.biz_location or event.read_point)) for event in events],
        "recall": recall_state(key),
        "anomalies": [(one, code_title(one.code), anomaly_light(one)) for one in anomalies[:20]],
        "balance_url": address(key, "trace_chain:balance"),
        "simulate_url": f"{address(key, 'trace_chain:simulate')}",
        "source_url": f"{address(key, 'trace_chain:source')}",
    }
    return render(request, "trace_chain/thing.html", context)


@login_required
@require_safe
def balance_page(request: UserRequest) -> HttpResponse:
    """The mass balance of a lot, gaps marked."""
    require(request.user, policies.VIEW)
    key = asked_key(request)
    rule = reader_rule(request.user)
    limits = rule.typed(TraceLimits)
    own = any(request.GET.get(name) for name in ("tolerance", "lowest", "highest"))
    usual = {"tolerance": limits.tolerance, "lowest": limits.usual.lowest, "highest": limits.usual.highest}
    form = BalanceForm(request.GET if own else None, initial=usual)
    found = balance_of(key, rule=rule, **_own_limits(form, limits))
    if not found.known:
        raise Http404(_("追溯数据里没有“%(key)s”。") % {"key": key})
    names = directory([key, *(one.site for one in found.sites)])
    context: dict[str, Any] = {
        "title": _("%(name)s的数量平衡") % {"name": names.thing(key)},
        "key": key,
        "rule": rule,
        "own": own,
        "thing_url": address(key),
        "form": form,
        "gaps": found.gaps,
        "sites": [
            {
                "name": names.name(one.site) if one.site else _("地点未报"),
                "amounts": [
                    quantity(amount, one.figures.unit)
                    for amount in (
                        one.figures.made,
                        one.figures.received + one.figures.returned,
                        one.figures.shipped,
                        one.figures.sold,
                        one.figures.used + one.figures.ended,
                        one.figures.destroyed,
                        one.residual,
                    )
                ],
                "light": verdict(SITE_VERDICTS, one.verdict),
                "late": one.verdict in ("short", "missing"),
            }
            for one in found.sites
        ],
        "processes": [
            {
                "time": moment(one.time),
                "put_in": quantity(one.put_in, one.unit),
                "came_out": quantity(one.came_out, one.unit),
                "rate": f"{one.came_out / one.put_in * 100:.1f}%" if one.put_in and one.came_out is not None else "",
                "band": f"{plain(one.low * 100)}～{plain(one.high * 100)}%",
                "light": verdict(PROCESS_VERDICTS, one.verdict),
                "late": one.verdict in ("above", "no_input"),
            }
            for one in found.processes
        ],
        "transit": [quantity(amount, unit) for unit, amount in found.transit],
    }
    return render(request, "trace_chain/balance.html", context, status=422 if form.is_bound and form.errors else 200)


def _own_limits(form: BalanceForm, limits: TraceLimits) -> dict[str, Any]:
    """What the reader set instead of the rulebook's limits."""
    if not (form.is_bound and form.is_valid()):
        return {}
    given = form.cleaned_data
    own: dict[str, Any] = {}
    if given["tolerance"] is not None:
        own["tolerance"] = given["tolerance"] / 100
    if given["lowest"] is not None or given["highest"] is not None:
        low, high = limits.usual.shares
        own["usual"] = (
            low if given["lowest"] is None else given["lowest"] / 100,
            high if given["highest"] is None else given["highest"] / 100,
        )
    return own


@login_required
@require_safe
def neighbours_page(request: UserRequest) -> HttpResponse:
    """What an enterprise sees: one step up and one step down of what it handled itself."""
    require(request.user, policies.NEIGHBOURS)
    text = request.GET.get("q", "").strip()[:512]
    unit = request.user.unit
    found = neighbourhood(request.user, unit, text) if text and unit is not None else Neighbourhood()
    context = {"title": _("上下游查询"), "text": text, "asked": bool(text), "name": found.name, "rows": found.steps}
    return render(request, "trace_chain/neighbours.html", context)
