"""Deliveries of departments: upload, columns, report of the check, confirmation, progress, undo."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hengjian.documents import files
from hengjian.documents.sheets import write_xlsx
from hengjian.documents.uploads import check_upload, read_upload
from hengjian.enterprises import batches
from hengjian.enterprises.actions.intake import (
    SUFFIXES,
    AssignColumns,
    ConfirmIntake,
    DropIntake,
    StartIntake,
    UndoIntake,
)
from hengjian.enterprises.fields import FIELDS
from hengjian.enterprises.models import IntakeBatch, IntakeFault, IntakeTemplate
from hengjian.enterprises.reading import MASKS
from hengjian.enterprises.tables import Sheet, read
from hengjian.methods.masking import mask
from hengjian.pages.components import light
from hengjian.pages.errors import UserError
from hengjian.pages.forms import HengjianForm
from hengjian.pages.list_views import ListView
from hengjian.pages.listing import Table
from hengjian.pages.lists import BuiltInView, ChoiceFilter, Column, List, TextFilter
from hengjian.parties.policies import Forbidden, require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# So long a page may work on a sheet itself; what is left is done by the worker.
PATIENCE = 4.0
STATE_LIGHTS = {
    "mapping": "amber",
    "checked": "amber",
    "applied": "green",
    "failed": "red",
    "undone": "grey",
    "dropped": "grey",
}


class DeliveryForm(HengjianForm):
    """The sheet; it comes from the user's own unit."""

    file = forms.FileField(label=gettext_lazy("表格文件（.xlsx、.xls 或 .csv）"))


@login_required
def start(request: UserRequest) -> HttpResponse:
    require(request.user, "enterprises.intake")
    form = DeliveryForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        batch = _start(request, form)
        if batch is not None:
            batches.advance(batch, PATIENCE)
            return redirect("enterprises:batch", pk=batch.pk)
    mine = visible(request.user, IntakeTemplate.objects.all())
    context = {
        "title": _("归集主体数据"),
        "form": form,
        "fields": FIELDS,
        "templates": mine.select_related("unit")[:20],
        "batches": visible(request.user, IntakeBatch.objects.all())[:6],
    }
    return render(request, "enterprises/intake.html", context, status=422 if form.is_bound else 200)


def _start(request: UserRequest, form: DeliveryForm) -> IntakeBatch | None:
    unit = request.user.unit
    if unit is None:
        form.add_error(None, _("您没有所属的数源单位，不能归集数据。"))
        return None
    try:
        content = read_upload(form.cleaned_data["file"])
        checked = check_upload(content, form.cleaned_data["file"].name, SUFFIXES)
        return StartIntake(user=request.user, unit=unit, region=unit.region, data=content, checked=checked).execute()
    except ActionRefused as error:
        form.add_error("file", f"{error.message}{error.next_step}")
    except Forbidden as error:
        form.add_error(None, error.reason)
    return None


def find_batch(request: HttpRequest, pk: int) -> IntakeBatch:
    rows = visible(request.user, IntakeBatch.objects.filter(pk=pk)).select_related("source", "region", "created_by")
    batch = rows.first()
    if batch is None:
        raise Http404(_("没有这批数据，或不在您的权限范围内。"))
    return batch


