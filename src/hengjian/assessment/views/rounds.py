"""The list of rounds with what waits for the person, a new round, a round's own page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from hengjian.assessment import offers, standing, todo
from hengjian.assessment.actions.filing import DecideTarget
from hengjian.assessment.actions.marking import ReturnSelf
from hengjian.assessment.actions.orders import CloseRound
from hengjian.assessment.actions.publishing import DecideAppeal, DraftPublication, IssueCircular, PublishRound
from hengjian.assessment.actions.rounds import AdvanceRound, AssignItem, NamePanel, OpenRound, SetDue, window
from hengjian.assessment.forms import CircularForm, DueForm, PanelForm, ReasonForm, RoundForm
from hengjian.assessment.models import Appeal, Entry, Reviewer, Round, Scheme
from hengjian.assessment.objects import objects_of
from hengjian.assessment.results import approved
from hengjian.assessment.sight import Sight
from hengjian.assessment.views.base import LIGHTS, attempt, find_round, state_light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BuiltInView, ChoiceFilter, Column, List, TextFilter
from hengjian.pages.numbers import whole
from hengjian.parties.models import Unit, User
from hengjian.parties.policies import can, may_anywhere, permitted
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.scoring import marking
from hengjian.scoring.answers import WrongAnswer
from hengjian.scoring.words import named

__all__ = ["LIGHTS", "Rounds", "new_page", "round_page"]

ROUNDS = List(
    key="assessment.rounds",
    title=gettext_lazy("质量工作考核"),
    columns=[
        Column("title", gettext_lazy("考核"), sort="title", head=True, card="full", link=Round.get_absolute_url),
        Column(
            "year",
            gettext_lazy("年度"),
            value=lambda row: str(row.year),
            sort="year",
            align="num",
            width="w2",
            card="half",
        ),
        Column(
            "period",
            gettext_lazy("考核期"),
            value=lambda row: f"{row.period_start:%Y-%m-%d} — {row.period_end:%Y-%m-%d}",
            width="w6",
            card="half",
        ),
        Column("unit", gettext_lazy("组织单位"), value="unit.name", sort="unit__name", css="units", width="w6"),
        Column("objects", gettext_lazy("对象数"), value="objects_n", align="num", width="w2", card="half"),
        Column(
            "state",
            gettext_lazy("环节"),
            value=Round.get_state_display,
            cell=state_light,
            sort="state",
            width="w4",
            card="state",
        ),
        Column("circular", gettext_lazy("通报文号"), value="circular_number", shown=False),
    ],
    filters=[
        TextFilter(key="q", label=gettext_lazy("名称"), fields=("title",), placeholder=gettext_lazy("关键词")),
        ChoiceFilter(key="state", label=gettext_lazy("环节"), field="state", choices=Round.State.choices),
    ],
    order=("-year", "-opened_at"),
    views=[BuiltInView("closed", gettext_lazy("已结束"), "state=closed")],
    empty=gettext_lazy("还没有考核"),
    empty_hint=gettext_lazy("办公室先确定考核方案，经另一人批准后启动年度考核。"),
)


class Rounds(ListView):
    declaration = ROUNDS
    template_name = "assessment/index.html"

    def get_queryset(self) -> QuerySet[Round]:
        return Round.objects.select_related("unit", "region").annotate(objects_n=Count("entries", distinct=True))

    def get_context(self) -> dict[str, Any]:
        user = self.request.user
        assert isinstance(user, User)
        return {"todo": todo.todo(user), "may_manage": may_anywhere(user, "assessment.manage")}


def offices(user: Any) -> QuerySet[Unit]:
    """Units in whose name the person may lead an assessment: their own."""
    return Unit.objects.filter(pk=user.unit_id).select_related("region")


@never_cache
@login_required
def new_page(request: UserRequest) -> HttpResponse:
    """Begin a round: scheme, year, objects, last days."""
    unit = offices(request.user).first()
    if unit is None or not may_anywhere(request.user, "assessment.manage"):
        raise Http404(_("没有这个页面，或不在您的权限范围内。"))
    schemes = permitted(request.user, "assessment.manage", Scheme.objects.filter(state=Scheme.State.APPROVED))
    chosen = schemes.filter(pk=whole(request.POST.get("scheme") or request.GET.get("scheme") or "") or 0).first()
    objects = objects_of(chosen.content, unit, unit.region) if chosen else []
    form = RoundForm(request.POST or None, scheme=chosen, objects=objects) if chosen else None
    if form is not None and request.method == "POST" and form.is_valid():
        assert chosen is not None
        data = form.cleaned_data
        action = OpenRound(
            user=request.user,
            scheme=chosen,
            title=data["title"],
            unit=unit,
            region=unit.region,
            year=data["year"],
            objects=[one for one in objects if one.key in data["objects"]],
            dues=form.dues(),
        )
        try:
            made = action.execute()
        except ActionRefused as error:
            form.add_error(None, f"{error.message}{error.next_step}")
        else:
            messages.success(request, _("考核已启动，已通知考核对象。"))
            return redirect(made)
    context = {
        "title": _("启动考核"),
        "schemes": schemes,
        "chosen": chosen,
        "form": form,
        "window": window(chosen.content.scheme.start_month, timezone.localdate().year) if chosen else None,
    }
    return render(request, "assessment/round_new.html", context, status=422 if form and form.errors else 200)


@never_cache
@login_required
def round_page(request: UserRequest, pk: int) -> HttpResponse:
    """A round: where it stands, its objects as far as the person may see them, what to do next."""
    row, sight = find_round(request, pk)
    advance, circular = ReasonForm(None), CircularForm(None, initial={"agency": agency_of(row)})
    panel = PanelForm(None, row=row)
    status = 200
    if request.method == "POST":
        done, advance, circular, panel = _post(request, row, advance, circular, panel)
        if done:
            return redirect("assessment:round", pk=pk)
        status = 422
    entries = list(row.entries.select_related("unit", "region").prefetch_related("targets"))
    shown = entries if sight.whole or row.published else [entry for entry in entries if entry.pk in sight.own]
    results = approved(row) if sight.whole or row.published else None
    by_entry = {one.entry_id: one for one in results.rows.all()} if results else {}
    context = {
        "title": row.title,
        "row": row,
        "state": state_light(row),
        "sight": sight,
        "steps": steps_of(row),
        "lines": [_line(entry, sight, by_entry.get(entry.pk)) for entry in shown],
        "objects_n": len(entries),
        "ranked": bool(by_entry),
        "results": results,
        "open": standing.open_points(row) if sight.manages else [],
        "leads": _leads(row),
        "saved": offers.saved(row) if sight.whole else None,
        "todo": [one for one in todo.todo(request.user) if one.where == row.title],
        "appeals": _appeals(row) if sight.manages else [],
        "filed": _filed(entries) if sight.manages and row.state == Round.State.FILING else [],
        "assumed_n": len(row.content.assumed),
        "advance": advance,
        "circular": circular,
        "panel_form": panel,
        "panel_people": sorted({str(one.user) for one in _panel(row)}),
        "due_form": DueForm(None),
        "may_approve": bool(can(request.user, "assessment.approve", row)),
    }
    return render(request, "assessment/round.html", context, status=status)


def agency_of(row: Round) -> str:
    """机关代字 for the form: as used last by the office, else region and kind."""
    last = Round.objects.filter(unit=row.unit).exclude(circular_number="").order_by("-circular_on").first()
    if last is not None and "〔" in last.circular_number:
        return last.circular_number.partition("〔")[0]
    return f"{(row.region.short_name or row.region.name)[:1]}质强办通"


def _panel(row: Round) -> QuerySet[Reviewer]:
    return Reviewer.objects.filter(entry__round=row, role=Reviewer.Role.PANEL).select_related("user")


def steps_of(row: Round) -> list[dict[str, Any]]:
    """The steps with their dates for the page."""
    today = timezone.localdate()
    found = []
    for step in row.steps.all():
        state = "done" if step.ended_at else "now" if step.code == row.state else "later"
        found.append(
            {
                "code": step.code,
                "title": step.get_code_display(),
                "due": step.due,
                "begun": step.begun_at,
                "ended": step.ended_at,
                "state": state,
                "late": step.late(today),
                "left": step.days_left(today) if state == "now" else None,
            }
        )
    return found


def _line(entry: Entry, sight: Sight, result: Any) -> dict[str, Any]:
    """An object on the round's page."""
    wanted = len(entry.round.content.scheme.targets)
    approved_n = len({one.item for one in entry.targets.all() if one.state == "approved"})
    return {
        "entry": entry,
        "open": sight.entry(entry),
        "inside": sight.whole or entry.pk in sight.own,
        "targets": (approved_n, wanted),
        "result": result,
    }


