"""Finding entries of all registers by number, credit code or name, for the global search and the public look-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.urls import reverse

from hengjian.methods import uscc
from hengjian.pages.navigation import SearchHit
from hengjian.parties.policies import may_anywhere, visible
from hengjian.registers.catalogue import register_types
from hengjian.registers.declarations import RegisterType
from hengjian.registers.models import Entry
from hengjian.registers.queries import entries
from hengjian.registers.showing import language, standing


def condition(words: str, own_table: bool) -> Q:
    """Entries that the words mean: number, credit code, name.

    Tables of their own may be large, so there a number or a name is looked up by its beginning, along an index.
    """
    text = words.strip()
    # SQLite finds a beginning along the index only as a range; other databases order characters by language.
    start = Q(key__range=(text, text + "\U0010ffff")) if connection.vendor == "sqlite" else Q(key__startswith=text)
    found = Q(key=text) | start
    code = uscc.normalise(text)
    if len(code) == 18:
        found |= Q(subject=f"enterprise:{code}")
    if own_table:
        return found
    return found | Q(title__icontains=text)


def search_entries(user: Any, words: str, limit: int) -> Sequence[SearchHit]:
    """What this user may see; provider of the global search."""
    if not may_anywhere(user, "registers.view"):
        return []
    known = {declared.code: declared for declared in register_types()}
    hits: list[SearchHit] = []
    for rows in _tables(list(known.values()), words):
        for entry in visible(user, rows).select_related("unit", "region").order_by("-pk")[: limit - len(hits)]:
            declared = known[entry.register]
            url = reverse("registers:entry", args=[declared.code, entry.pk])
            note = f"{entry.key} {standing(entry, declared)[1]} {entry.unit}"
            hits.append(SearchHit(entry.title, url, declared.said(language()), note))
        if len(hits) >= limit:
            break
    return hits


def _tables(chosen: list[RegisterType], words: str) -> list[QuerySet[Any]]:
    """One queryset per table: the common one, then each own one."""
    shared = [declared.code for declared in chosen if not declared.model]
    found: list[QuerySet[Any]] = [Entry.objects.filter(condition(words, False), register__in=shared)]
    found += [entries(declared.code).filter(condition(words, True)) for declared in chosen if declared.model]
    return found
