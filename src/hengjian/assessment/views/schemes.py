"""Schemes: the list, a copy, the tree with its editor, approval."""

from __future__ import annotations

from collections.abc import Mapping
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
from pydantic import ValidationError

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


@never_cache
@login_required
def edit_page(request: UserRequest, pk: int) -> HttpResponse:
    """What the scheme says beside its sheet: window, steps, share of visits, who has to rectify."""
    scheme = find_scheme(request, pk)
    if not scheme.editable or not can(request.user, "assessment.manage", scheme):
        raise Http404(_("这份方案不能修改。"))
    problem = ""
    if request.method == "POST":
        try:
            EditScheme(
                user=request.user,
                scheme=scheme,
                definition=_settings_from(scheme, request.POST),
                title=request.POST.get("title", ""),
                note=request.POST.get("note", ""),
            ).execute()
        except ActionRefused as error:
            problem = f"{error.message}{error.next_step}"
        else:
            messages.success(request, _("已保存。"))
            return redirect(scheme)
    content = Scheme.objects.get(pk=pk).content
    context = {
        "title": _("修改方案要素"),
        "scheme": scheme,
        "content": content,
        "steps": [(dict(Round.State.choices)[step.code], step) for step in content.scheme.steps],
        "months": range(1, 13),
        "grades": [band.grade for band in content.grades.bands] if content.grades else [],
        "share": content.scheme.site.share * 100,
        "low": content.scheme.low_share * 100,
        "noise": content.scheme.noise * 100,
        "problem": problem,
    }
    return render(request, "assessment/scheme_edit.html", context, status=422 if problem else 200)


def _settings_from(scheme: Scheme, data: Any) -> dict[str, Any]:
    """The definition with what was typed; empty days leave a step to be dated per round."""
    from decimal import Decimal, InvalidOperation

    made = dict(scheme.definition)
    parts = dict(made["scheme"])

    def percent(name: str) -> str:
        try:
            return str(Decimal(data.get(name, "").strip() or "0") / 100)
        except InvalidOperation:
            raise ActionRefused(_("“%(value)s”不是数字。") % {"value": data.get(name, "")[:20]}, status=400) from None

    parts["start_month"] = data.get("start_month", "")
    parts["approver"] = data.get("approver", "").strip()
    parts["site"] = {"share": percent("share"), "least": data.get("least", ""), "items": data.get("items", "")}
    parts["rectify_grades"] = data.getlist("rectify_grades")
    parts["bottom"] = data.get("bottom", "")
    parts["low_share"], parts["noise"] = percent("low"), percent("noise")
    steps = []
    for step in parts["steps"]:
        row = {key: value for key, value in step.items() if key not in ("month", "day", "year")}
        month, day = data.get(f"month-{step['code']}", ""), data.get(f"day-{step['code']}", "")
        if month and day:
            row |= {"month": month, "day": day}
        steps.append({**row, "year": data.get(f"year-{step['code']}", "1")})
    parts["steps"] = steps
    made["scheme"] = parts
    return made


@never_cache
@login_required
def item_page(request: UserRequest, pk: int, code: str) -> HttpResponse:
    """One item: points, operator with its parameters, who scores it, where its number comes from; with examples."""
    scheme = find_scheme(request, pk)
    if not scheme.editable or not can(request.user, "assessment.manage", scheme):
        raise Http404(_("这份方案不能修改。"))
    adds = code.startswith("new:")
    group = code.removeprefix("new:") if adds else ""
    try:
        before = _fresh(scheme, group) if adds else editing.find(scheme.definition, code)[1]
    except (KeyError, StopIteration):
        raise Http404(_("没有这个评分项。")) from None
    kind = request.POST.get("kind") or request.GET.get("kind") or before["operator"]["kind"]
    if kind not in editing.KINDS:
        kind = "exists"
    problem, shown = "", before
    if request.method == "POST" and request.POST.get("do") in ("save", "try"):
        shown = _item_from(request.POST, before, kind)
        if request.POST["do"] == "save":
            try:
                definition = editing.with_item(scheme.definition, before["code"], shown, group)
                _links(definition, shown["code"], request.POST)
                EditScheme(user=request.user, scheme=scheme, definition=editing.checked(definition)).execute()
            except (ActionRefused, ArithmeticError) as error:
                problem = f"{getattr(error, 'message', _('分值不是数字。'))}"
            else:
                messages.success(request, _("已保存。"))
                return redirect(scheme)
    sample, fault = _sample(shown, kind)
    content = scheme.content
    context = {
        "title": _("新评分项") if adds else before["title"],
        "scheme": scheme,
        "item": shown,
        "evidence": "\n".join(shown.get("evidence") or ()),
        "kind": kind,
        "kinds": editing.KINDS.items(),
        "controls": editing.controls(kind, shown["operator"]),
        "examples": editing.examples(sample) if sample is not None else [],
        "problem": problem or (fault if request.method == "POST" else ""),
        "fault": fault,
        "families": sorted(default_organisations().families.values(), key=lambda one: one.title),
        "lead": content.scheme.leads.get(before["code"], ""),
        "target": before["code"] in content.scheme.targets,
        "source": next((one for one in content.scheme.sources if one.item == before["code"]), None),
        "facts": " ".join(content.scheme.facts.get(before["code"], ())),
        "parts": [
            ("basic", _("基本项")),
            ("key", _("关键项")),
            ("encouragement", _("鼓励项（加分）")),
            ("deduction", _("扣分项")),
            ("adjustment", _("加减分项")),
        ],
        "skips": [
            ("refused", _("须评分")),
            ("full", _("得满分")),
            ("base", _("得基础分")),
            ("left_out", _("不计入，其余折算")),
        ],
    }
    return render(request, "assessment/scheme_item.html", context, status=422 if problem else 200)


