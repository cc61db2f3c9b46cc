"""督办与通报: issued papers, papers to be issued, steps that wait for the office."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.rules import Term, due
from hengjian.documents.queries import files_of
from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BuiltInView, ChoiceFilter, Column, DateRangeFilter, List, TextFilter
from hengjian.pages.numbers import whole
from hengjian.parties.policies import can, may_anywhere, permitted, require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.plans import queries
from hengjian.plans.actions.papers import (
    DiscardDraft,
    DraftCircular,
    IssueDocument,
    IssueDraft,
    agency_for,
    prepare,
)
from hengjian.plans.models import Duty, IssuedDocument, PaperDraft, Plan, Task, Urge
from hengjian.plans.paper_forms import PaperForm
from hengjian.plans.papers.paper import Paper
from hengjian.plans.recounting import recount
from hengjian.plans.rules import OPEN_STATES

Kind = IssuedDocument.Kind
#: Proposed steps shown at once; more wait behind them.
SHOWN = 20
# Working days for a reply that the form offers; a convention of the page, the office may change it.
REPLY_WORKING_DAYS = 5


def reply_words(row: Any) -> str:
    """Replies received of those wanted."""
    return f"{row.replied}/{row.asked}" if row.asked else "—"


def reply_cell(row: Any) -> str:
    if not row.asked:
        return "—"
    if row.replied < row.asked and row.reply_by is not None and row.reply_by < timezone.localdate():
        return light("red", _("%(n)s 逾期未回复") % {"n": row.asked - row.replied})
    return light("blue" if row.replied == row.asked else "grey", reply_words(row))


PAPERS = List(
    key="plans.papers",
    title=_("督办与通报"),
    columns=[
        Column("number", _("文号"), sort="number", width="w5", css="nowrap", card="no"),
        Column("title", _("标题"), sort="title", head=True, card="full", link=IssuedDocument.get_absolute_url),
        Column("kind", _("种类"), value="get_kind_display", sort="kind", width="w4", card="half"),
        Column("issued_on", _("日期"), sort="issued_on", align="num", width="w4", card="half"),
        Column("units", _("单位"), value="unit_count", align="num", width="w2", card="half"),
        Column("reply_by", _("反馈时限"), sort="reply_by", align="num", width="w4", card="half"),
        Column("replies", _("回复"), value=reply_words, cell=reply_cell, width="w4", card="state"),
        Column("plan", _("计划"), value="plan.title", shown=False),
        Column("issued_by", _("签发人"), shown=False),
    ],
    filters=[
        TextFilter(key="q", label=_("文号或标题"), fields=("number", "title"), placeholder=_("关键词或文号")),
        ChoiceFilter(key="kind", label=_("种类"), field="kind", choices=Kind.choices),
        DateRangeFilter(key="issued", label=_("日期"), field="issued_on"),
    ],
    order=("-issued_on", "-pk"),
    views=[
        BuiltInView("notices", _("督办单"), "kind=notice"),
        BuiltInView("circulars", _("通报"), "kind=circular"),
    ],
    empty=_("还没有印发过文书"),
    empty_hint=_("在任务台账选中任务后按“发督办单”，或按上方按钮制发。"),
)


def papers() -> QuerySet[IssuedDocument]:
    wanted = Count("urges", distinct=True)
    answered = Count("urges", filter=Q(urges__replied_at__isnull=False), distinct=True)
    rows = IssuedDocument.objects.select_related("plan", "issued_by")
    return rows.annotate(asked=wanted, replied=answered, unit_count=Count("duties__unit", distinct=True))


class FollowPage(ListView):
    """Issued papers as a list; above it what waits: drafts, proposed steps, replies that did not come."""

    declaration = PAPERS
    template_name = "plans/follow.html"

    def get_queryset(self) -> QuerySet[IssuedDocument]:
        return papers()

    def get_context(self) -> dict[str, Any]:
        user, today = self.request.user, timezone.localdate()
        late = visible(user, Urge.objects.filter(document__reply_by__lt=today, replied_at=None))
        open_states = OPEN_STATES - {Duty.State.DONE}
        overdue = permitted(user, "plans.urge", Duty.objects.filter(state__in=open_states, due_on__lt=today))
        proposed = _proposed(overdue)
        return {
            "drafts": visible(user, PaperDraft.objects.select_related("plan", "drafted_by")),
            "proposed": proposed[:SHOWN],
            "proposed_total": len(proposed),
            "late": late.select_related("duty__unit", "duty__task", "document").order_by("document__reply_by"),
            "kinds": Kind.choices if may_anywhere(user, "plans.issue") else [],
        }


def _proposed(duties: QuerySet[Duty]) -> list[tuple[Duty, list[str]]]:
    """Overdue duties with the steps whose time has come and that the office has to decide."""
    rows = duties.exclude(task__plan__status=Plan.Status.ARCHIVED).select_related("task__plan__region", "unit")
    rows = rows.prefetch_related("urges")
    found = [(duty, queries.proposed_steps(duty)) for duty in rows.order_by("due_on", "task__order")[:200]]
    return [(duty, steps) for duty, steps in found if steps]


@login_required
def issue_page(request: UserRequest, kind: str) -> HttpResponse:
    """The form of a paper with the paper as it would be issued. `?task=1&task=2` or `?plan=3`."""
    if kind not in Kind.values:
        raise Http404(_("没有这种文书。"))
    require(request.user, "plans.issue")
    wanted = [number for value in request.GET.getlist("task") if (number := whole(value)) is not None]
    tasks = permitted(request.user, "plans.issue", Task.objects.filter(pk__in=wanted))
    allowed = permitted(request.user, "plans.issue", Plan.objects.exclude(status=Plan.Status.ARCHIVED))
    chosen = request.GET.get("plan", "")
    plans = allowed.filter(pk__in=tasks.values("plan")) if wanted else allowed.filter(pk=whole(chosen) or 0)
    groups = [
        (plan, list(tasks.filter(plan=plan).values_list("pk", flat=True)))
        for plan in plans.select_related("region", "owner")
    ]
    context: dict[str, Any] = {
        "kind": kind,
        "title": Kind(kind).label,
        "plans": allowed.order_by("-period_start", "pk"),
        "chosen": chosen,
        "task_ids": wanted,
        "draft_first": kind == Kind.CIRCULAR,
        "form": None,
        "papers": [],
    }
    if not groups or (kind == Kind.NOTICE and not wanted):
        if kind == Kind.NOTICE and groups:
            red = Task.objects.filter(plan__in=plans, light__in=["red", "orange"]).select_related("plan")
            context["candidates"] = permitted(request.user, "plans.issue", red).order_by("due_on", "order")[:100]
        return render(request, "plans/issue.html", context)
    initial: dict[str, Any] = {"agency": agency_for(groups[0][0], kind)}
    if kind != Kind.CONSOLIDATION:
        initial["reply_by"] = _reply_day()
    form = PaperForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            answer = _issue(request, kind, groups, form)
            if answer is not None:
                return answer
        status = 422
    told = form.cleaned_data if form.is_bound and form.is_valid() else initial
    found = [
        prepared
        for plan, ids in groups
        for prepared in prepare(kind, plan, ids, message=told.get("message") or "", reply_by=told.get("reply_by"))
    ]
    context |= {"form": form, "papers": found, "groups": groups}
    return render(request, "plans/issue.html", context, status=status)


def _reply_day() -> Any:
    return due(timezone.localdate(), Term(REPLY_WORKING_DAYS, "working_day"), current_calendar()).day


def _issue(
    request: UserRequest, kind: str, groups: list[tuple[Plan, list[int]]], form: PaperForm
) -> HttpResponse | None:
    """Draft or issue, all or nothing; None when the form has to be shown again."""
    cls = DraftCircular if kind == Kind.CIRCULAR else IssueDocument
    made: list[Any] = []
    try:
        with transaction.atomic():
            for plan, ids in groups:
                made.append(cls(user=request.user, plan=plan, kind=kind, tasks=ids, **form.cleaned_data).execute())
    except ActionRefused as error:
        if error.status != 400:
            raise
        form.add_error(None, f"{error.message}{error.next_step}")
        return None
    if kind == Kind.CIRCULAR:
        messages.success(request, _("已送签，由另一人签发后生效。"))
        return redirect("plans:draft", pk=made[0].pk)
    issued: list[IssuedDocument] = [document for documents in made for document in documents]
    words = _("已印发 %(count)s 份：%(numbers)s")
    numbers = "、".join(document.number for document in issued)
    messages.success(request, words % {"count": len(issued), "numbers": numbers})
    return redirect(issued[0]) if len(issued) == 1 else redirect("plans:follow")


@login_required
def document_page(request: UserRequest, pk: int) -> HttpResponse:
    """An issued paper: what it says, files, units and their replies, and where its figures come from."""
    rows = visible(request.user, IssuedDocument.objects.all())
    document = get_object_or_404(rows.select_related("plan", "issued_by", "drafted_by"), pk=pk)
    urges = visible(request.user, document.urges.all()).select_related("duty__unit", "duty__task", "replied_by")
    context = {
        "document": document,
        "paper": Paper.from_dict(document.content),
        "files": files_of(document.ref),
        "urges": urges.order_by("duty__unit__name", "duty__task__order"),
        "replied": sum(urge.replied_at is not None for urge in urges),
        "today": timezone.localdate(),
        "recount": recount(document),
        "plan_seen": visible(request.user, Plan.objects.filter(pk=document.plan_id)).exists(),
    }
    return render(request, "plans/document.html", context)


@login_required
def draft_page(request: UserRequest, pk: int) -> HttpResponse:
    """A circular that waits for a second person: look at it, issue it, or throw it away."""
    rows = visible(request.user, PaperDraft.objects.select_related("plan", "drafted_by"))
    draft = get_object_or_404(rows, pk=pk)
    issue = IssueDraft(user=request.user, draft=draft)
    if request.method == "POST":
        if request.POST.get("do") == "discard":
            DiscardDraft(user=request.user, draft=draft).execute()
            messages.success(request, _("草稿已删除。"))
            return redirect("plans:follow")
        document = issue.execute()
        messages.success(request, _("已印发 %(number)s。") % {"number": document.number})
        return redirect(document)
    context = {
        "draft": draft,
        "paper": Paper.from_dict(draft.content),
        "refusal": issue.refusal(),
        "may_discard": bool(can(request.user, "plans.issue", draft)),
    }
    return render(request, "plans/draft.html", context)
