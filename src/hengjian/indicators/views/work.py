"""The daily work: values that wait for approval, imports, closed periods, computing anew."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hengjian.documents.sheets import write_xlsx
from hengjian.documents.uploads import UploadRefused, check_upload, read_upload
from hengjian.indicators import sheets, showing
from hengjian.indicators.actions import (
    ApproveValues,
    ComputeIndicators,
    ConfirmImport,
    ImportValues,
    LiftLock,
    LockPeriod,
    UndoImport,
)
from hengjian.indicators.catalogue import definitions
from hengjian.indicators.keys import period_given
from hengjian.indicators.models import Batch, Observation, PeriodLock
from hengjian.indicators.telling import definition_of, said
from hengjian.indicators.views.common import attempt, chosen_region, find_definition, regions_offered
from hengjian.pages.forms import HengjianForm
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BuiltInView, BulkAction, ChoiceFilter, Column, List, TextFilter
from hengjian.pages.numbers import whole
from hengjian.parties.acting import units_acting
from hengjian.parties.models import Region
from hengjian.parties.policies import permitted, require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused

SUFFIXES = frozenset({"xlsx", "xls", "csv"})
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_ROWS = 500


def approve_selected(request: HttpRequest, rows: Any, left_out: int) -> None:
    """Approve the selected values together; one that cannot be approved stops all, with its reason."""
    chosen = list(rows.select_related("region", "unit", "definition"))
    done = attempt(request, ApproveValues(user=request.user, values=chosen), None, "")
    if done is not None:
        messages.success(request, _("已核定 %(n)d 个值。") % {"n": len(done)})
        if left_out:
            messages.warning(request, _("%(n)d 个值不在您的核定权限内，没有办理。") % {"n": left_out})


VALUES = List(
    key="indicators.values",
    title=gettext_lazy("指标值"),
    columns=[
        Column(
            "indicator",
            gettext_lazy("指标"),
            value=lambda row: said(definition_of(row)),
            sort="indicator",
            head=True,
            card="full",
            link=Observation.get_absolute_url,
        ),
        Column("region", gettext_lazy("地区"), value="region.name", sort="region__code", width="w5", card="half"),
        Column(
            "period",
            gettext_lazy("期间"),
            value=lambda row: row.when.said(showing.language()),
            sort="first",
            width="w4",
            card="half",
        ),
        Column("dimensions", gettext_lazy("分组"), width="w4", shown=False, card="opt"),
        Column(
            "value",
            gettext_lazy("数值"),
            value=lambda row: row.value,
            cell=lambda row: showing.amount(row.value, definition_of(row)),
            align="num",
            width="w4",
        ),
        Column(
            "parts",
            gettext_lazy("分子 / 分母"),
            value=lambda row: showing.parts(row, definition_of(row)),
            align="num",
            width="w5",
        ),
        Column("origin", gettext_lazy("来源"), value="get_origin_display", sort="origin", width="w4"),
        Column(
            "marks",
            gettext_lazy("假定"),
            value=lambda row: "；".join(showing.marks(row)),
            cell=lambda row: showing.assumed_tag(row.assumed),
            width="w3",
        ),
        Column(
            "status",
            gettext_lazy("状态"),
            value="get_status_display",
            cell=showing.status,
            sort="status",
            width="w4",
            card="state",
        ),
    ],
    filters=[
        TextFilter(key="q", label=gettext_lazy("指标编号或地区"), fields=("indicator", "region__name", "region__code")),
        ChoiceFilter(key="status", label=gettext_lazy("状态"), field="status", choices=Observation.Status.choices),
        ChoiceFilter(key="origin", label=gettext_lazy("来源"), field="origin", choices=Observation.Origin.choices),
        ChoiceFilter(
            key="frequency",
            label=gettext_lazy("频率"),
            field="frequency",
            choices=list(showing.FREQUENCY_WORDS.items()),
        ),
    ],
    order=("-last", "indicator", "region__code"),
    views=[
        BuiltInView("waiting", gettext_lazy("待核定"), "status=provisional"),
        BuiltInView("approved", gettext_lazy("已核定"), "status=approved"),
    ],
    actions=[BulkAction("approve", gettext_lazy("核定选中的值"), "indicators.approve", approve_selected, primary=True)],
    view_counts=False,
    empty=gettext_lazy("没有符合条件的指标值"),
    empty_hint=gettext_lazy("换一个筛选条件，或先计算、导入。"),
)


class Values(ListView):
    """Current and pending values without break-down; those that wait come by the first tab."""

    declaration = VALUES

    def get_queryset(self) -> QuerySet[Observation]:
        require(self.request.user, "indicators.view")
        rows = Observation.objects.filter(Q(current=True) | Q(pending=True), dimensions="", value__isnull=False)
        return rows.select_related("region", "unit", "definition")


def waiting(user: Any) -> int:
    """How many values that people brought in or that would replace approved ones wait for this person.

    What the system computed may be approved, too, but nobody waits for it.
    """
    rows = Observation.objects.filter(
        Q(current=True) | Q(pending=True),
        status=Observation.Status.PROVISIONAL,
        dimensions="",
        value__isnull=False,
        last__lt=timezone.localdate(),
    ).filter(Q(pending=True) | Q(recorded_by__isnull=False))
    rows = rows.exclude(recorded_by=user)
    return permitted(user, "indicators.approve", rows).count()


class UploadForm(HengjianForm):
    """A sheet with values, and whose they are."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"] = forms.FileField(label=_("表格文件（.xlsx、.xls 或 .csv）"))
        units = units_acting(user, "indicators.import")
        self.fields["unit"] = forms.ModelChoiceField(
            label=_("导入单位"), queryset=units, initial=units.first(), empty_label=None
        )
        self.fields["publisher"] = forms.CharField(
            label=_("数据发布机构"), max_length=200, required=False, help_text=_("例如：2025 年统计公报。")
        )


