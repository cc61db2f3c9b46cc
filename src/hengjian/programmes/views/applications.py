"""Applications: the applicant's form and follow-up, the organisers' screening and panels."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengjian.cases.actions.base import declaration as case_declaration
from hengjian.cases.models import CaseEvent
from hengjian.cases.values import rows_of
from hengjian.documents.models import StoredFile
from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import Column, List, TextFilter
from hengjian.pages.numbers import whole
from hengjian.parties.models import Unit
from hengjian.parties.policies import can
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.programmes import panels, screening
from hengjian.programmes.actions import (
    ApplicantStep,
    AssignReviews,
    CloseStage,
    DiscardDraft,
    ReopenReview,
    SaveDraft,
    Screen,
    SubmitApplication,
)
from hengjian.programmes.actions.base import declaration, own_units
from hengjian.programmes.forms import ApplicationForm, AssignForm, CloseForm, FilesForm, ScreenForm, units_of
from hengjian.programmes.models import Application, Edition, Review
from hengjian.programmes.views.common import attempt, find_application, find_edition, organises
from hengjian.programmes.views.index import programme_title
from hengjian.programmes.words import conditions, level_word, reached, stage_word, stages, state_of
from hengjian.registers.showing import language

APPLICANT_STEPS = {
    "supplement": ("supplement", gettext_lazy("补正材料"), gettext_lazy("补正说明"), gettext_lazy("补正材料已提交。")),
    "report": (
        "report_progress",
        gettext_lazy("报告创建进展"),
        gettext_lazy("创建进展"),
        gettext_lazy("创建进展已报告。"),
    ),
    "acceptance": (
        "apply_acceptance",
        gettext_lazy("申请验收"),
        gettext_lazy("自评情况"),
        gettext_lazy("验收申请已提交。"),
    ),
}


def applying_unit(request: UserRequest, edition: Edition) -> Unit:
    """The unit in whose name the reader applies."""
    kind = declaration(edition).applicants
    for unit in units_of(request.user, own_units(request.user, "programmes.apply")):
        if (unit.kind == Unit.Kind.ENTERPRISE) == (kind == "enterprise"):
            return unit
    raise ActionRefused(
        _("本项目由企业申报。") if kind == "enterprise" else _("本项目由机关、事业单位或社会组织申报。"),
        _("请用申报单位的账号登录。"),
        status=403,
    )


@login_required
def apply(request: UserRequest, pk: int) -> HttpResponse:
    """A new application to an edition."""
    edition = find_edition(request, pk)
    return _edit(request, edition, None, applying_unit(request, edition))


@login_required
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Go on with a draft."""
    application = find_application(request, pk)
    if application.state != Application.State.DRAFT:
        return redirect("programmes:application", pk=pk)
    return _edit(request, application.edition, application, application.unit)


def _edit(request: UserRequest, edition: Edition, application: Application | None, unit: Unit) -> HttpResponse:
    programme = declaration(edition)
    saving = request.method == "POST" and request.POST.get("do") == "save"
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ApplicationForm(programme, application, unit, *given, saving=saving)
    blank = SaveDraft(user=request.user, edition=edition, unit=unit, values={}, application=application)
    blank.check()
    if request.method == "POST":
        valid = form.is_valid()
        if valid or not saving:
            # What was typed is kept as a draft even when it cannot be handed in yet.
            action = SaveDraft(
                user=request.user,
                edition=edition,
                unit=unit,
                values=form.raw(),
                application=application,
                files=form.cleaned_data.get("files") or [] if valid else [],
            )
            application = action.execute()
        if saving and valid:
            messages.success(request, _("草稿已保存，个人信息在提交时填写。"))
            return redirect("programmes:application_edit", pk=application.pk if application else 0)
        if valid and application is not None:
            submit = SubmitApplication(user=request.user, application=application, personal=form.personal(programme))
            if attempt(request, submit, _("申报已提交。"), form) is None:
                return redirect("programmes:application", pk=application.pk)
    context = {
        "title": programme.said(language()),
        "programme": programme,
        "edition": edition,
        "application": application,
        "unit": unit,
        "form": form,
        "attachments": [item.said(language()) for item in programme.attachments],
        "requirements": [item.said(language()) for item in programme.eligibility.requirements],
        "files": StoredFile.objects.filter(subject=application.ref) if application is not None else [],
    }
    return render(request, "programmes/apply.html", context, status=422 if form.errors else 200)


