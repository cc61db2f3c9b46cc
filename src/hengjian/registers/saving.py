"""What every verb does before and after it writes an entry: computed columns, who may see it, uniqueness, the fact."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from hengjian.ledger.actions import append
from hengjian.parties.models import Confidentiality
from hengjian.registers import entering, telling
from hengjian.registers.declarations import RegisterType
from hengjian.registers.history import Note
from hengjian.registers.hooks import run_saved
from hengjian.registers.models import EntryBase, EntryVersion
from hengjian.registers.recurring import compute_recurrences
from hengjian.registers.storing import value_of


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
    """PUBLIC where the public may see it: a public register, a public status, confirmed if it must be."""
    shown = declared.public and declared.status(entry.status).public
    confirmed = not declared.approval or entry.approved_at is not None
    return Confidentiality.PUBLIC if shown and confirmed else Confidentiality.INTERNAL


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
