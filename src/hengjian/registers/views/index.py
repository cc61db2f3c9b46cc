"""All registers by field of work, and finding an entry in any of them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.parties.policies import may_anywhere, require, visible
from hengjian.parties.requests import UserRequest
from hengjian.registers.catalogue import AREAS, register_types
from hengjian.registers.declarations import RegisterType
from hengjian.registers.entering import closed_message
from hengjian.registers.models import Entry
from hengjian.registers.queries import counting, entries
from hengjian.registers.searching import search_entries
from hengjian.registers.showing import language


@login_required
@require_safe
def index(request: UserRequest) -> HttpResponse:
    """The registers in which the reader has something to read or to do, with numbers."""
    require(request.user, "registers.view")
    words = request.GET.get("q", "").strip()[:100]
    chosen = [declared for declared in register_types() if not words or _fits(declared, words)]
    totals, valid = _numbers(request.user, chosen)
    areas = []
    for area in AREAS.values():
        rows = [_row(declared, totals, valid) for declared in chosen if declared.area == area.code]
        if rows:
            name = area.title_en if language().startswith("en") else area.title
            areas.append(({"code": area.code, "name": name, "icon": area.icon}, rows))
    from hengjian.registers.views.reminders import waiting

    context = {
        "title": _("登记册"),
        "areas": areas,
        "words": words,
        "hits": search_entries(request.user, words, 20) if words else [],
        "reminders": waiting(request.user),
        "imports": may_anywhere(request.user, "registers.import"),
    }
    return render(request, "registers/index.html", context)


def _fits(declared: RegisterType, words: str) -> bool:
    text = f"{declared.title} {declared.title_en} {declared.description} {declared.key.label}".casefold()
    return all(word in text for word in words.casefold().split())


def _row(declared: RegisterType, totals: Counter[str], valid: Counter[str]) -> dict[str, Any]:
    ways = {"officer": _("单位登记"), "enterprise": _("企业自行声明"), "system": _("业务办结自动登记")}
    english = language().startswith("en") and declared.description_en
    return {
        "title": declared.said(language()),
        "about": declared.description_en if english else declared.description,
        "url": reverse("registers:list", args=[declared.code]),
        "total": f"{totals[declared.code]:,}",
        "counting": f"{valid[declared.code]:,}",
        "way": ways[declared.filed_by],
        "closed": bool(closed_message(declared, timezone.localdate())),
    }


def _numbers(user: Any, chosen: list[RegisterType]) -> tuple[Counter[str], Counter[str]]:
    """Visible and valid entries by register: the common table is asked once, own tables once each."""
    totals: Counter[str] = Counter()
    valid: Counter[str] = Counter()
    shared = [declared for declared in chosen if not declared.model]
    rows = visible(user, Entry.objects.filter(register__in=[declared.code for declared in shared])).order_by()
    totals.update(dict(rows.values_list("register").annotate(n=Count("pk"))))
    condition = None
    for declared in shared:
        one = counting(declared)
        one.add(("register", declared.code), "AND")
        condition = one if condition is None else condition | one
    if condition is not None:
        valid.update(dict(rows.filter(condition).values_list("register").annotate(n=Count("pk"))))
    for declared in chosen:
        if declared.model:
            seen = visible(user, entries(declared.code)).order_by()
            totals[declared.code] = seen.count()
            valid[declared.code] = seen.filter(counting(declared)).count()
    return totals, valid
