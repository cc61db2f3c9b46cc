"""The lists: events, capture jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import (
    BooleanFilter,
    BuiltInView,
    ChoiceFilter,
    Column,
    DateRangeFilter,
    List,
    TextFilter,
)
from hengjian.parties.policies import may_anywhere
from hengjian.trace.events.keys import key_of
from hengjian.trace.events.models import CaptureJob, Event, EventThing
from hengjian.trace.events.policies import CAPTURE
from hengjian.trace.events.words import ACTIONS, DISPOSITIONS, STEPS, TYPES, word


@dataclass(frozen=True, kw_only=True)
class KeyFilter(TextFilter):
    """Events about one identifier, however it is written; answered from the index of identifiers."""

    def condition(self, value: list[str]) -> Q:
        about = EventThing.objects.filter(key__in=[key_of(item) for item in value])
        return Q(pk__in=about.values("event_id"))


@dataclass(frozen=True, kw_only=True)
class MomentFilter(DateRangeFilter):
    """Days of a column of moments, by the days' ends here, so that the index on the column is used."""

    def condition(self, value: list[date | None]) -> Q:
        condition = Q()
        if value[0]:
            condition &= Q(**{f"{self.field}__gte": make_aware(datetime.combine(value[0], time.min))})
        if value[1]:
            condition &= Q(**{f"{self.field}__lte": make_aware(datetime.combine(value[1], time.max))})
        return condition


def event_url(event: Event) -> str:
    return reverse("trace_event_pages:event", args=[event.pk])


def job_url(job: CaptureJob) -> str:
    return reverse("trace_event_pages:job", args=[job.pk])


def what(event: Event) -> str:
    """The first identifiers of an event, and how many there are."""
    document = event.document
    found: list[str] = []
    for name in ("epcList", "outputEPCList", "childEPCs", "inputEPCList"):
        found += document.get(name) or []
    for name in ("quantityList", "outputQuantityList", "childQuantityList", "inputQuantityList"):
        found += [item["epcClass"] for item in document.get(name) or []]
    if not found and document.get("parentID"):
        found = [document["parentID"]]
    if not found:
        return "—"
    first = short(found[0])
    return first if len(found) == 1 else _now("%(first)s 等 %(n)s 项") % {"first": first, "n": len(found)}


def short(uri: str) -> str:
    """An identifier without what all identifiers begin with."""
    return key_of(uri).removeprefix("https://id.gs1.org/").removeprefix("https://")


def step(event: Event) -> str:
    return word(STEPS, event.biz_step) or "—"


def job_light(job: CaptureJob) -> SafeString:
    """The state of a job."""
    if job.state != CaptureJob.State.DONE:
        return light("blue", job.get_state_display())
    if job.success:
        return light("green", _now("采集完成"))
    return light("amber", _now("部分采集")) if job.added or job.already else light("red", _now("未采集"))


def job_word(job: CaptureJob) -> str:
    if job.state != CaptureJob.State.DONE:
        return str(job.get_state_display())
    return _now("采集完成") if job.success else _now("部分采集") if job.added or job.already else _now("未采集")


def _choices(words: dict[str, Any]) -> list[tuple[str, Any]]:
    return list(words.items())


EVENTS = List(
    key="trace.events",
    title=_("追溯事件"),
    columns=[
        Column("time", _("发生时间"), value="event_time", sort="event_time", align="num", width="w4", card="half"),
        Column("what", _("对象"), value=what, head=True, card="full", link=event_url),
        Column("step", _("业务步骤"), value=step, width="w4", card="half"),
        Column("type", _("事件类型"), value=lambda event: word(TYPES, event.type), width="w4", card="opt"),
        Column(
            "disposition",
            _("状态"),
            value=lambda event: word(DISPOSITIONS, event.disposition) or "—",
            width="w4",
            card="half",
        ),
        Column("party", _("采集主体"), value="party.name", css="units", width="w6", card="half"),
        Column("record", _("采集时间"), value="record_time", sort="pk", align="num", width="w4", card="opt"),
        Column("action", _("动作"), value=lambda event: word(ACTIONS, event.action), shown=False, card="opt"),
        Column("hash", _("事件哈希"), value="hash_uri", shown=False, card="opt"),
    ],
    filters=[
        KeyFilter(key="q", label=_("标识"), placeholder=_("单品、批次或容器的码，网址或 URN")),
        ChoiceFilter(key="step", label=_("业务步骤"), field="biz_step", choices=_choices(STEPS)),
        ChoiceFilter(key="disposition", label=_("状态"), field="disposition", choices=_choices(DISPOSITIONS)),
        ChoiceFilter(key="type", label=_("事件类型"), field="type", choices=_choices(TYPES)),
        MomentFilter(key="time", label=_("发生时间"), field="event_time"),
        BooleanFilter(key="wrong", label=_("只看更正声明"), when=~Q(declaration="")),
    ],
    order=("-pk",),
    views=[
        BuiltInView("recalled", _("已召回"), "disposition=recalled"),
        BuiltInView("wrong", _("更正声明"), "wrong=1"),
    ],
    view_counts=False,
    empty=_("没有符合条件的追溯事件"),
    empty_hint=_("企业通过接口或上传文件采集后，事件会列在这里。"),
)

JOBS = List(
    key="trace.jobs",
    title=_("采集任务"),
    columns=[
        Column("name", _("文件"), value=lambda job: job.name or _now("接口提交"), head=True, card="full", link=job_url),
        Column("party", _("采集主体"), value="party.name", sort="party__name", css="units", width="w6", card="half"),
        Column("created", _("提交时间"), value="created_at", sort="created_at", align="num", width="w4", card="half"),
        Column("added", _("新增事件"), value="added", align="num", width="w3"),
        Column("already", _("已有事件"), value="already", align="num", width="w3"),
        Column("rejected", _("有误事件"), value="rejected", align="num", width="w3"),
        Column("state", _("状态"), value=job_word, cell=job_light, width="w4", card="state"),
    ],
    filters=[
        TextFilter(key="q", label=_("文件或主体"), fields=("name", "party__name"), placeholder=_("关键词")),
        ChoiceFilter(
            key="result",
            label=_("结果"),
            choices=[("waiting", _("等待处理")), ("good", _("采集完成")), ("bad", _("有错误"))],
            when=lambda value: {
                "waiting": Q(state=CaptureJob.State.WAITING),
                "good": Q(success=True),
                "bad": Q(success=False),
            }[value],
        ),
    ],
    order=("-created_at",),
    views=[BuiltInView("bad", _("有错误"), "result=bad")],
    empty=_("还没有采集任务"),
    empty_hint=_("上传 EPCIS 文件，或通过接口 /epcis/capture 提交。"),
)


class EventList(ListView):
    """Events that the reader may see."""

    declaration = EVENTS
    template_name = "trace_events/events.html"
    request: HttpRequest

    def get_queryset(self) -> QuerySet[Event]:
        return Event.objects.select_related("party")


class JobList(ListView):
    """Capture jobs of the reader's unit."""

    declaration = JOBS
    template_name = "trace_events/jobs.html"
    request: HttpRequest

    def get_queryset(self) -> QuerySet[CaptureJob]:
        return CaptureJob.objects.select_related("party")

    def get_context(self) -> dict[str, Any]:
        return {"may_capture": self.request.user.is_authenticated and may_anywhere(self.request.user, CAPTURE)}
