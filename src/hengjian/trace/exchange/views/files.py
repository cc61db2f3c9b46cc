"""Pages of files of messages: in, with their progress and what is wrong with them, and a month out again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hengjian.documents.sheets import SheetColumn, write_csv, write_xlsx
from hengjian.documents.uploads import UploadRefused
from hengjian.pages.errors import UserError
from hengjian.parties.policies import visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.trace.events.queries import readable
from hengjian.trace.exchange import batches, policies, tables
from hengjian.trace.exchange.files import FORMATS, write_file
from hengjian.trace.exchange.forms import FileForm, ReasonForm
from hengjian.trace.exchange.intake import DropBatch, HandIn, TakeBatch, UndoBatch
from hengjian.trace.exchange.mapping import from_event
from hengjian.trace.exchange.messages import Message, read_message
from hengjian.trace.exchange.models import ExchangeBatch
from hengjian.trace.exchange.views.common import acting_unit, download, month_of

PATIENCE = 4.0
"""Seconds that whoever uploads waits before the page shows how far it is."""
MOST_EXPORTED = 50_000
"""Events in a file that has to be written whole; JSON lines have no limit."""
MOST_SHEET = 100_000
SHOWN_FAULTS, LAST = 100, 30
LIGHTS = {"preview": "amber", "done": "green", "failed": "red", "undone": "grey", "dropped": "grey"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: UserRequest) -> HttpResponse:
    """Upload, templates, the files of one's unit or region."""
    unit = acting_unit(request, policies.EXCHANGE)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            action = HandIn(user=request.user, unit=unit, file=cast(BinaryIO, upload.file), name=upload.name or "")
            batch = action.execute()
        except UploadRefused as error:
            form.add_error("file", f"{error.message}{error.next_step}")
        else:
            batches.advance(batch, PATIENCE)
            return redirect("trace_exchange:batch", batch.pk)
    rows = visible(request.user, ExchangeBatch.objects.select_related("unit").defer("sample"))[:LAST]
    context = {
        "title": _("追溯数据交换"),
        "form": form,
        "batches": [(row, LIGHTS.get(row.state, "blue")) for row in rows],
        "kinds": list(tables.KIND_WORDS.items()),
        "period": month_of(request).code,
        "formats": FORMATS,
        "most": batches.MOST_ROWS,
    }
    return render(request, "trace_exchange/files.html", context)


@login_required
@require_safe
def template(request: UserRequest, kind: str) -> HttpResponseBase:
    """An empty table for one kind of message."""
    acting_unit(request, policies.EXCHANGE)
    if kind not in tables.KIND_WORDS:
        raise Http404
    return download(tables.template(kind), f"{tables.KIND_WORDS[kind]}.xlsx", "xlsx")


def _found(request: UserRequest, pk: int) -> ExchangeBatch:
    acting_unit(request, policies.EXCHANGE)
    return get_object_or_404(visible(request.user, ExchangeBatch.objects.select_related("unit")), pk=pk)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: UserRequest, pk: int) -> HttpResponse:
    """What a file says and what is wrong with it, or how far the work on it is; take in, drop, undo."""
    found = _found(request, pk)
    form = ReasonForm(request.POST if request.POST.get("do") == "undo" else None)
    if request.method == "POST":
        try:
            if _act(request, found, form):
                return redirect("trace_exchange:batch", found.pk)
        except ActionRefused as error:
            raise UserError(str(error.message), str(error.next_step), status=error.status) from None
    return render(request, "trace_exchange/batch.html", {**_context(found), "form": form})


def _act(request: UserRequest, found: ExchangeBatch, form: ReasonForm) -> bool:
    do = request.POST.get("do", "")
    if do == "take":
        TakeBatch(user=request.user, batch=found).execute()
    elif do == "drop":
        DropBatch(user=request.user, batch=found).execute()
        messages.success(request, _("已放弃这个文件，没有接收任何内容。"))
        return True
    elif do != "undo" or not form.is_valid():
        return False
    else:
        UndoBatch(user=request.user, batch=found, reason=form.cleaned_data["reason"]).execute()
    batches.advance(found, PATIENCE)
    return True


