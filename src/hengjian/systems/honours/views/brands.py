"""Brands: how many count on a day, and what one is worth."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.methods.brand_valuation import Inputs, Valuation, rounded, sensitivity
from hengjian.parties.policies import can, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.catalogue import register_type
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import as_of, entries, valid_count
from hengjian.registers.showing import language
from hengjian.systems.honours.actions import REGISTER, SaveValuation, inputs_of, percent, valued
from hengjian.systems.honours.forms import SavingForm, ValuationForm
from hengjian.systems.honours.views.common import parts

BRANDS = ("famous_brand", "well_known_trademark", "geographical_indication", "time_honoured", "regional_brand")
# Fields by which the targets of the plans split their numbers.
SPLITS = {"famous_brand": "sector", "geographical_indication": "scheme", "time_honoured": "level"}
STRENGTHS = tuple(map(Decimal, ("0.6", "0.8", "1", "1.2", "1.5", "2")))


@login_required
def counts(request: UserRequest) -> HttpResponse:
    """Titles and marks that count on a day, with the parts that targets are set for; history counts as it was."""
    day, problem = timezone.localdate(), ""
    if text := request.GET.get("on", ""):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            problem = _("“%(text)s”不是日期，已按今天统计。") % {"text": text[:20]}
    rows = []
    for code in BRANDS:
        declared = register_type(code)
        rows.append(
            {
                "code": code,
                "title": declared.said(language()),
                "count": valid_count(code, day),
                "parts": split(code, day),
                "closed": declared.closed_on,
                "ended": declared.closed_on is not None and day > declared.closed_on,
            }
        )
    context = {
        "title": _("品牌与标志统计"),
        "tabs": parts("brands"),
        "rows": rows,
        "day": day,
        "problem": problem,
        "today": timezone.localdate(),
    }
    return render(request, "honours/brands.html", context)


def split(code: str, day: date) -> list[tuple[str, int]]:
    """The number of a register by the field that its targets are split by."""
    field = SPLITS.get(code)
    if field is None:
        return []
    declared = register_type(code)
    spec = declared.field(field)
    counting = {status.code for status in declared.statuses if status.counts}
    found: dict[str, int] = {}
    text = day.isoformat()
    for standing in as_of(code, day):
        data = standing.data
        within = (data.get("valid_from") or text) <= text <= (data.get("valid_to") or text)
        if within and data["status"] in counting:
            value = str(data.get(field) or "")
            found[value] = found.get(value, 0) + 1
    words = {choice.code: choice.said(language()) for choice in spec.choices}
    return [(words[choice.code], found[choice.code]) for choice in spec.choices if choice.code in found]


@login_required
def valuation(request: UserRequest) -> HttpResponse:
    """Inputs at the left, the whole computation at the right; saved as an entry with one button."""
    asked = request.POST if request.method == "POST" else request.GET if "profits" in request.GET else None
    form = ValuationForm(asked)
    saving = SavingForm(request.POST if request.method == "POST" else None)
    result = None
    if asked is not None and form.is_valid():
        try:
            result = valued(form.inputs())
        except ActionRefused as error:
            form.add_error(None, str(error.message))
    if request.method == "POST" and result is not None and saving.is_valid():
        unit = request.user.unit
        if unit is None:
            raise ActionRefused(_("没有所属单位，不能保存评价结果。"), _("请用单位账号登录。"), status=403)
        try:
            entry = SaveValuation(user=request.user, unit=unit, inputs=form.inputs(), **saving.cleaned_data).execute()
        except ActionRefused as error:
            if error.status != 400:
                raise
            saving.add_error(None, f"{error.message}{error.next_step}")
        else:
            messages.success(request, _("评价结果已登记。"))
            return redirect("honours:valuation_entry", pk=entry.pk)
    context = {
        "title": _("品牌价值测算"),
        "tabs": parts("valuation"),
        "form": form,
        "saving": saving,
        "may_save": request.user.unit is not None and bool(can(request.user, "registers.edit")),
        **explained(result),
    }
    wrong = bool(form.errors or (request.method == "POST" and saving.errors))
    return render(request, "honours/valuation.html", context, status=422 if wrong else 200)


@login_required
def valuation_entry(request: UserRequest, pk: int) -> HttpResponse:
    """A saved valuation, computed again from its inputs."""
    entry: EntryBase | None = visible(request.user, entries(REGISTER).filter(pk=pk)).first()
    if entry is None:
        raise Http404(_("没有这项评价，或不在您的查看范围内。"))
    result = valued(inputs_of(entry))
    kept = Decimal(str(entry.value("value")))
    context = {
        "title": entry.title,
        "entry": entry,
        "same": kept == rounded(result.value),
        "kept": kept,
        **explained(result),
    }
    return render(request, "honours/valuation_entry.html", context)


def explained(result: Valuation | None) -> dict[str, Any]:
    """Every figure of the computation as it is shown; empty without a result."""
    if result is None:
        return {"result": None}
    given = result.inputs
    growths = tuple(given.growth + Decimal(step) / 100 for step in (-2, -1, 0, 1, 2))
    table = sensitivity(given, STRENGTHS, growths)
    share = result.terminal_share
    return {
        "result": {
            "value": rounded(result.value),
            "present": rounded(result.present),
            "terminal": rounded(result.terminal),
            "share": rounded(share * 100) if share is not None else None,
            "heavy": share is not None and share > Decimal("0.75"),
            "tangible": rounded(result.tangible_return),
            "rate": percent(result.rate),
            "after": rounded(result.terminal_earnings),
            "terminal_value": rounded(result.terminal_value),
            "years": [
                (year.t, rounded(year.profit), rounded(year.earnings), f"{year.factor:.4f}", rounded(year.present))
                for year in result.years
            ],
            "factor": f"{result.years[-1].factor:.4f}",
        },
        "given": shown_inputs(given),
        "growths": [percent(growth) for growth in growths],
        "sensitivity": [
            (
                strength,
                [
                    (None if cell is None else rounded(cell), percent(growth))
                    for cell, growth in zip(row, growths, strict=True)
                ],
            )
            for strength, row in zip(STRENGTHS, table, strict=True)
        ],
    }


def shown_inputs(given: Inputs) -> dict[str, str]:
    """The inputs as they are read, rates in per cent."""
    return {
        "current": f"{given.current.normalize():f}",
        "non_current": f"{given.non_current.normalize():f}",
        "short_rate": percent(given.short_rate),
        "long_rate": percent(given.long_rate),
        "share": percent(given.share),
        "industry": percent(given.industry),
        "strength": f"{given.strength.normalize():f}",
        "growth": percent(given.growth),
    }
