"""The recall simulator: ask, look at the answer, keep and compare it, write it out, order the recall."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hengjian.parties.acting import units_acting
from hengjian.parties.models import Unit
from hengjian.parties.policies import may_anywhere, require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.trace.chain import policies
from hengjian.trace.chain.actions import OrderRecall, SaveScenario
from hengjian.trace.chain.contacts import contacts
from hengjian.trace.chain.forms import CompareForm, OrderForm, QuestionForm, SaveForm
from hengjian.trace.chain.models import Scenario
from hengjian.trace.chain.naming import Directory, directory
from hengjian.trace.chain.papers import SHOWN, scope_docx, scope_xlsx, share_text
from hengjian.trace.chain.queries import responsible, scope_of
from hengjian.trace.chain.rules import Question, compare
from hengjian.trace.chain.summaries import lot_keys, summary
from hengjian.trace.chain.viewing import address
from hengjian.trace.chain.words import FIGURES, LEVELS, quantity

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHOWN_LOTS = 100


@never_cache
@login_required
def simulate_page(request: UserRequest) -> HttpResponse:
    """Ask, and see the scope; a POST keeps it."""
    require(request.user, policies.VIEW)
    given = request.POST or request.GET
    asked = "keys" in given or "sites" in given
    initial = {"keys": request.GET.get("key", "")[:512]}
    form = QuestionForm(given if asked else None, initial=initial)
    units = units_acting(request.user, policies.SIMULATE)
    save = SaveForm(request.POST if request.method == "POST" else None, units=units)
    context: dict[str, Any] = {"title": _("召回模拟"), "form": form, "save": save if units else None}
    if asked and form.is_valid():
        if request.method == "POST" and save.is_valid():
            action = SaveScenario(
                user=request.user,
                unit=save.cleaned_data["unit"],
                title=save.cleaned_data["title"],
                question=form.question,
            )
            try:
                scenario = action.execute()
            except ActionRefused as error:
                save.add_error(None, f"{error.message}{error.next_step}")
            else:
                messages.success(request, _("方案已保存。"))
                return redirect(scenario.get_absolute_url())
        context |= {"answer": shown(summary(scope_of(form.question)), request.user), "hidden": hidden(form)}
    status = 422 if (form.is_bound and form.errors) or (save.is_bound and save.errors) else 200
    return render(request, "trace_chain/simulate.html", context, status=status)


def hidden(form: QuestionForm) -> list[tuple[str, str]]:
    """The question as fields of the form that keeps it."""
    given = form.cleaned_data
    days = [(name, given[name].isoformat() if given[name] else "") for name in ("since", "until")]
    return [("keys", "\n".join(given["keys"])), ("sites", "\n".join(given["sites"])), *days]


def shown(result: dict[str, Any], user: Any) -> dict[str, Any]:
    """A summary as the pages show it to a reader."""
    known = contacts(user, [row["party"] for row in result["parties"]])
    return {
        "count": result["count"],
        "lots": [
            {
                "name": lot["name"],
                "url": address(lot["key"]),
                "level": LEVELS.get(lot["level"], lot["level"]),
                "amount": quantity(lot["at_most"], lot["unit"]),
                "contained": quantity(lot["contained"], lot["unit"]) if lot["contained"] is not None else "",
                "share": share_text(lot),
            }
            for lot in result["lots"][:SHOWN_LOTS]
        ],
        "places": [
            {"name": row["name"], "party": row["party_name"], "lots": row["lots"]}
            | {"amounts": [quantity(row[name], row["unit"]) for name in SHOWN]}
            for row in result["places"]
        ],
        "headings": [FIGURES[name] for name in SHOWN],
        "parties": [row | {"contact": known.get(row["party"])} for row in result["parties"]],
        "totals": [
            [(FIGURES[name], quantity(total[name], total["unit"])) for name in SHOWN] for total in result["totals"]
        ],
        "unknown": result["unknown"],
        "coarse": result["not_traceable"],
    }


# ---- one scenario


def find_scenario(request: UserRequest, pk: int) -> Scenario:
    rows = visible(request.user, Scenario.objects.filter(pk=pk)).select_related("unit", "region", "made_by")
    scenario = rows.first()
    if scenario is None:
        raise Http404(_("没有这个方案，或不在您的查看范围内。"))
    return scenario


def question_lines(question: Question, names: Directory) -> list[str]:
    """The question in sentences."""
    found = (
        [_("批次：%(names)s") % {"names": "、".join(names.thing(key) for key in question.keys)}]
        if question.keys
        else []
    )
    if question.sites:
        found.append(_("地点：%(names)s") % {"names": "、".join(names.name(site) for site in question.sites)})
    days = [timezone.localdate(day).isoformat() if day else "…" for day in (question.since, question.until)]
    if question.since or question.until:
        found.append(_("时段：%(since)s 至 %(until)s") % {"since": days[0], "until": days[1]})
    return found


@login_required
@require_safe
def scenario_page(request: UserRequest, pk: int) -> HttpResponse:
    """A kept scenario, beside another one where asked."""
    scenario = find_scenario(request, pk)
    question = Question.from_json(scenario.question)
    names = directory([*question.keys, *question.sites])
    others = visible(request.user, Scenario.objects.exclude(pk=pk))
    form = CompareForm(request.GET if "other" in request.GET else None, scenarios=others)
    context: dict[str, Any] = {
        "title": scenario.title,
        "scenario": scenario,
        "question": question_lines(question, names),
        "answer": shown(scenario.result, request.user),
        "form": form if others.exists() else None,
        "may_order": may_anywhere(request.user, policies.RECALL),
        "orders": scenario.orders.all(),
    }
    if form.is_bound and form.is_valid():
        context["compared"] = _compared(scenario, form.cleaned_data["other"])
    return render(request, "trace_chain/scenario.html", context)


def _compared(one: Scenario, other: Scenario) -> dict[str, Any]:
    difference = compare(lot_keys(one.result), lot_keys(other.result))
    names = directory([*difference.first, *difference.second])
    return {
        "other": other,
        "both": len(difference.both),
        "first": [names.thing(key) for key in difference.first[:SHOWN_LOTS]],
        "second": [names.thing(key) for key in difference.second[:SHOWN_LOTS]],
        "first_count": len(difference.first),
        "second_count": len(difference.second),
    }


def _notes(scenario: Scenario) -> list[str]:
    question = Question.from_json(scenario.question)
    lines = question_lines(question, directory([*question.keys, *question.sites]))
    when = timezone.localtime(scenario.made_at).strftime("%Y-%m-%d %H:%M")
    return [*lines, _("按 %(when)s 已采集的事件推算；份额按投入数量比例混合推算。") % {"when": when}]


@login_required
@require_safe
def scenario_sheet(request: UserRequest, pk: int) -> HttpResponse:
    """The scope as a sheet."""
    scenario = find_scenario(request, pk)
    return _download(scope_xlsx(scenario.result, scenario.title, _notes(scenario)), XLSX, f"recall-scope-{pk}.xlsx")


@login_required
@require_safe
def scenario_paper(request: UserRequest, pk: int) -> HttpResponse:
    """The scope as an official document."""
    scenario = find_scenario(request, pk)
    day = timezone.localdate(scenario.made_at)
    data = scope_docx(scenario.result, f"关于{scenario.title}召回范围的报告", scenario.unit.name, day, _notes(scenario))
    return _download(data, DOCX, f"recall-scope-{pk}.docx")


def _download(data: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# ---- ordering


@never_cache
@login_required
def order_page(request: UserRequest, pk: int) -> HttpResponse:
    """Order the recall of a scenario's scope."""
    scenario = find_scenario(request, pk)
    require(request.user, policies.RECALL)
    units = units_acting(request.user, policies.RECALL)
    question = Question.from_json(scenario.question)
    form = OrderForm(request.POST or None, units=units, initial=_initial(question))
    if request.method == "POST" and form.is_valid():
        action = OrderRecall(user=request.user, question=question, scenario=scenario, **form.cleaned_data)
        try:
            order = action.execute()
        except ActionRefused as error:
            form.add_error(None, f"{error.message}{error.next_step}")
        else:
            messages.success(request, _("已责令召回，办件 %(number)s。") % {"number": order.case_number})
            return redirect(order.get_absolute_url())
    context = {
        "title": _("责令召回"),
        "scenario": scenario,
        "form": form,
        "answer": shown(scenario.result, request.user),
        "question": question_lines(question, directory([*question.keys, *question.sites])),
    }
    return render(request, "trace_chain/order.html", context, status=422 if form.is_bound else 200)


def _initial(question: Question) -> dict[str, Any]:
    """What the system knows: the product and who made it."""
    initial: dict[str, Any] = {"learned_on": timezone.localdate()}
    if not question.keys:
        return initial
    names = directory(question.keys[:1])
    initial["product"] = names.thing(question.keys[0])
    found = responsible(question.keys[0])
    if found is not None:
        party = directory([found.party])
        initial["maker_name"] = party.name(found.party)
        if found.unit is not None and found.unit.kind == Unit.Kind.ENTERPRISE:
            initial["maker"] = found.unit.key
    return initial
