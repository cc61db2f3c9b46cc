"""What the shell asks of the room: search, files, how much waits."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from hengjian.indicators import showing
from hengjian.indicators.catalogue import definitions
from hengjian.indicators.models import Batch
from hengjian.pages.navigation import SearchHit
from hengjian.parties.policies import may_anywhere, visible


def search(user: Any, words: str, limit: int) -> list[SearchHit]:
    """Indicators by name, code or other names."""
    if not may_anywhere(user, "indicators.view"):
        return []
    found = []
    for declared in definitions():
        told = " ".join((declared.code, declared.title, declared.title_en, *declared.aliases)).casefold()
        if all(word in told for word in words.casefold().split()):
            url = reverse("indicators:indicator", args=[declared.code])
            theme = str(showing.THEME_WORDS[declared.theme])
            found.append(SearchHit(declared.said(showing.language()), url, theme, declared.code))
    return found[:limit]


def may_read_file(user: Any, file: Any) -> bool:
    """Whoever may see an import may see its file."""
    pk = str(file.subject).partition(":")[2]
    return pk.isdigit() and visible(user, Batch.objects.filter(pk=int(pk))).exists()


def waiting(user: Any) -> int:
    """Values that wait for the person's approval."""
    from hengjian.indicators.views.work import waiting as count

    return count(user) if may_anywhere(user, "indicators.approve") else 0


def missed(user: Any) -> int:
    """Targets of the person's unit that were missed or fall due soon."""
    from hengjian.indicators.views.targets import own

    return len(own(user))
