"""Which units keep a register: the declared families, and `office` for the offices of leading groups."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.parties.models import Region, Unit
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.declarations import RegisterType

# In `keepers`, stands for the offices of leading groups, which belong to no family.
OFFICE = "office"


def keeping(declared: RegisterType) -> Q:
    """The condition on units that keep the register; every unit where none are named."""
    if not declared.keepers:
        return Q()
    found = Q(family__in=declared.keepers)
    return found | Q(kind=Unit.Kind.PANEL) if OFFICE in declared.keepers else found


def keeps(declared: RegisterType, unit: Unit) -> bool:
    """Whether the unit keeps the register; the same answer as `keeping`."""
    if not declared.keepers or unit.family in declared.keepers:
        return True
    return OFFICE in declared.keepers and unit.kind == Unit.Kind.PANEL


def keeper_for(declared: RegisterType, enterprise: Unit, region: Region) -> Unit:
    """The unit of the register's families in the region, or the nearest above; the enterprise itself without any.

    Raises:
        ActionRefused: no unit of those families is in being there.
    """
    if not declared.keepers:
        return enterprise
    here: Region | None = region
    while here is not None:
        found = Unit.objects.valid_on(timezone.localdate()).filter(keeping(declared), region=here).first()
        if found is not None:
            return found
        here = here.parent
    raise ActionRefused(
        _("“%(region)s”没有负责《%(register)s》的单位。") % {"region": region.name, "register": declared.title},
        _("请联系系统管理员登记负责单位后再申报。"),
    )
