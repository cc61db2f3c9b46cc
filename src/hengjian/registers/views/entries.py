"""The list of a register and the page of one entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hengjian.documents.queries import files_of
from hengjian.ledger import vault
from hengjian.ledger.errors import VaultError
from hengjian.ledger.queries import facts_by_ref
from hengjian.pages.errors import UserError
from hengjian.pages.list_views import ListView
from hengjian.parties.policies import can, may_anywhere, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.registers import hooks, recurring
from hengjian.registers.actions import (
    ApproveEntry,
    DoneRecurrence,
    SetFiledStatus,
    SetStatus,
)
from hengjian.registers.catalogue import register_types
from hengjian.registers.declarations import RegisterType
from hengjian.registers.entering import closed_message, key_label
from hengjian.registers.forms import DoneForm, PurposeForm, StatusForm, has_validity
from hengjian.registers.history import CARRIED, differences, versions
from hengjian.registers.lists import declared_list
from hengjian.registers.models import Entry, EntryBase
from hengjian.registers.queries import entries
from hengjian.registers.showing import cell, change_lines, language, standing, text_of
from hengjian.registers.storing import model_of, value_of
from hengjian.registers.views.common import ALSO, area_of, find_entry, find_register, may_enter

MOST_FACTS, MOST_RELATED = 50, 20


class EntryList(ListView):
    """All entries of a register that the reader may see."""

    template_name = "registers/list.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.register = find_register(kwargs["code"])
        self.declaration = declared_list(self.register)  # type: ignore[misc]
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return entries(self.register.code).select_related(*ALSO)

    def get_context(self) -> dict[str, Any]:
        user, declared = self.request.user, self.register
        return {
            "declared": declared,
            "area": area_of(declared),
            "lead": declared.description_en
            if language().startswith("en") and declared.description_en
            else declared.description,
            "may_enter": may_enter(user, declared),
            "may_import": may_anywhere(user, "registers.import") and declared.filed_by != "system",
            "closed": closed_message(declared, timezone.localdate()),
        }


@login_required
@require_safe
def find(request: UserRequest, code: str, key: str) -> HttpResponse:
    """From the key that another entry refers to, to the entry."""
    declared = find_register(code)
    entry = visible(request.user, entries(code).filter(key=key)).order_by("pk").first()
    if entry is None:
        raise Http404(_("没有这项登记，或不在您的查看范围内。"))
    return redirect("registers:entry", code=declared.code, pk=entry.pk)


# ---- one entry


@login_required
@never_cache
def entry_page(request: UserRequest, code: str, pk: int) -> HttpResponse:
    """The page and its forms; a form with mistakes comes back with what was typed."""
    declared = find_register(code)
    entry = find_entry(request.user, declared, pk)
    failed: dict[str, Form] = {}
    revealed: tuple[str, str] | None = None
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do == "reveal":
            answer = _reveal(request, declared, entry)
            failed, revealed = answer
        else:
            done = _act(request, declared, entry, do)
            if isinstance(done, HttpResponse):
                return done
            failed = done
        entry = find_entry(request.user, declared, pk)
    context = _context(request, declared, entry, failed)
    context["revealed"] = revealed
    return render(request, "registers/entry.html", context, status=422 if failed else 200)


def _filed_by(user: Any, entry: EntryBase) -> bool:
    """Whether the reader stands on the side of the enterprise that filed it."""
    return entry.filer_id is not None and entry.filer_id == user.unit_id


def _status_class(user: Any, entry: EntryBase) -> type[SetStatus]:
    return SetFiledStatus if _filed_by(user, entry) else SetStatus


def next_statuses(user: Any, declared: RegisterType, entry: EntryBase) -> list[Any]:
    """What the status may become by this user's hand."""
    here = declared.status(entry.status)
    if here.final or declared.filed_by == "system":
        return []
    filed = _filed_by(user, entry)
    if not can(user, "registers.file" if filed else "registers.edit", entry):
        return []
    wanted = here.next or tuple(status.code for status in declared.statuses if status.code != here.code)
    found = [declared.status(code) for code in wanted]
    return [status for status in found if status.by_filer or not filed]


