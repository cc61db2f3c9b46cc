"""The verbs of the ledger: append, append many, withdraw. All run inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hengjian.ledger import store
from hengjian.ledger.canonical import parse
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.errors import InvalidFact, ReplacedFact, UnknownKind
from hengjian.ledger.kinds import RETRACTION
from hengjian.ledger.models import Fact
from hengjian.ledger.prepare import Prepared, prepare

BATCH = 8192  # facts per round: large enough for executemany, small enough for the progress bar


class Appended(NamedTuple):
    """A stretch of the log: facts with leaf_index in [first, first + total)."""

    first: int
    total: int


@dataclass(slots=True)
class Append:
    """Append one fact. `check` says beforehand whether it would be accepted."""

    draft: FactDraft

    def check(self) -> Prepared:
        """Everything that can be refused without the lock.

        Raises:
            UnknownKind, InvalidFact, ReplacedFact: with the reason.
        """
        prepared = prepare(self.draft)
        _check_targets([prepared])
        return prepared

    def execute(self) -> Fact:
        """Write the fact. It appears when the caller's transaction commits, and not at all if that fails."""
        prepared = prepare(self.draft)
        with transaction.atomic():
            store.lock()
            _check_targets([prepared])
            rows = store.write([prepared], store.head())
            _seal_corrections(_targets([prepared], rows))
        return _as_fact(rows[0])


def append(draft: FactDraft) -> Fact:
    """Append one fact inside the caller's transaction; see `Append`."""
    return Append(draft).execute()


def append_many(drafts: Iterable[FactDraft], progress: Callable[[int], None] | None = None) -> Appended:
    """Append drafts in their order, all or nothing.

    Args:
        drafts: may be a generator; it is read in rounds, while the log is locked.
        progress: called after every round with the number of facts written so far.

    Raises:
        UnknownKind, InvalidFact, ReplacedFact: the message says which draft (counted from 1); nothing is written.
    """
    source = iter(drafts)
    done = 0
    corrections: list[tuple[UUID, UUID]] = []
    with transaction.atomic(), store.bulk():
        store.lock()
        end = store.head()
        first = end.size
        while batch := _prepared(source, done):
            _check_targets(batch)
            corrections += _targets(batch, store.write(batch, end))
            done += len(batch)
            if progress is not None:
                progress(done)
        _seal_corrections(corrections)
    return Appended(first, done)


def retract(
    fact: Fact, reason: str, source: Source, *, from_day: date | None = None, evidence: tuple[str, ...] = ()
) -> Fact:
    """Withdraw a fact: from `from_day` onwards no reader is shown it (default: as if it had never been).

    Raises:
        ReplacedFact: the fact was corrected or withdrawn before.
    """
    return append(
        FactDraft(
            kind=RETRACTION.name,
            subject=fact.subject,
            payload={"reason": reason},
            region=fact.region,
            occurred_on=from_day or fact.occurred_on,
            source=source,
            refs=fact.refs,
            evidence=evidence,
            disclosure=fact.disclosure,  # type: ignore[arg-type]
            retracts=fact.id,
        )
    )


def _prepared(drafts: Iterator[FactDraft], done: int) -> list[Prepared]:
    batch: list[Prepared] = []
    try:
        for draft in islice(drafts, BATCH):
            batch.append(prepare(draft))
    except (InvalidFact, UnknownKind) as error:
        place = {"number": done + len(batch) + 1, "message": error}
        raise type(error)(_("第 %(number)d 条：%(message)s") % place) from None
    return batch


def _targets(batch: Sequence[Prepared], rows: Sequence[store.Row]) -> list[tuple[UUID, UUID]]:
    """(new fact, what it corrects or withdraws)."""
    return [
        (UUID(row[0]), UUID(target))
        for fact, row in zip(batch, rows, strict=True)
        if (target := fact.supersedes or fact.retracts)
    ]


def _seal_corrections(written: Sequence[tuple[UUID, UUID]]) -> None:
    if written:
        from hengjian.ledger.sealing import seal_corrections  # which writes facts itself

        seal_corrections(written)


def _check_targets(batch: Sequence[Prepared]) -> None:
    """What a fact corrects or withdraws must exist, be the last word, and (for a correction) be of the same kind."""
    wanted = {target: fact for fact in batch if (target := fact.supersedes or fact.retracts)}
    if not wanted:
        return
    found = {str(fact.id): fact for fact in Fact.everything.filter(id__in=wanted)}
    replaced = {
        str(target)
        for pair in (("supersedes", wanted), ("retracts", wanted))
        for target in Fact.everything.filter(**{f"{pair[0]}__in": pair[1]}).values_list(pair[0], flat=True)
    }
    targets = [fact.supersedes or fact.retracts for fact in batch if fact.supersedes or fact.retracts]
    for target, fact in wanted.items():
        existing = found.get(target)
        if existing is None:
            why = _("总账中没有这条事实")
        elif target in replaced or targets.count(target) > 1:
            why = _("它已被更正或撤回，请对最新的一条操作")
        elif existing.retracts is not None:
            why = _("撤回记录本身不能再更正或撤回，请重新记录该事实")
        elif fact.supersedes and existing.kind != fact.kind:
            why = _("更正必须与原事实同类（%s）") % existing.kind
        else:
            continue
        said = {"target": target, "why": why}
        raise ReplacedFact(_("不能更正或撤回事实 %(target)s：%(why)s。未保存任何内容。") % said)


_FIELDS = {field.name: field for field in Fact._meta.concrete_fields}


def _as_fact(row: store.Row) -> Fact:
    """The row as an instance, as a later read would give it."""
    values = dict(zip(store.COLUMNS.split(", "), row, strict=True))
    for name in ("refs", "payload", "evidence"):
        values[name] = parse(values[name])
    for name in ("id", "supersedes", "retracts"):
        values[name] = UUID(values[name]) if values[name] else None
    for name in ("occurred_on", "recorded_at", "ends_on"):
        values[name] = _FIELDS[name].to_python(values[name])
    if values["recorded_at"].tzinfo is None:
        values["recorded_at"] = values["recorded_at"].replace(tzinfo=store.UTC)
    fact = Fact(**values)
    fact._state.adding = False
    return fact
