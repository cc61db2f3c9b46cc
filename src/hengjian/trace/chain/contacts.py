"""Whom to call: the page of each party in the register of enterprises, and the office telephones the reader may see.

Private numbers stay in the vault: on the page of the enterprise each look at one is reasoned and logged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from hengjian.enterprises.models import Enterprise
from hengjian.parties.models import User
from hengjian.parties.policies import may_anywhere, visible
from hengjian.trace.chain.index import UNIT

PEOPLE = "parties.view_people"


@dataclass(frozen=True)
class Contact:
    """`url`: page of the enterprise; `phones`: (name with its middle covered, number)."""

    url: str = ""
    phones: tuple[tuple[str, str], ...] = ()


def contacts(user: Any, parties: Iterable[str]) -> dict[str, Contact]:
    """By key of the party, for a reader; parties that are no unit of ours have none."""
    codes = {party.removeprefix(UNIT): party for party in parties if party.startswith(UNIT)}
    rows = Enterprise.objects.filter(code__in=[code.upper() for code in codes]).exclude(code="")
    pages = {
        code.upper(): reverse("enterprises:enterprise", args=[key]) for code, key in rows.values_list("code", "key")
    }
    phones: dict[str, list[tuple[str, str]]] = defaultdict(list)
    if may_anywhere(user, PEOPLE):
        people = visible(user, User.objects.filter(unit__key__in=codes, is_active=True).exclude(phone=""))
        for person in people.select_related("unit").order_by("pk"):
            if person.unit is not None:
                phones[person.unit.key].append((person.masked_name, person.phone))
    return {party: Contact(pages.get(code.upper(), ""), tuple(phones[code])) for code, party in codes.items()}
