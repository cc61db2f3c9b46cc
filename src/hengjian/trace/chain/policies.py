"""Who may do what. Officers see the whole chain, because a recall does not end at the border of a county; scenarios
belong to a unit; anomalies and recalls are seen by the organs of their region and of the regions above. Enterprises see
one step up and one step down of what they themselves handled."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hengjian.parties.access import EVERY_OFFICER
from hengjian.parties.grants import Grant, Person
from hengjian.parties.models import Unit
from hengjian.parties.models.regions import subtree_ids
from hengjian.parties.policies import Policy, register_policy, visible
from hengjian.parties.roles import register_verb
from hengjian.trace.chain.models import Anomaly, RecallOrder, Scenario

VIEW, SIMULATE, RECALL, SETTLE, TRACE_SOURCE, NEIGHBOURS = (
    "trace.view",
    "trace.simulate",
    "trace.order_recall",
    "trace.settle",
    "trace.open_source_case",
    "trace.neighbours",
)
WORKERS = ("office", "unit_head", "officer", "inspector")


class RegionPolicy(Policy):
    """A right in a unit reaches the rows of the unit's region and of the regions in it."""

    def _reach(self, user: Person, grant: Grant, verb: str, model: type[models.Model]) -> Q | None:
        places = [grant.region] if grant.region is not None else []
        if grant.unit is not None:
            places += Unit.objects.filter(pk=grant.unit).values_list("region_id", flat=True)
        if grant.own:
            return None
        return Q(region__in=subtree_ids(places)) if places else Q()


def register() -> None:
    """Verbs and row scopes; called when the app is ready."""
    register_verb(VIEW, _("查看追溯链条"), EVERY_OFFICER, _("追溯、召回模拟、数量平衡、异常。"), scope=True)
    register_verb(SIMULATE, _("保存召回方案"), (*WORKERS, "analyst"), scope=True)
    register_verb(RECALL, _("责令召回"), ("unit_head", "officer"), scope=True)
    register_verb(SETTLE, _("处理追溯异常"), WORKERS, scope=True)
    register_verb(TRACE_SOURCE, _("移交源头追溯"), WORKERS, scope=True)
    register_verb(NEIGHBOURS, _("查询本企业产品的上下游"), ("enterprise",), scope=True)
    register_policy(Scenario, Policy(view=VIEW, unit_lookup="unit", region_lookup="region"))
    register_policy(RecallOrder, RegionPolicy(view=VIEW, unit_lookup="unit", region_lookup="region"))
    register_policy(Anomaly, RegionPolicy(view=VIEW, unit_lookup="unit", region_lookup="region"))


def open_anomalies(user: Any) -> int:
    """How many anomalies wait for the user's organ; here, because the navigation must not load the graph."""
    return visible(user, Anomaly.objects.filter(state=Anomaly.State.OPEN)).count()
