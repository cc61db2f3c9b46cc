"""What happens by itself: when a cycle was revised, open due days are computed again."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian import rulebook
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.actions import ChangeEntry
from hengjian.rulebook.parameters.metrology import VerificationCycle
from hengjian.systems.metrology.cycles import STILL, cycle_of, history_of, mark_of
from hengjian.systems.metrology.models import Instrument
from hengjian.systems.metrology.rules import next_due

BATCH = 500
# The day and rules for which this process has found nothing left to do; looking through all instruments costs time.
_settled: set[tuple[date, str]] = set()


def run_due(now: datetime) -> int:
    """Bring instruments whose cycle was revised up to date; returns how many."""
    today = timezone.localdate(now)
    state = (today, ",".join(mark_of(rule) for rule in rulebook.versions("verification_cycles")))
    if state in _settled:
        return 0
    done = recompute(today)
    if done < BATCH:
        _settled.clear()
        _settled.add(state)
    return done


def recompute(today: date) -> int:
    """Compute open due days anew where the rule in force is not the one they were computed by.

    Verifications that were recorded keep the due day that they met.
    """
    live = Instrument.objects.filter(register="instrument").exclude(status__in=STILL - {"stopped"})
    groups = live.order_by().values_list("type_code", "region__code", "cycle_rule").distinct()
    done = 0
    for type_code, region, old in groups:
        rule = cycle_of(type_code, region, today)
        if mark_of(rule) == old:
            continue
        stale = live.filter(type_code=type_code, region__code=region, cycle_rule=old)
        for entry in stale.select_related("unit", "region", "filer").order_by("pk")[: BATCH - done]:
            _bring_up(entry, today)
            done += 1
        if done >= BATCH:
            break
    return done


def _bring_up(entry: Instrument, today: date) -> None:
    rule = cycle_of(entry.type_code, entry.region.code, today)
    cycle = rule.typed(VerificationCycle) if rule is not None else None
    scheme, months = (cycle.scheme, cycle.months) if cycle is not None else ("periodic", None)
    before, after = entry.next_due, next_due(scheme, months, history_of(entry))
    if before != after:
        reason = _("检定周期调整：%(before)s 改为 %(after)s") % {"before": before or "—", "after": after or "—"}
        # Refused where somebody else changed it meanwhile; the mark below is what counts.
        with suppress(ActionRefused):
            ChangeEntry(user=None, system="worker", entry=entry, values={"next_due": after}, reason=reason).execute()
    Instrument.objects.filter(pk=entry.pk).update(cycle_rule=mark_of(rule), scheme=scheme, months=months)
