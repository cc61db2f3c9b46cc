"""Writing many entries at once: what the actions do one by one, with a few statements for a whole slice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Max
from django.utils import timezone

from hengjian.ledger import vault
from hengjian.ledger.actions import Appended, append_many
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.kinds import RETRACTION
from hengjian.ledger.models import Fact
from hengjian.parties.inserting import insert_many
from hengjian.registers import entering, telling
from hengjian.registers.declarations import RegisterType
from hengjian.registers.facts import CHANGED, ENTERED
from hengjian.registers.history import Note, differences, record_late, record_newest, versions
from hengjian.registers.keys import KeyBlock, scope_of
from hengjian.registers.models import EntryBase, EntryVersion, ImportBatch, Reminder
from hengjian.registers.planning import RowPlan
from hengjian.registers.reminding import settle
from hengjian.registers.saving import finish, seal_with
from hengjian.registers.storing import SEALED, model_of, seal, snapshot, store

UNDONE = "undone"
# Why facts are withdrawn and sealed data emptied; a record, not interface text.
UNDOING = "撤销批量导入"
ROWS = 500  # per statement


def create(declared: RegisterType, batch: ImportBatch, plans: Sequence[RowPlan]) -> None:
    """New entries with their versions and facts, inside the caller's transaction."""
    if not plans:
        return
    model = model_of(declared)
    personal = [spec for spec in declared.fields if spec.personal]
    sealed_codes = {spec.code for spec in personal}
    keys = KeyBlock(declared, batch.unit)
    fresh: list[EntryBase] = []
    for plan in plans:
        assert plan.entered is not None and plan.region is not None
        given = plan.entered
        entry = model(
            register=declared.code,
            key=given.key or keys.take(plan.region, plan.on, given.values),
            key_scope=scope_of(declared, plan.region, batch.unit),
            unit=batch.unit,
            region=plan.region,
            status=given.status,
            status_on=plan.on,
            valid_from=given.valid_from,
            valid_to=given.valid_to,
            batch=batch,
            created_by=batch.created_by,
        )
        values = {code: value for code, value in given.values.items() if value is not None}
        store(entry, declared, {code: value for code, value in values.items() if code not in sealed_codes})
        finish(entry, declared, title=given.title)
        fresh.append(entry)
    keys.save()
    insert_many(fresh)
    if personal:
        for entry, plan in zip(fresh, plans, strict=True):
            assert plan.entered is not None
            own = {code: plan.entered.values.get(code) for code in sealed_codes}
            store(entry, declared, seal(entry, declared, own))
        columns = [code for code in sealed_codes if code in fresh[0].columns()]
        model._base_manager.bulk_update(fresh, ["extras", *columns], batch_size=ROWS)
    at = timezone.now()
    days = [plan.on for plan in plans]
    facts = _tell(declared, batch, fresh, days, ENTERED) if not declared.approval else [None] * len(fresh)
    insert_many(
        (
            EntryVersion(
                register=declared.code,
                entry=entry.pk,
                number=1,
                valid_from=day,
                recorded_at=at,
                recorded_by=batch.created_by,
                system=system_of(batch),
                verb=ENTERED,
                status=entry.status,
                data=snapshot(entry, declared),
                fact=fact,
                batch=batch,
            )
            for entry, day, fact in zip(fresh, days, facts, strict=True)
        )
    )


def change(declared: RegisterType, batch: ImportBatch, plans: Sequence[RowPlan]) -> None:
    """Changed entries with their versions and facts, inside the caller's transaction."""
    if not plans:
        return
    at = timezone.now()
    altered: list[EntryBase] = []
    newest = _newest_days([plan.entry for plan in plans if plan.entry is not None])
    fresh: list[EntryVersion] = []
    for plan in plans:
        entry = plan.entry
        assert entry is not None
        own = {code: value for code, value in plan.changes.items() if code in {s.code for s in declared.fields}}
        changes = {**plan.changes, **seal(entry, declared, own)}
        if any(spec.personal and spec.code in own for spec in declared.fields):
            changes[SEALED] = entry.extras.get(SEALED)
        if declared.approval:
            entry.approved_at = None
        note = Note(CHANGED, at, batch.created_by, system_of(batch))
        late = plan.on < newest[entry.pk]
        if late:
            first = entry.version
            changes = record_late(entry, versions(entry), changes, plan.on, note)
            written = EntryVersion.objects.filter(register=declared.code, entry=entry.pk, number__gt=first)
            written.update(batch=batch)
        entering.apply_changes(entry, declared, changes)
        if "status" in plan.changes:
            entry.status_on = plan.on
        finish(entry, declared)
        if not late:
            entry.version += 1
            fresh.append(_version(entry, plan.on, snapshot(entry, declared), note, batch))
        entry.updated_at = at
        altered.append(entry)
    insert_many(fresh)
    _save(altered)
    settle(altered, declared)
    if not declared.approval:
        days = [plan.on for plan in plans]
        facts = _tell(declared, batch, altered, days, CHANGED)
        for entry, fact in zip(altered, facts, strict=True):
            EntryVersion.objects.filter(register=declared.code, entry=entry.pk, number=entry.version).update(fact=fact)
        seal_with(altered, facts)


