"""Storage of the parties room."""

from __future__ import annotations

from hengjian.parties.models.access import ApiToken, RoleGrant
from hengjian.parties.models.audit import AuditEntry
from hengjian.parties.models.base import Confidentiality, Dated
from hengjian.parties.models.people import Limits, User
from hengjian.parties.models.regions import NATION, Region, RegionSuccession
from hengjian.parties.models.units import CollectiveMembership, Counterpart, Unit, UnitAlias, UnitLeader, UnitSuccession

__all__ = [
    "NATION",
    "ApiToken",
    "AuditEntry",
    "CollectiveMembership",
    "Confidentiality",
    "Counterpart",
    "Dated",
    "Limits",
    "Region",
    "RegionSuccession",
    "RoleGrant",
    "Unit",
    "UnitAlias",
    "UnitLeader",
    "UnitSuccession",
    "User",
]
