"""What every verb does before and after it writes an entry: computed columns, who may see it, uniqueness, the fact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from hengjian.ledger.actions import append
from hengjian.ledger.models import Fact, FactRef, Seal
from hengjian.ledger.projections import batched
from hengjian.ledger.sealing import ground_of, seal
from hengjian.parties.models import Confidentiality
from hengjian.registers import entering, telling
from hengjian.registers.catalogue import register_type
from hengjian.registers.declarations import RegisterType
from hengjian.registers.history import Note
from hengjian.registers.hooks import run_saved
from hengjian.registers.models import OWN_FILE, EntryBase, EntryVersion, Reminder
from hengjian.registers.queries import by_ref
from hengjian.registers.recurring import compute_recurrences
from hengjian.registers.storing import value_of

ROUND = 500  # references in one question


def finish(entry: EntryBase, declared: RegisterType, *, title: str = "") -> None:
    """Everything that is computed before an entry is saved: name, subject, recurring days, hooks, who may see it.

    Recurring days follow the rules of today, also where what is entered holds from an earlier day on.
    """
    if title or not entry.title:
        named = value_of(entry, declared.field(declared.title_field)) if declared.title_field else ""
        entry.title = str(title or named or entry.key)[:200]
    if declared.subject_field:
        code = value_of(entry, declared.field(declared.subject_field))
        entry.subject = f"enterprise:{code}" if code else ""
    compute_recurrences(entry, declared, timezone.localdate())
    run_saved(entry)
    entry.confidentiality = confidentiality(entry, declared)


def confidentiality(entry: EntryBase, declared: RegisterType) -> int:
    """PUBLIC where the public may see it: a public register, a public status, confirmed if it must be; OWN_FILE where
    facts of it are sealed in the ledger."""
    confirmed = not declared.approval or entry.approved_at is not None
    shown = declared.public and declared.status(entry.status).public and confirmed
    if (shown or entry.confidentiality == OWN_FILE) and seal_on(entry) is not None:
        return OWN_FILE
    return Confidentiality.PUBLIC if shown else Confidentiality.INTERNAL


def seal_on(entry: EntryBase) -> Seal | None:
    """The seal under which facts of the entry lie, if any: then the entry is the file of its unit and nobody else's."""
    # What the public sees now is under no seal (`review_publicity`), and what is not stored yet has told nothing.
    if entry.pk is None or entry.confidentiality == Confidentiality.PUBLIC:
        return None
    return _seals([entry]).get(entry.ref)


def seal_with(entries: Sequence[EntryBase], facts: Sequence[UUID]) -> None:
    """Put new facts of entries (one each) under the seal of the earlier ones, so that a later change does not show
    again what was sealed."""
    hidden = [entry for entry in entries if entry.confidentiality != Confidentiality.PUBLIC]
    seals = _seals(hidden) if hidden else {}
    for entry, fact in zip(entries, facts, strict=True) if seals else ():
        if (held := seals.get(entry.ref)) is not None:
            seal([fact], ground=ground_of(held), until=held.until)


def _seals(entries: Sequence[EntryBase]) -> dict[str, Seal]:
    """Reference → a seal on facts of the entry."""
    found: dict[str, Seal] = {}
    active = Seal.objects.active()
    for some in batched([entry.ref for entry in entries], ROUND):
        told = FactRef.objects.filter(ref__in=some, role="entry", leaf_index__in=active.values("leaf_index"))
        leaves = dict(told.values_list("leaf_index", "ref"))
        for one in active.filter(leaf_index__in=leaves).order_by("pk"):
            found.setdefault(leaves[one.leaf_index], one)
    return found


def review_publicity(facts: Iterable[UUID]) -> None:
    """Facts were sealed, or shown again: decide anew who sees the entries that they tell of. Called in the transaction
    of the sealing, by the room that seals."""
    leaves = Fact.everything.filter(id__in=list(facts)).values("leaf_index")
    refs = FactRef.objects.filter(leaf_index__in=leaves, role="entry").values_list("ref", flat=True)
    for ref in sorted(set(refs)):
        entry = by_ref(ref)
        if entry is None:
            continue
        before, entry.confidentiality = entry.confidentiality, OWN_FILE
        entry.confidentiality = confidentiality(entry, register_type(entry.register))
        if before != entry.confidentiality:
            entry.save(update_fields=["confidentiality"])
            rows = Reminder.objects.filter(register=entry.register, entry=entry.pk)
            rows.update(confidentiality=entry.confidentiality)


def tell(entry: EntryBase, declared: RegisterType, verb: str, note: Note, on: date) -> None:
    """Append the fact and note it on the newest version."""
    fact = append(
        telling.draft(
            entry,
            declared,
            verb,
            on=on,
            user=note.by,
            system=note.system,
            reason=note.reason,
            ground=note.ground,
        )
    )
    EntryVersion.objects.filter(register=entry.register, entry=entry.pk, number=entry.version).update(fact=fact.id)
    seal_with([entry], [fact.id])


def is_personal(declared: RegisterType, code: str) -> bool:
    return any(spec.code == code and spec.personal for spec in declared.fields)


def save_unique(entry: EntryBase, declared: RegisterType) -> None:
    """Save, and say so in words when another entry has the key, also when two come at the same moment."""
    taken = type(entry)._base_manager.filter(register=entry.register, key_scope=entry.key_scope, key=entry.key)
    if taken.exclude(pk=entry.pk).exists():
        raise entering.key_taken(declared, entry.key)
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError:
        if taken.exclude(pk=entry.pk).exists():
            raise entering.key_taken(declared, entry.key) from None
        raise
