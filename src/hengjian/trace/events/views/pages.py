"""One event, one capture job with the upload form, the unit's identifiers, queries and subscriptions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from hengjian.methods.epcis.vocabulary import PARTY_TYPE, TRANSACTION_TYPE
from hengjian.pages.forms import HengjianForm
from hengjian.parties.models import Unit
from hengjian.parties.policies import Scope, can, require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.trace.events.actions import CreateQuery, DeclareKey, DeleteQuery, Resume, Subscribe, Unsubscribe
from hengjian.trace.events.capture import INLINE, capture_document
from hengjian.trace.events.compiling import QueryError
from hengjian.trace.events.interface.problems import Refusal
from hengjian.trace.events.interface.reading import parameters_of
from hengjian.trace.events.jobs import hand_in
from hengjian.trace.events.keys import key_of
from hengjian.trace.events.master import names_of
from hengjian.trace.events.models import CaptureJob, Event, EventThing, NamedQuery, PartyKey, Subscription
from hengjian.trace.events.policies import CAPTURE, DECLARE, SUBSCRIBE, VIEW
from hengjian.trace.events.queries import readable
from hengjian.trace.events.store import units_of
from hengjian.trace.events.views.lists import job_light, short
from hengjian.trace.events.words import ACTIONS, DISPOSITIONS, PARTIES, STEPS, TRANSACTIONS, TYPES, measured, word

SHOWN_THINGS = 200
UNITS = {"CEL": "℃", "P1": "%"}


@login_required
def event_page(request: UserRequest, pk: int) -> HttpResponse:
    """What, when, where, why, how; and the event as it was captured."""
    rows = readable(request.user).select_related("party__region", "context")
    event = rows.filter(pk=pk).first()
    if event is None:
        raise Http404(_("没有这个事件，或您无权查看。"))
    things = list(EventThing.objects.filter(event=event).order_by("pk")[: SHOWN_THINGS + 1])
    keys = {thing.key for thing in things} | {event.read_point, event.biz_location} | set(_party_keys(event))
    names = names_of(keys)
    units = units_of(keys)
    known = {unit.pk: unit.name for unit in Unit.objects.filter(pk__in=units.values())}
    names = {key: known[pk] for key, pk in units.items() if pk in known} | names
    document = event.document
    same = readable(request.user).filter(hash=event.hash).exclude(pk=event.pk).order_by("pk")
    return render(
        request,
        "trace_events/event.html",
        {
            "title": _title(event),
            "event": event,
            "type": word(TYPES, event.type),
            "action": word(ACTIONS, event.action),
            "step": word(STEPS, event.biz_step),
            "disposition": word(DISPOSITIONS, event.disposition),
            "happened": parse_datetime(document["eventTime"]) or event.event_time,
            "offset": document.get("eventTimeZoneOffset", ""),
            "things": [
                (thing, names.get(thing.key, ""), short(thing.key), _amount(thing)) for thing in things[:SHOWN_THINGS]
            ],
            "more_things": len(things) > SHOWN_THINGS,
            "places": [
                (label, names.get(key, ""), key)
                for label, key in ((_("读取点"), event.read_point), (_("业务地点"), event.biz_location))
                if key
            ],
            "documents": [
                (word(TRANSACTIONS, TRANSACTION_TYPE.compact(item.get("type", ""))), item["bizTransaction"])
                for item in document.get("bizTransactionList") or ()
            ],
            "parties": list(_parties(document, names)),
            "reports": list(_reports(document)),
            "wrong": document.get("errorDeclaration"),
            "same": list(same[:5]),
            "raw": json.dumps(document, ensure_ascii=False, indent=2),
            "job": visible(request.user, CaptureJob.objects.filter(pk=event.job)).first(),
            "interface": reverse("trace_events:event", args=[event.identity]),
        },
    )


def _amount(thing: EventThing) -> str:
    if not thing.is_class:
        return ""
    return "—" if thing.quantity is None else f"{thing.quantity:.12g} {thing.uom}".strip()


def _title(event: Event) -> str:
    step = word(STEPS, event.biz_step)
    kind = word(TYPES, event.type)
    return (
        f"{step}（{kind}）"
        if step and not (get_language() or "").startswith("en")
        else (f"{step} ({kind})" if step else kind)
    )


def _party_keys(event: Event) -> Iterator[str]:
    for name in ("source", "destination"):
        for item in event.document.get(f"{name}List") or ():
            yield key_of(item[name], event.prefixes)


def _parties(document: dict[str, Any], names: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for name, label in (("source", _("来源")), ("destination", _("去向"))):
        for item in document.get(f"{name}List") or ():
            key = key_of(item[name])
            kind = word(PARTIES, PARTY_TYPE.compact(item.get("type", "")))
            yield f"{label} · {kind}", names.get(key, ""), key


def _reports(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for element in document.get("sensorElementList") or ():
        for report in element.get("sensorReport") or ():
            kind = measured(str(report.get("type", report.get("exception", ""))))
            values = [
                f"{report[name]}"
                for name in ("value", "stringValue", "booleanValue", "minValue", "maxValue", "meanValue")
                if name in report
            ]
            uom = str(report.get("uom", ""))
            yield kind, f"{' / '.join(values) or '—'} {UNITS.get(uom, uom)}"


# ---- capture


class CaptureForm(HengjianForm):
    """A document to capture."""

    file = forms.FileField(
        label=gettext_lazy("EPCIS 文件"),
        help_text=gettext_lazy("JSON-LD 或 XML（2.0、1.2）；可以直接把文件拖到这里。同一文件重复提交不会重复登记。"),
    )
    behaviour = forms.ChoiceField(
        label=gettext_lazy("遇到有误的事件"),
        choices=CaptureJob.Behaviour.choices,
        initial=CaptureJob.Behaviour.ROLLBACK,
    )


@login_required
def capture_page(request: UserRequest) -> HttpResponse:
    """The upload form; a document of usual size is done at once."""
    unit = request.user.unit
    require(request.user, CAPTURE, Scope(unit=unit) if unit else None)
    if unit is None:
        raise Http404(_("您的账号不属于任何单位，不能采集事件或建立查询。"))
    form = CaptureForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        take = capture_document if file.size <= INLINE else hand_in
        stream = cast(Any, file.file)
        job = take(stream, unit, request.user, behaviour=form.cleaned_data["behaviour"], name=str(file.name))
        return HttpResponseRedirect(reverse("trace_event_pages:job", args=[job.pk]))
    return render(request, "trace_events/capture.html", {"title": _("采集事件"), "form": form, "unit": unit})


@login_required
def job_page(request: UserRequest, job: Any) -> HttpResponse:
    """What became of a document: counts, and what is wrong with which event."""
    found = get_object_or_404(visible(request.user, CaptureJob.objects.select_related("party")), pk=job)
    english = (get_language() or "").startswith("en")
    return render(
        request,
        "trace_events/job.html",
        {
            "title": found.name or _("接口提交"),
            "job": found,
            "state": job_light(found),
            "faults": [
                (item["path"], item["message_en"] if english else item["message_zh"], item["reason"])
                for item in found.errors
            ],
            "events": readable(request.user).filter(job=found.pk).order_by("pk")[:20],
        },
    )


# ---- identifiers, queries, subscriptions


class KeyForm(HengjianForm):
    """An identifier of the unit."""

    key = forms.CharField(
        label=gettext_lazy("标识"),
        max_length=500,
        help_text=gettext_lazy("本单位在追溯事件中使用的 GLN 或网址。登记后，指名本单位的事件即可查看。"),
    )


class QueryForm(HengjianForm):
    """A query with a name; its parameters as in an address."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=100)
    parameters = forms.CharField(
        label=gettext_lazy("查询条件"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text=gettext_lazy("每行一个 EPCIS 查询参数，如 EQ_bizStep=shipping|receiving；不填表示全部事件。"),
    )


class SubscribeForm(HengjianForm):
    """Where results go."""

    query = forms.ModelChoiceField(label=gettext_lazy("命名查询"), queryset=NamedQuery.objects.none())
    dest = forms.URLField(label=gettext_lazy("接收地址"), max_length=2000, assume_scheme="https")
    secret = forms.CharField(
        label=gettext_lazy("签名密钥"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("用于签名（GS1-Signature），接收方据此核对来源；保存后不再显示。"),
    )
    hour = forms.CharField(
        label=gettext_lazy("定时发送的小时"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("如 8,20 或 [9-17]，整点发送；不填表示有新事件即发送。"),
    )


@login_required
def queries_page(request: UserRequest) -> HttpResponse:
    """Identifiers, named queries and subscriptions of the unit."""
    user = request.user
    require(user, VIEW)
    own = NamedQuery.objects.filter(unit=user.unit)
    queries = visible(user, NamedQuery.objects.select_related("unit")).order_by("name", "pk")
    given = request.POST.get("do", "")
    bound = request.POST if request.method == "POST" else None
    key_form = KeyForm(bound if given == "key" else None)
    query_form = QueryForm(bound if given == "query" else None)
    subscribe_form = SubscribeForm(bound if given == "subscribe" else None)
    cast(Any, subscribe_form.fields["query"]).queryset = own
    if request.method == "POST" and _done(request, given, key_form, query_form, subscribe_form):
        return HttpResponseRedirect(request.path)
    scope = Scope(unit=user.unit)
    return render(
        request,
        "trace_events/queries.html",
        {
            "title": _("查询与订阅"),
            "keys": visible(user, PartyKey.objects.select_related("unit")).order_by("key")[:200],
            "queries": [(row, "\n".join(_lines(row.parameters))) for row in queries[:200]],
            "subscriptions": visible(user, Subscription.objects.select_related("query")).order_by("-created_at")[:200],
            "key_form": key_form if user.unit and can(user, DECLARE, scope) else None,
            "query_form": query_form if user.unit and can(user, SUBSCRIBE, scope) else None,
            "subscribe_form": subscribe_form if user.unit and own.exists() and can(user, SUBSCRIBE, scope) else None,
        },
    )


def _lines(parameters: dict[str, Any]) -> Iterator[str]:
    for name, value in parameters.items():
        yield f"{name}={'|'.join(map(str, value)) if isinstance(value, list) else value}"


def _done(request: UserRequest, given: str, *all_forms: Any) -> bool:
    """Carry out what a form asks; False: a form shows what is wrong."""
    key_form, query_form, subscribe_form = all_forms
    form = {"key": key_form, "query": query_form, "subscribe": subscribe_form}.get(given)
    if form is not None and not form.is_valid():
        return False
    try:
        if given == "key":
            DeclareKey(user=request.user, unit=_unit(request), key=key_form.cleaned_data["key"]).execute()
        elif given == "query":
            CreateQuery(
                user=request.user,
                unit=_unit(request),
                name=query_form.cleaned_data["name"],
                parameters=_parameters(query_form.cleaned_data["parameters"]),
            ).execute()
        elif given == "subscribe":
            hour = subscribe_form.cleaned_data["hour"]
            Subscribe(
                user=request.user,
                query=subscribe_form.cleaned_data["query"],
                dest=subscribe_form.cleaned_data["dest"],
                secret=subscribe_form.cleaned_data["secret"],
                stream=not hour,
                schedule={"second": "0", "minute": "0", "hour": hour} if hour else None,
            ).execute()
        elif given in ("unsubscribe", "resume"):
            rows = visible(request.user, Subscription.objects.all())
            found = get_object_or_404(rows, pk=_uuid(request.POST.get("subscription", "")))
            (Unsubscribe if given == "unsubscribe" else Resume)(user=request.user, subscription=found).execute()
        elif given == "delete":
            pk = request.POST.get("query", "")
            rows_of = visible(request.user, NamedQuery.objects.all())
            DeleteQuery(
                user=request.user, query=get_object_or_404(rows_of, pk=int(pk) if pk.isdigit() else 0)
            ).execute()
    except ActionRefused as error:
        if form is None:
            raise
        form.add_error(None, f"{error.message}{error.next_step}")
        return False
    except (QueryError, Refusal) as error:
        query_form.add_error("parameters", str(error))
        return False
    messages.success(request, _("已保存。"))
    return True


def _unit(request: UserRequest) -> Any:
    if request.user.unit is None:
        raise Http404(_("您的账号不属于任何单位，不能采集事件或建立查询。"))
    return request.user.unit


def _uuid(text: str) -> Any:
    try:
        return UUID(text)
    except ValueError:
        raise Http404(_("没有这个订阅。")) from None


def _parameters(text: str) -> dict[str, Any]:
    given = QueryDict(mutable=True)
    for line in text.splitlines():
        name, _equals, value = line.strip().partition("=")
        if name:
            given.appendlist(name, value)
    return parameters_of(given)
