"""Storage of the register of enterprises."""

from hengjian.enterprises.models.delivered import IntakeBatch, IntakeFault, IntakeTemplate, SourceRecord
from hengjian.enterprises.models.enterprise import Enterprise, EnterpriseCode, EnterpriseName, EntityEvent
from hengjian.enterprises.models.identity import CodeClaim, CodeConflict, LinkKey, LinkWeights, ResolverEdge, ReviewPair

__all__ = [
    "CodeClaim",
    "CodeConflict",
    "Enterprise",
    "EnterpriseCode",
    "EnterpriseName",
    "EntityEvent",
    "IntakeBatch",
    "IntakeFault",
    "IntakeTemplate",
    "LinkKey",
    "LinkWeights",
    "ResolverEdge",
    "ReviewPair",
    "SourceRecord",
]
