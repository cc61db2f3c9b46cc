"""Comparing lists with the register."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hengjian.credit.sharing.actions import StartScreening
from hengjian.credit.sharing.forms import ScreeningForm
from hengjian.credit.sharing.models import Screening
from hengjian.credit.sharing.screening import reasons_in_words
from hengjian.credit.sharing.sheets import answers_xlsx, rows_of
from hengjian.credit.sharing.texts import VERDICTS
from hengjian.credit.sharing.views.subscriptions import attempt
from hengjian.documents.uploads import UploadRefused, read_upload
from hengjian.pages.components import light
from hengjian.parties.acting import units_acting
from hengjian.parties.policies import require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATES = {"waiting": "grey", "running": "blue", "done": "green", "failed": "red"}
ROWS = 50


@never_cache
@login_required
def screenings(request: UserRequest) -> HttpResponse:
    """The unit's screenings and the form for a new one."""
    units = units_acting(request.user, "sharing.match")
    if not units:
        require(request.user, "sharing.match", None)
    form = ScreeningForm(request.POST or None, request.FILES or None, units=units)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            action = StartScreening(
                user=request.user,
                unit=given["unit"],
                title=given["file"].name,
                purpose=given["purpose"],
                rows=rows_of(read_upload(given["file"]), given["file"].name),
            )
            made = attempt(request, action, form, _("已提交，正在比对。"))
            if made is not None:
                return redirect(made)
        except (UploadRefused, ActionRefused) as error:
            form.add_error("file", f"{error.message}{error.next_step}")
    rows = visible(request.user, Screening.objects.defer("rows", "answers")).select_related("unit")
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    context = {
        "title": _("批量比对"),
        "form": form,
        "page_obj": page,
        "rows": [(row, light(STATES[row.state], row.get_state_display())) for row in page],
    }
    return render(request, "credit_sharing/screenings.html", context, status=422 if form.errors else 200)


def _find(request: UserRequest, key: UUID) -> Screening:
    row = visible(request.user, Screening.objects.filter(key=key)).select_related("unit").first()
    if row is None:
        raise Http404(_("没有这次比对，或不在您的查看范围内。"))
    return row


@never_cache
@login_required
@require_safe
def screening(request: UserRequest, key: UUID) -> HttpResponse:
    """How far it is, and the answers row by row."""
    row = _find(request, key)
    verdict = request.GET.get("verdict", "")
    pairs = list(zip(row.rows, row.answers, strict=False))
    counts = {name: sum(_verdict(found) == name for _asked, found in pairs) for name in (*VERDICTS, "none")}
    if verdict in counts:
        pairs = [pair for pair in pairs if _verdict(pair[1]) == verdict]
    page = Paginator(pairs, ROWS).get_page(request.GET.get("page"))
    words = {**{name: label for name, (label, _light) in VERDICTS.items()}, "none": _("没有找到")}
    context = {
        "title": row.title,
        "screening": row,
        "state": light(STATES[row.state], row.get_state_display(), True),
        "percent": 100 * row.done // max(1, row.total),
        "page_obj": page,
        "verdict": verdict,
        "views": [(name, words[name], count) for name, count in counts.items()],
        "rows": [_line(asked, found) for asked, found in page],
    }
    return render(request, "credit_sharing/screening.html", context)


def _verdict(found: list[dict[str, object]]) -> str:
    return str(found[0]["verdict"]) if found else "none"


def _line(asked: dict[str, str], found: list[dict[str, object]]) -> dict[str, object]:
    best = found[0] if found else None
    label, state = VERDICTS[str(best["verdict"])] if best else (_("没有找到"), "grey")
    return {
        "asked": asked,
        "best": best,
        "light": light(state, str(label)),
        "why": reasons_in_words(best) if best else "",
        "others": len(found) - 1 if found else 0,
    }


@login_required
@require_safe
def answers(request: UserRequest, key: UUID) -> HttpResponse:
    """All answers as a sheet."""
    row = _find(request, key)
    response = HttpResponse(answers_xlsx(row), content_type=XLSX)
    name = f"{_('比对结果')}-{row.created_at:%Y%m%d}.xlsx"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
