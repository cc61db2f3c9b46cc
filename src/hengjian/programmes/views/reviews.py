"""The panel member's side: everything that was assigned, and one review."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from hengjian.cases.values import rows_of
from hengjian.documents import files as stored
from hengjian.documents.models import StoredFile
from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BuiltInView, Column, List, MultiChoiceFilter, TextFilter
from hengjian.parties.policies import Policy
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.programmes import panels
from hengjian.programmes.actions import DeclareInterest, SubmitReview
from hengjian.programmes.actions.base import declaration
from hengjian.programmes.forms import InterestForm, ReviewForm
from hengjian.programmes.models import Review
from hengjian.programmes.views.common import attempt, find_review
from hengjian.programmes.views.index import programme_title
from hengjian.programmes.words import stage_word
from hengjian.registers.showing import language

LIGHTS = {"assigned": "amber", "recused": "grey", "submitted": "green"}


def state_word(row: Review) -> str:
    """The review's state; one that nobody waits for any more says so."""
    if row.state == Review.State.ASSIGNED and _over(row):
        return str(_("阶段已结束"))
    return str(row.get_state_display())


def _over(row: Review) -> bool:
    case = row.application.case
    return case is None or case.state != row.stage


def state_cell(row: Review) -> str:
    return light("grey" if row.state == Review.State.ASSIGNED and _over(row) else LIGHTS[row.state], state_word(row))


REVIEWS = List(
    key="programmes.reviews",
    title=gettext_lazy("我的评审"),
    columns=[
        Column(
            "holder",
            gettext_lazy("申报对象"),
            value="application.holder",
            sort="application__holder",
            head=True,
            card="full",
            link=lambda row: reverse("programmes:review", args=[row.pk]),
        ),
        Column(
            "programme",
            gettext_lazy("项目"),
            value=lambda row: programme_title(row.application.edition),
            width="w6",
            card="half",
        ),
        Column("edition", gettext_lazy("届次"), value="application.edition.title", width="w4"),
        Column("stage", gettext_lazy("阶段"), value=lambda row: stage_word(row.stage), sort="stage", width="w4"),
        Column(
            "due",
            gettext_lazy("期限"),
            value="application.case.due_at",
            sort="application__case__due_at",
            align="num",
            width="w4",
        ),
        Column("total", gettext_lazy("得分"), sort="total", align="num", width="w3"),
        Column(
            "state", gettext_lazy("状态"), value=state_word, cell=state_cell, sort="state", width="w4", card="state"
        ),
    ],
    filters=[
        TextFilter(
            key="q",
            label=gettext_lazy("申报对象"),
            fields=("application__holder",),
            placeholder=gettext_lazy("名称或编号"),
        ),
        MultiChoiceFilter(key="state", label=gettext_lazy("状态"), field="state", choices=list(Review.State.choices)),
    ],
    order=("state", "application__case__due_at"),
    views=[
        BuiltInView("waiting", gettext_lazy("待评审"), "state=assigned"),
        BuiltInView("done", gettext_lazy("已提交"), "state=submitted"),
    ],
    empty=gettext_lazy("没有分配给您的评审"),
    empty_hint=gettext_lazy("组织单位分配后会通知您。"),
)
#: One's own reviews only, whatever the state and whatever else the account may see.
OWN = Policy(view="programmes.review", owner_lookup="user")


class ReviewQueue(ListView):
    """Everything that was assigned to the reader, whatever state it is in."""

    declaration = REVIEWS
    policy = OWN
    template_name = "programmes/reviews.html"

    def get_queryset(self) -> QuerySet[Review]:
        return Review.objects.select_related("application__edition", "application__case")


@login_required
def review_page(request: UserRequest, pk: int) -> HttpResponse:
    """One review: first the declaration, then the papers and the opinion."""
    review = find_review(request, pk)
    application = review.application
    programme = declaration(application.edition)
    spec = programme.review(review.stage)
    assert spec is not None and application.case is not None
    do = request.POST.get("do", "")
    interest = InterestForm(request.POST if do == "declare" else None)
    opinion = ReviewForm(
        spec,
        request.POST if do == "submit" else None,
        initial={"total": review.total, "opinion": review.opinion},
    )
    if request.method == "POST" and (answer := _act(request, review, do, interest, opinion)) is not None:
        return answer
    declared = review.declared_at is not None and review.state != Review.State.RECUSED
    context = {
        "review": review,
        "application": application,
        "programme": programme,
        "programme_title": programme.said(language()),
        "stage": stage_word(review.stage),
        "light": LIGHTS[review.state],
        "word": state_word(review),
        "over": _over(review),
        "declared": declared,
        "interest_form": interest,
        "form": opinion,
        "spec": spec,
        "sheet": panels.sheet_of(application, review.stage) if spec.sheet else None,
        # Before the declaration nobody reads the papers; whoever steps back never does.
        "rows": [row for row in rows_of(programme.fields, application.case.data) if not row.field] if declared else [],
        "files": StoredFile.objects.filter(subject=application.case.ref) if declared else [],
    }
    return render(request, "programmes/review.html", context, status=422 if request.method == "POST" else 200)


def _act(
    request: UserRequest, review: Review, do: str, interest: InterestForm, opinion: ReviewForm
) -> HttpResponse | None:
    if do == "declare":
        if not interest.is_valid():
            return None
        action = DeclareInterest(user=request.user, review=review, interest=interest.said)
        done = _("已登记回避，组织单位会另行安排。") if interest.said else _("声明已登记，可以评审。")
        return redirect("programmes:review", pk=review.pk) if not attempt(request, action, done, interest) else None
    if do == "submit":
        if not opinion.is_valid():
            return None
        submit = SubmitReview(
            user=request.user,
            review=review,
            opinion=opinion.cleaned_data["opinion"],
            total=opinion.cleaned_data.get("total"),
        )
        if attempt(request, submit, _("评审意见已提交。"), opinion) is None:
            return redirect("programmes:reviews")
        return None
    raise ActionRefused(_("没有“%(do)s”这一步。") % {"do": do[:40]}, _("请返回页面重新操作。"), status=400)


@login_required
@require_safe
def review_file(request: UserRequest, pk: int, file: int) -> HttpResponseBase:
    """A file of the application, for the member who declared to have no interest."""
    review = find_review(request, pk)
    case = review.application.case
    allowed = case is not None and review.declared_at is not None and review.state != Review.State.RECUSED
    found = StoredFile.objects.filter(pk=file, subject=case.ref).first() if allowed and case is not None else None
    if found is None:
        raise Http404(_("没有这个文件，或者您无权查看。"))
    response = FileResponse(stored.path_of(found.sha256).open("rb"), as_attachment=True, filename=found.name)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
