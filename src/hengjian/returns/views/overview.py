"""The calendar of periods, the consolidated figures of one, what reporting costs."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.methods.periods import Period, period_of
from hengjian.pages.numbers import whole
from hengjian.parties.models import Region
from hengjian.parties.policies import require, visible
from hengjian.parties.requests import UserRequest
from hengjian.returns.burden import burden_by_unit, burden_of
from hengjian.returns.catalogue import forms
from hengjian.returns.consolidating import Consolidated, consolidate
from hengjian.returns.declarations import CellSpec, Layout
from hengjian.returns.models import Opening, Return
from hengjian.returns.opening import due_day, opens_on
from hengjian.returns.sheets import write_sheet
from hengjian.returns.showing import figure_said, language
from hengjian.returns.views.common import workbook

SHOWN = 60


@dataclass
class Progress:
    """One opening, by the returns that the reader may see."""

    opening: Opening
    states: dict[str, int] = field(default_factory=dict)
    overdue: int = 0

    @property
    def all(self) -> int:
        return sum(self.states.values())

    @property
    def reported(self) -> int:
        return sum(self.states.get(state, 0) for state in (*Return.REPORTED, Return.State.CORRECTING))

    @property
    def approved(self) -> int:
        return self.states.get(Return.State.APPROVED, 0) + self.states.get(Return.State.CORRECTING, 0)

    @property
    def percent(self) -> int:
        return round(100 * self.reported / self.all) if self.all else 0


def progress_of(request: UserRequest) -> list[Progress]:
    """The openings that the reader sees returns of, newest first."""
    rows = visible(request.user, Return.objects.all())
    counted = rows.order_by().values_list("opening", "state").annotate(n=Count("pk"))
    late = rows.filter(state__in=Return.EDITABLE, due_on__lt=timezone.localdate()).exclude(
        state=Return.State.CORRECTING
    )
    overdue = dict(late.order_by().values_list("opening").annotate(n=Count("pk")))
    by_opening: dict[int, dict[str, int]] = {}
    for opening, state, n in counted:
        by_opening.setdefault(opening, {})[state] = n
    openings = Opening.objects.filter(pk__in=by_opening).order_by("-last", "form_code")[:SHOWN]
    return [Progress(one, by_opening[one.pk], overdue.get(one.pk, 0)) for one in openings]


@login_required
@require_safe
def calendar_page(request: UserRequest) -> HttpResponse:
    """Periods with how many returns are in, and what opens next."""
    require(request.user, "returns.view")
    today = timezone.localdate()
    coming: list[tuple[object, str, Period, object, object]] = []
    known = set(Opening.objects.values_list("form_code", "period_code"))
    for form in forms(today):
        period = period_of(today, form.frequency)
        while (form.code, period.code) in known:
            period = period.following
        if form.is_in_force(period.last):
            coming.append((form, form.said(language()), period, opens_on(form, period), due_day(form, period)[0]))
    coming.sort(key=lambda item: str(item[3]))
    context = {
        "title": _("报表日历"),
        "progress": progress_of(request),
        "coming": [(form, name, period.said(language()), opens, due) for form, name, period, opens, due in coming],
    }
    return render(request, "returns/calendar.html", context)


def _consolidated(request: UserRequest, pk: int) -> tuple[Consolidated, Region | None, bool]:
    opening = Opening.objects.filter(pk=pk).first()
    if opening is None:
        raise Http404(_("没有这个报告期，或其中没有您能看到的报表。"))
    rows = visible(request.user, Return.objects.filter(opening=opening)).select_related("unit", "region", "opening")
    chosen = Region.objects.filter(pk=whole(request.GET.get("region")) or 0).first()
    if chosen is not None:
        rows = rows.filter(region__in=Region.objects.within(chosen))
    entries = list(rows.order_by("region__code"))
    if not entries and chosen is None:
        raise Http404(_("没有这个报告期，或其中没有您能看到的报表。"))
    approved_only = request.GET.get("basis") != "reported"
    return consolidate(opening, entries, approved_only=approved_only), chosen, approved_only


@login_required
@require_safe
def consolidated_page(request: UserRequest, pk: int) -> HttpResponse:
    """The sum of a period's returns, what each region gave, who is missing."""
    result, chosen, approved_only = _consolidated(request, pk)
    opening, layout = result.opening, result.opening.layout
    rows = []
    for row in layout.rows:
        specs = [layout.cell(row.code, column.code) for column in layout.columns]
        texts = [(figure_said(result.total, spec) if spec is not None else None) for spec in specs]
        rows.append((row, row.said(language()), row.unit_said(language()), texts))
    pick = request.GET.get("cell", "")
    row_code, _dot, column_code = pick.partition(".")
    spec = layout.cell(row_code, column_code) or _main_cell(layout)
    parts = [(entry, figure_said(result.sheets[entry.pk], spec)) for entry in result.counted]
    above = Region.objects.filter(children__returns__opening=opening).distinct().order_by("code")
    context = {
        "title": _("%(form)s 汇总") % {"form": opening.title},
        "opening": opening,
        "result": result,
        "columns": [(column.said(language()), column.unit_said(language())) for column in layout.columns],
        "rows": rows,
        "parts": parts,
        "picked": spec.key,
        "picked_name": layout.name(spec.row, spec.column, language()),
        "cells": [(cell.key, layout.name(cell.row, cell.column, language())) for cell in layout.cells.values()],
        "chosen": chosen,
        "regions": above,
        "approved_only": approved_only,
        "today": timezone.localdate(),
    }
    return render(request, "returns/consolidated.html", context)


def _main_cell(layout: Layout) -> CellSpec:
    """The cell that regions are compared by at first: the first total that adds up, else the first input."""
    totals = [cell for cell in layout.cells.values() if not cell.is_input and cell.type != "percent"]
    return totals[0] if totals else layout.inputs[0]


@login_required
@require_safe
def consolidated_sheet(request: UserRequest, pk: int) -> HttpResponse:
    """The consolidated figures as a workbook in the layout of the form."""
    result, chosen, approved_only = _consolidated(request, pk)
    title = result.opening.title + (f" {chosen.name}" if chosen is not None else "")
    notes = [
        _("汇总口径：%(basis)s；已汇总 %(counted)d 个地区，应报 %(expected)d 个。")
        % {
            "basis": _("仅已核定") if approved_only else _("全部已上报"),
            "counted": len(result.counted),
            "expected": result.expected,
        }
    ]
    if result.missing:
        notes.append(_("未汇总：%(names)s") % {"names": "、".join(entry.region.name for entry in result.missing)})
    notes.append(_("比率由分子、分母的合计计算，不是各地比率的平均。"))
    return workbook(write_sheet(result.opening.layout, result.total, title, notes, locked=False), title)


@login_required
@require_safe
def burden_page(request: UserRequest) -> HttpResponse:
    """Cells asked of each unit in a year, and how many of them come by themselves."""
    require(request.user, "returns.view")
    today = timezone.localdate()
    by_form = [(burden_of(form, today), form.said(language())) for form in forms(today)]
    context = {"title": _("填报负担"), "by_form": by_form, "units": burden_by_unit(today)[:200]}
    return render(request, "returns/burden.html", context)