def _leads(row: Round) -> list[dict[str, Any]]:
    """Scoring units with their items and how far they are."""
    found: dict[int, dict[str, Any]] = {}
    for one in row.responsibilities.select_related("unit"):
        line = found.setdefault(one.unit_id, {"unit": one.unit, "items": 0, "done": 0})
        line["items"] += 1
        line["done"] += one.finished_at is not None
    return sorted(found.values(), key=lambda line: -line["items"])


def _filed(entries: list[Entry]) -> list[dict[str, Any]]:
    """Target values that wait for a decision."""
    found = []
    for entry in entries:
        for one in entry.targets.all():
            if one.state == "filed":
                found.append({"entry": entry, "target": one, "title": named(entry.round.content.sheet.item(one.item))})
    return found


def _appeals(row: Round) -> list[dict[str, Any]]:
    rows = Appeal.objects.filter(entry__round=row).select_related("entry", "filed_by", "decided_by")
    found = []
    for one in rows:
        item = row.content.sheet.item(one.item)
        found.append({"appeal": one, "title": named(item), "item": item, "inputs": marking.inputs_of(item, None)})
    return found


def _post(
    request: UserRequest, row: Round, advance: Any, circular: Any, panel: Any
) -> tuple[bool, ReasonForm, CircularForm, PanelForm]:
    """One of the office's verbs; (done, the forms as they are shown again)."""
    user, do = request.user, request.POST.get("do", "")
    done = False
    if do == "advance":
        advance = ReasonForm(request.POST)
        if advance.is_valid():
            action = AdvanceRound(user=user, round=row, reason=advance.cleaned_data["reason"])
            done = attempt(request, action, _("已进入下一环节。"), advance)
    elif do == "circular":
        circular = CircularForm(request.POST)
        if circular.is_valid():
            issue = IssueCircular(user=user, round=row, agency=circular.cleaned_data["agency"])
            done = attempt(request, issue, _("通报已编号，整改通知已下达。"), circular)
    elif do == "panel":
        panel = PanelForm(request.POST, row=row)
        if panel.is_valid():
            name = NamePanel(user=user, round=row, members=list(panel.cleaned_data["members"]))
            done = attempt(request, name, _("评审组已确定。"), panel)
    elif do == "draft":
        done = attempt(request, DraftPublication(user=user, round=row), _("公示稿已拟好，请由另一人发布。"))
    elif do == "publish":
        done = attempt(request, PublishRound(user=user, round=row), _("结果已公示。"))
    elif do == "close":
        done = attempt(request, CloseRound(user=user, round=row), _("本次考核已结束。"))
    elif do == "due":
        done = _set_due(request, row)
    elif do == "return_self":
        entry = row.entries.filter(pk=whole(request.POST.get("entry", "")) or 0).first()
        if entry is None:
            raise Http404
        back = ReturnSelf(user=user, entry=entry, reason=request.POST.get("reason", ""))
        done = attempt(request, back, _("自评已退回。"))
    elif do in ("approve_target", "return_target"):
        done = _decide_targets(request, row, do == "approve_target")
    elif do in ("uphold", "reject"):
        done = _decide_appeal(request, row, do == "uphold")
    elif do == "assign":
        unit = Unit.objects.filter(pk=whole(request.POST.get("unit", "")) or 0).first()
        if unit is None:
            raise Http404
        assign = AssignItem(user=user, round=row, item=request.POST.get("item", ""), unit=unit)
        done = attempt(request, assign, _("评分单位已更改。"))
    return done, advance, circular, panel


