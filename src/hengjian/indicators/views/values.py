"""The page of a value: figure, formula, parts, the facts behind it, versions and why they differ; and what is done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from hengjian.indicators import showing
from hengjian.indicators.actions import ApproveValues, CorrectValue, WithdrawValue
from hengjian.indicators.figures import reproduce
from hengjian.indicators.models import Observation
from hengjian.indicators.opening import behind, difference
from hengjian.indicators.queries import versions_of
from hengjian.indicators.sheets import number_of
from hengjian.indicators.telling import definition_of
from hengjian.indicators.views.catalogue import formula
from hengjian.indicators.views.common import attempt, base, find_value, officer
from hengjian.lake.errors import LakeError
from hengjian.ledger.drafts import INTERNAL, PUBLIC
from hengjian.ledger.kinds import title_of
from hengjian.ledger.models import Fact
from hengjian.methods.periods import parse_period
from hengjian.pages.forms import HengjianForm
from hengjian.pages.numbers import whole
from hengjian.parties.models import Region
from hengjian.parties.policies import visible
from hengjian.returns import catalogue as returns
from hengjian.returns.facts import APPROVED

PARTS = ("numerator", "denominator")


class CorrectForm(HengjianForm):
    """What the value should be, and why."""

    def __init__(self, share: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [("numerator", _("分子")), ("denominator", _("分母"))] if share else [("value", _("数值"))]
        for name, label in names:
            self.fields[name] = forms.CharField(label=label, max_length=40)
        self.fields["reason"] = forms.CharField(
            label=_("更正说明"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("value", *PARTS):
            if data.get(name):
                try:
                    data[name] = number_of(data[name].replace(",", ""))
                except ValueError:
                    self.add_error(name, _("请填写数字"))
        return data


def value_page(request: HttpRequest, pk: int) -> HttpResponse:
    row = find_value(request, pk)
    declared = definition_of(row)
    share = declared.denominator is not None
    form = CorrectForm(share, request.POST if request.POST.get("do") == "correct" else None)
    if request.method == "POST":
        answer = _act(request, row, form)
        if answer is not None:
            return answer
    part = request.GET.get("part", PARTS[1] if share else PARTS[0])
    part = part if part in PARTS else PARTS[0]
    offset = whole(request.GET.get("from", "")) or 0
    disclosure = INTERNAL if officer(request) else PUBLIC
    problem = ""
    opened = None
    try:
        opened = behind(row, part, disclosure=disclosure, offset=min(offset, 10_000_000))
    except LakeError as error:
        problem = str(error)
    others = list(visible(request.user, versions_of(row)).select_related("region", "definition")[:20])
    context: dict[str, Any] = {
        "title": declared.said(showing.language()),
        "base": base(request),
        "officer": officer(request),
        "row": row,
        "declared": declared,
        "value": showing.amount(row.value, declared),
        "parts": showing.parts(row, declared),
        "formula": formula(declared),
        "interval": showing.interval(row, declared),
        "marks": showing.marks(row),
        "status": showing.status(row),
        "period": row.when.said(showing.language()),
        "broken_down": _broken_down(row),
        "share": share,
        "part": part,
        "behind": opened,
        "facts": _facts(opened.facts) if opened else [],
        "problem": problem,
        "explained": _explained(row),
        "versions": [
            {"row": one, "value": showing.amount(one.value, declared), "status": showing.status(one)} for one in others
        ],
        "differences": _differences(row, declared) if officer(request) else None,
        "again": _again(request, row),
        "approve_refusal": ApproveValues(user=request.user, values=[row]).refusal() if officer(request) else "",
        "waits": row.status == Observation.Status.PROVISIONAL and (row.current or row.pending),
        "correct_refusal": _correct_refusal(request, row),
        "may_withdraw": officer(request) and not WithdrawValue(user=request.user, observation=row).refusal(),
        "form": form,
    }
    return render(request, "indicators/value.html", context, status=422 if form.errors else 200)


def _act(request: HttpRequest, row: Observation, form: CorrectForm) -> HttpResponse | None:
    """Do what was asked; None: the form has mistakes."""
    do, reason = request.POST.get("do", ""), request.POST.get("reason", "")
    if do == "approve":
        attempt(request, ApproveValues(user=request.user, values=[row]), None, _("已核定。"))
        return redirect(row)
    if do == "withdraw":
        attempt(request, WithdrawValue(user=request.user, observation=row, reason=reason), None, _("已撤回。"))
        return redirect("indicators:indicator", code=row.indicator)
    if do != "correct":
        raise Http404
    if not form.is_valid():
        return None
    data = form.cleaned_data
    action = CorrectValue(
        user=request.user,
        observation=row,
        value=data.get("value"),
        numerator=data.get("numerator"),
        denominator=data.get("denominator"),
        reason=data["reason"],
    )
    made = attempt(request, action, form, "")
    if made is None:
        return None
    told = _("已更正，新版本待另一人核定后生效。") if made.pending else _("已更正。")
    messages.success(request, told)
    return redirect(made)


def _correct_refusal(request: HttpRequest, row: Observation) -> str:
    if not officer(request):
        return _("请先登录。")
    probe = CorrectValue(
        user=request.user, observation=row, value=row.value, numerator=row.numerator, denominator=row.denominator
    )
    return probe.refusal()


def _broken_down(row: Observation) -> list[tuple[str, str]]:
    titles = definition_of(row).dimensions
    return [
        (titles[name].said(showing.language()) if name in titles else name, code)
        for name, code in row.broken_down.items()
    ]


def _facts(rows: tuple[Fact, ...]) -> list[dict[str, Any]]:
    places = dict(Region.objects.filter(code__in={fact.region for fact in rows}).values_list("code", "name"))
    return [
        {
            "fact": fact,
            "title": title_of(fact.kind),
            "name": _named(fact),
            "place": places.get(fact.region, fact.region),
        }
        for fact in rows
    ]


def _named(fact: Fact) -> str:
    """What a fact is about, in a word."""
    payload = fact.payload
    if fact.kind == APPROVED.name:
        return _return_name(payload)
    for name in ("title", "name", "key", "number"):
        if payload.get(name):
            return str(payload[name])
    return fact.subject


def _return_name(payload: dict[str, Any]) -> str:
    """What a return is called: its form and period."""
    period = parse_period(payload["period"]).said(showing.language())
    try:
        return f"{returns.form(payload['form'], payload['form_version']).title} {period}"
    except KeyError:
        return f"{payload['form']} {period}"


def _explained(row: Observation) -> list[tuple[str, list[tuple[str, str]]]]:
    """The parts of a derived figure: (heading, [(name, text)])."""
    parts = row.inputs.get("parts", {})
    headings = {"groups": _("各级得分"), "scores": _("标准化得分"), "weights": _("名义权重")}
    found = []
    for name, heading in headings.items():
        if isinstance(parts.get(name), dict):
            found.append((heading, [(str(key), str(value)) for key, value in parts[name].items()]))
    if "unweighted" in parts:
        found.append((_("对照"), [(_("不加权的单元平均"), f"{parts['unweighted']}%")]))
    return found


def _differences(row: Observation, declared: Any) -> dict[str, Any] | None:
    """Why the value differs from the version before."""
    if row.previous is None:
        return None
    found = difference(row.previous, row)
    return {
        "before": showing.amount(found.before.value, declared),
        "after": showing.amount(found.after.value, declared),
        "before_parts": showing.parts(found.before, declared),
        "after_parts": showing.parts(found.after, declared),
        "definition_changed": found.definition_changed,
        "reason": row.reason,
        "added": _facts(found.added),
        "gone": _facts(found.gone),
    }


def _again(request: HttpRequest, row: Observation) -> dict[str, Any] | None:
    """The figure computed again, when the reader asks for it."""
    if request.GET.get("again") != "1" or not row.tree_size or row.origin == Observation.Origin.ENTERED:
        return None
    try:
        found = reproduce(row)
    except (LakeError, ValueError) as error:
        return {"problem": str(error)}
    value = found.item.value if found.item is not None else None
    return {"same": found.same, "value": showing.amount(value, definition_of(row))}
