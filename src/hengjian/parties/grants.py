"""The roles that people hold, as the policies use them, and the answers that policies give."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from hengjian.parties import roles
from hengjian.parties.models import Confidentiality, Region, RoleGrant, Unit, User

Person = User | AnonymousUser | None


class Forbidden(PermissionDenied):
    """The person may not do it; the message says why in the user's language."""

    def __init__(self, decision: Decision, verb: str) -> None:
        super().__init__(decision.reason)
        self.reason = decision.reason
        self.verb = verb


@dataclass(frozen=True)
class Decision:
    """The answer to "may this person do this"; `reason` explains a refusal in the user's language."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True)
class Scope:
    """Stands for a row that does not exist yet: where it would belong."""

    unit: Unit | None = None
    region: Region | None = None
    confidentiality: int = Confidentiality.PUBLIC
    owner: User | None = None


@dataclass(frozen=True)
class Grant:
    """A role as the policy uses it. `own`: reaches only rows of the person."""

    role: str
    unit: int | None = None
    region: int | None = None
    ceiling: int = Confidentiality.INTERNAL
    own: bool = False


# What Django's superuser flag means here: the administration of accounts, not the sight of business data.
SUPERUSER = Grant("system_admin")


def grants_of(user: Person, on: date | None = None) -> tuple[Grant, ...]:
    """The roles that hold today (or on a day), kept on the user object for the length of a request."""
    if user is None or not user.is_authenticated or not user.is_active:
        return ()
    if on is None:
        kept = user.kept_grants
        if kept is not None and kept[0] == timezone.localdate():
            return kept[1]
    day = on or timezone.localdate()
    rows = (
        RoleGrant.objects.valid_on(day).filter(user_id=user.pk).values_list("role", "unit_id", "region_id", "ceiling")
    )
    found = [Grant(*row) for row in rows]
    found += [Grant(role, own=True, ceiling=Confidentiality.PERSONAL) for role in roles.IMPLICIT]
    if user.is_superuser:
        found.append(SUPERUSER)
    limits = user.limits
    if limits is not None and limits.unit is not None:
        found = [replace(grant, unit=limits.unit) for grant in found if grant.unit in (None, limits.unit)]
    result = tuple(dict.fromkeys(found))
    if on is None:
        user.kept_grants = (day, result)
    return result


def forget_grants(user: User) -> None:
    """After granting or revoking within a request."""
    user.kept_grants = None


def grants_with(user: Person, verb: str) -> list[Grant]:
    names = roles.verb(verb).roles
    limits = getattr(user, "limits", None)
    if limits is not None and verb not in limits.verbs:
        return []
    return [grant for grant in grants_of(user) if grant.role in names]