def _act(request: UserRequest, declared: RegisterType, entry: EntryBase, do: str) -> HttpResponse | dict[str, Form]:
    """Carry out what the button says."""
    kind, _sep, item = do.partition(":")
    made: Callable[[Form], Action[Any]]
    form: Form
    if kind == "status":
        form = StatusForm(request.POST, entry=entry, statuses=next_statuses(request.user, declared, entry))
        action_class = _status_class(request.user, entry)

        def made(form: Form) -> Action[Any]:
            data = form.cleaned_data
            return action_class(
                user=request.user,
                entry=entry,
                status=data["status"],
                ground=data.get("ground", ""),
                on=data["on"],
                reason=data["reason"],
            )
    elif kind == "done":
        form = DoneForm(request.POST)

        def made(form: Form) -> Action[Any]:
            return DoneRecurrence(user=request.user, entry=entry, recurrence=item, **form.cleaned_data)
    elif kind == "approve":
        form = Form(request.POST)

        def made(form: Form) -> Action[Any]:
            return ApproveEntry(user=request.user, entry=entry)
    else:
        raise ActionRefused(_("没有“%(do)s”这一步。") % {"do": do[:40]}, _("请返回页面重新操作。"), status=400)
    if not form.is_valid():
        return {do: form}
    try:
        made(form).execute()
    except ActionRefused as error:
        if error.status != 400:
            raise
        form.add_error(None, f"{error.message}{error.next_step}")
        return {do: form}
    messages.success(request, _("已保存。"))
    return redirect("registers:entry", code=declared.code, pk=entry.pk)


def _reveal(
    request: UserRequest, declared: RegisterType, entry: EntryBase
) -> tuple[dict[str, Form], tuple[str, str] | None]:
    """Show one sealed value once, for a stated purpose; the look is logged by the vault."""
    form = PurposeForm(request.POST)
    code = request.POST.get("field", "")
    spec = next((spec for spec in declared.fields if spec.code == code and spec.personal), None)
    ref = value_of(entry, spec) if spec is not None else None
    if spec is None or ref is None:
        raise UserError(_("没有可以查看的内容。"), _("请刷新页面后重试。"))
    if not form.is_valid():
        return {f"reveal:{code}": form}, None
    unit = request.user.unit
    reader = vault.Reader(user=request.user.ref, unit=unit.ref if unit is not None else "")
    try:
        found = vault.reveal(ref, by=reader, purpose=form.cleaned_data["purpose"])
    except VaultError as error:
        form.add_error(None, str(error))
        return {f"reveal:{code}": form}, None
    return {}, (spec.code, str(found.get("value", "")))


def _context(request: UserRequest, declared: RegisterType, entry: EntryBase, failed: dict[str, Form]) -> dict[str, Any]:
    user = request.user
    filed = _filed_by(user, entry)
    statuses = next_statuses(user, declared, entry)
    may_change = (
        not declared.status(entry.status).final
        and declared.filed_by != "system"
        and bool(can(user, "registers.file" if filed else "registers.edit", entry))
    )
    may_approve = declared.approval and entry.approved_at is None and not ApproveEntry(user=user, entry=entry).refusal()
    state, word = standing(entry, declared)
    return {
        "declared": declared,
        "area": area_of(declared),
        "entry": entry,
        "key_label": key_label(declared),
        "state": state,
        "state_word": word,
        "rows": [_row(declared, entry, spec) for spec in declared.fields if _shown_row(declared, entry, spec)],
        "sealed": [spec.code for spec in declared.fields if spec.personal and value_of(entry, spec)],
        "failed": failed,
        "may_change": may_change,
        "may_approve": may_approve,
        "status_form": failed.get("status") or (StatusForm(entry=entry, statuses=statuses) if statuses else None),
        "has_validity": has_validity(declared),
        "renewal": recurring.renewal_day(declared, entry.valid_to, entry.region.code) if entry.valid_to else None,
        "recurrences": _recurrences(declared, entry, may_change and not filed, failed),
        "versions": _history(declared, entry),
        "facts": facts_by_ref(entry.ref, disclosure="internal", role="entry").order_by("-leaf_index")[:MOST_FACTS],
        "files": files_of(entry.ref),
        "related": hooks.related(user, [ref for ref in (entry.ref, entry.subject) if ref]),
        "siblings": _siblings(user, entry),
        "legal": declared.legal,
        "public_url": entry.confidentiality == 0 and declared.public,
    }


