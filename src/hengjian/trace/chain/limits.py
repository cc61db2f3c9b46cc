"""The limits of the rulebook as the checks take them, and the balance of a lot with the yields of its processes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.methods.trace_graph.balance import LotBalance, lot_balance
from hengjian.methods.trace_graph.steps import Limits
from hengjian.rulebook.base import NATIONAL, Rule
from hengjian.rulebook.parameters.trace_limits import TraceLimits
from hengjian.trace.chain.queries import network
from hengjian.trace.events.models import Event, EventThing

FAMILY = "trace_limits"


def limits_rule(region: str = NATIONAL, on: date | None = None) -> Rule:
    """The rule on limits in force."""
    return rulebook.at(FAMILY, region, on or timezone.localdate())


def limits_note() -> str:
    """Which rule the limits come from and whether they are assumed: for lists and their exports."""
    rule = limits_rule()
    if not rule.assumptions:
        return _("限值见规则“%(title)s”。") % {"title": rule.title}
    return _("限值见规则“%(title)s”，为系统假定，待核。") % {"title": rule.title}


def check_limits(region: str = NATIONAL) -> Limits:
    """The limits of the checks for anomalies."""
    found = limits_rule(region).typed(TraceLimits)
    return Limits(
        speed=float(found.speed),
        nearest=float(found.nearest),
        receive_days=found.receive_days,
        tolerance=float(found.tolerance) / 100,
        highest_yield=float(found.usual.highest) / 100,
    )


def balance_of(
    lot: str,
    *,
    tolerance: Decimal | None = None,
    usual: tuple[Decimal, Decimal] | None = None,
    stocks: Mapping[str, Decimal] | None = None,
) -> LotBalance:
    """The mass balance of a lot with the limits of the rulebook, or with those given.

    Args:
        tolerance: allowed difference as a share. usual: lowest and highest yield, for all processes of the lot.
        stocks: counted stock by site.
    """
    found = limits_rule().typed(TraceLimits)
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
