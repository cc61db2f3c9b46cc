"""The form catalogue: what is asked of whom, by which law, how often. The same pages are public."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from hengjian import rulebook
from hengjian.methods.organisations import default_organisations
from hengjian.parties.models import Region
from hengjian.parties.policies import can
from hengjian.returns.burden import asked_twice, burden_of
from hengjian.returns.catalogue import form as form_named
from hengjian.returns.catalogue import forms
from hengjian.returns.declarations import Form
from hengjian.returns.sheets import write_sheet
from hengjian.returns.showing import language
from hengjian.returns.views.common import workbook
from hengjian.rulebook import NATIONAL
from hengjian.rulebook.parameters.reporting import Reporting

FREQUENCIES = {
    "month": gettext_lazy("月报"),
    "quarter": gettext_lazy("季报"),
    "half": gettext_lazy("半年报"),
    "year": gettext_lazy("年报"),
}


def _layout(request: HttpRequest) -> str:
    return "pages/base.html" if request.user.is_authenticated else "pages/public.html"


def family_names(codes: tuple[str, ...]) -> str:
    """The families of units by their names."""
    known = default_organisations().families
    return "、".join(known[code].title if code in known else code for code in codes)


def level_names(form: Form) -> str:
    return "、".join(str(Region.Level(level).label) for level in form.reporters.levels)


@require_safe
def catalogue_page(request: HttpRequest) -> HttpResponse:
    """All forms with frequency, reporters, approval and the number of cells."""
    today = timezone.localdate()
    rows: list[dict[str, Any]] = []
    for form in forms():
        burden = burden_of(form, today)
        rows.append(
            {
                "form": form,
                "title": form.said(language()),
                "frequency": FREQUENCIES[form.frequency],
                "reporters": f"{level_names(form)} {family_names(form.reporters.families[:1])}",
                "burden": burden,
                "in_force": form.is_in_force(today),
            }
        )
    context = {
        "layout": _layout(request),
        "title": _("报表目录"),
        "rows": rows,
        "cells": sum(row["burden"].a_year for row in rows if row["in_force"]),
        "by_hand": sum(row["burden"].by_hand_a_year for row in rows if row["in_force"]),
        "may_see_burden": bool(can(request.user, "returns.view")),
    }
    return render(request, "returns/catalogue.html", context)


def _find(code: str) -> Form:
    try:
        return form_named(code)
    except KeyError:
        raise Http404(_("没有这张报表。")) from None


@require_safe
def form_page(request: HttpRequest, code: str) -> HttpResponse:
    """The metadata of a form: purpose, law, indicators with explanations, checks, due day."""
    form = _find(code)
    today = timezone.localdate()
    layout = form.layout(today)
    rule = rulebook.at("reporting", NATIONAL, today, variant=form.reporting)
    lines = [
        (
            line.said(language()),
            line.unit_said(language()),
            line.help_said(language()),
            bool(line.formula),
            line.prefill,
        )
        for line in (*layout.columns, *layout.rows)
        if not getattr(line, "heading", False) and (line.help or line.formula or line.prefill)
    ]
    context = {
        "layout": _layout(request),
        "title": form.said(language()),
        "form": form,
        "purpose": form.purpose_said(language()),
        "frequency": FREQUENCIES[form.frequency],
        "reporters": f"{level_names(form)} {family_names(form.reporters.families)}",
        "owner": family_names((form.owner,)),
        "stages": [stage.said(language()) for stage in form.stages],
        "rule": rule,
        "sentences": [sentence.text(_) for sentence in rule.typed(Reporting).sentences()],
        "grid": layout,
        "columns": [(column.said(language()), column.unit_said(language())) for column in layout.columns],
        "rows": [
            (
                row,
                row.said(language()),
                row.unit_said(language()),
                [layout.cell(row.code, one.code) for one in layout.columns],
            )
            for row in layout.rows
        ],
        "lines": lines,
        "checks": [(item, item.said(language()), item.instruction_said(language())) for item in form.checks],
        "burden": burden_of(form, today),
        "twice": asked_twice(form, today, language()),
        "in_force": form.is_in_force(today),
    }
    return render(request, "returns/form.html", context)


@require_safe
def blank_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The empty form as a workbook."""
    form = _find(code)
    title = form.said(language())
    notes = [f"{_('表号')} {form.table}  {_('批准文号')} {form.survey.number}"]
    return workbook(write_sheet(form.layout(timezone.localdate()), None, title, notes), title)
