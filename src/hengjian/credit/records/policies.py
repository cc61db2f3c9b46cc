"""Who may see and do what with credit records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengjian.credit.records.models import CreditRecord, Delivery, Look
from hengjian.ledger.models import Level
from hengjian.parties.grants import Grant, Person
from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb

OFFICERS = ("office", "unit_head", "officer", "inspector", "reviewer", "viewer", "analyst")
# Verbs on what is sealed; nothing else reaches it.
SEALED_VERBS = ("credit.sealed", "credit.revoke_repair")
PUBLIC = Q(sealed_at__isnull=True, disclosure=Level.PUBLIC, state=CreditRecord.State.PUBLISHED)


def running(on: date) -> Q:
    """What has not reached its longest publication by a day. The worker ends the rest; until it has come round, from
    midnight on, others are shown it no more."""
    return Q(max_until__isnull=True) | Q(max_until__gt=on) | Q(unfulfilled=True)


@dataclass(frozen=True)
class RecordPolicy(Policy):
    """What is public or shared is for every authority, what is for use by the organ only for its own people; an
    enterprise sees all that is recorded about it. Sealed records are nobody's."""

    def _reach(self, user: Person, grant: Grant, verb: str, model: type[models.Model]) -> Q | None:
        open_ones = Q(sealed_at__isnull=True)
        if grant.role == "enterprise":
            return open_ones & Q(enterprise__account=grant.unit) if grant.unit is not None else None
        if verb in SEALED_VERBS:
            if grant.unit is None:  # the organ's own duty; no right over a whole region reaches it
                return None
            reach = super()._reach(user, grant, verb, model)
            return None if reach is None else reach & Q(sealed_at__isnull=False)
        if verb != self.view:
            reach = super()._reach(user, grant, verb, model)
            return None if reach is None else open_ones & reach
        shared = open_ones & ~Q(disclosure=Level.INTERNAL)
        return shared | (open_ones & Q(organ=grant.unit)) if grant.unit is not None else shared


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb(
        "credit.view",
        _("查看信用记录"),
        (*OFFICERS, "enterprise"),
        _("公示的和部门间共享的；企业看本企业的。"),
        scope=True,
    )
    register_verb(
        "credit.record", _("归集信用记录"), ("unit_head", "officer"), _("本单位作出的决定，须在目录之内。"), scope=True
    )
    register_verb("credit.correct", _("更正、撤销信用记录"), ("unit_head", "officer", "reviewer"), _("本单位认定的。"))
    register_verb(
        "credit.shield", _("临时屏蔽信用记录"), ("unit_head", "reviewer"), _("破产重整期间，由认定单位办理。")
    )
    register_verb(
        "credit.sealed",
        _("查阅封存的信用记录"),
        ("reviewer",),
        _("仅供监督检查，限本单位认定的，须写明目的，每次留痕。"),
    )
    register_verb("credit.revoke_repair", _("撤销信用修复"), ("unit_head", "reviewer"), _("查实申请材料虚假的。"))
    register_verb("credit.looks", _("查看查询记录"), ("unit_head", "enterprise"), _("谁查过本企业或本单位人员查过谁。"))
    register_policy(
        CreditRecord,
        RecordPolicy(view="credit.view", unit_lookup="organ", region_lookup="organ__region", public=PUBLIC),
    )
    register_policy(Delivery, Policy(view="credit.record", unit_lookup="unit", region_lookup="unit__region"))
    register_policy(
        Look,
        Policy(view="credit.looks", unit_lookup=("unit", "enterprise__account"), region_lookup="enterprise__region"),
    )
