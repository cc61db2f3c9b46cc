"""Pages of exchange and oversight: files in and out, coverage, lots that never arrived."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hengjian.documents.sheets import SheetColumn, write_xlsx
from hengjian.documents.uploads import UploadRefused, read_upload
from hengjian.methods.periods import Period, parse_period, period_of
from hengjian.pages.errors import UserError
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.rulebook.parameters.trace_evaluation import TraceEvaluation
from hengjian.trace.events.models import Event
from hengjian.trace.events.queries import readable
from hengjian.trace.exchange import policies, tables
from hengjian.trace.exchange.files import FORMATS, write_file
from hengjian.trace.exchange.forms import FileForm, ReasonForm
from hengjian.trace.exchange.intake import ReadBatch, TakeBatch, UndoBatch
from hengjian.trace.exchange.mapping import from_event
from hengjian.trace.exchange.messages import Message, read_message
from hengjian.trace.exchange.models import ExchangeBatch
from hengjian.trace.exchange.statistics import (
    Row,
    by_region,
    evaluation_rule,
    missing,
    month_bounds,
    subjects_with_uploads,
)

MOST_EXPORTED = 50_000
SHOWN_MESSAGES, SHOWN_FAULTS, LAST = 50, 200, 30
TYPES = {
    "jsonl": "application/jsonl",
    "xml": "application/xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def acting_unit(request: UserRequest, verb: str) -> Unit:
    require(request.user, verb)
    if request.user.unit is None:
        raise UserError(_("您的账号没有所属单位。"), _("请联系系统管理员。"), status=403)
    return request.user.unit


def month_of(request: UserRequest) -> Period:
    """`period=2026-03`; by default the running month.

    Raises:
        UserError: no month, or one that has not begun.
    """
    text = request.GET.get("period", "")
    today = period_of(timezone.localdate(), "month")
    if not text:
        return today
    try:
        found = parse_period(text)
    except ValueError:
        found = None
    if found is None or found.frequency != "month" or found > today or found.year < 2010:
        raise UserError(_("月份应写成“2026-01”，且不晚于本月。"), _("请更正后重新查询。"))
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: UserRequest) -> HttpResponse:
    """Upload, templates, the files of one's unit or region."""
    unit = acting_unit(request, policies.EXCHANGE)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            batch = ReadBatch(user=request.user, unit=unit, data=read_upload(upload), name=upload.name or "").execute()
        except UploadRefused as error:
            form.add_error("file", f"{error.message}{error.next_step}")
        else:
            return redirect("trace_exchange:batch", batch.pk)
    rows = visible(request.user, ExchangeBatch.objects.select_related("unit").defer("messages", "faults"))
    context = {
        "title": _("追溯数据交换"),
        "form": form,
        "batches": rows[:LAST],
        "kinds": list(tables.KIND_WORDS.items()),
        "period": month_of(request).code,
        "formats": FORMATS,
    }
    return render(request, "trace_exchange/files.html", context)


@login_required
@require_safe
def template(request: UserRequest, kind: str) -> HttpResponse:
    """An empty table for one kind of message."""
    acting_unit(request, policies.EXCHANGE)
    if kind not in tables.KIND_WORDS:
        raise Http404
    return _download(tables.template(kind), f"{tables.KIND_WORDS[kind]}.xlsx", "xlsx")


def _download(data: bytes, name: str, form: str) -> HttpResponse:
    from django.utils.http import content_disposition_header

    response = HttpResponse(data, content_type=TYPES[form])
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: UserRequest, pk: int) -> HttpResponse:
    """What a file says and what is wrong with it; take in, undo, faults as a sheet."""
    acting_unit(request, policies.EXCHANGE)
    found = get_object_or_404(visible(request.user, ExchangeBatch.objects.select_related("unit")), pk=pk)
    form = ReasonForm(request.POST if request.POST.get("do") == "undo" else None)
    if request.method == "POST":
        try:
            if request.POST.get("do") == "take":
                done = TakeBatch(user=request.user, batch=found).execute()
                messages.success(
                    request,
                    _("已接收：新增事件 %(added)d 条，已有 %(already)d 条。")
                    % {"added": done.added, "already": done.already},
                )
                return redirect("trace_exchange:batch", found.pk)
            if form.is_valid():
                UndoBatch(user=request.user, batch=found, reason=form.cleaned_data["reason"]).execute()
                messages.success(request, _("已撤销：这些事件已声明为没有发生。"))
                return redirect("trace_exchange:batch", found.pk)
        except ActionRefused as error:
            raise UserError(str(error.message), str(error.next_step), status=error.status) from None
    if request.GET.get("faults") == "xlsx":
        columns = [SheetColumn(_("行"), 8), SheetColumn(_("列"), 24), SheetColumn(_("问题"), 60)]
        return _download(write_xlsx(columns, found.faults), _("问题清单") + ".xlsx", "xlsx")
    context = {
        "title": found.name,
        "batch": found,
        "shown": [_shown(read_message(raw)) for raw in found.messages[:SHOWN_MESSAGES]],
        "faults": found.faults[:SHOWN_FAULTS],
        "more_faults": max(len(found.faults) - SHOWN_FAULTS, 0),
        "more": max(len(found.messages) - SHOWN_MESSAGES, 0),
        "form": form,
        "repeats": ExchangeBatch.objects.filter(unit=found.unit, digest=found.digest, state="done")
        .exclude(pk=found.pk)
        .first(),
    }
    return render(request, "trace_exchange/batch.html", context)


