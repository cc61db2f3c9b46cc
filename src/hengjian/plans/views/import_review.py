"""The reading of a text beside its source, corrected by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hengjian.documents.models import StoredFile
from hengjian.pages.errors import UserError
from hengjian.parties.models import Unit
from hengjian.parties.policies import visible
from hengjian.parties.queries import resolve_units
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.plans.actions.imports import CorrectImport, UndoCorrection, UndoImport
from hengjian.plans.import_settings import reading_day
from hengjian.plans.import_words import correction_lines
from hengjian.plans.models import PlanImport
from hengjian.plans.reading import Reader, Reading, best_matches, written_names

HEADER = [
    ("plan_title", "text"),
    ("title", "text"),
    ("number", "text"),
    ("issuer", "text"),
    ("issued_on", "date"),
]
BOOLEANS = ("item_skip", "measure_skip", "measure_key")
# These change more than the item itself, so the whole page comes again.
WIDE = ("undo", "unit", "header", "item_merge", "item_split")


def find_import(request: UserRequest, pk: int) -> PlanImport:
    """The import, if the reader may import there; to others it does not exist."""
    rows = visible(request.user, PlanImport.objects.all()).select_related("unit", "region", "plan", "revises")
    draft = rows.filter(pk=pk).first()
    if draft is None:
        raise Http404(_("没有这次导入，或不在您的权限范围内。"))
    return draft


def reading_of(draft: PlanImport) -> Reading:
    """The draft with every written name looked up among the units of its region."""
    names = written_names(draft.draft)
    found = resolve_units([*names, *names.values()], draft.region, reading_day(draft))
    chosen = draft.draft.get("chosen") or {}
    units = {unit.pk: unit.name for unit in Unit.objects.filter(pk__in=chosen.values())}
    labels = {written: units[pk] for written, pk in chosen.items() if pk in units}
    return Reader(draft.draft, draft.text, best_matches(draft.draft, found), labels).read()


@login_required
def import_review(request: UserRequest, pk: int) -> HttpResponse:
    draft = find_import(request, pk)
    if request.method == "POST":
        return _correct(request, draft)
    editing = request.GET.get("edit", "")
    context = _context(draft, editing)
    if getattr(request, "htmx", False):
        return HttpResponse(_item_html(request, context, request.GET.get("item") or context["edited"]))
    return render(request, "plans/import_review.html", context)


def _context(draft: PlanImport, editing: str = "") -> dict[str, Any]:
    reading = reading_of(draft)
    files = StoredFile.objects.filter(subject=f"import:{draft.pk}")
    return {
        "draft": draft,
        "open": draft.state == PlanImport.State.DRAFT,
        "reading": reading,
        # "3-0" edits the item's own fields, "3-0-2" its second measure.
        "editing": editing,
        "edited": "-".join(editing.split("-")[:2]),
        "header": [(name, kind, draft.draft.get(name) or "") for name, kind in HEADER],
        "units": Unit.objects.filter(region=draft.region).values_list("name", flat=True) if reading.doubts else [],
        "corrections": correction_lines(draft),
        "original": files.first(),
        "items": sum(block.item is not None for block in reading.blocks),
        "sure": reading.measures - len({doubt.key.rpartition("-")[0] for doubt in reading.doubts if doubt.place}),
    }


def _item_html(request: UserRequest, context: dict[str, Any], key: str) -> str:
    block = next((block for block in context["reading"].blocks if block.item and block.item.key == key), None)
    if block is None:
        raise Http404(_("找不到这个条目。"))
    return render_to_string("plans/parts/import_item.html", {**context, "block": block}, request)


def _correct(request: UserRequest, draft: PlanImport) -> HttpResponse:
    """One correction; without a script the page comes again at its item, with htmx the item and the summary."""
    post = request.POST
    key = f"{post.get('section', '')}-{post.get('item', '')}"
    try:
        # A page that was changed in place carries the version of the whole draft beside that of each form.
        version = _number(post.get("current_version") or post.get("version"))
        action = UndoCorrection if post.get("do") == "undo" else CorrectImport
        action(user=request.user, draft=draft, version=version, correction=_correction(draft, post)).execute()
    except ActionRefused as error:
        url = f"{reverse('plans:import_review', args=[draft.pk])}?{urlencode({'edit': post.get('edit', '')})}#i-{key}"
        raise UserError(error.message, error.next_step, error.status, url, _("返回这一条目")) from error
    if getattr(request, "htmx", False) and post.get("do") not in WIDE:
        context = _context(draft, post.get("edit", ""))
        parts = render_to_string("plans/parts/import_summary.html", {**context, "swap": True}, request)
        return HttpResponse(_item_html(request, context, key) + parts)
    messages.success(request, _("已更正。") if post.get("do") != "undo" else _("已撤销这一处修改。"))
    query = f"?{urlencode({'edit': post['edit']})}" if post.get("edit") else ""
    place = "#corrections" if post.get("do") == "undo" else "#header" if post.get("do") == "header" else f"#i-{key}"
    return redirect(f"{reverse('plans:import_review', args=[draft.pk])}{query}{place}")


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ActionRefused(_("提交的内容不完整。"), _("请刷新页面后重试。"), status=400) from None


def _correction(draft: PlanImport, post: QueryDict) -> dict[str, Any]:
    """The fields of the form as a correction of `corrections.py`."""
    kind = post.get("do", "")
    if kind == "undo":
        return {"index": _number(post.get("index"))}
    if kind == "header":
        return {"kind": kind, "field": post.get("field"), "value": post.get("value", "")[:300]}
    if kind == "unit":
        return {"kind": kind, "organisation": post.get("organisation", ""), "unit": _chosen_unit(draft, post)}
    correction: dict[str, Any] = {
        "kind": kind,
        "section": _number(post.get("section")),
        "item": _number(post.get("item")),
    }
    if kind.startswith("measure_") or kind == "item_split":
        correction["measure"] = _number(post.get("measure"))
    if kind in BOOLEANS:
        correction["value"] = post.get("value") == "1"
    elif kind == "item_duties":
        pairs = zip(post.getlist("role"), post.getlist("organisation"), strict=False)
        correction["value"] = [
            {"role": role, "organisation": name.strip()[:120]} for role, name in pairs if role and name.strip()
        ]
    elif kind == "measure_deadline":
        correction |= {
            "due": "" if post.get("clear") else post.get("due", ""),
            "strength": post.get("strength", "firm"),
        }
    elif kind == "measure_split":
        correction["at"] = _number(post.get("at"))
    elif kind == "item_merge":
        correction["with"] = _number(post.get("with"))
    elif kind == "item_split":
        pass
    elif kind == "accept":
        correction["part"] = post.get("part", "")
    else:
        correction["value"] = post.get("value", "")[:5000]
    return correction


def _chosen_unit(draft: PlanImport, post: QueryDict) -> int | None:
    """A candidate's button, or a name from the list of units; "0" takes the choice back."""
    if post.get("unit") == "0":
        return None
    units = Unit.objects.filter(region__in=type(draft.region).objects.above(draft.region)).filter(
        **({"pk": _number(post.get("unit"))} if post.get("unit") else {"name": post.get("unit_name", "").strip()})
    )
    unit = units.order_by("-region__code").first()
    if unit is None:
        raise ActionRefused(
            _("没有找到单位“%(name)s”。") % {"name": post.get("unit_name", "")[:60]},
            _("请从列表中选择登记过的单位全称；如尚未登记，可先生成任务，登记后再指定。"),
            status=400,
        )
    return unit.pk


@login_required
@require_POST
def import_undo(request: UserRequest, pk: int) -> HttpResponse:
    draft = find_import(request, pk)
    try:
        UndoImport(user=request.user, draft=draft, reason=request.POST.get("reason", "")).execute()
    except ActionRefused as error:
        raise UserError(error.message, error.next_step, error.status) from error
    messages.success(request, _("已撤销导入。"))
    return redirect("plans:list")