def _version(entry: EntryBase, day: Any, data: dict[str, Any], note: Note, batch: ImportBatch | None) -> EntryVersion:
    return EntryVersion(
        register=entry.register,
        entry=entry.pk,
        number=entry.version,
        valid_from=day,
        recorded_at=note.at,
        recorded_by=note.by,
        system=note.system,
        verb=note.verb,
        reason=note.reason,
        status=str(data["status"]),
        data=data,
        batch=batch,
    )


def _newest_days(rows: Sequence[EntryBase]) -> dict[int, Any]:
    """Entry → the latest first day among its versions."""
    found = EntryVersion.objects.filter(register=rows[0].register, entry__in=[row.pk for row in rows])
    return dict(found.order_by().values_list("entry").annotate(day=Max("valid_from")))


def _save(altered: Sequence[EntryBase]) -> None:
    if not altered:
        return
    fixed = {"id", "register", "created_at", "created_by", "batch"}
    names = [field.name for field in altered[0]._meta.concrete_fields if field.name not in fixed]
    type(altered[0])._base_manager.bulk_update(altered, names, batch_size=ROWS)


def system_of(batch: ImportBatch) -> str:
    return f"import:{batch.pk}"


def _tell(
    declared: RegisterType, batch: ImportBatch, rows: Sequence[EntryBase], days: Sequence[Any], verb: str
) -> list[Any]:
    """Append the facts of many entries and give their ids in the same order."""
    drafts = (
        telling.draft(entry, declared, verb, on=day, user=batch.created_by, system=system_of(batch))
        for entry, day in zip(rows, days, strict=True)
    )
    return _ids(append_many(drafts))


def _ids(done: Appended) -> list[Any]:
    last = done.first + done.total
    rows = Fact.objects.filter(leaf_index__gte=done.first, leaf_index__lt=last).order_by("leaf_index")
    return list(rows.values_list("id", flat=True))


# ---- taking an import back


def undo_new(declared: RegisterType, batch: ImportBatch, entries: Sequence[EntryBase]) -> None:
    """Entries that the import made: their facts are withdrawn, their sealed data emptied, the rows go."""
    if not entries:
        return
    pks = [entry.pk for entry in entries]
    rows = EntryVersion.objects.filter(register=declared.code, entry__in=pks)
    _retract(batch, [fact for fact in rows.values_list("fact", flat=True) if fact is not None])
    by = vault.Reader(user=batch.created_by.ref, unit=batch.unit.ref)
    for entry in entries:
        for spec in declared.fields:
            ref = entry.value(spec.code) if spec.personal else None
            if ref:
                vault.erase(ref, by=by, purpose=UNDOING)
    rows.delete()
    Reminder.objects.filter(register=declared.code, entry__in=pks).delete()
    model_of(declared)._base_manager.filter(pk__in=pks).delete()


def undo_changes(declared: RegisterType, batch: ImportBatch, rows: Sequence[EntryVersion]) -> None:
    """Entries that the import changed go back to what they said before; both remain in their history."""
    model = model_of(declared)
    found = model._base_manager.select_related("unit", "region", "filer").in_bulk([row.entry for row in rows])
    at = timezone.now()
    for row in rows:
        entry = found[row.entry]
        before = _before(row)
        note = Note(UNDONE, at, batch.created_by, system_of(batch))
        back = {name: old for name, old, _new in differences(before, row.data)}
        entering.apply_changes(entry, declared, back)
        finish(entry, declared)
        record_newest(entry, snapshot(entry, declared), row.valid_from, note)
        entry.updated_at = at
        entry.save()
    _retract(batch, [row.fact for row in rows if row.fact is not None])


def _before(row: EntryVersion) -> dict[str, Any]:
    """What the entry said before a version."""
    earlier = EntryVersion.objects.filter(register=row.register, entry=row.entry, number__lt=row.number)
    return dict(earlier.order_by("-valid_from", "-number")[0].data)


def _retract(batch: ImportBatch, ids: Iterable[Any]) -> None:
    withdraw(ids, Source(unit=batch.unit.ref, user=batch.created_by.ref, system=system_of(batch)))


def withdraw(ids: Iterable[Any], source: Source) -> None:
    """Withdraw the facts of an import that is taken back, inside the caller's transaction."""
    facts = Fact.objects.filter(id__in=list(ids)).order_by("leaf_index")
    drafts = [
        FactDraft(
            kind=RETRACTION.name,
            subject=fact.subject,
            payload={"reason": UNDOING},
            region=fact.region,
            occurred_on=fact.occurred_on,
            source=source,
            refs=fact.refs,
            disclosure=fact.disclosure,  # type: ignore[arg-type]
            retracts=fact.id,
        )
        for fact in facts
    ]
    if drafts:
        append_many(drafts)
