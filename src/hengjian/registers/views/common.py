"""What the views share: finding registers and entries that the reader may see."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from hengjian.parties.models import Confidentiality
from hengjian.parties.policies import may_anywhere, visible
from hengjian.registers.catalogue import AREAS, Area, register_type
from hengjian.registers.declarations import RegisterType
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import entries

ALSO = ("unit", "region", "filer")


def find_register(code: str) -> RegisterType:
    try:
        return register_type(code)
    except KeyError:
        raise Http404(_("没有这本登记册。")) from None


def find_public_register(code: str) -> RegisterType:
    declared = find_register(code)
    if not declared.public:
        raise Http404(_("没有这本登记册。"))
    return declared


def find_entry(user: Any, declared: RegisterType, pk: int) -> EntryBase:
    """The entry, if the reader may see it; to others it does not exist."""
    entry = visible(user, entries(declared.code).filter(pk=pk).select_related(*ALSO)).first()
    if entry is None:
        raise Http404(_("没有这项登记，或不在您的查看范围内。"))
    return entry


def public_entries(declared: RegisterType) -> Any:
    """The entries that everybody may see."""
    shown = [status.code for status in declared.statuses if status.public]
    rows = entries(declared.code).filter(confidentiality=Confidentiality.PUBLIC, status__in=shown)
    return rows.select_related("unit", "region")


def area_of(declared: RegisterType) -> Area:
    return AREAS[declared.area]


def may_file(user: Any, declared: RegisterType) -> bool:
    """Whether the user enters into this register as an enterprise."""
    return declared.filed_by == "enterprise" and may_anywhere(user, "registers.file") and user.unit is not None


def may_enter(user: Any, declared: RegisterType) -> bool:
    """Whether to offer "new": the action decides in the end."""
    if declared.filed_by == "system":
        return False
    if may_file(user, declared):
        return True
    from hengjian.registers.forms import units_for

    return may_anywhere(user, "registers.edit") and bool(units_for(user, declared))
