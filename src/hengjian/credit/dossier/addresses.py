"""Where a line leads in its own room, for this reader; nowhere, where the reader may not go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.urls import NoReverseMatch, reverse

from hengjian.cases.models import Case
from hengjian.credit.dossier.readers import Reader
from hengjian.enterprises.sections import Line
from hengjian.parties.policies import visible
from hengjian.registers.catalogue import register_type
from hengjian.registers.queries import entries


def address(name: str, *args: Any) -> str:
    """The address of a page of another room; empty where that room has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def with_addresses(lines: Sequence[Line], reader: Reader) -> list[Line]:
    """The lines with `url` where there is a page; a query per register and one for cases."""
    open_entries, open_cases = _entries(lines, reader), _cases(lines, reader)
    found = []
    for line in lines:
        if line.url or not line.ref:
            found.append(line)
            continue
        kind, _sep, rest = line.ref.partition(":")
        if kind == "entry":
            code, _sep, pk = rest.partition(":")
            url = _entry_url(code, pk, line, reader, open_entries)
        elif kind == "case" and rest in open_cases:
            url = reverse("cases:own" if reader.own else "cases:case", args=[rest])
        else:
            url = ""
        found.append(replace(line, url=url))
    return found


def _entry_url(code: str, pk: str, line: Line, reader: Reader, seen: set[str]) -> str:
    if line.ref in seen:
        return reverse("registers:entry", args=[code, pk])
    try:
        return reverse("registers:public_entry", args=[code, pk]) if line.public and register_type(code).public else ""
    except KeyError:
        return ""


def _entries(lines: Sequence[Line], reader: Reader) -> set[str]:
    """Those of the lines' entries that the reader may see inside."""
    if reader.user is None:
        return set()
    wanted: dict[str, set[int]] = {}
    for line in lines:
        kind, _sep, rest = line.ref.partition(":")
        code, _sep, pk = rest.partition(":")
        if kind == "entry" and pk.isdigit():
            wanted.setdefault(code, set()).add(int(pk))
    found: set[str] = set()
    for code, pks in wanted.items():
        try:
            rows = visible(reader.user, entries(code).filter(pk__in=pks))
        except KeyError:
            continue
        found |= {f"entry:{code}:{pk}" for pk in rows.values_list("pk", flat=True)}
    return found


def _cases(lines: Sequence[Line], reader: Reader) -> set[str]:
    if reader.user is None:
        return set()
    pks = [
        rest for kind, _sep, rest in (line.ref.partition(":") for line in lines) if kind == "case" and rest.isdigit()
    ]
    if not pks:
        return set()
    rows = visible(reader.user, Case.objects.filter(pk__in=pks))
    return {str(pk) for pk in rows.values_list("pk", flat=True)}
