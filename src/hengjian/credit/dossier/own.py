"""The enterprise's own side: which body an account stands for, and what waits there."""

from __future__ import annotations

from hengjian.credit.dossier.readers import stands_for
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.queries import by_code, by_key
from hengjian.parties.models import Unit, User


def enterprise_of(user: User) -> Enterprise | None:
    """The body that the account acts for; None when it acts for none, or the body is not in the register yet."""
    unit = user.unit
    if unit is None or unit.kind != Unit.Kind.ENTERPRISE:
        return None
    found = Enterprise.objects.filter(account=unit, merged_into=None).select_related("region").first()
    found = found or by_code(unit.key.upper()) or by_key(unit.key)
    return found if found is not None and stands_for(user, found) else None
