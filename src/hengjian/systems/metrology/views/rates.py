"""受检率, 合格率 and coverage by period; coverage of reference standards by region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.documents.sheets import write_xlsx
from hengjian.methods import charts
from hengjian.methods.ratios import Ratio
from hengjian.methods.verification_rates import VerificationRates
from hengjian.parties.models import Region
from hengjian.parties.policies import may_anywhere, require, visible
from hengjian.plans.views.downloads import download
from hengjian.registers.catalogue import register_type
from hengjian.registers.lookups import choice_word
from hengjian.systems.metrology import queries, rules
from hengjian.systems.metrology.models import Instrument

#: filters of the instrument list by breakdown
FILTERS = {"place_kind": "place_kind", "type_code": "type_code", "region": "region", "purpose": "purpose"}


@dataclass(frozen=True)
class Row:
    """One line of the table with its name and where its instruments are listed."""

    name: str
    url: str
    rates: VerificationRates


def breakdowns() -> list[tuple[str, str]]:
    return [
        ("place_kind", _("使用场所")),
        ("type_code", _("器具类别")),
        ("region", _("地区")),
        ("purpose", _("用途")),
    ]


def chosen(request: HttpRequest) -> tuple[rules.Period, str]:
    """Period and breakdown of the address; what cannot be used falls back to this year by place."""
    today = timezone.localdate()
    try:
        period = rules.quarter(request.GET.get("period", "") or str(today.year))
    except ValueError:
        period = rules.quarter(str(today.year))
    by = request.GET.get("by", "")
    return period, by if by in queries.BREAKDOWNS else "place_kind"


def names_of(by: str, codes: list[str]) -> Mapping[str, str]:
    if by == "region":
        return {region.code: region.name for region in Region.objects.filter(code__in=codes)}
    spec = register_type("instrument").field(by)
    return {code: choice_word(spec, code) if code else _("（未填）") for code in codes}


def percent(ratio: Ratio) -> str:
    share = ratio.percent()
    return f"{share}" if share is not None else "—"


@login_required
@require_safe
def rates_page(request: HttpRequest) -> HttpResponse:
    """`?period=2026Q1&by=region`; `&export=xlsx` gives the same table as a sheet."""
    require(request.user, "registers.view")
    period, by = chosen(request)
    today = timezone.localdate()
    lines, total = queries.rates(visible(request.user, Instrument.objects.all()), period, by, min(today, period.last))
    names = names_of(by, [line.code for line in lines])
    target = reverse("registers:list", args=["instrument"])
    rows = [
        Row(names.get(line.code, line.code), f"{target}?{urlencode({FILTERS[by]: line.code})}", line.rates)
        for line in lines
    ]
    if request.GET.get("export") == "xlsx":
        return _sheet(rows, total, period, dict(breakdowns())[by])
    years = range(today.year, today.year - 4, -1)
    context: dict[str, Any] = {
        "title": _("计量检定率"),
        "rows": rows,
        "total": total,
        "period": period,
        "by": by,
        "by_title": dict(breakdowns())[by],
        "breakdowns": breakdowns(),
        "periods": [str(year) for year in years] + [item.name for item in rules.quarters_around(today, 7, 0)],
        "as_of": min(today, period.last),
        "chart": _chart(rows, period) if rows else None,
        "may_record": may_anywhere(request.user, "metrology.verify"),
    }
    return render(request, "metrology/rates.html", context)


def _chart(rows: list[Row], period: rules.Period) -> dict[str, Any]:
    return charts.stacked_states(
        [
            {
                "unit": row.name,
                "green": int(row.rates.timely.part),
                "amber": int(row.rates.coverage.part - row.rates.timely.part),
                "red": row.rates.open,
            }
            for row in rows[:12]
        ],
        charts.Meta(
            title=_("应检器具的检定情况"),
            unit=_("台（件）"),
            period=period.name,
            source=_("强制检定计量器具登记册"),
            data_time=f"{timezone.localtime():%Y-%m-%d %H:%M}",
        ),
        by_title=_("分组"),
        words={"green": _("按期检定"), "amber": _("逾期补检"), "red": _("未检")},
    )


def _sheet(rows: list[Row], total: VerificationRates, period: rules.Period, by: str) -> HttpResponse:
    columns = [
        by,
        _("应检"),
        _("按期检定"),
        _("受检率（%）"),
        _("已检"),
        _("覆盖率（%）"),
        _("首检合格"),
        _("合格率（%）"),
        _("到期前停用"),
        _("未检"),
    ]

    def cells(name: str, rates: VerificationRates) -> list[Any]:
        shares = [ratio.percent() for ratio in (rates.timely, rates.coverage, rates.passed)]
        return [
            name, rates.timely.whole, rates.timely.part, shares[0], rates.coverage.part, shares[1],
            rates.passed.part, shares[2], rates.stopped, rates.open,
        ]  # fmt: skip

    title = _("%(period)s 计量检定率") % {"period": period.name}
    notes = [
        _(
            "受检率＝按期检定÷应检；应检不含到期前已登记停用、报废的。合格率＝首检合格÷已检。逾期补检计入覆盖率，不计入受检率。"
        )
    ]
    data = write_xlsx(
        columns, [*(cells(row.name, row.rates) for row in rows), cells(_("合计"), total)], title=title, notes=notes
    )
    return download(data, f"{title}.xlsx")


@login_required
@require_safe
def coverage_page(request: HttpRequest) -> HttpResponse:
    """Needs and reference standards by region."""
    require(request.user, "registers.view")
    today = timezone.localdate()
    lines = queries.coverage(Region.objects.valid_on(today).order_by("code"), today)
    total = sum((line.ratio for line in lines), Ratio(0, 0))
    if request.GET.get("export") == "xlsx":
        columns = [_("地区"), _("应覆盖项目"), _("已覆盖"), _("覆盖率（%）"), _("缺少的项目")]
        rows = [
            [line.region.name, line.ratio.whole, line.ratio.part, line.ratio.percent(), "、".join(line.missing)]
            for line in lines
        ]
        title = _("量值传递覆盖率")
        return download(write_xlsx(columns, rows, title=title), f"{title}.xlsx")
    context = {"title": _("量值传递覆盖率"), "lines": lines, "total": total, "today": today}
    return render(request, "metrology/coverage.html", context)