def _set_due(request: UserRequest, row: Round) -> bool:
    form = DueForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请写成 2026-07-31 这样的日期"))
        return False
    due: date = form.cleaned_data["due"]
    return attempt(
        request, SetDue(user=request.user, round=row, step=form.cleaned_data["step"], due=due), _("截止日期已更改。")
    )


def _decide_targets(request: UserRequest, row: Round, approves: bool) -> bool:
    """Decide the chosen values; the first refusal stops."""
    chosen = [whole(value) or 0 for value in request.POST.getlist("target")]
    entries = {entry.pk: entry for entry in row.entries.select_related("round")}
    from hengjian.assessment.models import TargetValue

    values = TargetValue.objects.filter(pk__in=chosen, entry__in=entries)
    done = bool(values)
    if not done:
        messages.error(request, _("请先选择目标值。"))
    for value in values:
        action = DecideTarget(
            user=request.user,
            entry=entries[value.entry_id],
            target_value=value,
            approves=approves,
            reason=request.POST.get("reason", ""),
        )
        try:
            action.execute()
        except ActionRefused as error:
            messages.error(request, f"{error.message}{error.next_step}")
            return False
    if done:
        messages.success(request, _("已核定 %(n)s 项。") % {"n": len(values)} if approves else _("已退回。"))
    return done


def _decide_appeal(request: UserRequest, row: Round, upheld: bool) -> bool:
    appeal = (
        Appeal.objects.filter(pk=whole(request.POST.get("appeal", "")) or 0, entry__round=row)
        .select_related("entry__round")
        .first()
    )
    if appeal is None:
        raise Http404
    answer = None
    if upheld:
        try:
            answer = marking.answer_of(row.content.sheet.item(appeal.item), request.POST)
        except WrongAnswer as error:
            messages.error(request, marking.said_problem(error))
            return False
    action = DecideAppeal(
        user=request.user,
        round=row,
        appeal=appeal,
        upheld=upheld,
        text=request.POST.get("text", ""),
        answer=answer if answer is not None and not answer.empty else None,
    )
    return attempt(request, action, _("申诉已处理。"))
