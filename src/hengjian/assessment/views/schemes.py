"""Schemes: the list, a copy, the tree with its editor, approval."""

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
from django.views.decorators.cache import never_cache

from hengjian import rulebook
from hengjian.assessment import editing
from hengjian.assessment.actions.schemes import CopyScheme, DecideScheme, EditScheme, SubmitScheme
from hengjian.assessment.forms import CopySchemeForm
from hengjian.assessment.models import Round, Scheme
from hengjian.assessment.views.base import attempt
from hengjian.assessment.views.rounds import offices
from hengjian.methods.organisations import default_organisations
from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import ChoiceFilter, Column, List, TextFilter
from hengjian.parties.policies import can, may_anywhere, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.rulebook.parameters.assessment_schemes import LEVELS, OBJECTS, AssessmentSchemes
from hengjian.rulebook.parameters.score_sheets import Item
from hengjian.scoring.words import named

LIGHTS = {"draft": "grey", "submitted": "amber", "approved": "green", "retired": "grey"}


def scheme_light(scheme: Scheme) -> str:
    return light(LIGHTS[scheme.state], scheme.get_state_display())


SCHEMES = List(
    key="assessment.schemes",
    title=gettext_lazy("考核方案"),
    columns=[
        Column("title", gettext_lazy("方案"), sort="title", head=True, card="full", link=Scheme.get_absolute_url),
        Column("edition", gettext_lazy("版次"), value="edition", align="num", width="w2", card="half"),
        Column("unit", gettext_lazy("组织单位"), value="unit.name", sort="unit__name", css="units", width="w6"),
        Column("rule", gettext_lazy("依据方案"), value="rule_id", width="w6", card="opt"),
        Column("written", gettext_lazy("拟稿时间"), value="written_at", sort="written_at", align="num", width="w4"),
        Column(
            "state",
            gettext_lazy("状态"),
            value=Scheme.get_state_display,
            cell=scheme_light,
            sort="state",
            width="w3",
            card="state",
        ),
    ],
    filters=[
        TextFilter(key="q", label=gettext_lazy("名称"), fields=("title",), placeholder=gettext_lazy("关键词")),
        ChoiceFilter(key="state", label=gettext_lazy("状态"), field="state", choices=Scheme.State.choices),
    ],
    order=("-written_at",),
    empty=gettext_lazy("还没有考核方案"),
    empty_hint=gettext_lazy("从规则库复制一份，按本地要求修改后报另一人批准。"),
)


class Schemes(ListView):
    declaration = SCHEMES
    template_name = "assessment/schemes.html"

    def get_queryset(self) -> QuerySet[Scheme]:
        return Scheme.objects.select_related("unit", "region")

    def get_context(self) -> dict[str, Any]:
        return {"may_manage": may_anywhere(self.request.user, "assessment.manage")}


@never_cache
@login_required
def new_page(request: UserRequest) -> HttpResponse:
    """Copy a scheme of the rulebook, with what its source says and what it leaves open."""
    unit = offices(request.user).first()
    if unit is None or not may_anywhere(request.user, "assessment.manage"):
        raise Http404(_("没有这个页面，或不在您的权限范围内。"))
    today = timezone.localdate()
    rules = list(rulebook.variants("assessment_schemes", unit.region.code, today))
    form = CopySchemeForm(request.POST or None, sources=[(rule.variant, rule.title) for rule in rules])
    if request.method == "POST" and form.is_valid():
        rule = rulebook.at("assessment_schemes", unit.region.code, today, variant=form.cleaned_data["source"])
        action = CopyScheme(
            user=request.user, unit=unit, region=unit.region, rule=rule, title=form.cleaned_data["title"]
        )
        try:
            made = action.execute()
        except ActionRefused as error:
            form.add_error(None, f"{error.message}{error.next_step}")
        else:
            messages.success(request, _("已复制为草稿，可以修改。"))
            return redirect(made)
    context = {
        "title": _("新建考核方案"),
        "form": form,
        "rules": [
            {"rule": rule, "objects": _(OBJECTS[parts.objects]), "level": _(LEVELS[parts.level])}
            for rule, parts in ((rule, rule.typed(AssessmentSchemes)) for rule in rules)
        ],
    }
    return render(request, "assessment/scheme_new.html", context, status=422 if form.errors else 200)


def find_scheme(request: UserRequest, pk: int) -> Scheme:
    scheme = visible(request.user, Scheme.objects.filter(pk=pk)).select_related("unit", "region", "previous").first()
    if scheme is None:
        raise Http404(_("没有这份方案，或不在您的查看范围内。"))
    return scheme


