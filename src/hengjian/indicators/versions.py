"""Keeping what an indicator meant: the version of a definition that a value is made by."""

from __future__ import annotations

from typing import cast

from django.db.models import Max
from django.utils import timezone

from hengjian.indicators.catalogue import digest
from hengjian.indicators.declarations import Definition
from hengjian.indicators.models import DefinitionVersion


def version_of(declared: Definition) -> DefinitionVersion:
    """The stored version that says exactly this; kept now if it is used for the first time."""
    found = DefinitionVersion.objects.filter(
        indicator=declared.code, digest=digest(declared), state=DefinitionVersion.State.APPROVED
    )
    known = found.order_by("-number").first()
    if known is not None:
        return known
    return DefinitionVersion.objects.create(
        indicator=declared.code,
        number=next_number(declared.code),
        digest=digest(declared),
        body=body_of(declared),
        in_force_from=timezone.now(),
    )


def body_of(declared: Definition) -> dict[str, object]:
    """A definition as it is stored."""
    return cast(dict[str, object], declared.model_dump(mode="json", exclude_defaults=True))


def next_number(code: str) -> int:
    last = DefinitionVersion.objects.filter(indicator=code).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
