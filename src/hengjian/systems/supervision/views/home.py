"""The room's overview and the list of what is late."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.cases.catalogue import case_type
from hengjian.cases.models import Case
from hengjian.parties.policies import visible
from hengjian.registers.catalogue import register_type
from hengjian.registers.queries import counting
from hengjian.systems.supervision import queries

#: Procedures of the room that the overview counts, in the order shown.
PROCEDURES = (
    "accident_report",
    "product_recall",
    "injury_relief",
    "three_guarantees",
    "quality_incident",
    "joint_enforcement",
    "crime_handover",
    "exposure",
    "inspection",
    "inspection_finding",
    "sector_check",
    "energy_label_check",
    "environmental_repair",
    "injury_report",
)
MOST_LATE, MOST_SHOWN = 500, 8


def language() -> str:
    return get_language() or "zh"


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Running campaigns, inspections under way, open procedures, what is late."""
    today = timezone.localdate()
    running = queries.visible_entries(request.user, "campaign").filter(counting(register_type("campaign")))
    inspections = visible(request.user, Case.objects.filter(type=queries.INSPECTION, closed_at=None))
    shown = list(inspections.select_related("unit").order_by("-opened_at")[:MOST_SHOWN])
    late = queries.late_entries(lambda code: queries.visible_entries(request.user, code), today)
    context = {
        "title": _("专项与督查"),
        "campaigns": running.select_related("unit").order_by("-extras__starts_on", "pk")[:MOST_SHOWN],
        "inspections": [(case, queries.findings_of([case.pk]).get(case.pk)) for case in shown],
        "procedures": _procedures(request.user),
        "late": late[:MOST_SHOWN],
        "late_count": len(late),
    }
    return render(request, "supervision/home.html", context)


def _procedures(user: Any) -> list[dict[str, Any]]:
    now = timezone.now()
    rows = visible(user, Case.objects.filter(type__in=PROCEDURES, closed_at=None))
    counts: dict[str, Any] = {
        row["type"]: row
        for row in rows.order_by().values("type").annotate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    }
    return [
        {
            "code": code,
            "name": case_type(code).said(language()),
            "open": counts.get(code, {}).get("open", 0),
            "late": counts.get(code, {}).get("late", 0),
        }
        for code in PROCEDURES
    ]


@login_required
@require_safe
def late(request: HttpRequest) -> HttpResponse:
    """Everything of the reader's scope that should have been done: boilers, exits, drafts, decisions, reports."""
    rows = queries.late_entries(lambda code: queries.visible_entries(request.user, code), timezone.localdate())
    chosen = request.GET.get("register", "")
    registers = sorted({(item.declared.code, item.declared.said(language())) for item in rows})
    shown = [item for item in rows if not chosen or item.declared.code == chosen]
    context = {
        "title": _("逾期台账"),
        "rows": shown[:MOST_LATE],
        "count": len(shown),
        "cut": len(shown) > MOST_LATE,
        "registers": registers,
        "chosen": chosen,
        "language": language(),
    }
    return render(request, "supervision/late.html", context)


@require_safe
def public_late(request: HttpRequest) -> HttpResponse:
    """The same for everybody, from what is public."""
    rows = queries.late_entries(
        queries.public_entries,
        timezone.localdate(),
        [code for code, _field, _states in queries.DUTIES if register_type(code).public],
    )
    context = {"title": _("逾期未完成事项"), "rows": rows[:MOST_LATE], "count": len(rows), "public": True}
    return render(request, "supervision/public_late.html", context)