@never_cache
@login_required
def scheme_page(request: UserRequest, pk: int) -> HttpResponse:
    """The tree, the steps, who wrote and who approved."""
    scheme = find_scheme(request, pk)
    do = request.POST.get("do", "")
    user = request.user
    if do == "submit":
        attempt(request, SubmitScheme(user=user, scheme=scheme), _("已报批，请另一人批准。"))
    elif do in ("approve", "return"):
        decide = DecideScheme(user=user, scheme=scheme, approves=do == "approve", reason=request.POST.get("reason", ""))
        attempt(request, decide, _("方案已批准。") if do == "approve" else _("方案已退回。"))
    elif do == "copy":
        made = CopyScheme(user=user, unit=scheme.unit, region=scheme.region, scheme=scheme).execute()
        messages.success(request, _("已复制为新版次，可以修改。"))
        return redirect(made)
    elif do in ("up", "down", "remove", "remove_group", "add_group"):
        _edit_tree(request, scheme, do)
    if do:
        return redirect(scheme)
    content = scheme.content
    manages = bool(can(user, "assessment.manage", scheme))
    context = {
        "title": scheme.title,
        "scheme": scheme,
        "content": content,
        "state": scheme_light(scheme),
        "groups": [
            {
                "group": group,
                "title": named(group),
                "items": [_item_line(scheme, item) for item in group.items],
            }
            for group in content.sheet.groups
        ],
        "steps": [(dict(Round.State.choices)[step.code], step) for step in content.scheme.steps],
        "objects": _(OBJECTS[content.scheme.objects]),
        "level": _(LEVELS[content.scheme.level]),
        "grades": [one.text(_) for one in content.grades.sentences()] if content.grades else [],
        "rule": _rule(scheme),
        "rounds": scheme.rounds.all(),
        "may_edit": manages and scheme.editable,
        "may_decide": scheme.state == Scheme.State.SUBMITTED and not DecideScheme(user=user, scheme=scheme).refusal(),
        "may_copy": manages and not scheme.editable,
        "assumed_n": len(content.assumed),
    }
    return render(request, "assessment/scheme.html", context)


def _rule(scheme: Scheme) -> rulebook.Rule | None:
    try:
        return rulebook.get(scheme.rule_id)
    except LookupError:
        return None


def _item_line(scheme: Scheme, item: Item) -> dict[str, Any]:
    content = scheme.content
    family = content.lead(item.code)
    return {
        "item": item,
        "title": named(item),
        "kind": editing.KINDS.get(item.operator.kind, item.operator.kind),
        "lead": family_word(family),
        "target": item.code in content.scheme.targets,
        "sources": [one for one in content.scheme.sources if one.item == item.code],
    }


def family_word(family: str) -> str:
    """A family of organisations in words; the office where none is named."""
    if not family:
        return _("办公室")
    known = default_organisations().families.get(family)
    return known.title if known is not None else family


def _edit_tree(request: UserRequest, scheme: Scheme, do: str) -> None:
    code = request.POST.get("code", "")
    try:
        if do == "add_group":
            definition = _with_group(scheme, request.POST.get("title", ""))
        elif do == "remove_group":
            definition = editing.without_group(scheme.definition, code)
        elif do == "remove":
            definition = editing.without_item(scheme.definition, code)
        else:
            definition = editing.moved(scheme.definition, code, -1 if do == "up" else 1)
    except (KeyError, StopIteration):
        raise Http404 from None
    except ActionRefused as error:
        messages.error(request, f"{error.message}{error.next_step}")
        return
    attempt(request, EditScheme(user=request.user, scheme=scheme, definition=definition), _("已保存。"))


def _with_group(scheme: Scheme, title: str) -> dict[str, Any]:
    if not title.strip():
        raise ActionRefused(_("请填写组名。"), status=400)
    definition = {**scheme.definition, "sheet": {**scheme.definition["sheet"]}}
    groups = list(definition["sheet"]["groups"])
    codes = {group["code"] for group in groups}
    items = {item["code"] for group in groups for item in group["items"]}
    code = editing.next_code(f"g{len(groups) + 1}", codes)
    first = {
        "code": editing.next_code(f"{code}.1", items),
        "title": _("新评分项"),
        "points": "1",
        "operator": {"kind": "exists"},
        "assumed": True,
    }
    definition["sheet"]["groups"] = [*groups, {"code": code, "title": title.strip()[:200], "items": [first]}]
    return editing.with_item(definition, str(first["code"]), first)
