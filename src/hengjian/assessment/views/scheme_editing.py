"""Editing a scheme: its settings, its tree of groups and items, each item with an example of what its operator does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from pydantic import ValidationError

from hengjian.assessment import editing
from hengjian.assessment.actions.schemes import EditScheme
from hengjian.assessment.models import Round, Scheme
from hengjian.assessment.views.schemes import find_scheme
from hengjian.methods.organisations import default_organisations
from hengjian.parties.policies import can
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.rulebook.parameters.score_sheets import Item


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
