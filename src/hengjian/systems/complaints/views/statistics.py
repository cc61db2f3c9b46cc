"""Statistics of complaints and reports: by category, region and line, with the course over the months."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian.cases.catalogue import case_type
from hengjian.documents.sheets import SheetColumn, write_xlsx
from hengjian.methods import charts
from hengjian.pages.forms import HengjianForm
from hengjian.parties.models import Region
from hengjian.parties.policies import require
from hengjian.parties.requests import UserRequest
from hengjian.systems.complaints.forms import region_choices
from hengjian.systems.complaints.routing import category_labels, channel_labels
from hengjian.systems.complaints.statistics import Figures, Period
from hengjian.systems.complaints.views.imports import XLSX
from hengjian.systems.complaints.views.tickets import english

GROUPS = ("category", "region", "channel")
LONGEST = timedelta(days=1100)


class PeriodForm(HengjianForm):
    """From, to, region; a quarter up to today where nothing is said."""

    start = forms.DateField()
    end = forms.DateField()
    region = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["start"].label, self.fields["end"].label = _("自"), _("至")
        self.fields["region"].label = _("地区")
        self.fields["region"].choices = region_choices(_("全部"))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        first, last = found.get("start"), found.get("end")
        if first and last and not timedelta(0) <= last - first <= LONGEST:
            self.add_error("end", _("止日应在起日之后三年以内。"))
        return found


@login_required
def statistics_page(request: UserRequest) -> HttpResponse:
    """`?start=&end=&region=`; `?export=category|region|channel|respondent` gives the table as a sheet."""
    require(request.user, "complaints.view")
    today = timezone.localdate()
    usual = {"start": (today - timedelta(days=91)).replace(day=1), "end": today, "region": ""}
    given = {name: request.GET.get(name, "") for name in ("start", "end", "region")}
    form = PeriodForm(given if any(given.values()) else usual)
    found: dict[str, Any] = form.cleaned_data if form.is_valid() else usual
    region = Region.objects.filter(code=found["region"]).first() if found["region"] else None
    period = Period(request.user, found["start"], found["end"], region)
    group = request.GET.get("export", "")
    if group in GROUPS:
        return _sheet(period, group)
    if group == "respondent":
        return _respondents(period)
    total = period.total()
    words = f"{period.first} ～ {period.last}"
    context = {
        "title": _("投诉举报统计"),
        "form": form,
        "period": words,
        "query": request.GET.urlencode(),
        "total": total,
        "shares": {"agreed": _percent(total.agreed), "satisfied": _percent(total.satisfied)},
        "on_time": (on_time := period.on_time()),
        "on_time_percent": _percent(on_time.rate),
        "kinds": [
            (case_type(kind).said(get_language() or "zh"), number) for kind, number in sorted(period.kinds().items())
        ],
        "tables": [(name, title, _columns()[name], _rows(period, name)) for name, title in _titles()]
        if total.tickets
        else [],
        "respondents": period.by_respondent(),
        "chart": _chart(period, words),
    }
    return render(request, "complaints/statistics.html", context, status=200 if form.is_valid() else 400)


def _titles() -> list[tuple[str, str]]:
    return [("category", _("按类别")), ("region", _("按地区")), ("channel", _("按渠道"))]


def _columns() -> dict[str, str]:
    return {"category": _("类别"), "region": _("地区"), "channel": _("渠道")}


def _names(name: str, keys: list[Any]) -> dict[Any, str]:
    if name == "region":
        return {region.pk: region.name for region in Region.objects.filter(pk__in=keys)}
    return category_labels(english()) if name == "category" else channel_labels(english())


def _rows(period: Period, name: str) -> list[tuple[str, Figures, str, str]]:
    """(name, figures, agreed, satisfied) with the shares in percent."""
    rows = period.by(name)
    names = _names(name, [key for key, _figures in rows])
    return [
        (str(names.get(key, key) or "—"), figures, _percent(figures.agreed), _percent(figures.satisfied))
        for key, figures in rows
    ]


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:.1f}%"


def _sheet(period: Period, name: str) -> HttpResponse:
    title = f"{_('投诉举报统计')}{dict(_titles())[name]}"
    columns = [
        SheetColumn(_columns()[name], 24),
        SheetColumn(_("工单"), kind="integer"),
        SheetColumn(_("办结投诉"), kind="integer"),
        SheetColumn(_("调解件数"), kind="integer"),
        SheetColumn(_("调解成功率"), kind="percent"),
        SheetColumn(_("评价件数"), kind="integer"),
        SheetColumn(_("满意率"), kind="percent"),
        SheetColumn(_("挽回损失（元）"), kind="number"),
    ]
    rows = [
        [
            label, item.tickets, item.closed, item.mediated, None if item.agreed is None else 100 * item.agreed,
            item.rated, None if item.satisfied is None else 100 * item.satisfied, item.recovered,
        ]
        for label, item, _agreed, _satisfied in _rows(period, name)
    ]  # fmt: skip
    notes = [f"{period.first} ～ {period.last}", _("调解成功率＝达成协议÷经过调解后办结；满意率＝四分以上÷有评价。")]
    response = HttpResponse(write_xlsx(columns, rows, title=title, notes=notes), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(title)}.xlsx"
    return response


def _respondents(period: Period) -> HttpResponse:
    title = f"{_('投诉举报统计')}{_('被诉较多的经营者')}"
    columns = [
        SheetColumn(_("对方"), 36),
        SheetColumn(_("统一社会信用代码"), 22),
        SheetColumn(_("工单"), kind="integer"),
        SheetColumn(_("办理中"), kind="integer"),
        SheetColumn(_("争议金额（元）"), kind="number"),
    ]
    rows = [[item.name, item.code, item.tickets, item.open, item.amount] for item in period.by_respondent()]
    data = write_xlsx(columns, rows, title=title, notes=[f"{period.first} ～ {period.last}"])
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(title)}.xlsx"
    return response


def _chart(period: Period, words: str) -> dict[str, Any] | None:
    rows = period.by_month()
    if len(rows) < 2 or not any(number for _month, number in rows):
        return None
    now = timezone.localtime()
    meta = charts.Meta(_("每月接收的工单"), _("件"), words, _("诉求工单"), f"{now:%Y-%m-%d %H:%M}")
    given = [{"period": _month(month), "value": number} for month, number in rows]
    return charts.line_with_target(given, meta, x_title=_("月份"), y_title=_("工单"))


def _month(month: date) -> str:
    return f"{month:%Y-%m}"
