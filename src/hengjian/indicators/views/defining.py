"""An office defines and changes indicators: proposal, comparison with what holds, decision by a second person."""

from __future__ import annotations

from typing import Any

import yaml
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from hengjian.indicators import showing
from hengjian.indicators.actions import DecideDefinition, ProposeDefinition
from hengjian.indicators.actions.defining import DefinitionRefused
from hengjian.indicators.catalogue import UnknownIndicator, definition
from hengjian.indicators.models import DefinitionVersion
from hengjian.indicators.versions import body_of
from hengjian.indicators.views.catalogue import described
from hengjian.indicators.views.common import attempt
from hengjian.indicators.views.definition_form import DefinitionForm, groups
from hengjian.pages.forms import HengjianForm
from hengjian.parties.acting import units_acting
from hengjian.parties.policies import may_anywhere, require
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused


class TextForm(HengjianForm):
    """The definition as text, with every mistake told by place: for what the form has no fields for."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = units_acting(user, "indicators.define")
        self.fields["unit"] = forms.ModelChoiceField(
            label=_("提出单位"), queryset=units, initial=units.first(), empty_label=None
        )
        self.fields["body"] = forms.CharField(
            label=_("定义（YAML）"),
            widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false"}),
            help_text=_("每项含义见指标文档；提交时逐项检查，不合要求的会一次全部列出。"),
        )
        self.fields["reason"] = forms.CharField(label=_("变更说明"), max_length=400)

    def clean_body(self) -> dict[str, Any]:
        try:
            found = yaml.safe_load(self.cleaned_data["body"])
        except yaml.YAMLError as error:
            raise forms.ValidationError(_("不是有效的 YAML：%(error)s") % {"error": error}) from None
        if not isinstance(found, dict):
            raise forms.ValidationError(_("请按“名称: 值”的形式填写。"))
        return found


@login_required
def define(request: UserRequest, code: str = "") -> HttpResponse:
    """A new indicator or a change of one: as a form, or with `?as=text` as text."""
    require(request.user, "indicators.define")
    try:
        former = body_of(definition(code)) if code else None
    except UnknownIndicator as error:
        raise Http404(error.message) from None
    as_text = request.GET.get("as") == "text"
    form: TextForm | DefinitionForm
    if as_text:
        text = yaml.safe_dump(former, allow_unicode=True, sort_keys=False, width=110) if former else ""
        form = TextForm(request.POST or None, user=request.user, initial={"body": text})
    else:
        form = DefinitionForm(request.POST or None, user=request.user, former=former)
    if request.method == "POST" and form.is_valid():
        made = _propose(request, form)
        if made is not None:
            return redirect("indicators:proposal", pk=made.pk)
    context = {
        "title": _("修改指标定义") if code else _("定义新指标"),
        "form": form,
        "code": code,
        "as_text": as_text,
        "groups": [] if as_text else [(heading, [form[name] for name in names]) for heading, names in groups()],
    }
    return render(request, "indicators/define.html", context, status=422 if form.errors else 200)


def _propose(request: UserRequest, form: TextForm | DefinitionForm) -> DefinitionVersion | None:
    """The proposal; None: its mistakes stand in the form."""
    data = form.cleaned_data
    if isinstance(form, DefinitionForm):
        unit, body = data["unit_of"], form.body()
    else:
        unit, body = data["unit"], data["body"]
    action = ProposeDefinition(user=request.user, unit=unit, body=body, reason=data["reason"])
    mistakes = _mistakes(action)
    if mistakes and isinstance(form, DefinitionForm):
        form.tell(mistakes)
        return None
    made: DefinitionVersion | None = attempt(request, action, form, _("已提交，待另一人批准。"))
    for place, message in mistakes:
        form.add_error("body", f"{place}：{message}")
    return made


def _mistakes(action: ProposeDefinition) -> list[tuple[str, str]]:
    """Every wrong place of the definition."""
    try:
        action.check_state()
    except DefinitionRefused as error:
        return list(error.errors.items())
    except ActionRefused:
        return []  # the refusal itself stands in the form already
    return []


def _require_either(request: UserRequest) -> None:
    """Whoever proposes or decides may look."""
    if not may_anywhere(request.user, "indicators.define"):
        require(request.user, "indicators.approve_definition")


@login_required
def proposal(request: UserRequest, pk: int) -> HttpResponse:
    """A proposed definition beside the one that holds."""
    _require_either(request)
    row = DefinitionVersion.objects.filter(pk=pk).select_related("unit__region", "created_by", "decided_by").first()
    if row is None:
        raise Http404(_("没有这份定义。"))
    if request.method == "POST":
        accepts = request.POST.get("do") == "accept"
        action = DecideDefinition(
            user=request.user, version=row, accepts=accepts, reason=request.POST.get("reason", "")
        )
        attempt(request, action, None, _("已批准，今后按新定义取值。") if accepts else _("已退回。"))
        return redirect("indicators:proposal", pk=pk)
    new = dict(described(row.definition))
    try:
        old = dict(described(definition(row.indicator)))
    except UnknownIndicator:
        old = {}
    terms = list(dict.fromkeys((*new, *old)))
    context = {
        "title": row.definition.said(showing.language()),
        "row": row,
        "lines": [(term, old.get(term, "—"), new.get(term, "—"), old.get(term) != new.get(term)) for term in terms],
        "refusal": DecideDefinition(user=request.user, version=row, accepts=True).refusal(),
    }
    return render(request, "indicators/proposal.html", context)


@login_required
def proposals(request: UserRequest) -> HttpResponse:
    """What is proposed and not decided yet, and what was decided lately."""
    _require_either(request)
    rows = DefinitionVersion.objects.filter(origin=DefinitionVersion.Origin.OFFICE)
    rows = rows.select_related("unit", "created_by", "decided_by").order_by("-created_at")
    context = {"title": _("指标定义的提出与批准"), "rows": rows[:100]}
    return render(request, "indicators/proposals.html", context)
