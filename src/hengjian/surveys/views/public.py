"""What everybody sees: the way in, the questionnaire page by page, published results."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hengjian.pages.errors import UserError
from hengjian.pages.limits import count_use
from hengjian.parties.verbs import ActionRefused
from hengjian.surveys.actions.answering import (
    SubmitAnswers,
    begin,
    check_running,
    draft_of,
    ends_interview,
    save_page,
    turn_away,
)
from hengjian.surveys.codes import digest_of, normalised
from hengjian.surveys.field import full_strata
from hengjian.surveys.models import Invitation, Response, Wave
from hengjian.surveys.queries import approved_result, published_waves, running_open
from hengjian.surveys.questionnaire import BlockForm, blocks_of, initial_of, unanswered
from hengjian.surveys.reports import workbook
from hengjian.surveys.results import Reading
from hengjian.surveys.views.common import XLSX, download
from hengjian.surveys.words import language, sector_title

# Per address and hour: an office or a village shares one address.
MOST_STARTS = 30
MOST_CODES = 60
# A field that people do not see; whoever fills it in is a program.
TRAP = "homepage"


@require_safe
def public_index(request: HttpRequest) -> HttpResponse:
    """Surveys that are going on, the way in with a code, published results."""
    results = []
    for wave in published_waves():
        result = approved_result(wave)
        if result is not None:
            results.append({"wave": wave, "title": wave.said(language()), "result": result})
    running = [{"wave": wave, "title": wave.said(language()), "sector": sector_title(wave)} for wave in running_open()]
    context = {"title": _("满意度调查"), "running": running, "results": results}
    return render(request, "surveys/public_index.html", context)


def _trapped(request: HttpRequest) -> bool:
    return bool(request.POST.get(TRAP))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_code(request: HttpRequest, code: str = "") -> HttpResponse:
    """The way in with an invitation: typed, or carried by the address of its QR code."""
    typed = request.POST.get("code", "") or code
    if not typed:
        return redirect("surveys:public")
    count_use(request, "survey.code", MOST_CODES)
    found = normalised(typed)
    rows = Invitation.objects.select_related("wave__region", "wave__unit")
    invitation = rows.filter(digest=digest_of(found)).first() if found else None
    if invitation is None:
        raise UserError(_("没有这个邀请码。"), _("请对照邀请函重新输入，字母不分大小写。"), status=404)
    return _landing(request, invitation.wave, invitation, reverse("surveys:invited", args=[found]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The way in without an invitation, where the wave admits it."""
    wave = Wave.objects.select_related("region", "unit").filter(token=token, open_link=True).first()
    if wave is None or wave.state == Wave.State.PREPARED:
        raise Http404(_("没有这次调查。"))
    return _landing(request, wave, None, reverse("surveys:open", args=[token]))


def _landing(request: HttpRequest, wave: Wave, invitation: Invitation | None, address: str) -> HttpResponse:
    """What it is about, what happens with the answers, and the button."""
    refusal = ""
    try:
        check_running(wave)
    except ActionRefused as error:
        refusal = f"{error.message}{error.next_step}"
    if invitation is not None and invitation.used:
        refusal = _("这个邀请码已经用过，每个邀请码只能作答一次。感谢您的参与。")
    if request.method == "POST" and "start" in request.POST:
        if _trapped(request):
            return redirect("surveys:thanks")
        if invitation is None:
            count_use(request, f"survey.{wave.pk}", MOST_STARTS)
        key = begin(wave, invitation)
        return redirect("surveys:form", key=key, page=1)
    questions = len(wave.declared.items)
    context = {
        "title": wave.said(language()),
        "wave": wave,
        "sector": sector_title(wave),
        "refusal": refusal,
        "resumes": invitation is not None and invitation.draft_id is not None,
        "address": address,
        "questions": questions,
        "minutes": max(2, round(questions / 5)),
        "trap": TRAP,
    }
    return render(request, "surveys/landing.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form_page(request: HttpRequest, key: str, page: int) -> HttpResponse:
    """One page of the questionnaire; every step is kept, so it can be left and taken up again."""
    draft = draft_of(key)
    if draft is None:
        raise UserError(
            _("这份问卷已经提交，或者地址不完整。"), _("如果还没有作答，请从邀请函或调查链接重新进入。"), status=404
        )
    wave = draft.wave
    check_running(wave)
    blocks = blocks_of(wave, stratum_known(draft))
    if not 1 <= page <= len(blocks):
        return redirect("surveys:form", key=key, page=1)
    block, back = blocks[page - 1], request.POST.get("do") == "back"
    form = BlockForm(
        request.POST if request.method == "POST" else None,
        wave=wave,
        blocks=[block],
        demand=not back,
        initial=initial_of(draft),
    )
    if request.method == "POST":
        if _trapped(request):
            return redirect("surveys:thanks")
        if form.is_valid() or back:
            save_page(draft, form.given(), timezone.now())
            if back:
                return redirect("surveys:form", key=key, page=max(1, page - 1))
            return _onwards(draft, key, page, len(blocks))
    context = {
        "title": wave.said(language()),
        "wave": wave,
        "part": block,
        "form": form,
        "page": page,
        "pages": len(blocks),
        "done": round(100 * (page - 1) / len(blocks)),
        "last": page == len(blocks),
        "invited": draft.mode == Response.Mode.INVITED,
        "trap": TRAP,
    }
    return render(request, "surveys/form.html", context, status=422 if form.is_bound else 200)


def stratum_known(draft: Response) -> bool:
    """Whether the form need not ask where the respondent belongs."""
    return draft.mode != Response.Mode.OPEN or len(draft.wave.strata) == 1


def _onwards(draft: Response, key: str, page: int, pages: int) -> HttpResponse:
    if ends_interview(draft.wave, draft.answers.get("choices", {})):
        turn_away(draft)
        return redirect(reverse("surveys:thanks") + "?end=screened")
    if draft.mode == Response.Mode.OPEN and draft.stratum in full_strata(draft.wave):
        draft.delete()
        return redirect(reverse("surveys:thanks") + "?end=full")
    if page < pages:
        return redirect("surveys:form", key=key, page=page + 1)
    open_at = unanswered(draft, draft.wave.declared)
    if open_at is not None:  # somebody jumped ahead by the address
        first = next(
            number
            for number, block in enumerate(blocks_of(draft.wave, stratum_known(draft)), start=1)
            if block.items == draft.wave.declared.latents[open_at].items
        )
        return redirect("surveys:form", key=key, page=first)
    SubmitAnswers(user=None, system="survey form", draft=draft).execute()
    return redirect("surveys:thanks")


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    context = {"title": _("感谢您的参与"), "end": request.GET.get("end", "")}
    return render(request, "surveys/thanks.html", context)


@require_safe
def public_result(request: HttpRequest, pk: int) -> HttpResponse:
    """The published result; small groups are hidden."""
    wave = published_waves().filter(pk=pk).first()
    result = approved_result(wave) if wave is not None else None
    if wave is None or result is None:
        raise Http404(_("没有这份结果，或尚未公布。"))
    context: dict[str, Any] = {
        "title": wave.said(language()),
        "wave": wave,
        "reading": Reading(result, public=True),
    }
    return render(request, "surveys/public_result.html", context)


@require_safe
def public_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The published figures as a workbook; small groups are hidden."""
    wave = published_waves().filter(pk=pk).first()
    result = approved_result(wave) if wave is not None else None
    if wave is None or result is None or not result.valid:
        raise Http404(_("没有这份结果，或尚未公布。"))
    return download(workbook(Reading(result, public=True)), f"{wave.title}.xlsx", XLSX)