@login_required
def import_page(request: UserRequest) -> HttpResponse:
    require(request.user, "indicators.import")
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            content = read_upload(data["file"])
            checked = check_upload(content, data["file"].name, SUFFIXES)
            batch = ImportValues(
                user=request.user, unit=data["unit"], data=content, checked=checked, publisher=data["publisher"]
            ).execute()
            return redirect(batch)
        except UploadRefused as error:
            form.add_error("file", f"{error.message}{error.next_step}")
        except ActionRefused as error:
            form.add_error(None, f"{error.message}{error.next_step}")
    importable = [item for item in definitions() if item.source.kind == "import"]
    context = {
        "title": _("导入指标值"),
        "form": form,
        "batches": visible(request.user, Batch.objects.select_related("unit", "created_by"))[:10],
        "importable": [(item.code, item.said(showing.language())) for item in importable],
        "columns": [field.titles[0] for field in sheets.fields()],
    }
    return render(request, "indicators/import.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def template(request: UserRequest) -> HttpResponse:
    """A sheet with one row for each importable indicator and region, to be filled in."""
    require(request.user, "indicators.import")
    region = chosen_region(request)
    regions = [region, *Region.objects.filter(parent=region).order_by("code")]
    chosen = [item for item in definitions() if item.source.kind == "import"]
    codes = request.GET.getlist("i")
    if codes:
        chosen = [item for item in chosen if item.code in codes]
    titles = [field.titles[0] for field in sheets.fields()]
    rows = sheets.template_rows(chosen, regions, request.GET.get("period", "")[:8])
    response = HttpResponse(write_xlsx(titles, rows, sheet=_("指标值")), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="indicator-values.xlsx"'
    return response


@login_required
def batch_page(request: UserRequest, pk: int) -> HttpResponse:
    batch = visible(request.user, Batch.objects.filter(pk=pk).select_related("unit", "created_by")).first()
    if batch is None:
        raise Http404(_("没有这次导入，或不在您的权限范围内。"))
    if request.method == "POST":
        if request.POST.get("do") == "undo":
            undo = UndoImport(user=request.user, batch=batch, reason=request.POST.get("reason", ""))
            attempt(request, undo, None, _("已撤销这次导入。"))
        else:
            done = attempt(request, ConfirmImport(user=request.user, batch=batch), None, "")
            if done is not None:
                messages.success(request, _("已导入 %(n)d 行，待另一人核定。") % {"n": batch.total})
        return redirect(batch)
    wrong = [row for row in batch.rows if row["errors"]]
    warned = [row for row in batch.rows if row["warnings"] and not row["errors"]]
    rest = [row for row in batch.rows if not row["errors"] and not row["warnings"]]
    ordered = [*wrong, *warned, *rest]
    context = {
        "title": batch.filename,
        "batch": batch,
        "rows": ordered[:SHOWN_ROWS],
        "more": max(0, len(ordered) - SHOWN_ROWS),
        "wrong": len(wrong),
        "warned": len(warned),
        "values": batch.observations.select_related("region")[:5],
        "refusal": ConfirmImport(user=request.user, batch=batch).refusal(),
        "step": {"draft": 2, "done": 3, "undone": 3}[batch.state],
    }
    return render(request, "indicators/batch.html", context)


class LockForm(HengjianForm):
    """The period to be closed."""

    def __init__(self, regions: list[Region], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"] = forms.CharField(
            label=_("期间"), max_length=8, help_text=_("2025、2025-H1、2025-Q4 或 2025-12")
        )
        self.fields["region"] = forms.ModelChoiceField(
            label=_("地区（含下级）"),
            queryset=Region.objects.filter(pk__in=[region.pk for region in regions]),
            empty_label=None,
        )
        self.fields["reason"] = forms.CharField(label=_("说明"), max_length=400, required=False)

    def clean_period(self) -> Any:
        try:
            return period_given(self.cleaned_data["period"])
        except ValueError:
            raise forms.ValidationError(_("期间无法识别；请写 2025、2025-H1、2025-Q4 或 2025-12。")) from None


@login_required
def periods(request: UserRequest) -> HttpResponse:
    """Closed periods; closing one, opening one again with a reason."""
    require(request.user, "indicators.view")
    do = request.POST.get("do", "")
    form = LockForm(regions_offered(chosen_region(request)), request.POST if do == "lock" else None)
    if do == "lift":
        lock = visible(request.user, PeriodLock.objects.filter(pk=whole(request.POST.get("lock", "")) or 0)).first()
        if lock is None:
            raise Http404
        attempt(
            request, LiftLock(user=request.user, lock=lock, reason=request.POST.get("reason", "")), None, _("已解锁。")
        )
        return redirect("indicators:periods")
    if do == "lock" and form.is_valid():
        data = form.cleaned_data
        action = LockPeriod(user=request.user, region=data["region"], period=data["period"], reason=data["reason"])
        if attempt(request, action, form, _("已锁定。")) is not None:
            return redirect("indicators:periods")
    locks = visible(request.user, PeriodLock.objects.select_related("region", "locked_by", "lifted_by"))
    context = {"title": _("期间锁定"), "form": form, "locks": locks[:200]}
    return render(request, "indicators/periods.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def compute_page(request: UserRequest, code: str) -> HttpResponse:
    """Compute one indicator now."""
    declared = find_definition(request, code)
    outcome = attempt(request, ComputeIndicators(user=request.user, indicators=(code,), force=True), None, "")
    if outcome:
        (found,) = outcome
        told = {"n": found.stored.written, "same": found.stored.same, "pending": found.stored.pending}
        if found.problem:
            messages.error(request, found.problem)
        else:
            messages.success(
                request, _("计算完成：%(n)d 个值有变化（其中 %(pending)d 个待核定），%(same)d 个不变。") % told
            )
    return redirect("indicators:indicator", code=declared.code)