def _fresh(scheme: Scheme, group: str) -> dict[str, Any]:
    place = next(one for one in scheme.definition["sheet"]["groups"] if one["code"] == group)
    taken = {item["code"] for one in scheme.definition["sheet"]["groups"] for item in one["items"]}
    code = editing.next_code(f"{group}.{len(place['items']) + 1}", taken)
    return {"code": code, "title": "", "points": "1", "operator": {"kind": "exists"}, "assumed": True}


def _item_from(data: Any, before: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The item as typed. What an office sets itself carries the mark."""
    made: dict[str, Any] = {
        "code": before["code"],
        "title": data.get("title", "").strip(),
        "points": data.get("points", "").strip(),
        "part": data.get("part", "basic"),
        "not_applicable": data.get("not_applicable", "refused"),
        "operator": editing.operator_from(kind, data, before["operator"]),
        "evidence": [line.strip() for line in data.get("evidence", "").splitlines() if line.strip()],
        "criteria": data.get("criteria", "").strip(),
    }
    for name in ("title_en", "base", "most_lost", "step", "criteria_en"):
        if text := data.get(name, "").strip():
            made[name] = text
    same = all(str(made.get(name)) == str(before.get(name)) for name in ("points",)) and _same_operator(made, before)
    made["assumed"] = bool(before.get("assumed")) if same else True
    return made


def _same_operator(made: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    try:
        one, other = (
            Item.model_validate({"code": "a", "title": "a", "points": 10**6, "operator": row["operator"]}).operator
            for row in (made, before)
        )
    except ValidationError:
        return False
    return one == other


def _sample(shown: Mapping[str, Any], kind: str) -> tuple[Item | None, str]:
    """The item for the examples; where it does not hold together yet, why."""
    if shown["operator"].get("kind") != kind:
        return None, _("填好参数后按“试算”，这里显示得分示例。")
    try:
        return Item.model_validate({**shown, "title": shown["title"] or "—"}), ""
    except ValidationError as error:
        first = error.errors()[0]
        return None, _("还不成立：%(what)s") % {
            "what": f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
        }


def _links(definition: dict[str, Any], code: str, data: Any) -> None:
    """Who scores the item, whether a target is filed, where its number comes from, which facts are offered."""
    parts = definition["scheme"]
    leads = dict(parts.get("leads") or {})
    leads.pop(code, None)
    if family := data.get("lead", ""):
        leads[code] = family
    targets = [one for one in parts.get("targets") or () if one != code]
    if data.get("target"):
        targets.append(code)
    sources = [one for one in parts.get("sources") or () if one["item"] != code]
    if (kind := data.get("source_kind", "")) and (name := data.get("source_code", "").strip()):
        sources.append({"item": code, "kind": kind, "code": name, "fills": data.get("source_fills", "value")})
    facts = dict(parts.get("facts") or {})
    facts.pop(code, None)
    if kinds := data.get("facts", "").split():
        facts[code] = kinds
    parts |= {"leads": leads, "targets": targets, "sources": sources, "facts": facts}
