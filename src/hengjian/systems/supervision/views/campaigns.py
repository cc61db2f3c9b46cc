"""A campaign with its figures by unit and period, and the form that units fill in."""

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
from django.views.decorators.http import require_safe

from hengjian.documents.sheets import SheetColumn, write_xlsx
from hengjian.pages.errors import UserError
from hengjian.parties.models import Unit
from hengjian.parties.policies import may_anywhere, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.actions import ChangeEntry, CreateEntry, EntryRefused
from hengjian.registers.catalogue import register_type
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import counting, entries
from hengjian.systems.supervision import queries, rules
from hengjian.systems.supervision.forms import FiguresForm
from hengjian.systems.supervision.views.home import language

# Shown in the table; the rest is in the sheet and on the page of each row.
SHOWN = ("inspected", "found", "corrected", "cases", "closed", "handed_over", "fined")


def find_campaign(user: Any, pk: int) -> EntryBase:
    """The campaign, if the reader may see it. Campaigns are public; figures of others are not."""
    rows = entries("campaign").filter(pk=pk).select_related("unit__region", "region")
    campaign = rows.first()
    if campaign is None or not (campaign.confidentiality == 0 or visible(user, rows).exists()):
        raise Http404(_("没有这项专项行动。"))
    found: EntryBase = campaign
    return found


def own_row(campaign: EntryBase, user: Any, period: str) -> EntryBase | None:
    """What the user's own unit has reported for a period."""
    rows = entries("campaign_figures").filter(
        counting(register_type("campaign_figures")),
        unit=user.unit,
        extras__campaign=campaign.key,
        extras__period=period,
    )
    row: EntryBase | None = rows.select_related("unit", "region").first()
    return row


def names(codes: tuple[str, ...]) -> list[str]:
    declared = register_type("campaign_figures")
    return [declared.field(code).said(language()) for code in codes]


