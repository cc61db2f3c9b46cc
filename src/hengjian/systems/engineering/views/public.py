"""Public pages: find a project, its plate and the five who answer for it. Names and units, never identity numbers."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.systems.engineering.models import Project, RoleHolder
from hengjian.systems.engineering.rules import Role
from hengjian.systems.engineering.words import PARTIES, PERSONS

MOST = 50
RECENT = 10


@require_safe
def public_home(request: HttpRequest) -> HttpResponse:
    """Find a project by its name, address or permit number."""
    words = request.GET.get("q", "").strip()[:60]
    rows = Project.objects.filter(register="project", confidentiality=0)
    for word in words.split():
        rows = rows.filter(Q(name__icontains=word) | Q(place__icontains=word) | Q(key__icontains=word))
    rows = rows.select_related("region").order_by(F("accepted_on").desc(nulls_last=True), "pk")
    found = list(rows[:MOST] if words else rows.exclude(accepted_on=None)[:RECENT])
    context = {"title": _("工程质量责任公示"), "q": words, "found": found, "most": MOST}
    return render(request, "engineering/public_home.html", context)


@require_safe
def public_project(request: HttpRequest, pk: int) -> HttpResponse:
    """One project: the five, now and before, and the text of the plate."""
    rows = Project.objects.filter(register="project", confidentiality=0).select_related("region", "unit")
    project = get_object_or_404(rows, pk=pk)
    holders = list(project.holders.all())
    context = {
        "title": project.name,
        "project": project,
        "five": [
            {
                "person": PERSONS[role],
                "party": PARTIES[role],
                "holders": [row for row in reversed(holders) if row.role == role],
            }
            for role in Role
        ],
        "plate": project.plate_text.splitlines(),
        "report_url": report_url(project, holders),
        "now": timezone.now(),
    }
    return render(request, "engineering/public_project.html", context)


def report_url(project: Project, holders: list[RoleHolder]) -> str:
    """Where residents report a defect, with what this page knows filled in; empty where nothing can be filed."""
    try:
        address = reverse("complaints:public_new")
    except NoReverseMatch:
        return ""
    builder = next((row.unit for row in reversed(holders) if row.role == Role.BUILDER), "")
    told = {
        "kind": "report",
        "category": "engineering",
        "place": project.region.code,
        "address": project.place or "",
        "respondent_name": builder,
        "content": _("工程“%(name)s”（施工许可证号 %(number)s）：") % {"name": project.name, "number": project.key},
    }
    return f"{address}?{urlencode(told)}"
