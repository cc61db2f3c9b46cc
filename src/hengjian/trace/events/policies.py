"""The verbs of the room and who may read which events.

A unit reads what it captured and what names it as source or destination (one up, one down); an authority of the trade
reads what concerns the units of its region; nobody reads anything without logging in.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from hengjian.parties.access import EVERY_OFFICER
from hengjian.parties.grants import Grant, Person
from hengjian.parties.models import Unit
from hengjian.parties.models.regions import subtree_ids
from hengjian.parties.policies import Policy, register_policy
from hengjian.parties.roles import register_verb
from hengjian.trace.events.models import CaptureJob, Event, EventReader, NamedQuery, PartyKey, Subscription

# Who keeps watch over what products went through, each for its part: farm inputs and produce, food, drugs, trade.
# Source: division of duties in 商秩字〔2019〕5号.
AUTHORITIES = (
    "market_regulation",
    "agriculture_rural",
    "drug_regulation",
    "commerce",
    "industry_information",
    "health",
    "customs",
)
READERS = [role for role in (*EVERY_OFFICER, "enterprise") if role != "system_admin"]
VIEW, CAPTURE, SUBSCRIBE, DECLARE = "epcis.view", "epcis.capture", "epcis.subscribe", "epcis.declare_key"


@dataclass(frozen=True)
class EventPolicy(Policy):
    """Events by their readers, asked in the way that keeps pages quick: the events of one unit are a list of their own
    that a page is cut from; those of a region are most of the table, so each row of the page is asked about."""

    def _reach(self, user: Person, grant: Grant, verb: str, model: type[models.Model]) -> Q | None:
        reach = Q()
        region = grant.region
        if grant.unit is not None:
            watched = (
                Unit.objects.filter(pk=grant.unit, family__in=AUTHORITIES).values_list("region", flat=True).first()
            )
            if watched is None:
                reach &= Q(pk__in=EventReader.objects.filter(unit=grant.unit).values("event_id"))
            region = region or watched
        if region is not None:
            inside = EventReader.objects.filter(event=OuterRef("pk"), unit__region__in=subtree_ids([region]))
            reach &= Q(Exists(inside))
        return reach

    def _repeats(self, model: type[models.Model], verb: str) -> bool:
        return False


def register() -> None:
    """Called once when the app is ready."""
    register_verb(VIEW, _("查看追溯事件"), READERS, scope=True)
    register_verb(CAPTURE, _("采集追溯事件"), ["office", "officer", "inspector", "enterprise"], scope=True)
    register_verb(SUBSCRIBE, _("管理追溯查询和订阅"), ["office", "officer", "analyst", "enterprise"], scope=True)
    register_verb(DECLARE, _("登记追溯标识"), ["office", "officer", "unit_head", "enterprise"], scope=True)
    register_policy(Event, EventPolicy(view=VIEW, unit_lookup="readers__unit", region_lookup="readers__unit__region"))
    register_policy(CaptureJob, Policy(view=VIEW, unit_lookup="party"))
    register_policy(NamedQuery, Policy(view=VIEW, unit_lookup="unit"))
    register_policy(Subscription, Policy(view=SUBSCRIBE, unit_lookup="query__unit"))
    register_policy(PartyKey, Policy(view=VIEW, unit_lookup="unit"))
