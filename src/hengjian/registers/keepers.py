"""Which unit keeps what an enterprise files."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.parties.models import Region, Unit
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.declarations import RegisterType


def keeper_for(declared: RegisterType, enterprise: Unit, region: Region) -> Unit:
    """The unit of the register's families in the region, or the nearest above; the enterprise itself without any.

    Raises:
        ActionRefused: no unit of those families is in being there.
    """
    if not declared.keepers:
        return enterprise
    here: Region | None = region
    while here is not None:
        found = Unit.objects.valid_on(timezone.localdate()).filter(region=here, family__in=declared.keepers).first()
        if found is not None:
            return found
        here = here.parent
    raise ActionRefused(
        _("“%(region)s”没有负责《%(register)s》的单位。") % {"region": region.name, "register": declared.title},
        _("请联系系统管理员登记负责单位后再申报。"),
    )
