"""Pages: the catalogue of measures, the tasks of departments with their receipts, the check."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hengjian.credit.lists.actions import AnswerMeasure
from hengjian.credit.lists.catalogue import list_kinds
from hengjian.credit.lists.forms import AnswerForm, CheckForm
from hengjian.credit.lists.models import MeasureReceipt, MeasureTask
from hengjian.credit.lists.queries import catalogue_on, language, measures_for
from hengjian.credit.lists.views.entries import VIEW, kind_cell
from hengjian.credit.records.looks import log_look
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.queries import by_code
from hengjian.methods.organisations import default_organisations
from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import Column, DateRangeFilter, List, MultiChoiceFilter, TextFilter
from hengjian.parties.policies import require, visible
from hengjian.parties.requests import UserRequest
from hengjian.rulebook.parameters.credit_measures import CreditMeasures

LIGHTS = {"sent": "amber", "taken": "blue", "lifting": "amber", "lifted": "grey"}


def own_region(request: UserRequest) -> str:
    """The region whose catalogue holds for the person."""
    unit = request.user.unit
    return unit.region.code if unit is not None else "000000"


@login_required
@require_safe
def catalogue_page(request: UserRequest) -> HttpResponse:
    """一处失信、处处受限 as a table: list × measure × department × basis × matter, from the rulebook alone."""
    require(request.user, VIEW)
    rule = catalogue_on(timezone.localdate(), own_region(request))
    if rule is None:
        raise Http404(_("规则库中没有适用的联合措施清单。"))
    catalogue = rule.typed(CreditMeasures)
    words = language()
    kinds = {kind.code: kind.said(words) for kind in list_kinds()}
    matters = {matter.code: matter.said(words) for matter in catalogue.matters}
    families = default_organisations().families
    rows = [
        {
            "spec": spec,
            "title": spec.said(words),
            "effect": spec.effect_in(words),
            "lists": [kinds.get(code, code) for code in spec.lists],
            "matters": [matters[code] for code in spec.matters],
            "departments": [families[code].title if code in families else code for code in spec.departments],
        }
        for spec in catalogue.measures
    ]
    context = {"title": _("联合措施清单"), "rule": rule, "rows": rows}
    return render(request, "credit_lists/catalogue.html", context)


def state_cell(row: MeasureTask) -> Any:
    if row.overdue(timezone.localdate()):
        return light("red", _("%(state)s（超期）") % {"state": row.get_state_display()})
    return light(LIGHTS[row.state], row.get_state_display())


def measure_title(row: MeasureTask) -> str:
    rule = catalogue_on(row.entry.entered_on, row.entry.region.code)
    try:
        return rule.typed(CreditMeasures).measure(row.measure).said(language()) if rule else row.measure
    except KeyError:
        return row.measure


TASKS = List(
    key="lists.tasks",
    title=gettext_lazy("联合措施回执"),
    columns=[
        Column("measure", gettext_lazy("措施"), value=measure_title, head=True, card="full",
               link=MeasureTask.get_absolute_url),
        Column("enterprise", gettext_lazy("企业"), value="entry.enterprise.name", sort="entry__enterprise__name",
               card="full"),
        Column("kind", gettext_lazy("名单"), value="entry.kind", cell=lambda row: kind_cell(row.entry), card="half"),
        Column("unit", gettext_lazy("执行部门"), value="unit.name", sort="unit__name", css="units", width="w5",
               card="half"),
        Column("due", gettext_lazy("回执期限"), value="due", sort="due", align="num", width="w3", card="half"),
        Column("state", gettext_lazy("状态"), value=lambda row: row.get_state_display(), cell=state_cell, sort="state",
               width="w4", card="state"),
    ],
    filters=[
        TextFilter(key="q", label=gettext_lazy("企业"), fields=("entry__enterprise__name", "entry__number"),
                   placeholder=gettext_lazy("名称或编号")),
        MultiChoiceFilter(key="state", label=gettext_lazy("状态"), field="state", choices=MeasureTask.State.choices),
        DateRangeFilter(key="due", label=gettext_lazy("回执期限"), field="due"),
    ],
    order=("due",),
    empty=gettext_lazy("没有待回执的措施"),
    row_class=lambda row: "is-late" if row.overdue(timezone.localdate()) else "",
)  # fmt: skip


class Tasks(ListView):
    """What departments were asked to do. What was lifted is over: it would tell of an entry that left."""

    declaration = TASKS
    template_name = "credit_lists/tasks.html"

    def get_queryset(self) -> QuerySet[MeasureTask]:
        rows = MeasureTask.objects.exclude(state=MeasureTask.State.LIFTED)
        return rows.select_related("entry__enterprise", "entry__region", "unit")


def _task(request: UserRequest, pk: int) -> MeasureTask:
    rows = MeasureTask.objects.filter(pk=pk).exclude(state=MeasureTask.State.LIFTED)
    found = visible(request.user, rows.select_related("entry__enterprise", "entry__region", "unit__region")).first()
    if found is None:
        raise Http404(_("没有这项措施，或不在您的查看范围内。"))
    return found


@login_required
@require_safe
def task_page(request: UserRequest, pk: int) -> HttpResponse:
    """One measure of one department: what to do, by when, the receipts so far."""
    task = _task(request, pk)
    rule = catalogue_on(task.entry.entered_on, task.entry.region.code)
    spec = (
        next((one for one in rule.typed(CreditMeasures).measures if one.code == task.measure), None) if rule else None
    )
    kinds = [kind for kind in MeasureReceipt.Kind if not AnswerMeasure(
        user=request.user, task=task, kind=kind, matter="—"
    ).refusal()]  # fmt: skip
    context = {
        "title": measure_title(task),
        "task": task,
        "spec": spec,
        "effect": spec.effect_in(language()) if spec else "",
        "rule": rule,
        "light": "red" if task.overdue(timezone.localdate()) else LIGHTS[task.state],
        "receipts": task.receipts.select_related("by"),
        "kinds": [str(kind) for kind in kinds],
        "form": AnswerForm(),
    }
    return render(request, "credit_lists/task.html", context)


@login_required
@require_POST
def answer(request: UserRequest, pk: int) -> HttpResponse:
    """The receipt: taken over, applied in a matter, lifted."""
    task = _task(request, pk)
    kind = request.POST.get("kind", "")
    AnswerMeasure(user=request.user, task=task, kind=kind, matter=request.POST.get("matter", "")).execute()
    messages.success(request, _("回执已记录。"))
    if kind == MeasureReceipt.Kind.LIFTED:
        return redirect("credit_lists:tasks")
    return redirect("credit_lists:task", task.pk)


@login_required
def check_page(request: UserRequest) -> HttpResponse:
    """May this enterprise get …? What the lists and the catalogue say about an enterprise in a matter."""
    require(request.user, "lists.check")
    asked = request.method == "POST"
    form = CheckForm(own_region(request), request.POST if asked else None)
    context: dict[str, Any] = {"title": _("联合措施核对"), "form": form}
    if asked and form.is_valid():
        text = form.cleaned_data["enterprise"].strip()
        found = by_code(text)
        if found is None:
            named = Enterprise.objects.filter(name=text, merged_into=None)[:2]
            found = named[0] if len(named) == 1 else None
        if found is None:
            form.add_error("enterprise", _("主体库中没有找到唯一的企业，请改用统一社会信用代码。"))
        else:
            matter = form.cleaned_data["matter"]
            log_look(request.user, found, form.cleaned_data["purpose"], f"measures {matter}".strip())
            measures = measures_for(found, matter)
            context |= {
                "enterprise": found,
                "punish": [one for one in measures if not one.reward],
                "reward": [one for one in measures if one.reward],
                "asked_at": timezone.now(),
            }
    return render(request, "credit_lists/check.html", context)