FAULTS = List(
    key="enterprises.faults",
    title=gettext_lazy("行报告"),
    columns=[
        Column("number", gettext_lazy("行号"), align="num", sort="number", width="w2", card="half"),
        Column("name", gettext_lazy("名称"), head=True, card="full", value=lambda row: row.name or "—"),
        Column(
            "told",
            gettext_lazy("问题或提示"),
            value=lambda row: "；".join(f"{title}：{message}" for title, message in row.told),
            card="full",
        ),
        Column(
            "fatal",
            gettext_lazy("结果"),
            value=lambda row: _("有误，不归集") if row.fatal else _("提示，照常归集"),
            cell=lambda row: light("red", _("有误，不归集")) if row.fatal else light("amber", _("提示，照常归集")),
            width="w5",
            card="state",
        ),
    ],
    filters=[
        TextFilter(key="q", label=gettext_lazy("名称或代码"), fields=("name", "code")),
        ChoiceFilter(
            key="fatal",
            label=gettext_lazy("结果"),
            field="fatal",
            choices=[("True", gettext_lazy("有误")), ("False", gettext_lazy("有提示"))],
        ),
    ],
    order=("number",),
    views=[
        BuiltInView("wrong", gettext_lazy("有误"), "fatal=True"),
        BuiltInView("hint", gettext_lazy("有提示"), "fatal=False"),
    ],
    row_class=lambda row: "is-late" if row.fatal else "",
    empty=gettext_lazy("没有发现问题"),
)


@login_required
@never_cache
def batch_page(request: UserRequest, pk: int) -> HttpResponse:
    """Columns to be assigned, the report of the check and the buttons; while work goes on, its progress."""
    batch = find_batch(request, pk)
    if request.method == "POST":
        return _act(request, batch)
    return render(request, "enterprises/batch.html", _context(request, batch))


def _context(request: HttpRequest, batch: IntakeBatch) -> dict[str, Any]:
    share, words = batches.progress(batch)
    at_work = batch.state in batches.AT_WORK
    mapping = batch.state == IntakeBatch.State.MAPPING or request.GET.get("columns") == "1"
    shown = batch.state in ("checked", "applied", "undone") and not mapping
    return {
        "title": batch.name,
        "batch": batch,
        "at_work": at_work,
        "share": share,
        "state_words": words,
        "state_light": STATE_LIGHTS.get(batch.state, "blue"),
        "step": {"mapping": 2, "checking": 3, "checked": 3, "applying": 4, "applied": 5}.get(batch.state, 3),
        "table": Table(FAULTS, request, IntakeFault.objects.filter(batch=batch)) if shown else None,
        "mapping": _columns(batch) if mapping and not at_work and batch.state != "failed" else None,
        "fields": FIELDS,
    }


def _sheet(batch: IntakeBatch) -> Sheet:
    try:
        return read(files.read(batch.file.removeprefix("sha256:")), batch.name)
    except FileNotFoundError:
        raise UserError(_("上传的原表已不在。"), _("请重新上传原表。"), status=404) from None


def _columns(batch: IntakeBatch) -> list[dict[str, Any]]:
    """Each column of the sheet with samples and the field it is assigned to; personal samples masked."""
    sheet = _sheet(batch)
    forms_ = {field.code: MASKS.get(field.form, "") for field in FIELDS}
    found = []
    for number, heading in enumerate(sheet.headings):
        code = batch.columns.get(heading, "")
        samples = sheet.samples(heading)
        if masked := forms_.get(code):
            samples = [mask(masked, sample) for sample in samples]
        found.append({"number": number, "heading": heading, "code": code, "samples": samples})
    return found


@login_required
@never_cache
def batch_state(request: UserRequest, pk: int) -> HttpResponse:
    """Asked again and again while the work goes on; when it is done, the page is loaded anew."""
    batch = find_batch(request, pk)
    if batch.state not in batches.AT_WORK:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse("enterprises:batch", args=[pk])
        return response
    return render(request, "enterprises/parts/progress.html", _context(request, batch))


