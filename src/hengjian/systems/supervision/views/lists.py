"""Power, duty and negative lists for everybody: as they stand on a day, and two days side by side."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.parties.models import Unit
from hengjian.registers.catalogue import register_type
from hengjian.registers.showing import words
from hengjian.systems.supervision import queries, rules
from hengjian.systems.supervision.forms import CompareForm
from hengjian.systems.supervision.views.home import language

#: What is compared, in the order shown.
COMPARED = (
    "name",
    "list_kind",
    "category",
    "basis",
    "actor",
    "addressee",
    "duties",
    "accountability",
    "limit_days",
    "supervision",
)


def kinds() -> list[tuple[str, str]]:
    spec = register_type("power_item").field("list_kind")
    return [(choice.code, choice.said(language())) for choice in spec.choices]


def _unit(request: HttpRequest, units: list[Unit]) -> Unit | None:
    wanted = request.GET.get("unit", "")
    return next((unit for unit in units if str(unit.pk) == wanted), units[0] if units else None)


def _day(request: HttpRequest, name: str, fallback: date) -> date:
    try:
        return parse_date(request.GET.get(name, "")) or fallback
    except ValueError:
        return fallback


def _said(data: dict[str, Any], code: str) -> str:
    return words(register_type("power_item").field(code), data.get(code))


@require_safe
def power_lists(request: HttpRequest) -> HttpResponse:
    """The lists of a unit as they stand on a day."""
    units = queries.list_units()
    unit, today = _unit(request, units), timezone.localdate()
    day = min(_day(request, "on", today), today)
    kind = request.GET.get("kind", "")
    matters = queries.list_on(unit, kind, day) if unit else {}
    declared = register_type("power_item")
    context = {
        "title": _("权力清单、责任清单、负面清单"),
        "units": units,
        "unit": unit,
        "kinds": kinds(),
        "kind": kind,
        "day": day,
        "today": today,
        "rows": [
            {
                "key": key,
                "name": data["title"],
                "list": _said(data, "list_kind"),
                "category": _said(data, "category"),
                "more": [
                    (declared.field(code).said(language()), _said(data, code))
                    for code in ("basis", "actor", "addressee", "duties", "accountability", "limit_days", "supervision")
                    if data.get(code) not in (None, "")
                ],
            }
            for key, data in sorted(matters.items())
        ],
    }
    return render(request, "supervision/power_lists.html", context)


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """The lists of a unit on two days, side by side; only what differs unless all is asked for."""
    units = queries.list_units()
    today = timezone.localdate()
    chosen = _unit(request, units)
    start: dict[str, Any] = {"unit": chosen, "before": today - timedelta(days=182), "after": today, "kind": ""}
    given = request.GET if {"unit", "before", "after"} <= request.GET.keys() else None
    allowed = Unit.objects.filter(pk__in=[unit.pk for unit in units])
    form = CompareForm(allowed, kinds(), given, initial=start)
    data: dict[str, Any] | None = start
    if given:
        data = form.cleaned_data if form.is_valid() else None
    changes: list[dict[str, Any]] = []
    counts = dict.fromkeys(("added", "removed", "changed", "same"), 0)
    if data and data["unit"] is not None:
        old = queries.list_on(data["unit"], data["kind"], data["before"])
        new = queries.list_on(data["unit"], data["kind"], data["after"])
        everything = rules.compare_lists(old, new, COMPARED)
        for change in everything:
            counts[change.kind] += 1
        shown = everything if request.GET.get("all") else [item for item in everything if item.kind != "same"]
        changes = [_shown(change) for change in shown]
    context = {
        "title": _("清单比对"),
        "form": form,
        "data": data,
        "changes": changes,
        "counts": counts,
        "all": bool(request.GET.get("all")),
        "has_units": bool(units),
    }
    return render(request, "supervision/compare.html", context)


def _shown(change: rules.Change) -> dict[str, Any]:
    declared = register_type("power_item")
    before, after = dict(change.before or {}), dict(change.after or {})
    codes = change.fields if change.kind == "changed" else ("category", "basis", "actor")
    return {
        "key": change.key,
        "kind": change.kind,
        "name": (after or before)["title"],
        "before": before,
        "after": after,
        "fields": [
            (declared.field(code).said(language()), _said(before, code), _said(after, code))
            for code in codes
            if before.get(code) or after.get(code)
        ],
    }
