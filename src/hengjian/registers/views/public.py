"""Public pages: which registers there are, their entries, one entry, and all of it as open data."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.documents.queries import files_of
from hengjian.documents.sheets import write_csv
from hengjian.ledger.queries import facts_by_ref
from hengjian.pages.list_views import ListView
from hengjian.pages.numbers import whole
from hengjian.parties.models import Confidentiality
from hengjian.parties.policies import Policy
from hengjian.registers.catalogue import AREAS, register_types
from hengjian.registers.declarations import RegisterType
from hengjian.registers.entering import closed_message, key_label
from hengjian.registers.forms import has_validity
from hengjian.registers.history import versions
from hengjian.registers.lists import declared_list
from hengjian.registers.models import Entry
from hengjian.registers.searching import condition
from hengjian.registers.showing import cell, json_value, language, sheet_value, standing, text_of
from hengjian.registers.storing import value_of
from hengjian.registers.views.common import area_of, find_public_register, public_entries

# Rows per file of open data; more come in further parts.
PART = 20_000
MOST_HITS = 30


class PublicRows(Policy):
    """Everybody sees exactly the public entries, whoever is logged in."""

    def visible(self, user: Any, queryset: Any) -> Any:
        return queryset.filter(confidentiality=Confidentiality.PUBLIC)


def public_registers() -> list[RegisterType]:
    return [declared for declared in register_types() if declared.public]


@require_safe
def public_index(request: HttpRequest) -> HttpResponse:
    """Registers by field of work, and a look-up by number, credit code or name."""
    words = request.GET.get("q", "").strip()[:100]
    chosen = public_registers()
    areas = []
    for area in AREAS.values():
        rows = [declared for declared in chosen if declared.area == area.code]
        if rows:
            name = area.title_en if language().startswith("en") else area.title
            areas.append(({"code": area.code, "name": name, "icon": area.icon}, rows))
    context = {
        "title": _("登记查询"),
        "areas": areas,
        "words": words,
        "hits": _look_up(chosen, words) if words else [],
    }
    return render(request, "registers/public_index.html", context)


def _look_up(chosen: list[RegisterType], words: str) -> list[dict[str, Any]]:
    known = {declared.code: declared for declared in chosen}
    shared = [declared.code for declared in chosen if not declared.model]
    tables = [Entry.objects.filter(condition(words, False), register__in=shared)]
    tables += [public_entries(declared).filter(condition(words, True)) for declared in chosen if declared.model]
    found: list[dict[str, Any]] = []
    for rows in tables:
        rows = rows.filter(confidentiality=Confidentiality.PUBLIC).select_related("unit", "region")
        for entry in rows.order_by("-pk")[: MOST_HITS - len(found)]:
            declared = known[entry.register]
            state, word = standing(entry, declared)
            found.append({"entry": entry, "declared": declared, "state": state, "word": word})
        if len(found) >= MOST_HITS:
            break
    return found


class PublicList(ListView):
    """The public entries of a register."""

    public = True
    policy = PublicRows(view="registers.view")
    template_name = "registers/public_list.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.register = find_public_register(kwargs["code"])
        self.declaration = declared_list(self.register, public=True)  # type: ignore[misc]
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return public_entries(self.register)

    def get_context(self) -> dict[str, Any]:
        declared = self.register
        english = language().startswith("en") and declared.description_en
        return {
            "declared": declared,
            "area": area_of(declared),
            "about": declared.description_en if english else declared.description,
            "closed": closed_message(declared, timezone.localdate()),
        }


def _entry(declared: RegisterType, pk: int) -> Any:
    entry = public_entries(declared).filter(pk=pk).first()
    if entry is None:
        raise Http404(_("没有这项登记，或没有公开。"))
    return entry


@require_safe
def public_find(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """By key, as a QR code on a certificate would have it."""
    declared = find_public_register(code)
    entry = public_entries(declared).filter(key=key).order_by("pk").first()
    if entry is None:
        raise Http404(_("没有这项登记，或没有公开。"))
    return redirect("registers:public_entry", code=code, pk=entry.pk)


@require_safe
def public_entry(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    declared = find_public_register(code)
    entry = _entry(declared, pk)
    state, word = standing(entry, declared)
    shown = {spec.code: spec for spec in declared.public_fields}
    hidden = {status.code for status in declared.statuses if not status.public}
    # Versions that only changed what the public does not see would tell that something happened.
    line = [row for row in versions(entry) if row.status not in hidden]
    steps = []
    for before, row in zip([None, *line], line, strict=False):
        if before is None or before.status != row.status:
            status = declared.status(row.status)
            steps.append({"on": row.valid_from, "word": status.said(language()), "light": status.light})
    context = {
        "declared": declared,
        "area": area_of(declared),
        "entry": entry,
        "key_label": key_label(declared),
        "state": state,
        "word": word,
        "rows": [
            {
                "name": spec.said(language()),
                "value": cell(entry, spec, public=True),
                "file": value_of(entry, spec) if spec.type == "file" and not spec.mask else "",
            }
            for spec in shown.values()
            if spec.code != declared.title_field or entry.title != text_of(entry, spec, public=True)
        ],
        "files": files_of(entry.ref),
        "has_validity": has_validity(declared) or entry.valid_to is not None,
        "steps": steps[::-1],
        "facts": facts_by_ref(entry.ref, disclosure="public", role="entry").order_by("-leaf_index")[:50],
        "checked_at": timezone.localtime(),
    }
    return render(request, "registers/public_entry.html", context)


# ---- open data


def open_row(entry: Any, declared: RegisterType) -> dict[str, Any]:
    """One entry for programs: the common columns and the public fields, masked where the declaration says so."""
    state, _word = standing(entry, declared)
    return {
        "key": entry.key,
        "title": entry.title,
        "status": entry.status,
        "light": state,
        "valid_from": entry.valid_from.isoformat() if entry.valid_from else None,
        "valid_to": entry.valid_to.isoformat() if entry.valid_to else None,
        "region": entry.region.code,
        "unit": entry.unit.name,
        **{spec.code: json_value(entry, spec, public=True) for spec in declared.public_fields},
    }


def _part(request: HttpRequest, declared: RegisterType) -> tuple[Any, int, int]:
    """(rows of the asked part, its number, how many parts there are)."""
    rows = public_entries(declared).order_by("id")
    parts = max(1, -(-rows.count() // PART))
    number = min(whole(request.GET.get("part")) or 1, parts)
    return rows[(number - 1) * PART : number * PART], number, parts


@require_safe
def open_json(request: HttpRequest, code: str) -> HttpResponse:
    """All public entries with what their fields mean."""
    declared = find_public_register(code)
    rows, number, parts = _part(request, declared)
    content = {
        "register": declared.code,
        "title": declared.title,
        "title_en": declared.title_en,
        "legal": [law.model_dump() for law in declared.legal],
        "statuses": [{"code": s.code, "title": s.title, "title_en": s.title_en} for s in declared.statuses],
        "fields": [
            {"code": s.code, "title": s.title, "title_en": s.title_en, "type": s.type, "unit": s.unit}
            for s in declared.public_fields
        ],
        "generated_at": timezone.localtime().isoformat(timespec="seconds"),
        "part": number,
        "parts": parts,
        "rows": [open_row(entry, declared) for entry in rows.iterator(chunk_size=2000)],
    }
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False})
    return _named(response, request, declared, number, parts, "json")


@require_safe
def open_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The same rows as a table with Chinese headings; UTF-8 with BOM."""
    declared = find_public_register(code)
    rows, number, parts = _part(request, declared)
    specs = declared.public_fields
    titles = [key_label(declared), _("名称"), _("状态"), _("有效期起"), _("有效期止"), _("地区"), _("登记单位")]

    def cells(entry: Any) -> list[Any]:
        common = [entry.key, entry.title, standing(entry, declared)[1], entry.valid_from, entry.valid_to]
        return [
            *common,
            entry.region.name,
            entry.unit.name,
            *(sheet_value(entry, spec, public=True) for spec in specs),
        ]

    data = write_csv([*titles, *(spec.said(language()) for spec in specs)], map(cells, rows.iterator(chunk_size=2000)))
    response = HttpResponse(data, content_type="text/csv; charset=utf-8")
    return _named(response, request, declared, number, parts, "csv")


def _named(
    response: HttpResponse, request: HttpRequest, declared: RegisterType, number: int, parts: int, suffix: str
) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{declared.code}-{number}.{suffix}"'
    if number < parts:
        address = request.build_absolute_uri(reverse(f"registers:open_{suffix}", args=[declared.code]))
        response["Link"] = f'<{address}?part={number + 1}>; rel="next"'
    return response