def line(figures: dict[str, Decimal], codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """(name, figure as shown): counts whole, money with thousands and two decimals."""
    shown = [f"{figures[code]:,.2f}" if code in rules.MONEY else f"{figures[code]:,.0f}" for code in codes]
    return list(zip(names(codes), shown, strict=True))


@login_required
@require_safe
def campaign_page(request: UserRequest, pk: int) -> HttpResponse:
    """Totals added up from the rows; by unit, by period; targets; who has not reported."""
    campaign = find_campaign(request.user, pk)
    today = timezone.localdate()
    sums, rows, units = queries.campaign_sums(campaign, request.user, today)
    may_report = request.user.unit is not None and may_anywhere(request.user, "registers.edit")
    own_key = request.user.unit.key if request.user.unit else ""
    periods = _reportable(campaign)
    reported = {str(row.value("period")) for row in rows if row.unit_id == request.user.unit_id}
    context = {
        "title": str(campaign),
        "campaign": campaign,
        "columns": names(SHOWN),
        "total": line(sums.total, SHOWN),
        "by_unit": [(units[key].name if key in units else key, line(row, SHOWN)) for key, row in sums.units.items()],
        "by_period": [(name, line(row, SHOWN)) for name, row in sums.periods.items()],
        "rate": rules.share(sums.total["corrected"], sums.total["found"]),
        "targets": _targets(campaign, sums),
        "missing": _missing(sums, units, own_key),
        "rows": len(rows),
        "facts": _facts(campaign),
        "periods": [(period, period in reported) for period in periods] if may_report else [],
        "state": register_type("campaign").status(campaign.status),
        "state_word": register_type("campaign").status(campaign.status).said(language()),
    }
    return render(request, "supervision/campaign.html", context)


def _missing(sums: rules.Sums, units: dict[str, Unit], own: str) -> list[tuple[str, str, bool]]:
    """(unit, the periods it has not reported, whether it is the reader's own)."""
    periods: dict[str, list[str]] = {}
    for key, period in sums.missing:
        periods.setdefault(key, []).append(period)
    return [(units[key].name, "、".join(found), key == own) for key, found in periods.items()]


def _reportable(campaign: EntryBase) -> list[str]:
    """Periods that have begun, the newest first."""
    today = timezone.localdate()
    first, last = (_day(campaign, code) for code in ("starts_on", "ends_on"))
    if today < first:
        return []
    return rules.periods_between(first, min(last, today), str(campaign.value("rhythm")))[::-1]


def _day(entry: EntryBase, code: str) -> date:
    return date.fromisoformat(str(entry.value(code)))


def _targets(campaign: EntryBase, sums: rules.Sums) -> list[dict[str, Any]]:
    found = []
    for code, figure in (("target_inspected", "inspected"), ("target_cases", "cases")):
        target = campaign.value(code)
        if target:
            share = rules.share(sums.total[figure], int(target))
            found.append(
                {
                    "name": register_type("campaign_figures").field(figure).said(language()),
                    "target": int(target),
                    "reached": int(sums.total[figure]),
                    "percent": int(min(share or 0, Decimal(100))),
                    "share": share,
                }
            )
    return found


def _facts(campaign: EntryBase) -> list[tuple[str, str]]:
    declared = register_type("campaign")
    shown = []
    for code in ("kind", "starts_on", "ends_on", "partners", "focus", "summary"):
        value = campaign.value(code)
        if value:
            spec = declared.field(code)
            choice = spec.choice(str(value)) if spec.choices else None
            shown.append((spec.said(language()), choice.said(language()) if choice else str(value)))
    return shown


@login_required
@require_safe
def campaign_sheet(request: UserRequest, pk: int) -> HttpResponse:
    """All rows with all figures, and the total in the last line."""
    campaign = find_campaign(request.user, pk)
    sums, rows, _units = queries.campaign_sums(campaign, request.user, timezone.localdate())
    columns = [SheetColumn(_("单位"), 30), SheetColumn(_("期别"), 12)]
    columns += [SheetColumn(name, 14) for name in names(rules.FIGURES)]
    table: list[list[Any]] = [
        [row.unit.name, row.value("period"), *(queries.figures_of(row)[code] for code in rules.FIGURES)] for row in rows
    ]
    table.append([_("合计"), "", *(sums.total[code] for code in rules.FIGURES)])
    data = write_xlsx(columns, table, title=str(campaign))
    response = HttpResponse(data, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="{campaign.key}.xlsx"'
    return response


@login_required
def report(request: UserRequest, pk: int, period: str) -> HttpResponse:
    """The unit's own figures of a period: entered once, corrected with a reason afterwards."""
    campaign, declared = find_campaign(request.user, pk), register_type("campaign_figures")
    if request.user.unit is None or period not in _reportable(campaign):
        raise UserError(
            _("现在不能填报“%(period)s”的数据。") % {"period": period[:20]},
            _("请从专项行动页面选择已经开始的期别；没有所属单位的账号不能填报。"),
            status=400,
        )
    row = own_row(campaign, request.user, period)
    start = {code: row.value(code) for code in (*rules.FIGURES, "note")} if row else {}
    form = FiguresForm(declared, rules.FIGURES, language(), request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid() and _save(request, campaign, period, row, form):
        messages.success(request, _("已保存 %(period)s 的数据，合计已重新加总。") % {"period": period})
        return redirect("supervision:campaign", pk=campaign.pk)
    context = {
        "title": _("填报 %(period)s 数据") % {"period": period},
        "campaign": campaign,
        "period": period,
        "form": form,
        "row": row,
        "unit": request.user.unit,
    }
    return render(request, "supervision/report.html", context, status=422 if form.errors else 200)


def _save(request: UserRequest, campaign: EntryBase, period: str, row: EntryBase | None, form: FiguresForm) -> bool:
    values = dict(form.cleaned_data)
    unit = request.user.unit
    assert unit is not None
    try:
        if row is None:
            values |= {"campaign": campaign.key, "period": period}
            given: dict[str, Any] = {"unit": unit, "region": unit.region}
            CreateEntry(user=request.user, register="campaign_figures", values=values, **given).execute()
        else:
            ChangeEntry(user=request.user, entry=row, values=values, reason="更正填报数据").execute()
    except EntryRefused as error:
        for code, message in error.errors.items():
            form.add_error(code if code in form.fields else None, message)
        return False
    except ActionRefused as error:
        form.add_error(None, f"{error.message}{error.next_step}")
        return False
    return True
