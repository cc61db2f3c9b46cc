"""Who may do what in the register of enterprises."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengjian.enterprises.models import (
    CodeConflict,
    Enterprise,
    IntakeBatch,
    IntakeFault,
    IntakeTemplate,
    ReviewPair,
    SourceRecord,
)
from hengjian.parties.grants import Grant, Person
from hengjian.parties.models import Unit
from hengjian.parties.models.regions import subtree_ids
from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb

OFFICERS = ("office", "unit_head", "officer", "inspector", "reviewer", "viewer", "analyst")
# Functions whose units keep the register of enterprises.
KEEPERS = ("market_regulation",)
DECIDERS = ("unit_head", "officer", "reviewer")


@dataclass(frozen=True)
class RegisterPolicy(Policy):
    """The register is the common base of all departments: an officer reads the entries of the whole region, an
    enterprise its own. Deciding on identities reaches the region of the officer's unit."""

    reads_all: bool = True

    def _reach(self, user: Person, grant: Grant, verb: str, model: type[models.Model]) -> Q | None:
        if grant.role == "enterprise":
            return super()._reach(user, grant, verb, model)
        if verb == self.view and self.reads_all:
            return Q()
        if grant.region is None and grant.unit is not None:
            # Identities are for the units that keep the register, each in its region.
            home = Unit.objects.filter(pk=grant.unit, family__in=KEEPERS).values_list("region_id", flat=True).first()
            return Q(**{f"{self.regions_for(verb)[0]}__in": subtree_ids([home])}) if home is not None else None
        return super()._reach(user, grant, verb, model)


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb(
        "enterprises.view",
        _("查看主体库"),
        (*OFFICERS, "enterprise"),
        _("主体库各部门共用；企业只看本企业。"),
        scope=True,
    )
    register_verb("enterprises.intake", _("归集主体数据"), ("unit_head", "officer"), _("本单位的数据。"), scope=True)
    register_verb("enterprises.records", _("查看数源原始记录"), OFFICERS, _("本单位提供的，或授权地区的。"), scope=True)
    register_verb("enterprises.reveal", _("查看主体中的个人信息"), DECIDERS, _("须写明目的，每次查看都留痕。"))
    register_verb(
        "enterprises.decide", _("核对主体身份"), DECIDERS, _("合并、拆分、疑似重复和重错码，限本地区。"), scope=True
    )
    register_policy(Enterprise, RegisterPolicy(view="enterprises.view", unit_lookup="account", region_lookup="region"))
    register_policy(ReviewPair, RegisterPolicy(view="enterprises.decide", region_lookup="region", reads_all=False))
    register_policy(CodeConflict, RegisterPolicy(view="enterprises.decide", region_lookup="region", reads_all=False))
    register_policy(SourceRecord, Policy(view="enterprises.records", unit_lookup="source", region_lookup="region"))
    register_policy(IntakeBatch, Policy(view="enterprises.intake", unit_lookup="source", region_lookup="region"))
    register_policy(
        IntakeFault, Policy(view="enterprises.intake", unit_lookup="batch__source", region_lookup="batch__region")
    )
    register_policy(IntakeTemplate, Policy(view="enterprises.intake", unit_lookup="unit", region_lookup="unit__region"))
