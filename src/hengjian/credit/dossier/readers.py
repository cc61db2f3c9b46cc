"""Who reads a dossier, and how much of it: the public, the enterprise itself, an officer of the region.

The public sees public facts. The enterprise sees what departments share about it. An officer whose unit or grant covers
the enterprise's region sees the same and, of internal facts, those of the own unit; elsewhere an officer is the public.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Q

from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.queries import by_code
from hengjian.ledger.drafts import Disclosure
from hengjian.parties.models import Region, Unit, User
from hengjian.parties.models.regions import subtree_ids
from hengjian.parties.policies import grants_with, may_anywhere

Side = Literal["public", "own", "officer"]
READ, OWN = "dossier.read", "dossier.own"


@dataclass(frozen=True)
class Reader:
    """One person in front of one dossier.

    Attributes:
        side: as whom the person reads.
        abroad: an officer, but of another region.
    """

    side: Side
    user: User | None = None
    abroad: bool = False

    @property
    def disclosure(self) -> Disclosure:
        return "public" if self.side == "public" else "shared"

    @property
    def own(self) -> bool:
        return self.side == "own"

    @property
    def officer(self) -> bool:
        return self.side == "officer"

    def internal(self) -> Q:
        """The facts beyond the disclosure level that this reader may see: internal ones of the own unit."""
        unit = self.user.unit if self.officer and self.user is not None else None
        return Q(disclosure="internal", source_unit=unit.ref) if unit is not None else Q(pk__in=[])


PUBLIC = Reader("public")


def reader_of(user: Any, enterprise: Enterprise) -> Reader:
    """As whom the person reads this dossier."""
    if not isinstance(user, User) or not user.is_active:
        return PUBLIC
    if stands_for(user, enterprise):
        return Reader("own", user)
    if not may_anywhere(user, READ):
        return Reader("public", user)
    if covers(user, enterprise.region_id):
        return Reader("officer", user)
    return Reader("public", user, abroad=True)


def stands_for(user: User, enterprise: Enterprise) -> bool:
    """Whether the account acts for the enterprise: its unit is an enterprise, bears one of its codes, and the role is
    granted there."""
    unit = user.unit
    if unit is None or unit.kind != Unit.Kind.ENTERPRISE:
        return False
    if not any(grant.unit in (None, unit.pk) and not grant.own for grant in grants_with(user, OWN)):
        return False
    if enterprise.account_id is not None and enterprise.account_id == unit.pk:
        return True
    # Whoever holds the code today: of a code that was issued twice, another body may have had it before.
    holder = by_code(unit.key.upper())
    return holder is not None and holder.pk == enterprise.pk


def covers(user: User, region: int | None) -> bool:
    """Whether a grant of the person reaches the region: its own regions, or those of the unit it was given for."""
    grants = [grant for grant in grants_with(user, READ) if not grant.own]
    if any(grant.region is None and grant.unit is None for grant in grants):
        return True
    if region is None:
        return False
    # A grant for a unit within a region reaches no further than both.
    roots = {grant.region for grant in grants if grant.region is not None}
    units = {grant.unit for grant in grants if grant.region is None and grant.unit is not None}
    if units:
        roots |= set(Unit.objects.filter(pk__in=units).values_list("region_id", flat=True))
    return Region.objects.filter(pk=region, pk__in=subtree_ids(pk for pk in roots if pk is not None)).exists()
