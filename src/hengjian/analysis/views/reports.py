"""Reports: the list, the calendar, one report with its paragraphs, editing, deciding, the file."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hengjian.analysis.actions import (
    ApproveReport,
    DepositReport,
    EditParagraph,
    PublishReport,
    RefreshReport,
    ResetParagraph,
    ReturnReport,
    ReviewReport,
    ReviseReport,
    SubmitReport,
    WriteReport,
)
from hengjian.analysis.calendar import line_named, year_of
from hengjian.analysis.forms import DepositForm, ParagraphForm, ReasonForm, WriteForm
from hengjian.analysis.models import Paragraph, Report
from hengjian.analysis.paper import report_docx
from hengjian.analysis.readings import language
from hengjian.analysis.reporting import changed, linked
from hengjian.analysis.showing import blocks_shown
from hengjian.analysis.structures import structures
from hengjian.analysis.views.common import chosen_region, region_groups, room_tabs
from hengjian.documents.models import StoredFile
from hengjian.documents.uploads import read_upload
from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BuiltInView, ChoiceFilter, Column, List, TextFilter
from hengjian.parties.models import Unit
from hengjian.parties.policies import require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import Action, ActionRefused

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LIGHTS = {
    Report.State.DRAFT: "blue",
    Report.State.REVIEW: "amber",
    Report.State.REVIEWED: "amber",
    Report.State.APPROVED: "green",
    Report.State.PUBLISHED: "green",
    Report.State.SUPERSEDED: "grey",
}


def report_light(report: Report) -> SafeString:
    return light(LIGHTS[Report.State(report.state)], report.get_state_display())


def said_period(report: Report) -> str:
    return report.when.said(language())


REPORTS = List(
    key="analysis.reports",
    title=gettext_lazy("分析报告"),
    columns=[
        Column("title", gettext_lazy("标题"), sort="title", head=True, card="full", link=Report.get_absolute_url),
        Column("region", gettext_lazy("地区"), value="region.name", sort="region__code", width="w4", card="half"),
        Column("period", gettext_lazy("期间"), value=said_period, sort="period", width="w4", card="half"),
        Column(
            "unit", gettext_lazy("编制单位"), value="unit.name", sort="unit__name", css="units", width="w5", card="half"
        ),
        Column("number", gettext_lazy("文号"), value="number", shown=False, card="opt"),
        Column("version", gettext_lazy("版本"), value="version", align="num", width="w2", card="opt"),
        Column(
            "written",
            gettext_lazy("起草时间"),
            value="written_at",
            sort="written_at",
            align="num",
            width="w4",
            card="opt",
        ),
        Column(
            "state",
            gettext_lazy("状态"),
            value=Report.get_state_display,
            cell=report_light,
            sort="state",
            width="w3",
            card="state",
        ),
    ],
    filters=[
        TextFilter(key="q", label=gettext_lazy("标题"), fields=("title",), placeholder=gettext_lazy("关键词")),
        ChoiceFilter(key="state", label=gettext_lazy("状态"), field="state", choices=Report.State.choices),
    ],
    order=("-written_at",),
    views=[
        BuiltInView("draft", pgettext_lazy("分析报告", "起草中"), "state=draft"),
        BuiltInView("review", pgettext_lazy("分析报告", "待审核"), "state=review"),
        BuiltInView("published", pgettext_lazy("分析报告", "已发布"), "state=published"),
    ],
    empty=gettext_lazy("没有分析报告"),
    empty_hint=gettext_lazy("从报告日历开始编写，数值和文字由系统先生成。"),
)


class Reports(ListView):
    declaration = REPORTS
    template_name = "analysis/reports.html"

    def get_queryset(self) -> QuerySet[Report]:
        return Report.objects.select_related("unit", "region")

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "room_tabs": room_tabs("reports")}


def find_report(user: Any, pk: int) -> Report:
    rows = visible(user, Report.objects.filter(pk=pk)).select_related("unit", "region", "previous")
    report = rows.first()
    if report is None:
        raise Http404(_("没有这份报告，或不在您的查看范围内。"))
    return report


@login_required
@require_safe
def calendar_page(request: UserRequest) -> HttpResponse:
    """What is due in a year, by whom, and what came of it."""
    require(request.user, "analysis.open")
    region, today = chosen_region(request), timezone.localdate()
    given = request.GET.get("year", "")
    year = int(given) if given.isdigit() and 2000 <= int(given) <= 2100 else today.year
    mine = visible(request.user, Report.objects.filter(region=region).select_related("unit"))
    dues = year_of(region, year, today, list(mine))
    context = {
        "title": _("报告日历"),
        "room_tabs": room_tabs("calendar"),
        "region": region,
        "groups": region_groups(),
        "year": year,
        "years": [year - 1, year, year + 1],
        "dues": [
            {
                "due": due,
                "title": due.line.said(language()),
                "period": due.period.said(language()),
                "late": not due.done and due.on < today,
                "state": due.report.get_state_display() if due.report else "",
            }
            for due in dues
        ],
        "done": sum(due.done for due in dues),
        "late": sum(not due.done and due.on < today for due in dues),
    }
    return render(request, "analysis/calendar.html", context)


@never_cache
@login_required
def write_page(request: UserRequest) -> HttpResponse:
    """Begin a report, or file one that was written elsewhere: `?line=…&period=…&region=…` from the calendar."""
    region, today = chosen_region(request), timezone.localdate()
    line = line_named(region, request.GET.get("line", ""), today)
    choices = [(code, each.said(language())) for code, each in structures().items() if region.level in each.levels]
    deposits = line is not None and not line.structure
    do = request.method == "POST"
    initial = {
        "structure": line.structure if line else "",
        "period": request.GET.get("period", ""),
        "title": line.title if line else "",
    }
    form: Form = (
        DepositForm(request.POST or None, request.FILES or None, initial=initial)
        if deposits
        else WriteForm(request.POST if do else None, initial=initial, choices=choices)
    )
    if do and form.is_valid():
        unit = own_unit(request)
        given = form.cleaned_data
        action: Action[Report]
        if deposits and line is not None:
            upload = given["file"]
            action = DepositReport(
                user=request.user,
                title=given["title"],
                calendar=line.code,
                region=region,
                unit=unit,
                period=request.GET.get("period", ""),
                data=read_upload(upload),
                filename=upload.name,
            )
        else:
            action = WriteReport(
                user=request.user,
                structure=given["structure"],
                region=region,
                unit=unit,
                period=given["period"].strip(),
                calendar=line.code if line else given["structure"],
            )
        try:
            report = action.execute()
        except ActionRefused as error:
            if error.url:
                raise
            form.add_error(None, f"{error.message}{error.next_step}")
        else:
            messages.success(request, _("已生成报告初稿，请逐段核对。") if report.structure else _("已存档，待审核。"))
            return redirect(report)
    context = {
        "title": _("存档报告") if deposits else _("编写报告"),
        "form": form,
        "region": region,
        "line": line,
        "deposits": deposits,
        "period": request.GET.get("period", ""),
    }
    return render(request, "analysis/write.html", context, status=422 if form.errors else 200)


def own_unit(request: UserRequest) -> Unit:
    if request.user.unit is None:
        raise ActionRefused(_("您没有所属单位，不能编写报告。"), _("请联系系统管理员设置所属单位。"))
    return request.user.unit


@never_cache
@login_required
def report_page(request: UserRequest, pk: int) -> HttpResponse:
    """A report: its text with every figure open, what changed since, who decided what, the next step."""
    report = find_report(request.user, pk)
    if request.method == "POST":
        return decide(request, report)
    rows = list(report.paragraphs.order_by("order"))
    late = changed(report, rows) if report.structure else {}
    blocks = blocks_shown(report, rows, late)
    figures = list(report.figures.all())
    steps = {
        "submit": SubmitReport(user=request.user, report=report).refusal(),
        "refresh": RefreshReport(user=request.user, report=report).refusal(),
        "review": ReviewReport(user=request.user, report=report).refusal(),
        "approve": ApproveReport(user=request.user, report=report).refusal(),
        "publish": PublishReport(user=request.user, report=report).refusal(),
        "return": ReturnReport(user=request.user, report=report).refusal(),
        "revise": ReviseReport(user=request.user, report=report).refusal(),
    }
    waiting = {Report.State.REVIEW: "review", Report.State.REVIEWED: "approve", Report.State.APPROVED: "publish"}
    asked = waiting.get(Report.State(report.state), "")
    known = {row.key for row in rows}
    context = {
        "title": report.title,
        "report": report,
        "state": report_light(report),
        "blocks": blocks,
        "late": len(late),
        "fresh": sum(key not in known for key in late),
        "loose": sum(bool(block["loose"]) for block in blocks),
        "hidden": sum(not block["open"] for block in blocks if block["kind"] != "heading"),
        "figures": figures,
        "assumed": sum(bool(figure.marks) for figure in figures),
        "may": {name: not refusal for name, refusal in steps.items()},
        "why_not": steps.get(asked, ""),
        "files": list(StoredFile.objects.filter(subject=report.ref)) if report.file else [],
        "next": Report.objects.filter(previous=report).first(),
        "reason": ReasonForm(),
        "room_tabs": room_tabs("reports"),
    }
    return render(request, "analysis/report.html", context)


def decide(request: UserRequest, report: Report) -> HttpResponse:
    """The step that a button of the page names."""
    do = request.POST.get("do", "")
    reason = request.POST.get("reason", "")
    plain: dict[str, tuple[type[Any], str]] = {
        "submit": (SubmitReport, _("已提交审核。")),
        "refresh": (RefreshReport, _("数值已更新，您写的文字没有改动。")),
        "review": (ReviewReport, _("已审核，待批准。")),
        "approve": (ApproveReport, _("已批准，文字冻结并记入台账。")),
        "publish": (PublishReport, _("已发布公开版。")),
    }
    if do in plain:
        action, words = plain[do]
        action(user=request.user, report=report).execute()
        messages.success(request, words)
    elif do == "return":
        ReturnReport(user=request.user, report=report, reason=reason).execute()
        messages.success(request, _("已退回，编制人会收到原因。"))
    elif do == "revise":
        made = ReviseReport(user=request.user, report=report, reason=reason).execute()
        messages.success(request, _("已建立新版本，原版本在新版本发布前继续有效。"))
        return redirect(made)
    else:
        raise Http404(_("没有这一步。"))
    return redirect(report)


@never_cache
@login_required
def paragraph_page(request: UserRequest, pk: int, paragraph: int) -> HttpResponse:
    """Rewrite one paragraph; numbers without a figure behind them are pointed out."""
    report = find_report(request.user, pk)
    row = report.paragraphs.filter(pk=paragraph, kind=Paragraph.Kind.TEXT).first()
    if row is None:
        raise Http404(_("没有这个段落。"))
    refusal = EditParagraph(user=request.user, report=report, paragraph=row, text=row.text).refusal()
    if refusal:
        raise ActionRefused(refusal)
    if request.POST.get("do") == "reset":
        ResetParagraph(user=request.user, report=report, paragraph=row).execute()
        messages.success(request, _("已恢复生成的文字。"))
        return redirect(f"{report.get_absolute_url()}#p-{row.pk}")
    form = ParagraphForm(request.POST or None, initial={"text": row.text, "public": row.public})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        EditParagraph(
            user=request.user, report=report, paragraph=row, text=given["text"], public=given["public"]
        ).execute()
        row.refresh_from_db()
        loose = linked(row).loose
        if loose:
            messages.warning(
                request, _("这些数字没有指标作出处，该段不进入公开版：%(numbers)s。") % {"numbers": "、".join(loose)}
            )
        else:
            messages.success(request, _("已保存。"))
        return redirect(f"{report.get_absolute_url()}#p-{row.pk}")
    context = {
        "title": _("修改段落"),
        "report": report,
        "row": row,
        "form": form,
        "figures": [
            {"printed": mention["printed"], "figure": figure}
            for mention in row.mentions
            for figure in [report.figures.filter(number=mention["figure"]).first()]
            if figure is not None
        ],
    }
    return render(request, "analysis/paragraph.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def report_file(request: UserRequest, pk: int) -> HttpResponse:
    """The .docx with charts, tables and the annex of figures."""
    report = find_report(request.user, pk)
    return docx_response(request, report, list(report.paragraphs.order_by("order")), public=False)


def docx_response(request: HttpRequest, report: Report, rows: list[Paragraph], *, public: bool) -> HttpResponse:
    base = request.build_absolute_uri("/").rstrip("/")
    response = HttpResponse(report_docx(report, rows, base, public=public), content_type=DOCX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(report.title)}.docx"
    return response
