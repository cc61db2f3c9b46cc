"""What the room gives to others: links on projects, projects for draws, papers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengjian.cases.models import Case, CaseEvent
from hengjian.cases.papers import register_paper
from hengjian.documents.official import OfficialDocument, Paragraph
from hengjian.draws.pools import register_pool
from hengjian.draws.rules import Target
from hengjian.parties.models import Region, Unit
from hengjian.registers.hooks import Related, register_related
from hengjian.registers.queries import by_ref
from hengjian.systems.engineering.models import Project
from hengjian.systems.engineering.queries import holders_of
from hengjian.systems.engineering.rules import completeness


def of_entry(user: Any, refs: Sequence[str]) -> Iterator[Related]:
    """From a project to the five who answer for it."""
    entry = by_ref(refs[0]) if refs else None
    if isinstance(entry, Project):
        found = completeness(holders_of(entry), timezone.localdate())
        word = _("五方承诺 %(n)d/5") % {"n": len(found.complete)}
        url = reverse("engineering:project", args=[entry.pk])
        yield Related(_("五方项目负责人、标牌与办件"), url, "", "green" if found.ok else "amber", word)


def drawable(unit: Unit, region: Region, on: date) -> Iterator[Target]:
    """Projects being built in the region, by kind; the builder's inspectors are excluded by its credit code."""
    rows = Project.objects.filter(register="project", status__in=["building", "suspended"])
    for row in rows.filter(region__in=Region.objects.within(region)).order_by("pk").prefetch_related("holders"):
        builder = next((h.unit_code for h in row.holders.all() if h.role == "builder" and h.until is None), "")
        yield Target(row.key, row.name, row.kind, builder)


def supervision_notice(case: Case, event: CaseEvent) -> OfficialDocument:
    """工程质量监督通知书."""
    return OfficialDocument(
        title="工程质量监督通知书",
        date=timezone.localdate(event.occurred_at),
        body=(
            Paragraph(f"“{case.data.get('name')}”（施工许可证号：{case.data.get('project')}）质量监督手续已办理。"),
            Paragraph(f"监督机构：{case.data.get('supervisor_team')}。五方责任主体项目负责人承诺书已备案。"),
            *([Paragraph(f"监督计划：{case.data['plan']}")] if case.data.get("plan") else []),
        ),
    )


def defect_order(case: Case, event: CaseEvent) -> OfficialDocument:
    """工程质量整改通知书."""
    return OfficialDocument(
        title="工程质量整改通知书",
        date=timezone.localdate(event.occurred_at),
        body=(
            Paragraph(
                f"经查，“{case.data.get('name')}”存在质量缺陷：{case.data.get('defect')}（编号：{case.number}）。"
            ),
            Paragraph(f"整改要求：{case.data.get('measures')}"),
        ),
    )


def register() -> None:
    """Called when the app is ready."""
    register_related("engineering", gettext_lazy("工程质量"), of_entry)
    register_pool("project", gettext_lazy("在建工程"), drawable)
    register_paper("supervision_notice", "工程质量监督通知书", supervision_notice, mark="质监")
    register_paper("defect_order", "工程质量整改通知书", defect_order, mark="质改")
