"""Computing values from what the ledger, forms and procedures say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from time import monotonic
from typing import ClassVar

from django.utils import timezone

from hengjian.indicators.catalogue import definition, definitions
from hengjian.indicators.changes import changed_since
from hengjian.indicators.computing import compute
from hengjian.indicators.computing.order import in_order
from hengjian.indicators.computing.task import Places
from hengjian.indicators.declarations import Definition
from hengjian.indicators.models import Computation, Observation
from hengjian.indicators.storing import Keepers, Locks, Stored, store
from hengjian.indicators.versions import version_of
from hengjian.ledger.log import log_size
from hengjian.parties.verbs import Action

ORIGINS = {
    "facts": Observation.Origin.FACTS,
    "standing": Observation.Origin.FACTS,
    "return": Observation.Origin.RETURN,
    "fact_value": Observation.Origin.FACT_VALUE,
    "derived": Observation.Origin.DERIVED,
    # What is imported for counties is added up for the regions above them.
    "import": Observation.Origin.DERIVED,
}


@dataclass
class Outcome:
    """What happened to one indicator. `skipped`: nothing it rests on changed since the last time."""

    indicator: str
    stored: Stored = field(default_factory=Stored)
    skipped: bool = False
    problem: str = ""


@dataclass(kw_only=True)
class ComputeIndicators(Action[list[Outcome]]):
    """Compute indicators; those that nothing changed for are left alone.

    Attributes:
        indicators: codes; all when empty. Indicators that they are derived from are not computed along.
        first, last: only periods between these days.
        force: compute also where nothing seems to have changed.
        progress: called with (done, total, code) before each indicator.
    """

    verb: ClassVar[str] = "indicators.compute"

    indicators: Sequence[str] = ()
    first: date | None = None
    last: date | None = None
    force: bool = False
    progress: Callable[[int, int, str], None] | None = None

    def perform(self) -> list[Outcome]:
        chosen = [definition(code) for code in self.indicators] if self.indicators else definitions()
        ordered = [item for item in in_order(chosen) if item.source.kind in ORIGINS]
        size, today = log_size(), timezone.localdate()
        states = {row.indicator: row for row in Computation.objects.all()}
        versions = {item.code: version_of(item) for item in ordered}
        found: list[Outcome] = []
        wanted: list[Definition] = []
        for item in ordered:
            state = states.get(item.code)
            new = self.force or state is None or state.definition_id != versions[item.code].pk
            # What is made of other values is always looked at: they may change in this very run.
            made = item.source.kind in ("derived", "import")
            if new or made or state is None or changed_since(item, state.tree_size, size, state.through, today):
                wanted.append(item)
            else:
                found.append(Outcome(item.code, skipped=True))
        places = Places.load()
        keepers, locks = Keepers.load(item.owner for item in wanted), Locks.load(places)
        began = monotonic()
        run = compute(wanted, tree_size=size, today=today, places=places, first=self.first, last=self.last)
        for number, (item, values, problem) in enumerate(run):
            if self.progress is not None:
                self.progress(number, len(wanted), item.code)
            outcome = Outcome(item.code, problem=problem)
            if not problem:
                outcome.stored = store(
                    versions[item.code],
                    item,
                    values,
                    places=places,
                    keepers=keepers,
                    locks=locks,
                    origin=ORIGINS[item.source.kind],
                    tree_size=size,
                    within=(self.first, self.last),
                )
            found.append(outcome)
            whole = self.first is None and self.last is None
            state = states.get(item.code)
            Computation.objects.update_or_create(
                indicator=item.code,
                defaults={
                    "definition": versions[item.code],
                    "tree_size": size if whole and not problem else (state.tree_size if state else 0),
                    "through": today if whole and not problem else (state.through if state else date.min),
                    "computed_at": timezone.now(),
                    "seconds": monotonic() - began,
                    "values": len(values),
                    "changed": outcome.stored.written,
                    "problem": problem,
                },
            )
            began = monotonic()
        return found
