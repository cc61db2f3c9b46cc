"""What the worker does for the room: files in slices; the coverage of a month becomes facts when the month is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from hengjian.ledger.actions import append_many
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.queries import facts
from hengjian.methods.periods import Period, period_of
from hengjian.parties.models import Region
from hengjian.registers.queries import entries
from hengjian.trace.exchange import batches
from hengjian.trace.exchange.facts import Coverage
from hengjian.trace.exchange.models import ExchangeBatch
from hengjian.trace.exchange.statistics import by_region, evaluation_rule

LATEST = timedelta(days=3)
"""Late uploads of the last days of a month are waited for so long."""
ABOVE_COUNTIES = (Region.Level.PROVINCIAL, Region.Level.PREFECTURE)


SECONDS = 3.0
"""A round works so long on files, so that other rooms are not held up."""


def run_due(now: datetime) -> int:
    """Go on with files, write facts that are due; returns how much was done."""
    return run_files() + tell_month(now)


def run_files() -> int:
    """Go on with the oldest file that waits or was left by a killed worker."""
    batches.tidy()
    waiting = ExchangeBatch.objects.filter(state__in=batches.AT_WORK).order_by("created_at", "pk")
    for batch in waiting[:5]:
        if slices := batches.advance(batch, SECONDS):
            return slices
    return 0


def tell_month(now: datetime) -> int:
    """Write the facts of the month before this one, once; returns how many."""
    period = period_of(timezone.localdate(now - LATEST), "month").shift(-1)
    own = [f"trace_coverage:{code}:{period.code}" for code in _roots().values_list("code", flat=True)]
    if facts(disclosure="public", kinds=["trace.coverage"]).filter(subject__in=own).exists():
        return 0
    return tell_coverage(period)


def tell_coverage(period: Period) -> int:
    """One fact per region that has a figure, in one transaction."""
    if not entries("trace_subject").exists():
        return 0
    drafts: dict[str, FactDraft] = {}
    for root in _roots():
        rule = evaluation_rule(root.code, period.last)
        for row in by_region(period, root):
            if row.code in drafts or not any(vars(row.figures).values()):
                continue
            payload = Coverage(
                region=row.code,
                period=period.code,
                **vars(row.figures),
                score="" if row.score is None else str(row.score),
                rule=f"{rule.id}@{rule.version}",
                assumptions=list(rule.assumptions),
                until=period.last,
            )
            drafts[row.code] = FactDraft(
                kind="trace.coverage",
                subject=f"trace_coverage:{row.code}:{period.code}",
                payload=payload,
                region=row.code,
                occurred_on=period.last,
                source=Source(system="trace"),
            )
    if drafts:
        with transaction.atomic():
            append_many(list(drafts.values()))
    return len(drafts)


def _roots() -> QuerySet[Region]:
    return Region.objects.filter(level__in=ABOVE_COUNTIES).order_by("code")
