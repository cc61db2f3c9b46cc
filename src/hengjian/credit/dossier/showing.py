"""The parts of a dossier's page: head, tabs, the table of a section, identity with who said so, timeline, figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from hengjian.credit.dossier.addresses import with_addresses
from hengjian.credit.dossier.dossier import Dossier, Shown
from hengjian.credit.dossier.readers import Reader
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.sections import Line
from hengjian.methods.masking import mask
from hengjian.pages.components import Tab

OVERVIEW, IDENTITY, TIMELINE, LOOKS, ALL = "overview", "identity", "timeline", "looks", "all"
ALWAYS = frozenset({"inspections", "penalties", "recalls", "complaints"})
PER_PAGE, NEWEST, YEARS = 50, 8, 3
HEADINGS: dict[str, Any] = {
    "on": gettext_lazy("日期"),
    "number": gettext_lazy("编号"),
    "organ": gettext_lazy("登记或认定机关"),
    "until": gettext_lazy("有效期止"),
    "state": pgettext_lazy("档案", "状态"),
}


@dataclass(frozen=True)
class TableRow:
    """One line as the table shows it: cells by column code."""

    line: Line
    cells: tuple[tuple[str, str, str], ...]


def address_of(enterprise: Enterprise, reader: Reader) -> str:
    """The registered address; of a sole trader the public sees the street only."""
    text = enterprise.address
    return mask("address", text) if enterprise.is_person and reader.side == "public" else text


def base_pairs(dossier: Dossier) -> list[tuple[str, str]]:
    """The basic data as term and value."""
    body = dossier.enterprise
    pairs = [
        (_("统一社会信用代码"), body.code or _("（尚无代码）")),
        (_("主体类别"), body.get_kind_display()),
        (_("登记状态"), body.get_status_display()),
        (_("成立日期"), body.registered_on.isoformat() if body.registered_on else ""),
        (_("住所"), address_of(body, dossier.reader)),
        (_("地区"), body.region.name),
    ]
    if dossier.reader.side != "public":
        pairs.append((_("主体标识"), body.key))
    return pairs


def url_of(dossier: Dossier, request: HttpRequest, tab: str) -> str:
    """The address of a tab, at the same times."""
    query = request.GET.copy()
    for name in ("tab", "page", "since"):
        query.pop(name, None)
    if tab != OVERVIEW:
        query["tab"] = tab
    return f"?{query.urlencode()}" if query else request.path


def tabs_of(dossier: Dossier, request: HttpRequest, current: str) -> list[Tab]:
    """Overview, identity, every section that holds something, the timeline; inside also who looked. That nothing is
    recorded about checks, penalties, recalls and complaints is worth a tab."""
    found = [
        Tab(_("概况"), url_of(dossier, request, OVERVIEW), current=current == OVERVIEW),
        Tab(_("登记信息"), url_of(dossier, request, IDENTITY), current=current == IDENTITY),
    ]
    for shown in dossier.all():
        code = shown.section.code
        if not shown.count and code not in ALWAYS and code != current:
            continue
        found.append(Tab(shown.section.title, url_of(dossier, request, code), shown.count, current=current == code))
    found.append(Tab(_("时间轴"), url_of(dossier, request, TIMELINE), current=current == TIMELINE))
    if dossier.reader.side != "public":
        found.append(Tab(_("查看记录"), url_of(dossier, request, LOOKS), current=current == LOOKS))
    return found


def cells_of(line: Line, columns: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """(column code, heading, text) of a line."""
    values = {
        "on": line.on.isoformat(),
        "number": line.number,
        "organ": line.organ,
        "until": line.until.isoformat() if line.until else "",
        "state": line.state,
    }
    return tuple((column, str(HEADINGS[column]), values[column]) for column in columns)


def table_of(dossier: Dossier, shown: Shown, page: Any) -> tuple[Page[Any], list[TableRow], list[tuple[str, str]]]:
    """(page, rows, (column code, heading)) of a section."""
    chosen = Paginator(shown.lines, PER_PAGE).get_page(page)
    columns = tuple(shown.section.columns)
    rows = [TableRow(line, cells_of(line, columns)) for line in with_addresses(list(chosen), dossier.reader)]
    return chosen, rows, [(column, str(HEADINGS[column])) for column in columns]


def whole_tables(dossier: Dossier) -> list[dict[str, Any]]:
    """Every section with all its rows, for print."""
    found = []
    for shown in dossier.all():
        columns = tuple(shown.section.columns)
        found.append(
            {
                "shown": shown,
                "rows": [TableRow(line, cells_of(line, columns)) for line in shown.lines],
                "columns": [(column, str(HEADINGS[column])) for column in columns],
            }
        )
    return found


def events_of(dossier: Dossier, most: int = NEWEST) -> list[Line]:
    return dossier.events[:most]


@dataclass(frozen=True)
class Figure:
    """A key figure of the last years: part of whole."""

    name: str
    value: int
    unit: str
    period: str
    source: str
    url: str = ""


def figures_of(dossier: Dossier, request: HttpRequest) -> list[Figure]:
    """Numbers of the last three years that the reader's own lines give; a share is shown with its whole."""
    last = dossier.valid_on or timezone.localdate()
    first = _years_before(last, YEARS)
    period = _("%(first)s 至 %(last)s") % {"first": first.strftime("%Y-%m"), "last": last.strftime("%Y-%m")}
    found = []
    for code, unit in (("inspections", _("次")), ("penalties", _("件")), ("recalls", _("次"))):
        shown = dossier.find(code)
        if shown is not None:
            number = sum(first <= day <= last for day in shown.lines.days)
            found.append(
                Figure(
                    str(shown.section.title), number, unit, period, _("质量事实台账"), url_of(dossier, request, code)
                )
            )
    complaints = dossier.find("complaints")
    if complaints is not None:
        closed = complaints.closed if complaints.counts_only else sum(1 for line in complaints.lines if line.until)
        unit = _(" 件，已办结 %(n)s 件") % {"n": closed}
        url = url_of(dossier, request, "complaints")
        found.append(Figure(str(complaints.section.title), complaints.count, unit, _("全部"), _("质量事实台账"), url))
    return found


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
