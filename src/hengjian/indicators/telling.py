"""What the ledger is told about values and targets, and how a value is named in a sentence."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import get_language

from hengjian.indicators.declarations import Definition
from hengjian.indicators.facts import OBSERVED, TARGET, TargetSet, ValueObserved
from hengjian.indicators.keys import subject_of
from hengjian.indicators.models import DefinitionVersion, Observation, Target
from hengjian.ledger.drafts import INTERNAL, PUBLIC, SHARED, FactDraft, Source
from hengjian.parties.models import User


def said(declared: Definition) -> str:
    """The indicator's name in the reader's language."""
    return declared.said(get_language() or "zh")


@lru_cache(maxsize=2048)
def _definition(pk: int, _digest: str) -> Definition:
    return DefinitionVersion.objects.get(pk=pk).definition


def definition_of(row: Observation) -> Definition:
    """The definition that a value was made by; versions never change, so they are read once."""
    return _definition(row.definition_id, row.definition.digest)


def named(row: Observation) -> str:
    """A value in a sentence: indicator, region, period."""
    return f"{said(definition_of(row))} · {row.region} · {row.when.said(get_language() or 'zh')}"


def source_of(row: Observation, user: User | None) -> Source:
    return Source(
        unit=row.unit.ref if row.unit else "", user=user.ref if user else "", system="" if user else "indicators"
    )


def short(value: Decimal | None) -> Decimal | None:
    """Without the zeros that the column's scale adds, and without exponent."""
    return None if value is None else Decimal(f"{value.normalize():f}")


def observed(row: Observation, before: Observation | None, user: User | None) -> FactDraft:
    """The fact of an approved value; it supersedes that of the version before."""
    declared = definition_of(row)
    return FactDraft(
        kind=OBSERVED.name,
        subject=subject_of(row.indicator, row.region.code, row.period, row.dimensions),
        payload=ValueObserved(
            indicator=row.indicator,
            title=declared.title,
            definition=f"{row.definition.number}:{row.definition.digest[:12]}",
            period=row.period,
            dimensions=row.broken_down,
            scale=declared.scale,
            unit=declared.unit,
            numerator=short(row.numerator),
            denominator=short(row.denominator),
            value=short(row.value),
            low=short(row.low),
            high=short(row.high),
            n=row.n,
            origin=row.origin,
            version=row.version,
            assumptions=[mark["title"] for mark in row.assumptions],
            rule=row.rule,
            figure=str(row.figure or ""),
            reason=row.reason,
        ),
        region=row.region.code,
        occurred_on=row.last,
        source=source_of(row, user),
        disclosure=PUBLIC if row.public else INTERNAL,
        supersedes=before.fact if before is not None and before.fact is not None else None,
    )


def target_set(row: Target, declared: Definition, before: Target | None, user: User | None) -> FactDraft:
    """The fact of a target that was set, changed or withdrawn."""
    return FactDraft(
        kind=TARGET.name,
        subject=subject_of(row.indicator, row.region.code, f"{row.period}:target", row.dimensions),
        payload=TargetSet(
            indicator=row.indicator,
            title=declared.title,
            period=row.period,
            dimensions=dict(part.split("=", 1) for part in row.dimensions.split(";") if part),
            operator=row.operator,
            value=short(row.value) or Decimal(0),
            unit=declared.unit,
            firm=row.firm,
            owner=row.owner.ref if row.owner else "",
            plan_target=row.plan_target,
            state=row.state,
            reason=row.reason,
        ),
        region=row.region.code,
        occurred_on=timezone.localdate(row.set_at),
        source=Source(unit=row.owner.ref if row.owner else "", user=user.ref if user else "", system="indicators"),
        disclosure=SHARED,
        supersedes=before.fact if before is not None and before.fact is not None else None,
    )
