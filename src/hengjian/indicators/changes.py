"""Whether something that an indicator rests on changed, and what changed between two versions of a value."""

from __future__ import annotations

from datetime import date

from hengjian.indicators.declarations import Definition, FromFacts, FromFactValue, FromReturn, FromStanding
from hengjian.ledger.kinds import RETRACTION
from hengjian.ledger.models import Fact
from hengjian.ledger.sealing import SEALED, UNSEALED


def kinds_of(declared: Definition) -> tuple[str, ...]:
    """The fact kinds that a definition reads itself; none for imported and derived ones."""
    source = declared.source
    if isinstance(source, FromFacts):
        more = source.denominator.kinds if source.denominator else ()
        return tuple(dict.fromkeys((*source.numerator.kinds, *more)))
    if isinstance(source, FromStanding):
        return source.kinds
    if isinstance(source, FromReturn):
        return ("return.approved",)
    return (source.facts,) if isinstance(source, FromFactValue) else ()


def changed_since(declared: Definition, tree_size: int, size: int, through: date, today: date) -> bool:
    """Whether the log got facts of its kinds, withdrawals or seals between two states; or whether time alone changes
    it."""
    kinds = kinds_of(declared)
    if not kinds or isinstance(declared.source, FromStanding):
        return through != today
    # What is sealed, or shown again, counts otherwise from then on, like what is withdrawn.
    ending = (RETRACTION.name, SEALED.name, UNSEALED.name)
    new = Fact.objects.filter(leaf_index__gte=tree_size, leaf_index__lt=size, kind__in=[*kinds, *ending])
    ended = Fact.objects.filter(kind__in=kinds, ends_on__gt=through, ends_on__lte=today)
    return new.exists() or (through != today and ended.exists())