def _shown_row(declared: RegisterType, entry: EntryBase, spec: Any) -> bool:
    return spec.code != declared.title_field or entry.title != text_of(entry, spec)


def _row(declared: RegisterType, entry: EntryBase, spec: Any) -> dict[str, Any]:
    return {
        "spec": spec,
        "name": spec.said(language()),
        "value": cell(entry, spec),
        "sealed": spec.personal and bool(value_of(entry, spec)),
        "file": spec.type == "file" and value_of(entry, spec),
    }


def _recurrences(
    declared: RegisterType, entry: EntryBase, may_do: bool, failed: dict[str, Form]
) -> list[dict[str, Any]]:
    """Recurring duties with their last and next day; overdue ones are red."""
    found = []
    for item in declared.recurrences:
        due = value_of(entry, declared.field(item.next_due))
        done = value_of(entry, declared.field(item.last_done)) if item.last_done else None
        name = f"done:{item.code}"
        late = bool(due) and due < timezone.localdate().isoformat()
        found.append(
            {
                "item": item,
                "name": item.said(language()),
                "due": due,
                "done": done,
                "late": late,
                "form": failed.get(name) or (DoneForm(prefix=None) if may_do and item.last_done else None),
                "button": name,
            }
        )
    return found


def _history(declared: RegisterType, entry: EntryBase) -> list[dict[str, Any]]:
    """Versions, newest record first, each with what it changed."""
    words = {
        "entered": _("登记"),
        "changed": _("变更"),
        "status": _("状态变更"),
        "approved": _("审核通过"),
        "undone": _("撤销导入"),
        CARRIED: _("随更正带入"),
    }
    rows = versions(entry)
    ordered = sorted(rows, key=lambda row: (row.valid_from, row.number))
    before: dict[int, Any] = {}
    for index, row in enumerate(ordered):
        before[row.number] = ordered[index - 1].data if index else {}
    found = []
    for row in reversed(rows):
        changes = differences(before[row.number], row.data) if row.number > 1 else []
        found.append(
            {
                "row": row,
                "word": words.get(row.verb, row.verb),
                "status": declared.status(row.status).said(language()),
                "light": declared.status(row.status).light,
                "changes": change_lines(declared, changes),
            }
        )
    return found


def _siblings(user: Any, entry: EntryBase) -> list[dict[str, Any]]:
    """Other entries about the same subject, in all registers."""
    if not entry.subject:
        return []
    known = {declared.code: declared for declared in register_types()}
    models = {Entry} | {model_of(declared) for declared in known.values() if declared.model}
    found = []
    for model in sorted(models, key=lambda model: model._meta.label):
        rows = visible(user, model._base_manager.filter(subject=entry.subject).select_related("unit", "region"))
        for row in rows.order_by("-pk")[:MOST_RELATED]:
            if row.register in known and (row.register, row.pk) != (entry.register, entry.pk):
                declared = known[row.register]
                state, word = standing(row, declared)
                found.append({"row": row, "register": declared.said(language()), "state": state, "word": word})
    return found[:MOST_RELATED]
