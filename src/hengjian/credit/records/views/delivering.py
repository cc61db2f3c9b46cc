"""Bulk intake: upload, map the columns, check, take in, undo."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hengjian.credit.records.actions import ApplyDelivery, DropDelivery, MapDelivery, UndoDelivery, UploadDelivery
from hengjian.credit.records.delivering import empty_sheet, fields_for, required_fields
from hengjian.credit.records.forms import MappingForm, ReasonForm, UploadForm
from hengjian.credit.records.models import Delivery, RecordCategory
from hengjian.credit.records.showing import state_light
from hengjian.credit.records.views.common import XLSX, attempt, download
from hengjian.documents.uploads import UploadRefused, read_upload
from hengjian.parties.acting import units_acting
from hengjian.parties.policies import require, visible
from hengjian.parties.requests import UserRequest

SHOWN = 20
STEPS = {"mapping": 2, "checked": 3, "applied": 4}


@never_cache
@login_required
def upload(request: UserRequest) -> HttpResponse:
    units = units_acting(request.user, "credit.record")
    if not units:
        require(request.user, "credit.record", None)
    form = UploadForm(request.POST or None, request.FILES or None, units=units)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            action = UploadDelivery(
                user=request.user,
                unit=form.cleaned_data["unit"],
                category=form.cleaned_data["category"],
                data=read_upload(file),
                name=file.name,
            )
            delivery = attempt(request, action, form, _("已读取，请核对。"))
        except UploadRefused as error:
            form.add_error("file", f"{error.message}{error.next_step}")
            delivery = None
        if delivery is not None:
            return redirect(delivery)
    context = {"title": _("批量归集"), "form": form, "categories": RecordCategory.choices}
    return render(request, "credit_records/upload.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
def template(request: UserRequest, category: str) -> HttpResponse:
    """The empty sheet of a category."""
    require(request.user, "credit.record", None)
    if category not in RecordCategory.values:
        raise Http404(_("没有这一类信用记录。"))
    name = f"{RecordCategory(category).label}-{_('归集模板')}.xlsx"
    return download(empty_sheet(category), name, XLSX)


@never_cache
@login_required
def delivery_page(request: UserRequest, pk: int) -> HttpResponse:
    """A delivery at its stage: mapping, checked with its row report, taken in, undone."""
    delivery = visible(request.user, Delivery.objects.filter(pk=pk)).select_related("unit__region").first()
    if delivery is None:
        raise Http404(_("没有这一批数据，或不在您的查看范围内。"))
    headings = delivery.headings if delivery.rows else []
    mapped = [heading for heading in delivery.headings if heading in delivery.columns]
    mapping = MappingForm(
        request.POST if request.POST.get("do") == "map" else None,
        headings=headings,
        fields=fields_for(delivery.category),
        found=delivery.columns,
    )
    undo = ReasonForm(request.POST if request.POST.get("do") == "undo" else None)
    if request.method == "POST":
        response = _act(request, delivery, mapping, undo)
        if response is not None:
            return response
    names = dict(fields_for(delivery.category))
    context = {
        "title": delivery.name,
        "delivery": delivery,
        "state": state_light(delivery),
        "step": STEPS.get(delivery.state),
        "mapping": mapping,
        "undo": undo,
        "columns": [(heading, names.get(code := delivery.columns[heading], code)) for heading in mapped],
        "needed": [names[code] for code in required_fields(delivery.category)],
        "preview": [
            (number, [row.get(heading, "") for heading in mapped], delivery.faults.get(str(number)))
            for number, row in delivery.rows[:SHOWN]
        ],
        "shown": min(SHOWN, len(delivery.rows)),
        "faults": sorted(delivery.faults.items(), key=lambda item: int(item[0]))[:200],
    }
    invalid = mapping.is_bound or undo.is_bound
    return render(request, "credit_records/delivery.html", context, status=422 if invalid else 200)


def _act(request: UserRequest, delivery: Delivery, mapping: MappingForm, undo: ReasonForm) -> HttpResponse | None:
    do, user = request.POST.get("do", ""), request.user
    if do == "apply" and attempt(request, ApplyDelivery(user=user, delivery=delivery), None, _("已归集，并写入台账。")):
        return redirect(delivery)
    if do == "drop" and attempt(
        request, DropDelivery(user=user, delivery=delivery), None, _("已放弃，没有写入任何内容。")
    ):
        return redirect("credit_records:deliveries")
    if do == "map" and mapping.is_valid():
        action = MapDelivery(user=user, delivery=delivery, columns=mapping.columns())
        if attempt(request, action, mapping, _("已对应并核对。")):
            return redirect(delivery)
    if do == "undo" and undo.is_valid():
        back = UndoDelivery(user=user, delivery=delivery, reason=undo.cleaned_data["reason"])
        if attempt(request, back, undo, _("整批已撤销。")):
            return redirect(delivery)
    return None
