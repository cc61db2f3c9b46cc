"""The lists: scenarios, recalls, anomalies."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BuiltInView, ChoiceFilter, Column, DateRangeFilter, List, TextFilter
from hengjian.trace.chain.detecting import completeness
from hengjian.trace.chain.limits import limits_note
from hengjian.trace.chain.models import Anomaly, RecallOrder, Scenario
from hengjian.trace.chain.words import CODES, anomaly_light, code_title, quantity, recall_light


def title_of(anomaly: Anomaly) -> str:
    return code_title(anomaly.code)


ANOMALIES = List(
    key="trace.anomalies",
    title=_("追溯异常"),
    columns=[
        Column("code", _("异常"), value=title_of, head=True, card="full", link=Anomaly.get_absolute_url),
        Column("key", _("对象"), value="thing", width="w6", card="half"),
        Column("place", _("地点"), value="place_name", width="w6", card="half"),
        Column("occurred", _("发生时间"), value="occurred_at", sort="occurred_at", align="num", width="w4"),
        Column("unit", _("主管单位"), value="unit.name", sort="unit__name", css="units", width="w6", card="opt"),
        Column(
            "state",
            _("状态"),
            value=Anomaly.get_state_display,
            cell=anomaly_light,
            sort="state",
            width="w4",
            card="state",
        ),
        Column("found", _("发现时间"), value="found_at", shown=False, card="opt"),
    ],
    filters=[
        TextFilter(key="q", label=_("批次或单品"), fields=("key", "thing", "place_name"), placeholder=_("名称或标识")),
        ChoiceFilter(
            key="code", label=_("异常"), field="code", choices=[(code, words[0]) for code, words in CODES.items()]
        ),
        ChoiceFilter(key="state", label=_("状态"), field="state", choices=Anomaly.State.choices),
        DateRangeFilter(key="occurred", label=_("发生时间"), field="occurred_at"),
    ],
    order=("-occurred_at",),
    views=[
        BuiltInView("open", _("待核实"), "state=open"),
        BuiltInView("clones", _("疑似复制码"), "code=cloned_code"),
        BuiltInView("links", _("断链"), "code=shipped_not_received"),
    ],
    empty=_("没有异常"),
    empty_hint=_("新的追溯事件到达后系统自动检查。"),
    note=lazy(limits_note, str)(),
)
RECALLS = List(
    key="trace.recalls",
    title=_("召回令"),
    columns=[
        Column("number", _("编号"), sort="number", head=True, card="no", link=RecallOrder.get_absolute_url, width="w5"),
        Column("title", _("产品"), sort="title", card="full"),
        Column("maker", _("生产者"), value="maker_name", sort="maker_name", css="units", width="w6", card="half"),
        Column("unit", _("责令机关"), value="unit.name", sort="unit__name", css="units", width="w6", card="half"),
        Column("shipped", _("应召回"), value=lambda row: quantity(row.shipped, row.unit_code), align="num", width="w4"),
        Column("ordered", _("责令时间"), value="ordered_at", sort="ordered_at", align="num", width="w4"),
        Column("state", _("状态"), value=RecallOrder.get_state_display, cell=recall_light, sort="state", card="state"),
    ],
    filters=[
        TextFilter(key="q", label=_("产品或生产者"), fields=("title", "maker_name", "number"), placeholder=_("关键词")),
        ChoiceFilter(key="state", label=_("状态"), field="state", choices=RecallOrder.State.choices),
    ],
    order=("-ordered_at",),
    views=[BuiltInView("running", _("召回中"), "state=running")],
    empty=_("没有召回令"),
    empty_hint=_("在召回模拟中确定范围后责令召回。"),
)
SCENARIOS = List(
    key="trace.scenarios",
    title=_("召回方案"),
    columns=[
        Column("title", _("方案名称"), sort="title", head=True, card="full", link=Scenario.get_absolute_url),
        Column("unit", _("单位"), value="unit.name", sort="unit__name", css="units", width="w6", card="half"),
        Column("lots", _("批次和单品"), value=lambda row: row.result["count"], align="num", width="w3", card="half"),
        Column("places", _("地点"), value=lambda row: len(row.result["places"]), align="num", width="w2", card="half"),
        Column("made", _("保存时间"), value="made_at", sort="made_at", align="num", width="w4"),
    ],
    filters=[TextFilter(key="q", label=_("方案名称"), fields=("title",), placeholder=_("关键词"))],
    order=("-made_at",),
    empty=_("没有保存的方案"),
    empty_hint=_("在召回模拟中保存一个方案，以后可以比较。"),
)


class Anomalies(ListView):
    declaration = ANOMALIES
    template_name = "trace_chain/anomalies.html"

    def get_queryset(self) -> QuerySet[Anomaly]:
        return Anomaly.objects.select_related("unit")

    def get_context(self) -> dict[str, Any]:
        return {"whole": completeness()}


class Recalls(ListView):
    declaration = RECALLS

    def get_queryset(self) -> QuerySet[RecallOrder]:
        return RecallOrder.objects.select_related("unit")


class Scenarios(ListView):
    declaration = SCENARIOS

    def get_queryset(self) -> QuerySet[Scenario]:
        return Scenario.objects.select_related("unit")
