"""Computed figures: what was computed, by which method and rule, from which facts, at which state of the ledger.

A figure can be computed again at its checkpoint (`reproduce`), opened into its facts (`inputs`), and is known to be
outdated as soon as a later fact, correction, withdrawal or expiry would change what its query finds (`outdated`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict

from hengjian.ledger import queries
from hengjian.ledger.drafts import INTERNAL, Disclosure
from hengjian.ledger.errors import LedgerError
from hengjian.ledger.log import LogReader, log_size
from hengjian.ledger.models import ComputedFigure, Fact, FactRef
from hengjian.ledger.sealing import sealed_before


class FactQuery(BaseModel):
    """Which facts a figure rests on; stored with it as JSON. `valid_on` also says which ends count."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kinds: tuple[str, ...]
    valid_on: date
    subject: str = ""
    ref: str = ""
    region_prefix: str = ""
    occurred_from: date | None = None
    occurred_to: date | None = None
    disclosure: Disclosure = INTERNAL

    def facts(self, tree_size: int | None = None) -> QuerySet[Fact]:
        """The facts in log order, as known when the log had `tree_size` leaves (None: now)."""
        found = queries.facts(disclosure=self.disclosure, kinds=self.kinds, valid_on=self.valid_on, tree_size=tree_size)
        if self.subject:
            found = found.filter(subject=self.subject)
        if self.ref:
            found = found.filter(leaf_index__in=FactRef.objects.filter(ref=self.ref).values("leaf_index"))
        if self.region_prefix:
            found = found.filter(region__startswith=self.region_prefix)
        if self.occurred_from:
            found = found.filter(occurred_on__gte=self.occurred_from)
        if self.occurred_to:
            found = found.filter(occurred_on__lte=self.occurred_to)
        return found


@dataclass(frozen=True, slots=True)
class Result:
    """What a method returns: the value as decimal text, its unit, and the parts that explain it (JSON values)."""

    value: str
    unit: str = ""
    parts: Mapping[str, Any] = field(default_factory=dict)


Method = Callable[[Iterator[Fact], Mapping[str, Any]], Result]
_methods: dict[str, Method] = {}


def register_method(name: str, method: Method) -> None:
    """Make a method known as `name` (with its version, e.g. `pass_rate/1`): (facts, parameters) → Result.

    Raises:
        ValueError: another method has this name.
    """
    if _methods.setdefault(name, method) is not method:
        raise ValueError(f"figure method {name!r} is registered twice")


def compute(
    name: str,
    *,
    method: str,
    query: FactQuery,
    subject: str,
    region: str = "",
    period: str = "",
    rule: str = "",
    parameters: Mapping[str, Any] | None = None,
) -> ComputedFigure:
    """Compute a figure at the present end of the ledger and store it with everything that explains it.

    Args:
        rule: id and version of the rule whose parameters were used.
        parameters: JSON values for the method; stored as they are.

    Raises:
        LedgerError: the method is not registered.
    """
    with transaction.atomic():
        size = log_size()
        given = dict(parameters or {})
        result = _method(method)(query.facts(size).iterator(), given)
        return ComputedFigure.objects.create(
            id=uuid4(),
            name=name,
            subject=subject,
            region=region,
            period=period,
            value=result.value,
            unit=result.unit,
            method=method,
            rule=rule,
            parameters=given,
            query=query.model_dump(mode="json"),
            parts=dict(result.parts),
            facts=query.facts(size).count(),
            tree_size=size,
            root_hash=LogReader().root(size),
            computed_at=timezone.now(),
        )


def inputs(figure: ComputedFigure) -> QuerySet[Fact]:
    """The facts that the figure was computed from, as they were known then."""
    return FactQuery.model_validate(figure.query).facts(figure.tree_size)


@dataclass(frozen=True, slots=True)
class Reproduction:
    """A figure computed again at its own checkpoint."""

    value: str
    same_value: bool
    same_log: bool  # the log still has the root that it had then
    sealed: int = 0  # facts of the query that were sealed since: they can be used no more, not even for this

    @property
    def passed(self) -> bool:
        return self.same_value and self.same_log


def reproduce(figure: ComputedFigure) -> Reproduction:
    """Compute the figure again from the ledger as it was.

    Raises:
        LedgerError: the method is not registered any more.
    """
    result = _method(figure.method)(inputs(figure).iterator(), figure.parameters)
    same_log = LogReader().root(figure.tree_size) == bytes(figure.root_hash)
    missing = max(0, figure.facts - inputs(figure).count()) if sealed_before(figure.tree_size) else 0
    return Reproduction(result.value, result.value == figure.value, same_log, missing)


def outdated(figure: ComputedFigure) -> bool:
    """Whether the query finds other facts today than it found at the figure's checkpoint."""
    query = FactQuery.model_validate(figure.query)
    new = query.facts().filter(leaf_index__gte=figure.tree_size)
    if new.exists():
        return True
    return query.facts().count() != figure.facts


def latest(name: str, subject: str, period: str = "") -> ComputedFigure | None:
    """The newest computation of a figure."""
    return ComputedFigure.objects.filter(name=name, subject=subject, period=period).order_by("-computed_at").first()


def recompute(figure: ComputedFigure) -> ComputedFigure:
    """The same figure at the present end of the ledger, as a new record."""
    return compute(
        figure.name,
        method=figure.method,
        query=FactQuery.model_validate(figure.query),
        subject=figure.subject,
        region=figure.region,
        period=figure.period,
        rule=figure.rule,
        parameters=figure.parameters,
    )


def _method(name: str) -> Method:
    try:
        return _methods[name]
    except KeyError:
        raise LedgerError(_("计算方法“%(name)s”没有登记，无法计算。请核对方法名称和版本。") % {"name": name}) from None
