"""What people outside see: the form, the receipt, and following a case with number and code or signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from hengjian.cases import actions, forms, showing
from hengjian.cases.access import for_filer, sees_inside
from hengjian.cases.actions.base import FILER, declaration
from hengjian.cases.actions.filer import reopen_until
from hengjian.cases.actions.steps import TakeStep
from hengjian.cases.declarations import WITHDRAWN, CaseType
from hengjian.cases.models import Case
from hengjian.cases.queries import cases, tracked
from hengjian.cases.routing import receiving_units
from hengjian.cases.values import rows_of
from hengjian.cases.views.common import find_case, find_type, own_cases, public_types
from hengjian.documents import files as stored
from hengjian.documents.models import StoredFile
from hengjian.documents.queries import files_of
from hengjian.pages.errors import UserError
from hengjian.pages.limits import count_use
from hengjian.parties.models import Unit
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.registers.catalogue import AREAS
from hengjian.registers.showing import language

TOKEN_AGE = timedelta(hours=24)
RECEIPT_AGE = timedelta(minutes=30)
DONE, TRACKED = "cases.done", "cases.tracked"
signer = signing.TimestampSigner(salt="cases.form")


def index(request: HttpRequest) -> HttpResponse:
    """What can be filed here, and the way to what was filed."""
    groups: dict[str, list[CaseType]] = {}
    for declared in public_types():
        groups.setdefault(declared.area, []).append(declared)
    english = language().startswith("en")
    context = {
        "title": _("诉求与申报"),
        "groups": [
            (AREAS[area].title_en if english else AREAS[area].title, AREAS[area].icon, types)
            for area, types in groups.items()
        ],
    }
    return render(request, "cases/public_index.html", context)


@never_cache
def public_new(request: HttpRequest, code: str) -> HttpResponse:
    """The form for everybody, signed in or not; sent twice it makes one case."""
    declared = find_type(code)
    if not declared.public.file:
        raise Http404(_("这类事项不在网上受理。"))
    signed_in = request.user.is_authenticated
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = forms.NewForm(declared, *posted, region="000000", desk=False, public=True, signed_in=signed_in)
    form.fields[forms.OWN + "receiver"] = forms.receiver_field(receiving_units(declared))
    status = 200
    if posted:
        status = 422
        if request.POST.get(forms.OWN + "website"):
            raise UserError(_("提交未被接受。"), _("请用浏览器重新填写表单。"), status=400)
        if form.is_valid() and (answer := _file(request, declared, form)) is not None:
            return answer
    token = _usable(request.POST.get("token", "")) or signer.sign(get_random_string(32))
    context = {"title": declared.said(language()), "declared": declared, "form": form, "token": token}
    return render(request, "cases/public_new.html", context, status=status)


def _usable(token: str) -> str:
    """The token, unless it is forged or too old; a form that comes back then gets a new one."""
    try:
        signer.unsign(token, max_age=TOKEN_AGE)
    except signing.BadSignature:
        return ""
    return token


def _file(request: HttpRequest, declared: CaseType, form: forms.NewForm) -> HttpResponse | None:
    """Open the case; None when the form comes back with a mistake."""
    try:
        token = signer.unsign(request.POST.get("token", ""), max_age=TOKEN_AGE)
    except signing.BadSignature:
        form.add_error(None, _("表单已过期，请核对内容后再提交一次。"))
        return None
    count_use(request, "cases.file", settings.HENGJIAN_FILINGS_PER_HOUR)
    user: Any = request.user if request.user.is_authenticated else None
    filer = user.unit if user is not None and user.unit is not None and user.unit.kind == Unit.Kind.ENTERPRISE else None
    owner = user if user is not None and user.unit is None else None
    unit = form.own("receiver", None) or receiving_units(declared).first()
    if unit is None:
        form.add_error(None, _("目前没有单位受理这类事项。请拨打咨询电话。"))
        return None
    acting = user if owner is not None or filer is not None else None
    try:
        opened = actions.OpenCase(
            user=acting,
            system="" if acting is not None else FILER,
            type=declared.code,
            values=form.raw(),
            unit=unit,
            region=unit.region,
            channel="web",
            identity=form.identity(),
            owner=owner,
            filer=filer,
            files=form.given_files(),
            token=token,
        ).execute()
    except ActionRefused as error:
        if error.status != 400:
            raise
        form.refuse(error)
        return None
    request.session[DONE] = {
        "number": opened.case.number,
        "code": opened.code,
        "until": (timezone.now() + RECEIPT_AGE).timestamp(),
    }
    return redirect("cases:public_done")


@never_cache
def public_done(request: HttpRequest) -> HttpResponse:
    """Number and code, for half an hour in the browser that filed it; the code is stored nowhere else."""
    done = request.session.get(DONE)
    if not done or done["until"] < timezone.now().timestamp():
        request.session.pop(DONE, None)
        return redirect("cases:track")
    return render(request, "cases/public_done.html", {"title": _("已提交"), **done})


# ---- following


@never_cache
def track(request: HttpRequest) -> HttpResponse:
    """Number and code open the case for this browser session; a wrong pair says nothing about either."""
    form = forms.TrackForm(request.POST if request.POST.get("do") == "open" else None)
    if request.POST.get("do") == "open" and form.is_valid():
        count_use(request, "cases.track", settings.HENGJIAN_TRACKINGS_PER_HOUR)
        case = tracked(form.cleaned_data["number"], form.cleaned_data["code"])
        if case is None:
            form.add_error(None, _("编号和查询码不相符，请核对后再试。"))
        else:
            request.session[TRACKED] = case.pk
            return redirect("cases:track")
    if request.POST.get("do") == "close":
        request.session.pop(TRACKED, None)
        return redirect("cases:track")
    case = _tracked_case(request)
    if case is None or form.is_bound:
        context = {"title": _("查询办理进展"), "form": form}
        return render(request, "cases/track.html", context, status=422 if form.is_bound else 200)
    return _filed(request, case, None, "cases:track")


def _tracked_case(request: HttpRequest) -> Case | None:
    pk = request.session.get(TRACKED)
    return cases().filter(pk=pk).first() if pk else None


@never_cache
def track_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file of the tracked case that is meant for whoever filed it."""
    case = _tracked_case(request)
    file = StoredFile.objects.filter(pk=pk, subject=case.ref).first() if case is not None else None
    if case is None or file is None or not for_filer(case, file):
        raise Http404(_("没有这个文件，或者您无权查看。"))
    response = FileResponse(stored.path_of(file.sha256).open("rb"), as_attachment=True, filename=file.name)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@login_required
