"""Import of a sheet: template, upload, report of the check, confirmation, progress, undo."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hengjian.documents import files
from hengjian.documents.sheets import read_sheet, write_xlsx
from hengjian.documents.uploads import UploadRefused, check_upload, read_upload
from hengjian.pages.components import light
from hengjian.pages.errors import UserError
from hengjian.pages.forms import HengjianForm
from hengjian.pages.list_views import ListView
from hengjian.pages.listing import Table
from hengjian.pages.lists import BuiltInView, ChoiceFilter, Column, List, TextFilter
from hengjian.parties.models import Region, Unit, User
from hengjian.parties.policies import Forbidden, require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.registers import batches
from hengjian.registers.catalogue import register_type, register_types
from hengjian.registers.declarations import RegisterType
from hengjian.registers.forms import regions_for, units_for
from hengjian.registers.import_actions import SUFFIXES, ConfirmImport, DropImport, StartImport, UndoImport
from hengjian.registers.models import ImportBatch, ImportRow
from hengjian.registers.sheets import columns_of, fields_of
from hengjian.registers.sheets import template as template_of
from hengjian.registers.showing import language
from hengjian.registers.views.common import area_of, find_register

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# So long a page may work on a sheet itself; what is left is done by the worker.
PATIENCE = 4.0
OUTCOME_LIGHTS = {"new": "green", "changed": "blue", "unchanged": "grey", "wrong": "red"}
STATE_LIGHTS = {"checked": "amber", "applied": "green", "failed": "red", "undone": "grey", "dropped": "grey"}


class UploadForm(HengjianForm):
    """The sheet, and for whom it is entered."""

    file = forms.FileField(label="")

    def __init__(self, declared: RegisterType, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("表格文件（.xlsx、.xls 或 .csv）")
        units = units_for(user, declared)
        self.only_unit = units[0] if len(units) == 1 else None
        if len(units) > 1:
            self.fields["unit"] = forms.ModelChoiceField(
                label=_("登记单位"),
                queryset=Unit.objects.filter(pk__in=[unit.pk for unit in units]),
                initial=units[0].pk,
                empty_label=None,
            )
        regions = regions_for(user, filing=False)
        if regions.count() > 1:
            self.fields["region"] = forms.ModelChoiceField(
                label=_("地区"),
                required=False,
                queryset=regions,
                initial=user.unit.region_id if user.unit else None,
                empty_label=None,
                help_text=_("没有填写地区的行按这个地区登记。"),
            )


@login_required
@require_safe
def template(request: UserRequest, code: str) -> HttpResponse:
    declared = find_register(code)
    require(request.user, "registers.import")
    response = HttpResponse(template_of(declared), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{declared.code}-template.xlsx"'
    return response


@login_required
def start(request: UserRequest, code: str) -> HttpResponse:
    declared = find_register(code)
    require(request.user, "registers.import")
    form = UploadForm(declared, request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        batch = _start(request, declared, form)
        if batch is not None:
            batches.advance(batch, PATIENCE)
            page = reverse("registers:batch", args=[batch.pk])
            # What is wrong comes first; the tab beside it shows all rows.
            return redirect(f"{page}?outcome=wrong" if batch.wrong else page)
    context = {
        "declared": declared,
        "area": area_of(declared),
        "form": form,
        "columns": columns_of(declared),
        "batches": visible(request.user, ImportBatch.objects.filter(register=code))[:5],
    }
    return render(request, "registers/import_start.html", context, status=422 if form.is_bound else 200)


def _start(request: UserRequest, declared: RegisterType, form: UploadForm) -> ImportBatch | None:
    data = form.cleaned_data
    unit: Unit | None = data.get("unit") or form.only_unit
    if unit is None:
        form.add_error(None, _("您所在的单位不登记《%(register)s》。") % {"register": declared.title})
        return None
    region: Region = data.get("region") or unit.region
    try:
        content = read_upload(data["file"])
        checked = check_upload(content, data["file"].name, SUFFIXES)
        return StartImport(
            user=request.user, register=declared.code, unit=unit, region=region, data=content, checked=checked
        ).execute()
    except ActionRefused as error:
        field = "file" if isinstance(error, UploadRefused) else None
        form.add_error(field, f"{error.message}{error.next_step}")
    except Forbidden as error:
        form.add_error(None, error.reason)
    return None


def find_batch(request: HttpRequest, pk: int) -> ImportBatch:
    rows = visible(request.user, ImportBatch.objects.filter(pk=pk)).select_related("unit", "region", "created_by")
    batch = rows.first()
    if batch is None:
        raise Http404(_("没有这次导入，或不在您的权限范围内。"))
    return batch


def row_list(batch: ImportBatch) -> List:
    """What the check found, row by row."""
    return List(
        key="registers.import_rows",
        title=_("核对结果"),
        columns=[
            Column("number", _("行号"), align="num", sort="number", width="w2", card="half"),
            Column("key", _("编号"), card="half"),
            Column("title", _("名称"), head=True, card="full", value=lambda row: row.title or row.key or "—"),
            Column("what", _("问题或变化"), value=_row_words, card="full"),
            Column(
                "outcome",
                _("核对结果"),
                value=lambda row: row.get_outcome_display(),
                cell=lambda row: light(OUTCOME_LIGHTS[row.outcome], row.get_outcome_display()),
                width="w4",
                card="state",
            ),
        ],
        filters=[
            TextFilter(key="q", label=_("编号或名称"), fields=("key", "title")),
            ChoiceFilter(key="outcome", label=_("核对结果"), field="outcome", choices=ImportRow.Outcome.choices),
        ],
        order=("number",),
        views=[
            BuiltInView("wrong", _("有误"), "outcome=wrong"),
            BuiltInView("changed", _("变更"), "outcome=changed"),
            BuiltInView("new", _("新增"), "outcome=new"),
        ],
        row_class=lambda row: "is-late" if row.outcome == "wrong" else "",
    )


def _row_words(row: ImportRow) -> str:
    if row.faults:
        return "；".join(f"{title}：{message}" for title, message in row.faults)
    return "；".join(f"{name}：{before or '—'} → {after or '—'}" for name, before, after in row.changes)


@login_required
@never_cache
def batch_page(request: UserRequest, pk: int) -> HttpResponse:
    """The report of the check and the buttons; while the worker is at it, its progress."""
    batch = find_batch(request, pk)
    if request.method == "POST":
        return _act(request, batch)
    return render(request, "registers/batch.html", _context(request, batch))


def _context(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    declared = register_type(batch.register)
    share, words = batches.progress(batch)
    at_work = batch.state in batches.AT_WORK
    table = None
    if not at_work and batch.state not in (ImportBatch.State.DROPPED, ImportBatch.State.FAILED):
        table = Table(row_list(batch), request, ImportRow.objects.filter(batch=batch))
    return {
        "title": batch.name,
        "batch": batch,
        "declared": declared,
        "table": table,
        "at_work": at_work,
        "share": share,
        "state_words": words,
        "state_light": STATE_LIGHTS.get(batch.state, "blue"),
        "step": {"checking": 2, "checked": 2, "applying": 3, "applied": 4}.get(batch.state, 2),
        "clear": "清空",
    }


@login_required
@never_cache
def batch_state(request: UserRequest, pk: int) -> HttpResponse:
    """What is asked again and again while the work goes on; when it is done, the page is loaded anew."""
    batch = find_batch(request, pk)
    if batch.state not in batches.AT_WORK:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse("registers:batch", args=[pk])
        return response
    return render(request, "registers/parts/progress.html", _context(request, batch))


def _act(request: UserRequest, batch: ImportBatch) -> HttpResponse:
    do = request.POST.get("do", "")
    if do == "confirm":
        ConfirmImport(user=request.user, batch=batch, skip_wrong=request.POST.get("skip_wrong") == "1").execute()
    elif do == "drop":
        DropImport(user=request.user, batch=batch).execute()
        messages.success(request, _("已放弃这次导入，没有写入任何内容。"))
        return redirect("registers:import", code=batch.register)
    elif do == "undo":
        UndoImport(user=request.user, batch=batch, reason=request.POST.get("reason", "")).execute()
    else:
        raise ActionRefused(_("没有“%(do)s”这一步。") % {"do": do[:40]}, _("请返回页面重新操作。"), status=400)
    batches.advance(batch, PATIENCE)
    return redirect("registers:batch", pk=batch.pk)


@login_required
@require_safe
def faults(request: UserRequest, pk: int) -> HttpResponse:
    """The uploaded sheet with what is wrong written beside each row, to be corrected and uploaded again."""
    batch = find_batch(request, pk)
    columns = columns_of(register_type(batch.register))
    try:
        data = files.read(batch.file.removeprefix("sha256:"))
    except FileNotFoundError:
        raise UserError(_("上传的原表已不在。"), _("请重新上传原表，再下载有误的行。"), status=404) from None
    sheet = read_sheet(data, batch.name, fields_of(columns))
    wrong = dict(ImportRow.objects.filter(batch=batch, outcome=ImportRow.Outcome.WRONG).values_list("number", "faults"))
    present = [column for column in columns if any(row.get(column.code) is not None for row in sheet.rows)]
    titles = [_("原行号"), *(column.title for column in present), _("问题")]
    rows = (
        [
            number,
            *(cells.get(column.code) for column in present),
            "；".join(f"{title}：{message}" for title, message in wrong[number]),
        ]
        for number, cells in zip(sheet.numbers, sheet.rows, strict=True)
        if number in wrong
    )
    response = HttpResponse(write_xlsx(titles, rows, sheet=_("有误的行")), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{batch.register}-{batch.pk}-faults.xlsx"'
    return response


def import_list() -> List:
    names = {declared.code: declared.said(language()) for declared in register_types()}
    return List(
        key="registers.imports",
        title=_("导入记录"),
        columns=[
            Column(
                "name", _("文件"), head=True, card="full", link=lambda row: reverse("registers:batch", args=[row.pk])
            ),
            Column("register", _("登记册"), value=lambda row: names.get(row.register, row.register), card="half"),
            Column("total", _("行数"), align="num", sort="total", width="w3"),
            Column("new", _("新增"), align="num", width="w3"),
            Column("changed", _("变更"), align="num", width="w3"),
            Column("wrong", _("有误"), align="num", width="w3"),
            Column("unit", _("登记单位"), value="unit.name", css="units", card="half"),
            Column("by", _("上传人"), value="created_by.display_name", shown=False, card="opt"),
            Column("at", _("上传时间"), value="created_at", sort="created_at", align="num", width="w5"),
            Column(
                "state",
                _("状态"),
                value=lambda row: row.get_state_display(),
                cell=lambda row: light(STATE_LIGHTS.get(row.state, "blue"), row.get_state_display()),
                width="w4",
                card="state",
            ),
        ],
        filters=[
            ChoiceFilter(key="register", label=_("登记册"), field="register", choices=list(names.items())),
            ChoiceFilter(key="state", label=_("状态"), field="state", choices=ImportBatch.State.choices),
        ],
        order=("-created_at",),
        empty=_("还没有导入过"),
        empty_hint=_("在登记册的列表页点“批量导入”。"),
    )


class ImportList(ListView):
    """Imports of the reader's unit."""

    template_name = "registers/plain_list.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.declaration = import_list()  # type: ignore[misc]
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return ImportBatch.objects.select_related("unit", "created_by")
