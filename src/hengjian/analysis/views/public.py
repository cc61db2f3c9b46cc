"""区域质量 for citizens: how quality is where they live, in plain words, with the parts behind each number."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.analysis.models import Report
from hengjian.analysis.profile import Line, profile
from hengjian.analysis.reporting import public_rows
from hengjian.analysis.showing import blocks_shown
from hengjian.analysis.views.common import region_groups, region_of, upper_of
from hengjian.analysis.views.maps import map_context
from hengjian.analysis.views.regions import line_of
from hengjian.analysis.views.reports import docx_response
from hengjian.documents.models import StoredFile
from hengjian.parties.models import Region

MOST_REPORTS = 30


def top_region() -> Region:
    found = Region.objects.filter(parent=None).order_by("code").first()
    if found is None:
        raise Http404(_("还没有登记地区。"))
    return found


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Choose where one lives; the map of what everybody may see; published reports."""
    code = request.GET.get("place", "")
    upper = upper_of(region_of(code) if code else top_region())
    parts = list(Region.objects.filter(parent=upper).order_by("code"))
    reports = Report.objects.filter(state=Report.State.PUBLISHED).select_related("region", "unit")
    context = {
        "title": _("区域质量"),
        "upper": upper,
        "groups": region_groups(),
        "reports": list(reports.order_by("-published_at")[:MOST_REPORTS]),
        **map_context(upper, parts, None, request, "analysis:public"),
    }
    return render(request, "analysis/public.html", context)


@require_safe
def region(request: HttpRequest, code: str = "") -> HttpResponse:
    """One place: what is said of it in sentences, each number open. Only what is approved and public."""
    place = region_of(code or request.GET.get("code", ""))
    found = profile(place, None)
    themes = [
        {"title": theme.title, "lines": [{**line_of(line), "plain": plain_words(line)} for line in lines]}
        for theme in found.themes
        # How large a place is says nothing about quality.
        if (lines := [line for line in theme.lines if line.now.direction != "none"])
    ]
    reports = Report.objects.filter(state=Report.State.PUBLISHED, region=place).order_by("-published_at")
    context: dict[str, Any] = {
        "title": _("%(place)s的质量状况") % {"place": place.name},
        "region": place,
        "themes": themes,
        "groups": region_groups(),
        "reports": list(reports[:MOST_REPORTS]),
        "good": sum(line.light == "green" for line in found.lines),
        "watch": sum(line.light == "amber" for line in found.lines),
        "count": len(found.lines),
    }
    return render(request, "analysis/public_region.html", context)


def plain_words(line: Line) -> str:
    """One sentence without terms of statistics."""
    now = line.now
    said = []
    if line.change is not None:
        words = {
            "better": _("比上一期好。"),
            "worse": _("比上一期差。"),
            "same": _("和上一期一样。"),
            "within": _("和上一期差不多：差别小到可能只是偶然。"),
            "moved": _("和上一期不同，但不能说变好或变差：检查的东西不一样。"),
            "unlike": _("计算办法变了，不能和上一期比。"),
        }
        said.append(words[line.change.verdict])
    if line.missing is not None:
        said.append(_("达到了定下的目标。") if line.missing <= 0 else _("还没有达到定下的目标。"))
    if line.upper is not None and line.upper.printed:
        said.append(_("%(place)s是 %(value)s。") % {"place": line.upper.place, "value": line.upper.printed})
    if now.selection == "risk_oriented":
        said.append(_("检查专挑问题多的查，所以这个数不代表所有产品。"))
    if now.marks:
        said.append(_("这个数用到了没有官方规定的假定：%(marks)s。") % {"marks": "、".join(now.marks)})
    return "".join(said)


def published(pk: int) -> Report:
    report = (
        Report.objects.filter(pk=pk, state__in=(Report.State.PUBLISHED, Report.State.SUPERSEDED))
        .select_related("region", "unit")
        .first()
    )
    if report is None or report.published_at is None:
        raise Http404(_("没有这份报告，或尚未发布。"))
    return report


@require_safe
def report_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The public version of a report."""
    report = published(pk)
    rows = public_rows(report)
    context = {
        "title": report.title,
        "report": report,
        "blocks": blocks_shown(report, rows, {}, office=False),
        "figures": [figure for figure in report.figures.all() if figure.public],
        "next": Report.objects.filter(previous=report, state=Report.State.PUBLISHED).first(),
        "files": list(StoredFile.objects.filter(subject=report.ref)) if report.file else [],
    }
    return render(request, "analysis/public_report.html", context)


@require_safe
def report_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The public version as .docx."""
    report = published(pk)
    return docx_response(request, report, public_rows(report), public=True)