def mine(request: UserRequest) -> HttpResponse:
    """What the person or enterprise has filed."""
    rows = own_cases(request.user).order_by("-opened_at")[:200]
    items = [
        {
            "case": case,
            "type": declaration(case).said(language()),
            "state": showing.state_of(case, for_filer=True),
            "due": showing.due_day(case),
        }
        for case in rows
    ]
    return render(request, "cases/mine.html", {"title": _("我提交的事项"), "items": items, "types": public_types()})


@login_required
@never_cache
def own(request: UserRequest, pk: int) -> HttpResponse:
    """One of them."""
    case = find_case(request.user, pk)
    if not own_cases(request.user).filter(pk=pk).exists():
        if sees_inside(request.user, case):
            return redirect("cases:case", pk=pk)
        if case.filer_id is None or case.filer_id != request.user.unit_id:
            raise Http404(_("没有这件办件，或不在您的查看范围内。"))
    return _filed(request, case, request.user, "cases:own")


def _filed(request: HttpRequest, case: Case, user: Any, name: str) -> HttpResponse:
    """The case as whoever filed it sees it, with what they may do; `user` None: by number and code."""
    system = "" if user is not None else FILER
    failed: dict[str, Any] = {}
    if request.method == "POST":
        do = request.POST.get("do", "")
        form = _form(case, do, request.POST, request.FILES)
        if form is not None and form.is_valid():
            try:
                _action(case, do, form, user, system).execute()
            except ActionRefused as error:
                if error.status != 400:
                    raise
                form.add_error(None, f"{error.message}{error.next_step}")
            else:
                messages.success(request, _("已提交，谢谢。"))
                return redirect(name, pk=case.pk) if name == "cases:own" else redirect(name)
        if form is not None:
            failed[do] = form
    status = 422 if failed else 200
    return render(request, "cases/filed.html", _filed_context(case, user, system, failed), status=status)