@login_required
def application_page(request: UserRequest, pk: int) -> HttpResponse:
    """What was filed, where it stands, and what this reader can do about it."""
    application = find_application(request, pk)
    failed: dict[str, Form] = {}
    if request.method == "POST":
        answer = _act(request, application)
        if isinstance(answer, HttpResponse):
            return answer
        failed = answer
        application = find_application(request, pk)
    context = _context(request, application, failed)
    return render(request, "programmes/application.html", context, status=422 if failed else 200)


def _act(request: UserRequest, application: Application) -> HttpResponse | dict[str, Form]:
    do, user = request.POST.get("do", ""), request.user
    back = redirect("programmes:application", pk=application.pk)
    if do == "discard":
        attempt(request, DiscardDraft(user=user, application=application), _("草稿已删除。"))
        return redirect("programmes:mine")
    if do == "return":
        review = application.reviews.filter(pk=whole(request.POST.get("review")) or 0).select_related("user").first()
        if review is not None:
            reason = request.POST.get("reason", "")
            attempt(
                request,
                ReopenReview(user=user, application=application, review=review, reason=reason),
                _("意见已退回。"),
            )
        return back
    form, action, done = _form_and_action(request, application, do)
    if form.is_valid() and attempt(request, action(form), done, form) is None:
        return back
    return {do: form}


def _form_and_action(request: UserRequest, application: Application, do: str) -> tuple[Any, Any, str]:
    user = request.user
    if do in APPLICANT_STEPS:
        step, _label, note, done = APPLICANT_STEPS[do]
        form: Form = FilesForm(request.POST, request.FILES, label=str(note))
        return (
            form,
            lambda f: ApplicantStep(
                user=user,
                application=application,
                step=step,
                note=f.cleaned_data["note"],
                files=f.cleaned_data["files"] or [],
            ),
            str(done),
        )
    if do == "screen":
        form = ScreenForm(conditions(application), request.POST)
        return (
            form,
            lambda f: Screen(user=user, application=application, told=f.told(), reason=f.cleaned_data["reason"]),
            _("资格条件已更新。"),
        )
    if do == "assign":
        form = AssignForm(_available(application), request.POST)
        return (
            form,
            lambda f: AssignReviews(user=user, application=application, members=f.users()),
            _("已分配评审。"),
        )
    if do == "close":
        form = CloseForm(request.POST)
        return (
            form,
            lambda f: CloseStage(
                user=user, application=application, agreed=f.cleaned_data["agreed"], reason=f.cleaned_data["reason"]
            ),
            _("本阶段已汇总。"),
        )
    raise ActionRefused(_("没有“%(do)s”这一步。") % {"do": do[:40]}, _("请返回页面重新操作。"), status=400)


def _available(application: Application) -> list[Any]:
    """Panel members of the stage who were not asked yet and have no interest that the system knows of."""
    assert application.case is not None
    asked = set(application.reviews.filter(stage=application.case.state).values_list("user_id", flat=True))
    found: dict[int, Any] = {}
    for row in panels.members(application.edition, application.case.state):
        same_unit = row.user.unit_id is not None and row.user.unit_id == application.unit_id
        if row.user_id not in asked and not same_unit and row.user_id != application.created_by_id:
            found.setdefault(row.user_id, row)
    return list(found.values())


def _context(request: UserRequest, application: Application, failed: dict[str, Form]) -> dict[str, Any]:
    user, programme, case = request.user, declaration(application.edition), application.case
    inside = organises(user, application.edition) or bool(can(user, "programmes.reviews", application.edition))
    own = application.unit_id in own_units(user, "programmes.apply")
    state = state_of(application, applicant=not inside)
    context: dict[str, Any] = {
        "application": application,
        "edition": application.edition,
        "programme": programme,
        "programme_title": programme.said(language()),
        "case": case,
        "inside": inside,
        "own": own,
        "light": state[0],
        "word": state[1],
        "stages": stages(programme),
        "reached": reached(programme, application),
        "level": level_word(application),
        "forms": failed,
    }
    if case is None:
        context["rows"] = rows_of(programme.fields, application.draft)
        context["files"] = StoredFile.objects.filter(subject=application.ref)
        return context
    context["rows"] = rows_of(programme.fields, case.data)
    context["files"] = StoredFile.objects.filter(subject=case.ref).order_by("stored_at")
    context["events"] = [
        {
            "at": row.occurred_at,
            "label": _event_word(application, row),
            "note": row.note if inside or row.public else "",
        }
        for row in case.events.order_by("-number")[:100]
    ]
    if own and not case.closed_at:
        for key, (step, label, note, _done) in APPLICANT_STEPS.items():
            if any(item.code == step for item in case_declaration(case).leaving(case.state)):
                context.setdefault("applicant_forms", []).append(
                    (key, label, failed.get(key) or FilesForm(label=str(note)))
                )
    if inside:
        context |= _inside(request, application, failed)
    return context


