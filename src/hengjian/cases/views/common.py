"""What the views share: finding procedures and cases that the reader may see."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases.catalogue import case_type, case_types
from hengjian.cases.declarations import CaseType
from hengjian.cases.models import Case
from hengjian.cases.queries import cases
from hengjian.parties.models import Unit
from hengjian.parties.policies import visible


def find_type(code: str) -> CaseType:
    """The version of a procedure in force today, or its latest one."""
    try:
        return case_type(code, on=timezone.localdate())
    except KeyError:
        pass
    try:
        return case_type(code)
    except KeyError:
        raise Http404(_("没有这类办件。")) from None


def find_case(user: Any, pk: int) -> Case:
    """The case, if the reader may see it; to others it does not exist."""
    rows = visible(user, cases().filter(pk=pk)).select_related("owner", "filer", "parent", "merged_into")
    case = rows.first()
    if case is None:
        raise Http404(_("没有这件办件，或不在您的查看范围内。"))
    return case


def own_cases(user: Any) -> QuerySet[Case]:
    """What the person, or the enterprise that they act for, has filed."""
    rows = cases()
    mine = rows.filter(owner=user)
    if user.unit is not None and user.unit.kind == Unit.Kind.ENTERPRISE:
        return visible(user, mine | rows.filter(filer=user.unit))
    return mine


def public_types() -> list[CaseType]:
    """The procedures that people outside may file today."""
    today = timezone.localdate()
    found = []
    for declared in case_types():
        try:
            current = case_type(declared.code, on=today)
        except KeyError:
            continue
        if current.public.file:
            found.append(current)
    return found
