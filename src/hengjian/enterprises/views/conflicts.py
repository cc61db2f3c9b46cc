"""重错码: codes that more than one body bears. The queue, one work item, the return sheet out and in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from hengjian.documents.uploads import read_upload
from hengjian.enterprises.actions.identity import SendConflicts, SettleConflict
from hengjian.enterprises.correcting import Answered, open_conflicts, read_return_sheet, return_sheet
from hengjian.enterprises.models import CodeClaim, CodeConflict
from hengjian.enterprises.views.listing import in_region, regions
from hengjian.methods import uscc
from hengjian.pages.components import light
from hengjian.pages.forms import HengjianForm
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BuiltInView, ChoiceFilter, Column, List, TextFilter
from hengjian.parties.policies import permitted, require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIGHTS = {"open": "red", "sent": "amber", "closed": "green"}
State = CodeConflict.State

CONFLICTS = List(
    key="enterprises.conflicts",
    title=gettext_lazy("重错码核查"),
    columns=[
        Column(
            "code",
            gettext_lazy("统一社会信用代码"),
            head=True,
            css="nowrap",
            card="full",
            link=lambda row: reverse("enterprises:conflict", args=[row.pk]),
        ),
        Column(
            "bodies",
            gettext_lazy("涉及主体"),
            value=lambda row: "、".join(claim.enterprise.name for claim in row.claims.all()),
            card="full",
        ),
        Column("region", gettext_lazy("地区"), value="region.name", width="w4", card="half"),
        Column(
            "found", gettext_lazy("发现时间"), value="found_at", sort="found_at", align="num", width="w5", card="half"
        ),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda row: row.get_state_display(),
            cell=lambda row: light(LIGHTS[row.state], row.get_state_display()),
            width="w4",
            card="state",
        ),
    ],
    filters=[
        TextFilter(key="q", label=gettext_lazy("代码"), fields=("code",)),
        ChoiceFilter(key="state", label=gettext_lazy("状态"), field="state", choices=State.choices),
        ChoiceFilter(key="region", label=gettext_lazy("地区"), choices=regions, when=in_region),
    ],
    order=("-found_at",),
    views=[
        BuiltInView("open", gettext_lazy("待发核查单"), "state=open"),
        BuiltInView("sent", gettext_lazy("已发核查单"), "state=sent"),
    ],
    empty=gettext_lazy("没有重错码"),
    empty_hint=gettext_lazy("同一代码出现在不同主体上时，会列在这里。"),
)


class ConflictList(ListView):
    """Work items, the newest first."""

    declaration = CONFLICTS
    template_name = "enterprises/conflicts.html"

    def get_queryset(self) -> QuerySet[CodeConflict]:
        return CodeConflict.objects.select_related("region").prefetch_related("claims__enterprise")

    def get_context(self) -> dict[str, Any]:
        waiting = visible(self.request.user, CodeConflict.objects.exclude(state=State.CLOSED))
        return {"waiting": waiting.count(), "form": SheetForm()}


class SheetForm(HengjianForm):
    """The returned sheet."""

    file = forms.FileField(label=gettext_lazy("填好的核查单（.xlsx）"))


@login_required
@require_POST
def export(request: UserRequest) -> HttpResponse:
    """The return sheet with every code that is not settled; from now on the work items count as sent."""
    require(request.user, "enterprises.decide")
    waiting = permitted(request.user, "enterprises.decide", CodeConflict.objects.exclude(state=State.CLOSED))
    rows = list(waiting)
    data = return_sheet(CodeConflict.objects.filter(pk__in=[row.pk for row in rows]))
    SendConflicts(user=request.user, conflicts=rows).execute()
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="code-conflicts.xlsx"'
    return response


@login_required
@require_POST
def take_back(request: UserRequest) -> HttpResponse:
    """Carry out a returned sheet, code by code; what is wrong with single codes is told, the others are settled."""
    require(request.user, "enterprises.decide")
    form = SheetForm(request.POST, request.FILES)
    if not form.is_valid():
        raise ActionRefused(_("没有选择文件。"), _("请选择填好的核查单。"), status=400)
    upload = form.cleaned_data["file"]
    returned = read_return_sheet(read_upload(upload), upload.name)
    done, faults = 0, list(returned.faults)
    conflicts = open_conflicts(returned.answers)
    for code, answers in returned.answers.items():
        conflict = conflicts.get(code)
        if conflict is None or not visible(request.user, CodeConflict.objects.filter(pk=conflict.pk)).exists():
            faults.append(_("%(code)s：没有待办的核查，或不在您的权限范围内。") % {"code": code[:18]})
            continue
        try:
            SettleConflict(user=request.user, conflict=conflict, answers=answers).execute()
            done += 1
        except ActionRefused as error:
            faults.append(f"{code}：{error.message}")
    if done:
        messages.success(request, _("已办结 %(n)d 个代码。") % {"n": done})
    for fault in faults[:20]:
        messages.error(request, fault)
    if not done and not faults:
        messages.error(request, _("核查单中没有填写操作标识的行。"))
    return redirect("enterprises:conflicts")


@login_required
@never_cache
def conflict_page(request: UserRequest, pk: int) -> HttpResponse:
    """The bodies that bear one code, and the answer to be given for each."""
    rows = CodeConflict.objects.select_related("region", "closed_by").annotate(bodies=Count("claims"))
    conflict = visible(request.user, rows.filter(pk=pk)).first()
    if conflict is None:
        raise Http404(_("没有这项核查，或不在您的权限范围内。"))
    if request.method == "POST":
        SettleConflict(
            user=request.user,
            conflict=CodeConflict.objects.get(pk=pk),
            answers=_answers(request, conflict),
            reason=request.POST.get("reason", ""),
        ).execute()
        messages.success(request, _("已办结。"))
        return redirect("enterprises:conflict", pk=pk)
    claims = conflict.claims.select_related("enterprise__region", "record__source")
    context = {
        "title": _("重错码 %(code)s") % {"code": conflict.code},
        "conflict": conflict,
        "claims": claims,
        "flags": FLAGS,
        "open": conflict.state != State.CLOSED,
        "state_light": LIGHTS[conflict.state],
        "registrar": conflict.code[2:8],
    }
    return render(request, "enterprises/conflict.html", context)


FLAGS = (
    (CodeClaim.Flag.KEEP.value, gettext_lazy("2 保留此代码")),
    (CodeClaim.Flag.NEW_CODE.value, gettext_lazy("0 重新赋码")),
    (CodeClaim.Flag.DELETE.value, pgettext_lazy("return sheet", "1 删除")),
)


def _answers(request: UserRequest, conflict: CodeConflict) -> dict[str, Answered]:
    found = {}
    for claim in conflict.claims.select_related("enterprise"):
        flag = request.POST.get(f"flag-{claim.pk}", "")
        if flag.isdigit():
            examined = uscc.examine(request.POST.get(f"code-{claim.pk}", ""))
            code = examined.repaired or request.POST.get(f"code-{claim.pk}", "").strip()
            found[claim.enterprise.key] = Answered(int(flag), code, request.POST.get(f"note-{claim.pk}", "")[:200])
    return found