def _shown(message: Message) -> tuple[str, str, str, str]:
    """(kind, when, who, what) of a message, for the preview."""
    data: Any = message
    lines = [*getattr(data, "lines", ()), *([data.line] if hasattr(data, "line") else [])]
    what = "；".join(f"{line.goods_name} {line.batch} {line.quantity:f} {line.uom}" for line in lines[:3])
    what = what or str(getattr(data, "name", "") or getattr(data, "period", ""))
    at = getattr(data, "at", None)
    who = str(getattr(data, "node_name", "") or getattr(data, "number", "") or getattr(data, "node", ""))
    return tables.KIND_WORDS[data.kind], timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else "", who, what


@login_required
@require_safe
def export(request: UserRequest) -> HttpResponse:
    """The events of a month that the reader may see, as messages for the platform above."""
    acting_unit(request, policies.EXCHANGE)
    form = request.GET.get("form", "jsonl")
    if form not in FORMATS:
        raise UserError(_("没有这种文件格式。"), _("请从页面上选择格式。"), status=400)
    period = month_of(request)
    start, end = month_bounds(period)
    rows = readable(request.user).filter(event_time__gte=start, event_time__lt=end).order_by("event_time", "pk")
    wrong = set(rows.exclude(declaration="").values_list("hash", flat=True))
    found = (from_event(row.document) for row in rows.filter(declaration="")[:MOST_EXPORTED] if row.hash not in wrong)
    name = _("追溯信息") + f"-{period.code}.{form}"
    return _download(write_file((message for message in found if message is not None), form), name, form)


@login_required
@require_safe
def coverage(request: UserRequest) -> HttpResponse:
    """Coverage by region with points, firms of the region, as a page or a sheet."""
    unit = acting_unit(request, policies.REPORT)
    period = month_of(request)
    root = _root(request, unit)
    rows = by_region(period, root)
    rule = evaluation_rule(root.code, period.last)
    typed = rule.typed(TraceEvaluation)
    english = (get_language() or "").startswith("en")
    titles = [item.title_en if english and item.title_en else item.title for item in typed.items]
    if request.GET.get("export") == "xlsx":
        return _coverage_sheet(rows, titles, period)
    start, end = month_bounds(period)
    firms = subjects_with_uploads(start, end, Region.objects.within(root).values_list("pk", flat=True))
    silent = [row for row in firms if not row["uploads"]]
    context = {
        "title": _("追溯覆盖与断链"),
        "rows": [(row, [_share(part) for part in row.shares]) for row in rows],
        "titles": titles,
        "rule": rule,
        "period": period,
        "previous": period.shift(-1).code,
        "root": root,
        "silent": silent[:200],
        "silent_count": len(silent),
        "subjects": len(firms),
        "now": timezone.now(),
        "timely_hours": typed.timely_hours,
    }
    return render(request, "trace_exchange/coverage.html", context)


def _root(request: UserRequest, unit: Unit) -> Region:
    """The region of the address, inside the reader's own."""
    code = request.GET.get("region", "")
    if not code:
        return unit.region
    return get_object_or_404(Region.objects.within(unit.region), code=code)


def _share(part: tuple[int, int]) -> tuple[int, int, str]:
    done, of = part
    return done, of, f"{100 * done / of:.1f}%" if of else "—"


def _coverage_sheet(rows: list[Row], titles: list[str], period: Period) -> HttpResponse:
    columns = [SheetColumn(_("地区"), 20)]
    for title in titles:
        columns += [SheetColumn(f"{title}{_('（分子）')}"), SheetColumn(f"{title}{_('（分母）')}")]
    columns += [SheetColumn(_("查询次数")), SheetColumn(_("得分（权重为系统假定）"))]
    cells = [
        [row.name, *(number for part in row.shares for number in part), row.figures.lookups, row.score] for row in rows
    ]
    return _download(write_xlsx(columns, cells), _("追溯覆盖") + f"-{period.code}.xlsx", "xlsx")


@login_required
@require_safe
def missing_links(request: UserRequest) -> HttpResponse:
    """Lots that one node sent and none received."""
    unit = acting_unit(request, policies.REPORT)
    period, root = month_of(request), _root(request, unit)
    rows = missing(period, list(Region.objects.within(root).values_list("pk", flat=True)))
    if request.GET.get("export") == "xlsx":
        columns = [SheetColumn(_("发出日期"), 18), SheetColumn(_("发出单位"), 36), SheetColumn(_("地区"), 16)]
        columns += [SheetColumn(_("批次标识"), 50), SheetColumn(_("数量"), 12), SheetColumn(_("去向"), 40)]
        cells = [
            [
                row.event.event_time,
                row.event.party.name,
                row.event.party.region.name,
                row.key,
                row.quantity,
                _to(row.event),
            ]
            for row in rows
        ]
        return _download(write_xlsx(columns, cells), _("断链清单") + f"-{period.code}.xlsx", "xlsx")
    context = {
        "title": _("断链清单"),
        "rows": [(row, _to(row.event)) for row in rows],
        "period": period,
        "previous": period.shift(-1).code,
        "root": root,
    }
    return render(request, "trace_exchange/missing.html", context)


def _to(event: Event) -> str:
    """Where to, as the sender said it."""
    named = str(event.document.get("hj:buyer_name") or "")
    targets = [str(item.get("destination", "")) for item in event.document.get("destinationList") or ()]
    return named or "、".join(target.rpartition("/")[2] for target in targets)
