"""Listed supervision of major hazards: the day it must be settled by, escalation, and from hazard to listing."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.cases import clocking
from hengjian.cases.actions import OpenCase
from hengjian.cases.hooks import StepContext
from hengjian.clocks.actions import cancel_clock, start_clock
from hengjian.clocks.rules import Term
from hengjian.pages.notices import tell
from hengjian.parties.models import RoleGrant, Unit, User
from hengjian.parties.verbs import ActionRefused


def due(context: StepContext) -> None:
    """The clock `rectify` ends on the day that the notice (or its change) names."""
    case, declared = context.case, context.declared
    day = date.fromisoformat(str(case.data["due_on"]))
    began = timezone.localdate(context.at)
    if day <= began:
        raise ActionRefused(_("治理期限应晚于今天。"), _("请更正治理期限。"), status=400)
    going = clocking.running(case).get("rectify")
    by = context.user.ref if context.user else context.system
    if going is not None:
        cancel_clock(going, at=context.at, by=by)
    clock = declared.clock("rectify")
    alarms = [(alarm.code, alarm.offset) for alarm in clock.alarms]
    start_clock(
        case.ref,
        declared.purpose("rectify"),
        context.at,
        term=Term((day - began).days, "calendar_day", "none"),
        alarms=[*alarms, (clocking.AUTO, 1)],
        unit=case.unit.ref,
        region=case.region.code,
        by=by,
    )
    clocking.show_clock(case, declared)
    case.save(update_fields=["clock", "due_at", "paused"])


def escalated(context: StepContext) -> None:
    """The body above and the heads of the unit are told; how often is kept on the case."""
    case = context.case
    times = int(case.data.get("escalated") or 0) + 1
    case.data["escalated"] = times
    case.save(update_fields=["data"])
    tell(
        people_above(case.unit),
        gettext_noop("挂牌督办的重大隐患未按期治理：%(title)s（%(number)s），第 %(times)s 次上报。"),
        case.ref,
        f"hazard:{case.pk}:{times}",
        {"title": case.title, "number": case.number, "times": str(times)},
    )


def people_above(unit: Unit) -> list[User]:
    """Heads of the unit, heads and officers of the same function one level up."""
    today = timezone.localdate()
    above = unit.region.parent
    upper = list(Unit.objects.filter(region=above, family=unit.family)) if above and unit.family else []
    grants = RoleGrant.objects.valid_on(today)
    heads = grants.filter(unit__in=[unit, *upper], role="unit_head")
    officers = grants.filter(unit__in=upper, role="officer")
    ids = {*heads.values_list("user_id", flat=True), *officers.values_list("user_id", flat=True)}
    return list(User.objects.filter(pk__in=ids, is_active=True))


def raise_hazard(context: StepContext) -> None:
    """An ordinary hazard becomes a major one under listed supervision: a case of its own that names its origin."""
    case, data = context.case, context.case.data
    OpenCase(
        user=context.user,
        system=context.system,
        type="major_hazard",
        values={
            "owner": data.get("owner"),
            "owner_code": data.get("owner_code"),
            "hazard": data.get("hazard"),
            "source": "supervision",
            "level": context.values.get("level"),
            "measures": data.get("measures") or "",
            "due_on": context.values.get("due_on"),
        },
        unit=case.unit,
        region=case.region,
        opened_at=context.at,
        origin=case.ref,
        subject=case.subject,
    ).execute()
