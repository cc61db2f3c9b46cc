"""Reads of the room."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from hengjian.cases.models import Case, CaseLink
from hengjian.cases.numbering import opens


def cases(code: str = "") -> QuerySet[Case]:
    """Cases of one type, or of all; what a list needs comes with them."""
    rows = Case.objects.select_related("unit", "region", "handler")
    return rows.filter(type=code) if code else rows


def tracked(number: str, code: str) -> Case | None:
    """The case that number and code open together, without asking who looks; the caller limits how often one tries."""
    case = Case.objects.select_related("unit", "region").filter(number=number.strip()).first()
    return case if case is not None and opens(case, code) else None


def related(case: Case, user: Any = None) -> list[tuple[CaseLink, Case]]:
    """Links of a case with the case at the other end, oldest first."""
    rows = CaseLink.objects.filter(Q(first=case) | Q(second=case)).select_related("first", "second")
    return [(link, link.second if link.first_id == case.pk else link.first) for link in rows]
