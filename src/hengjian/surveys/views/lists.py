"""The lists: waves of the office, free texts of the running unit."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BuiltInView, ChoiceFilter, Column, List, TextFilter
from hengjian.parties.policies import can, may_anywhere, visible
from hengjian.surveys.catalogue import surveys
from hengjian.surveys.models import Comment, Evaluated, Response, Wave
from hengjian.surveys.words import language, sector_title, wave_light


def index_words(wave: Any) -> str:
    if wave.index_value is None:
        return ""
    return f"{wave.index_value:.2f}（{wave.index_low:.2f}～{wave.index_high:.2f}）"


def wanted(wave: Wave) -> int:
    return sum(row["answers"] for row in wave.strata)


def survey_choices(_request: object) -> list[tuple[str, str]]:
    return [(item.code, item.said(language())) for item in surveys()]


WAVES = List(
    key="surveys.waves",
    title=_("满意度调查"),
    columns=[
        Column(
            "title",
            _("调查名称"),
            value=lambda wave: wave.said(language()),
            sort="title",
            head=True,
            card="full",
            link=Wave.get_absolute_url,
        ),
        Column("sector", _("行业"), value=sector_title, sort="sector", width="w4", shown=False),
        Column("period", _("统计期"), value=lambda w: w.when.said(language()), sort="period", width="w3", card="half"),
        Column("unit", _("组织单位"), value="unit.name", sort="unit__name", css="units", width="w5", card="half"),
        Column("ends", _("截止日期"), value="ends_on", sort="ends_on", align="num", width="w3", card="half"),
        Column("answers", _("答卷"), value="answers", sort="answers", align="num", width="w2", card="half"),
        Column("wanted", _("应收"), value=wanted, align="num", width="w2", card="half"),
        Column("index", _("满意度指数（区间）"), value=index_words, align="num", width="w5", card="half"),
        Column(
            "state", _("状态"), value=Wave.get_state_display, cell=wave_light, sort="state", width="w3", card="state"
        ),
    ],
    filters=[
        TextFilter(key="q", label=_("调查名称"), fields=("title", "title_en"), placeholder=_("关键词")),
        ChoiceFilter(key="survey", label=_("调查"), field="survey", choices=survey_choices),
        ChoiceFilter(key="state", label=_("状态"), field="state", choices=Wave.State.choices),
    ],
    order=("-starts_on",),
    views=[
        BuiltInView("running", _("调查中"), "state=running"),
        BuiltInView("closed", _("待测评"), "state=closed"),
        BuiltInView("computed", _("待审定"), "state=computed"),
    ],
    empty=_("还没有满意度调查"),
    empty_hint=_("点“新建调查”，选好行业和时间，系统按误差要求算出样本量。"),
)


class Waves(ListView):
    declaration = WAVES
    template_name = "surveys/waves.html"

    def get_queryset(self) -> QuerySet[Wave]:
        newest = Evaluated.objects.filter(wave=OuterRef("pk"), state=Evaluated.State.APPROVED, valid=True)
        newest = newest.order_by("-number")
        given = Count("responses", filter=Q(responses__state=Response.State.COMPLETE))
        return Wave.objects.select_related("unit", "region").annotate(
            answers=given,
            index_value=Subquery(newest.values("index")[:1]),
            index_low=Subquery(newest.values("low")[:1]),
            index_high=Subquery(newest.values("high")[:1]),
        )

    def get_context(self) -> dict[str, Any]:
        return {"may_run": may_anywhere(self.request.user, "surveys.run")}


COMMENTS = List(
    key="surveys.comments",
    title=_("文字意见"),
    columns=[Column("text", _("意见"), value="text", head=True, card="full")],
    filters=[TextFilter(key="q", label=_("内容"), fields=("text",), placeholder=_("关键词"))],
    order=("pk",),
    empty=_("没有文字意见"),
    empty_hint=_("受访者在问卷最后一题写下的意见会列在这里。"),
    note=_(
        "文字意见与答卷分开保存，不能对应到人；电话、证件号码和邮箱已自动隐去。只有组织调查的单位可以阅读，不进入台账。"
    ),
)


class Comments(ListView):
    """Free texts of one wave: for people of the unit that carries it out, not for those who watch over the region."""

    declaration = COMMENTS
    template_name = "surveys/comments.html"

    @cached_property
    def wave(self) -> Wave:
        unit = getattr(self.request.user, "unit_id", None)
        wave = visible(self.request.user, Wave.objects.filter(pk=self.kwargs["pk"])).first()
        if wave is not None and wave.unit_id != unit:
            wave = None
        if wave is None or not can(self.request.user, "surveys.comments", wave):
            raise Http404(_("没有这次调查，或不在您的查看范围内。"))
        return wave

    def get_queryset(self) -> QuerySet[Comment]:
        return Comment.objects.filter(wave=self.wave).order_by("pk")

    def get_context(self) -> dict[str, Any]:
        return {"wave": self.wave}