def _form(case: Case, do: str, *posted: Any) -> Any:
    declared = declaration(case)
    if do.startswith("step:"):
        step = next((item for item in declared.transitions if item.code == do.removeprefix("step:")), None)
        return forms.StepForm(case, declared, step, *posted, filer=True) if step is not None else None
    if do == "supplement":
        return forms.AddNoteForm(*posted, filer=True, auto_id="supplement-%s")
    if do == "rate":
        return forms.RateForm(*posted, auto_id="rate-%s")
    labels = {"withdraw": _("撤回的理由"), "reopen": _("为什么需要重新办理")}
    if do in labels:
        return forms.NoteForm(*posted, label=labels[do], required=do == "reopen", auto_id=f"{do}-%s")
    return None


def _action(case: Case, do: str, form: Any, user: Any, system: str) -> Action[Any]:
    given = form.cleaned_data
    common: dict[str, Any] = {"user": user, "system": system, "case": case}
    if do.startswith("step:"):
        return TakeStep(
            **common, step=do.removeprefix("step:"), values=form.raw(), note=form.own("note"),
            outcome_code=form.own("outcome_code"), files=form.given_files(),
        )  # fmt: skip
    if do == "supplement":
        return actions.SupplementCase(**common, note=given["note"], files=given.get("files") or ())
    if do == "rate":
        return actions.RateCase(**common, rating=given["rating"], reason=given["note"])
    if do == "withdraw":
        return actions.WithdrawCase(**common, reason=given["note"])
    return actions.ReopenCase(**common, reason=given["note"])


def _filed_context(case: Case, user: Any, system: str, failed: dict[str, Any]) -> dict[str, Any]:
    declared = declaration(case)
    possible: dict[str, Action[Any]] = {
        "supplement": actions.SupplementCase(user=user, system=system, case=case, note="…"),
        "rate": actions.RateCase(user=user, system=system, case=case, rating=5),
        "withdraw": actions.WithdrawCase(user=user, system=system, case=case),
        "reopen": actions.ReopenCase(user=user, system=system, case=case, reason="…"),
    }
    steps = {}
    if case.closed_at is None:
        for step in declared.leaving(case.state):
            if "filer" in step.by:
                possible[f"step:{step.code}"] = TakeStep(user=user, system=system, case=case, step=step.code)
                steps[f"step:{step.code}"] = step.said(language())
                if step.outcome == WITHDRAWN:  # the procedure has its own way of withdrawing
                    possible.pop("withdraw", None)
    offered = [name for name, action in possible.items() if name in failed or not action.refusal()]
    labels = {
        "supplement": _("补充材料"),
        "rate": _("评价"),
        "withdraw": _("撤回"),
        "reopen": _("申请重新办理"),
        **steps,
    }
    state, words = showing.state_of(case, for_filer=True)
    until = reopen_until(case, declared)
    own_files = [file for file in files_of(case.ref) if for_filer(case, file)]
    return {
        "case": case,
        "declared": declared,
        "title": declared.said(language()),
        "state": state,
        "state_words": words,
        "outcome": declared.outcome(case.outcome).said(language()) if case.outcome else "",
        "due": showing.due_day(case) if case.closed_at is None else "",
        "clocks": [clock for clock in showing.clocks_of(case) if clock.shown],
        "rows": rows_of(declared.fields, case.data, for_filer=True),
        "events": showing.events_of(case, for_filer=True),
        "offers": [
            {"name": name, "label": labels[name], "form": failed.get(name) or _form(case, name), "open": name in failed}
            for name in offered
        ],
        "files": own_files,
        "main": case.merged_into,
        "until": timezone.localdate(until) if until is not None else None,
        "by_code": user is None,
    }
