"""Who may do what with indicators. A value belongs to the unit that answers for the indicator in the region."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengjian.indicators.models import Batch, DefinitionVersion, Observation, PeriodLock, Target
from hengjian.parties.access import EVERY_OFFICER
from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb

ANALYSTS = ("office", "analyst")
KEEPERS = ("office", "analyst", "officer", "unit_head")
DECIDERS = ("office", "unit_head", "reviewer")


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb(
        "indicators.view",
        _("查看指标"),
        EVERY_OFFICER,
        _("本单位负责的，或授权地区的全部指标值；已核定的公开值人人可看。"),
        scope=True,
    )
    register_verb("indicators.compute", _("计算指标"), ANALYSTS, _("由事实和报表重新计算指标值。"), scope=True)
    register_verb("indicators.import", _("导入指标值"), KEEPERS, scope=True)
    register_verb("indicators.correct", _("更正指标值"), KEEPERS, _("须写更正说明，更正后形成新版本。"), scope=True)
    register_verb("indicators.approve", _("核定指标值"), DECIDERS, _("不得核定本人导入、更正或计算的值。"), scope=True)
    register_verb("indicators.lock", _("锁定期间"), ("office",), scope=True)
    register_verb("indicators.define", _("定义指标"), ANALYSTS, _("提出新指标或修改指标定义，由另一人批准。"))
    register_verb("indicators.approve_definition", _("批准指标定义"), DECIDERS)
    register_verb("indicators.set_target", _("设定指标目标"), ("office",), scope=True)
    public = Q(public=True, status=Observation.Status.APPROVED)
    register_policy(
        Observation, Policy(view="indicators.view", unit_lookup="unit", region_lookup="region", public=public)
    )
    register_policy(Target, Policy(view="indicators.view", unit_lookup="owner", region_lookup="region"))
    register_policy(Batch, Policy(view="indicators.import", unit_lookup="unit"))
    register_policy(PeriodLock, Policy(view="indicators.view", region_lookup="region"))
    register_policy(DefinitionVersion, Policy(view="indicators.define", unit_lookup="unit"))
