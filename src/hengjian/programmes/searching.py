"""How the rest of the site finds things of this room: search, messages, the page of an entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from hengjian.pages.navigation import SearchHit
from hengjian.parties.policies import can, visible
from hengjian.programmes import catalogue
from hengjian.programmes.models import Application, Edition
from hengjian.programmes.words import state_of
from hengjian.registers.hooks import Related
from hengjian.registers.showing import language


def address(kind: str) -> Callable[[str], str]:
    """Where a message about an edition, application or review leads."""
    return lambda key: reverse(f"programmes:{kind}", args=[key]) if key.isdigit() else ""


def search(user: Any, words: str, limit: int) -> Sequence[SearchHit]:
    """Programmes by name, editions and applications by name or number."""
    found = [
        SearchHit(item.said(language()), reverse("programmes:programme", args=[item.code]), _("项目"))
        for item in catalogue.programmes()
        if can(user, "programmes.view") and (words in item.title or words.lower() in item.title_en.lower())
    ]
    editions = visible(user, Edition.objects.filter(title__icontains=words)).select_related("unit")
    found += [
        SearchHit(str(row), reverse("programmes:edition", args=[row.pk]), _("届次"), str(row.unit))
        for row in editions[:limit]
    ]
    rows = Application.objects.filter(Q(holder__icontains=words) | Q(case__number__iexact=words))
    applications = visible(user, rows.filter(state=Application.State.SUBMITTED)).select_related("edition", "case")
    found += [
        SearchHit(str(row), reverse("programmes:application", args=[row.pk]), _("申报"), str(row.edition))
        for row in applications[:limit]
    ]
    return found[:limit]


def related(user: Any, refs: Sequence[str]) -> Iterable[Related]:
    """The application that an entry came from, and what can be done with an honour."""
    for ref in refs:
        kind, _sep, rest = ref.partition(":")
        register, _sep, pk = rest.partition(":")
        if kind != "entry" or not pk.isdigit():
            continue
        rows = Application.objects.filter(register=register, entry=int(pk)).select_related("edition", "case")
        for row in visible(user, rows):
            light, word = state_of(row)
            url = reverse("programmes:application", args=[row.pk])
            yield Related(str(row), url, str(row.edition), light, word)
        if register == "honour" and can(user, "programmes.organise"):
            yield Related(_("复核与撤销"), reverse("programmes:honour", args=[int(pk)]))
