"""The limits of the rulebook as the checks take them, and the balance of a lot with the yields of its processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.methods.trace_graph.balance import LotBalance, lot_balance
from hengjian.methods.trace_graph.steps import Anomaly, Limits
from hengjian.parties.policies import Person
from hengjian.rulebook.base import NATIONAL, Rule
from hengjian.rulebook.parameters.trace_limits import TraceLimits
from hengjian.trace.chain.queries import network
from hengjian.trace.events.models import Event, EventThing

FAMILY = "trace_limits"


def limits_rule(region: str = NATIONAL, on: date | None = None) -> Rule:
    """The rule on limits in force in a region: its own, or else that of the region or nation around it."""
    return rulebook.at(FAMILY, region, on or timezone.localdate())


def reader_rule(user: Person) -> Rule:
    """The rule of the region where the reader works."""
    unit = getattr(user, "unit", None)
    return limits_rule(unit.region.code if unit is not None else NATIONAL)


def rules_in_force(on: date | None = None) -> list[Rule]:
    """The nation's rule, and those with which regions went their own way."""
    day = on or timezone.localdate()
    found = [rule for rule in rulebook.versions(FAMILY) if rule.in_force(day)]
    chosen = (limits_rule(region, day) for region in {NATIONAL, *(place for rule in found for place in rule.defaults)})
    return sorted({rule.id: rule for rule in chosen}.values(), key=lambda rule: (rule.region != NATIONAL, rule.id))


def limits_note() -> str:
    """Which rules the limits come from and whether they are assumed: for lists and their exports."""
    rule, *regional = rules_in_force()
    words = _("限值见规则“%(title)s”，为系统假定，待核。") if rule.assumptions else _("限值见规则“%(title)s”。")
    told = words % {"title": rule.title}
    if regional:
        told += _("另有 %(number)d 个地区规则，只用于当地的事件。") % {"number": len(regional)}
    return told


def limits_of(rule: Rule) -> Limits:
    """The limits of a rule as the checks for anomalies take them."""
    found = rule.typed(TraceLimits)
    return Limits(
        speed=float(found.speed),
        nearest=float(found.nearest),
        receive_days=found.receive_days,
        tolerance=float(found.tolerance) / 100,
        highest_yield=float(found.usual.highest) / 100,
    )


def by_region(look: Callable[[Limits], list[Anomaly]]) -> list[Anomaly]:
    """What a look at things finds when each region is judged by its own limits.

    An anomaly belongs to the region of the last of its events, as it does on the work list.
    """
    rules = rules_in_force()
    if len(rules) == 1:
        return look(limits_of(rules[0]))
    found = {rule.id: look(limits_of(rule)) for rule in rules}
    numbers = {one.events[-1] for some in found.values() for one in some if one.events}
    regions = dict(Event.objects.filter(pk__in=numbers).values_list("pk", "party__region__code"))
    chosen = {code: limits_rule(code).id for code in {NATIONAL, *regions.values()}}

    def holds(one: Anomaly, rule: str) -> bool:
        return chosen[regions.get(one.events[-1], NATIONAL) if one.events else NATIONAL] == rule

    return [one for rule, some in found.items() for one in some if holds(one, rule)]


def balance_of(
    lot: str,
    *,
    tolerance: Decimal | None = None,
    usual: tuple[Decimal, Decimal] | None = None,
    stocks: Mapping[str, Decimal] | None = None,
    rule: Rule | None = None,
) -> LotBalance:
    """The mass balance of a lot with the limits of the rulebook, or with those given.

    Args:
        tolerance: allowed difference as a share. usual: lowest and highest yield, for all processes of the lot.
        stocks: counted stock by site. rule: whose limits (the nation's when left out).
    """
    found = (rule or limits_rule()).typed(TraceLimits)
    return lot_balance(
        network(),
        lot,
        tolerance=found.tolerance / 100 if tolerance is None else tolerance,
        usual=found.usual.shares if usual is None else usual,
        yields=_yields(lot, found) if usual is None else None,
        stocks=stocks,
    )


def _yields(lot: str, limits: TraceLimits) -> dict[str, tuple[Decimal, Decimal]]:
    """Yields by name of the process, for the processes that made or used a lot (names as in the index)."""
    roles = (EventThing.Role.INPUT, EventThing.Role.OUTPUT)
    numbers = EventThing.objects.filter(key=lot, role__in=roles).values("event_id")
    rows = Event.objects.filter(pk__in=numbers, type="TransformationEvent")
    return {
        str(event.document.get("transformationID") or event.hash): limits.yield_of(event.biz_step)
        for event in rows.only("document", "hash", "biz_step")
    }