def _context(found: ExchangeBatch) -> dict[str, Any]:
    share, words = batches.progress(found)
    faults = list(islice(_faults(found), SHOWN_FAULTS + 1))
    same = ExchangeBatch.objects.filter(unit=found.unit_id, digest=found.digest, state="done").exclude(pk=found.pk)
    return {
        "title": found.name,
        "batch": found,
        "share": share,
        "state_words": words,
        "state_light": LIGHTS.get(found.state, "blue"),
        "at_work": found.state in batches.AT_WORK,
        "shown": [_shown(read_message(raw)) for raw in found.sample],
        "faults": faults[:SHOWN_FAULTS],
        "more_faults": len(faults) > SHOWN_FAULTS,
        "more": max(found.good - len(found.sample), 0),
        "repeats": same.first(),
    }


def _faults(found: ExchangeBatch) -> Iterator[list[Any]]:
    """[row, column, what is wrong] of the whole file."""
    for told in found.parts.exclude(fault_count=0).values_list("faults", flat=True).iterator(chunk_size=5):
        yield from told


@login_required
@never_cache
@require_safe
def batch_state(request: UserRequest, pk: int) -> HttpResponse:
    """Asked again and again while the work goes on; when it is done, the page is loaded anew."""
    found = _found(request, pk)
    if found.state not in batches.AT_WORK:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse("trace_exchange:batch", args=[pk])
        return response
    return render(request, "trace_exchange/parts/progress.html", _context(found))


@login_required
@never_cache
@require_safe
def faults(request: UserRequest, pk: int) -> HttpResponseBase:
    """Everything that is wrong with a file: a sheet, or CSV where a sheet would not open any more."""
    found = _found(request, pk)
    titles = [_("行"), _("列"), _("问题")]
    if sum(found.parts.values_list("fault_count", flat=True)) > MOST_SHEET:
        lines = _csv_lines(titles, _faults(found))
        return download(lines, _("问题清单") + ".csv", "csv")
    columns = [SheetColumn(title, width) for title, width in zip(titles, (8, 24, 60), strict=True)]
    return download(write_xlsx(columns, list(_faults(found))), _("问题清单") + ".xlsx", "xlsx")


def _csv_lines(titles: list[str], rows: Iterator[list[Any]]) -> Iterator[bytes]:
    head = write_csv(titles, [])
    yield head
    while part := list(islice(rows, 1000)):
        yield write_csv(titles, part)[len(head) :]


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
def export(request: UserRequest) -> HttpResponseBase:
    """The events of a month that the reader may see, as messages for the platform above."""
    from hengjian.trace.exchange.statistics import month_bounds

    acting_unit(request, policies.EXCHANGE)
    form = request.GET.get("form", "jsonl")
    if form not in FORMATS:
        raise UserError(_("没有这种文件格式。"), _("请从页面上选择格式。"), status=400)
    period = month_of(request)
    start, end = month_bounds(period)
    rows = readable(request.user).filter(event_time__gte=start, event_time__lt=end).order_by("event_time", "pk")
    wrong = set(rows.exclude(declaration="").values_list("hash", flat=True))
    rows = rows.filter(declaration="")
    if form != "jsonl" and rows[MOST_EXPORTED : MOST_EXPORTED + 1].exists():
        raise UserError(
            _("这个月超过 %(most)d 条，这种格式放不下。") % {"most": MOST_EXPORTED},
            _("请选择 jsonl 格式，它没有条数限制。"),
            status=400,
        )
    found = (from_event(row.document) for row in rows.iterator(chunk_size=1000) if row.hash not in wrong)
    told = (message for message in found if message is not None)
    name = _("追溯信息") + f"-{period.code}.{form}"
    return download(_json_lines(told) if form == "jsonl" else write_file(told, form), name, form)


def _json_lines(told: Iterator[Message]) -> Iterator[bytes]:
    while part := list(islice(told, 500)):
        yield write_file(part, "jsonl")
