"""What the global search and the pages of registers find in this room; only rows that the person may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from hengjian.cases.actions.base import declaration
from hengjian.cases.models import Case
from hengjian.cases.showing import state_of
from hengjian.pages.navigation import SearchHit
from hengjian.parties.policies import visible
from hengjian.registers.hooks import Related
from hengjian.registers.showing import language


def search_cases(user: Any, words: str, limit: int) -> list[SearchHit]:
    """By number, or by words of the title."""
    rows = visible(user, Case.objects.all())
    exact = rows.filter(number__iexact=words.strip())
    found = list(exact[:1])
    if not found:
        for word in words.split()[:5]:
            rows = rows.filter(title__icontains=word)
        found = list(rows.order_by("-opened_at")[:limit])
    return [
        SearchHit(f"{case.number} {case.title}", reverse("cases:case", args=[case.pk]), _("办件"),
                  declaration(case).said(language()))
        for case in found
    ]  # fmt: skip


def related_cases(user: Any, refs: Sequence[str]) -> list[Related]:
    """What the person may see of cases about an entry of a register, or arisen from it; newest first."""
    rows = visible(user, Case.objects.filter(Q(subject__in=refs) | Q(origin__in=refs))).order_by("-opened_at")[:20]
    found = []
    for case in rows:
        light, state = state_of(case)
        found.append(
            Related(
                title=case.title,
                url=reverse("cases:case", args=[case.pk]),
                note=f"{declaration(case).said(language())} {case.number}",
                light=light,
                state=state,
            )
        )
    return found
