"""Who sees a case from inside, who only as the one that filed it; who may download its files."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from hengjian.cases.models import Case, IssuedPaper
from hengjian.documents.models import StoredFile
from hengjian.parties.policies import permitted, visible


def sees_inside(user: Any, case: Case) -> bool:
    """Whether the person may see how the case is worked on, not only what whoever filed it is told."""
    return permitted(user, "cases.inside", Case.objects.filter(pk=case.pk)).exists()


def may_read_case_file(user: Any, file: StoredFile) -> bool:
    """Everything for those inside; for whoever filed it what they handed in themselves, and documents meant for
    them."""
    pk = file.subject.partition(":")[2]
    case = visible(user, Case.objects.filter(pk=pk)).first() if pk.isdigit() else None
    return case is not None and (sees_inside(user, case) or for_filer(case, file))


def for_filer(case: Case, file: StoredFile) -> bool:
    """Whether a file of the case is for whoever filed it."""
    own = {"filer"} | ({case.owner.ref} if case.owner is not None else set())
    return file.stored_by in own or IssuedPaper.objects.filter(case=case, file=file.pk, for_filer=True).exists()


def address(key: str) -> str:
    """Where a message about a case leads."""
    return reverse("cases:case", args=[key]) if key.isdigit() else ""