def _event_word(application: Application, event: CaseEvent) -> str:
    assert application.case is not None
    declared = case_declaration(application.case)
    if event.kind == CaseEvent.Kind.STEP:
        try:
            return declared.transition(event.code).said(language())
        except KeyError:
            return event.code
    return str(_("提交申报")) if event.code == "opened" else str(event.get_kind_display())


def _inside(request: UserRequest, application: Application, failed: dict[str, Form]) -> dict[str, Any]:
    """Screening, panels and results, for the organisers."""
    case, programme = application.case, declaration(application.edition)
    assert case is not None
    acts = organises(request.user, application.edition) and bool(can(request.user, "programmes.organise", application))
    spec = programme.review(case.state)
    found: dict[str, Any] = {
        "conditions": conditions(application),
        "verdict": screening.verdict(application),
        "results": [(stage_word(row.stage), row) for row in application.results.all()],
        "reviews": [
            {
                "row": row,
                "stage": stage_word(row.stage),
                "here": row.stage == case.state,
                "may_return": acts and row.stage == case.state and row.state == Review.State.SUBMITTED
                and not (spec is not None and spec.sheet),
            }
            for row in application.reviews.select_related("user", "user__unit").order_by("stage", "pk")
        ],
        "spec": spec,
        "stage": stage_word(case.state),
        "sheet": panels.sheet_of(application, case.state) if spec is not None and spec.sheet else None,
        "acts": acts,
    }  # fmt: skip
    if acts and case.state in ("screening", "supplement"):
        found["screen_form"] = failed.get("screen") or ScreenForm(found["conditions"])
    if acts and spec is not None:
        found["lacking"] = panels.lacking(application, spec)
        available = _available(application)
        if available:
            found["assign_form"] = failed.get("assign") or AssignForm(available)
        if not found["lacking"] and not application.results.filter(stage=case.state).exists():
            found["close_form"] = failed.get("close") or CloseForm()
            found["close_problem"] = CloseStage(user=request.user, application=application).refusal()
    return found


# ---- lists


def mine_state(row: Application) -> str:
    return light(*state_of(row, applicant=True))


MINE = List(
    key="programmes.mine",
    title=gettext_lazy("我的申报"),
    columns=[
        Column(
            "holder",
            gettext_lazy("申报对象"),
            value=str,
            sort="holder",
            head=True,
            card="full",
            link=lambda row: reverse(
                "programmes:application_edit" if row.state == "draft" else "programmes:application", args=[row.pk]
            ),
        ),
        Column(
            "programme", gettext_lazy("项目"), value=lambda row: programme_title(row.edition), width="w6", card="half"
        ),
        Column("edition", gettext_lazy("届次"), value="edition.title", width="w4"),
        Column(
            "closes",
            gettext_lazy("申报截止"),
            value="edition.closes_on",
            sort="edition__closes_on",
            align="num",
            width="w3",
        ),
        Column("number", gettext_lazy("编号"), value="case.number", width="w5", card="opt"),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda row: state_of(row, applicant=True)[1],
            cell=mine_state,
            width="w6",
            card="state",
        ),
        Column(
            "submitted", gettext_lazy("提交时间"), value="submitted_at", sort="submitted_at", align="num", width="w4"
        ),
    ],
    filters=[
        TextFilter(
            key="q",
            label=gettext_lazy("申报对象"),
            fields=("holder", "case__number"),
            placeholder=gettext_lazy("名称或编号"),
        )
    ],
    order=("-updated_at",),
    empty=gettext_lazy("还没有申报"),
    empty_hint=gettext_lazy("在“评选与创建”中选择正在征集的届次申报。"),
)


class MyApplications(ListView):
    """The applications of the reader's unit, drafts included."""

    declaration = MINE
    template_name = "programmes/mine.html"

    def get_queryset(self) -> QuerySet[Application]:
        units = own_units(self.request.user, "programmes.apply") if self.request.user.is_authenticated else set()
        rows = Application.objects.filter(unit__in=units)
        return rows.select_related("edition", "case", "unit", "region")