def _act(request: UserRequest, batch: IntakeBatch) -> HttpResponse:
    do = request.POST.get("do", "")
    if do == "assign":
        headings = _sheet(batch).headings
        columns = {heading: request.POST.get(f"column-{number}", "") for number, heading in enumerate(headings)}
        chosen = {heading: code for heading, code in columns.items() if code}
        AssignColumns(user=request.user, batch=batch, columns=chosen, keep_as=request.POST.get("keep_as", "")).execute()
    elif do == "confirm":
        ConfirmIntake(user=request.user, batch=batch, skip_wrong=request.POST.get("skip_wrong") == "1").execute()
    elif do == "drop":
        DropIntake(user=request.user, batch=batch).execute()
        messages.success(request, _("已放弃这批数据，没有写入任何内容。"))
        return redirect("enterprises:intake")
    elif do == "undo":
        UndoIntake(user=request.user, batch=batch, reason=request.POST.get("reason", "")).execute()
    else:
        raise ActionRefused(_("没有“%(do)s”这一步。") % {"do": do[:40]}, _("请返回页面重新操作。"), status=400)
    batches.advance(batch, PATIENCE)
    return redirect("enterprises:batch", pk=batch.pk)


@login_required
@require_safe
def faults(request: UserRequest, pk: int) -> HttpResponse:
    """The row report to be sent back: the delivered rows that are wrong or were noticed, with the reasons."""
    batch = find_batch(request, pk)
    told = {row.number: row for row in IntakeFault.objects.filter(batch=batch)}
    headings: list[str] = []
    rows_by_number: dict[int, dict[str, str]] = {}
    if batch.file:
        sheet = _sheet(batch)
        headings = [heading for heading in sheet.headings if heading in batch.columns]
        rows_by_number = {number: cells for number, cells in sheet.rows if number in told}
    rows = (
        [
            number,
            _("有误") if fault.fatal else _("有提示"),
            "；".join(f"{title}：{message}" for title, message in fault.told),
            *(rows_by_number.get(number, {}).get(heading, "") for heading in headings),
        ]
        for number, fault in sorted(told.items())
    )
    titles = [_("原行号"), _("结果"), _("问题或提示"), *headings]
    notes = [_("请在原表中改正有误的行后重新报送；已归集的行重复报送不会增加记录。")]
    response = HttpResponse(
        write_xlsx(titles, rows, title=f"{batch.source.name} {batch.name}", notes=notes, sheet=_("行报告")),
        content_type=XLSX,
    )
    response["Content-Disposition"] = f'attachment; filename="intake-{batch.pk}-report.xlsx"'
    return response


BATCHES = List(
    key="enterprises.batches",
    title=gettext_lazy("归集记录"),
    columns=[
        Column(
            "name",
            gettext_lazy("文件"),
            head=True,
            card="full",
            link=lambda row: reverse("enterprises:batch", args=[row.pk]),
        ),
        Column("source", gettext_lazy("数源单位"), value="source.name", css="units", card="half"),
        Column("total", gettext_lazy("行数"), align="num", sort="total", width="w2", card="half"),
        Column("created", gettext_lazy("新建主体"), align="num", width="w3", card="half"),
        Column("matched", gettext_lazy("归入已有主体"), align="num", width="w3", card="half"),
        Column("wrong", gettext_lazy("有误"), align="num", width="w2", card="half"),
        Column("unsure", gettext_lazy("待人工核对"), align="num", width="w3", card="half"),
        Column(
            "at", gettext_lazy("上传时间"), value="created_at", sort="created_at", align="num", width="w5", card="half"
        ),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda row: row.get_state_display(),
            cell=lambda row: light(STATE_LIGHTS.get(row.state, "blue"), row.get_state_display()),
            width="w4",
            card="state",
        ),
    ],
    filters=[
        TextFilter(key="q", label=gettext_lazy("文件名"), fields=("name",)),
        ChoiceFilter(key="state", label=gettext_lazy("状态"), field="state", choices=IntakeBatch.State.choices),
    ],
    order=("-created_at",),
    empty=gettext_lazy("还没有归集过数据"),
    empty_hint=gettext_lazy("在主体库页面点“归集数据”。"),
)


class BatchList(ListView):
    """Deliveries of the reader's unit or region."""

    declaration = BATCHES
    template_name = "enterprises/plain_list.html"

    def get_queryset(self) -> QuerySet[IntakeBatch]:
        return IntakeBatch.objects.select_related("source")
