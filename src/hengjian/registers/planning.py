"""What the rows of a sheet would do: new entries, changes, nothing, or what is wrong with them. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.documents.sheets import read_sheet
from hengjian.parties.models import Region, User
from hengjian.parties.models.regions import subtree_ids
from hengjian.parties.policies import permitted
from hengjian.registers.declarations import RegisterType
from hengjian.registers.entering import (
    UNCHANGED,
    Entered,
    EntryRefused,
    name_of,
    read_common,
    read_entry,
)
from hengjian.registers.hooks import run_checks
from hengjian.registers.keys import clean_key, scope_of
from hengjian.registers.lookups import Lookups
from hengjian.registers.models import EntryBase, ImportBatch
from hengjian.registers.queries import entries
from hengjian.registers.sheets import SheetColumn, SheetRow, columns_of, fields_of, split
from hengjian.registers.storing import same_personal, snapshot, values_of
from hengjian.registers.values import clean_values
from hengjian.registers.written import day_of


@dataclass
class RowPlan:
    """What one row would do.

    Attributes:
        outcome: new, changed, unchanged or wrong.
        faults: (column heading, what is wrong).
        entered: for a new entry.
        entry, changes: for a change: the entry, and field → JSON value.
    """

    row: SheetRow
    outcome: str
    key: str = ""
    title: str = ""
    on: date = date.min
    region: Region | None = None
    faults: list[tuple[str, str]] = field(default_factory=list)
    entered: Entered | None = None
    entry: EntryBase | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)


class SheetFault(Exception):
    """The sheet as a whole cannot be used; the message says why, in the user's language."""


class Reading:
    """A sheet read once, planned row by row; shared by check and import.

    Raises:
        SheetFault: no columns are recognised, there are no rows, or a required column is missing altogether.
        UploadRefused: the file is no table, damaged, or too long.
    """

    def __init__(self, declared: RegisterType, batch: ImportBatch, data: bytes, user: User) -> None:
        self.declared, self.batch, self.user = declared, batch, user
        self.columns: list[SheetColumn] = columns_of(declared)
        self.titles = {column.code: column.title for column in self.columns}
        self.lookups = Lookups()
        self.today = timezone.localdate()
        sheet = read_sheet(data, batch.name, fields_of(self.columns))
        if sheet.errors:
            raise SheetFault(sheet.errors[0].message)
        if not sheet.rows:
            raise SheetFault(_("表中没有可以导入的行。请从列名下一行开始填写。"))
        self.ignored = sheet.ignored
        self.rows = [split(number, cells) for number, cells in zip(sheet.numbers, sheet.rows, strict=True)]
        self._check_columns()
        self.first_with = self._first_rows()

    def _check_columns(self) -> None:
        """A required column that nobody filled in is one fault of the sheet, not one of every row."""
        missing = [
            column.title
            for column in self.columns
            if column.required and not any(column.code in row.values or column.code in row.common for row in self.rows)
        ]
        # A sheet that only changes entries need not repeat what they have.
        if missing and (self.titles["key"] in missing or not self._changes_only()):
            raise SheetFault(_("缺少必填的列，或整列为空：%(columns)s。") % {"columns": "、".join(missing)})

    def _changes_only(self) -> bool:
        keys = [row.key for row in self.rows if row.key]
        if len(keys) < len(self.rows):
            return False
        known = entries(self.declared.code).filter(key__in=keys[:500]).values("key").distinct().count()
        return known >= len(set(keys[:500]))

    def _first_rows(self) -> dict[tuple[str, str], int]:
        """(key, region) as written → the first row that has it, so that a later one is told."""
        found: dict[tuple[str, str], int] = {}
        for row in self.rows:
            if row.key:
                found.setdefault((row.key.casefold(), row.common.get("region") or ""), row.number)
        return found

    @cached_property
    def present(self) -> frozenset[str]:
        """Fields whose column the sheet has with at least one value in it."""
        return frozenset(code for row in self.rows for code in row.values)

    @cached_property
    def area(self) -> frozenset[int]:
        """Regions that rows may belong to: the batch's and everything below."""
        return frozenset(Region.objects.filter(pk__in=subtree_ids([self.batch.region_id])).values_list("pk", flat=True))

    def plan(self, rows: Sequence[SheetRow]) -> list[RowPlan]:
        """What these rows would do as things stand now; a few queries for any number of rows."""
        for spec in self.declared.fields:
            if spec.type == "entry":
                texts = (row.values.get(spec.code) for row in rows)
                self.lookups.warm_entries(spec.of, [text for text in texts if text])
        known = self._known(rows)
        return [self._plan(row, known) for row in rows]

    def _known(self, rows: Sequence[SheetRow]) -> dict[tuple[str, str], EntryBase]:
        """(scope, key) → the entry that has it already."""
        keys = set()
        for row in rows:
            if row.key:
                try:
                    keys.add(clean_key(self.declared, row.key))
                except ValueError:
                    continue
        found = entries(self.declared.code).filter(key__in=keys).select_related("unit", "region", "filer")
        return {(entry.key_scope, entry.key): entry for entry in found}

    @cached_property
    def _may_change(self) -> dict[int, bool]:
        return {}

    def _permitted(self, entry: EntryBase) -> bool:
        """Entries of the batch's own unit may be changed; others by the right to edit them."""
        if entry.unit_id == self.batch.unit_id:
            return True
        if entry.pk not in self._may_change:
            rows = entries(self.declared.code).filter(pk=entry.pk)
            self._may_change[entry.pk] = permitted(self.user, "registers.edit", rows).exists()
        return self._may_change[entry.pk]

    def _plan(self, row: SheetRow, known: dict[tuple[str, str], EntryBase]) -> RowPlan:
        plan = RowPlan(row, "wrong", key=row.key, region=self.batch.region)
        faults: dict[str, str] = {}
        self._place(row, plan, faults)
        first = self.first_with.get((row.key.casefold(), row.common.get("region") or ""))
        if row.key and first != row.number:
            faults["key"] = _("与第 %(row)d 行重复。") % {"row": first}
        entry = None
        if row.key and "key" not in faults:
            try:
                plan.key = clean_key(self.declared, row.key)
            except ValueError as error:
                faults["key"] = str(error)
            else:
                assert plan.region is not None
                entry = known.get((scope_of(self.declared, plan.region, self.batch.unit), plan.key))
        if entry is not None:
            self._plan_change(row, plan, entry, faults)
        elif "key" not in faults or not row.key:
            self._plan_new(row, plan, faults)
        else:
            # The identifier is wrong; the other columns are looked at all the same, so that one round tells all.
            found = clean_values(self.declared.fields, row.values, on=plan.on, lookups=self.lookups)
            present = self.present
            faults |= {code: message for code, message in found.errors.items() if code in present}
        if faults:
            plan.outcome = "wrong"
            plan.faults = [(self._title(code), message) for code, message in faults.items()]
        return plan

    def _title(self, code: str) -> str:
        return self.titles.get(code) or name_of(self.declared, code)

    def _place(self, row: SheetRow, plan: RowPlan, faults: dict[str, str]) -> None:
        """Day and region of the row."""
        plan.on = self.today
        if text := row.common.get("on"):
            try:
                plan.on = day_of(text)
                if plan.on > self.today:
                    faults["on"] = _("登记日期不能晚于今天。")
                    plan.on = self.today
            except ValueError as error:
                faults["on"] = str(error)
        if text := row.common.get("region"):
            region = self.lookups.region(text, plan.on)
            if region is None:
                faults["region"] = _("没有地区“%(value)s”，请填区划代码或全称。") % {"value": text[:40]}
            elif region.pk not in self.area:
                faults["region"] = _("“%(region)s”不在登记单位的辖区内。") % {"region": region.name}
            else:
                plan.region = region

    def _plan_new(self, row: SheetRow, plan: RowPlan, faults: dict[str, str]) -> None:
        assert plan.region is not None
        try:
            plan.entered = read_entry(
                self.declared,
                {code: text for code, text in row.values.items() if text is not None},
                unit=self.batch.unit,
                region=plan.region,
                on=plan.on,
                key=row.key,
                title=row.common.get("title") or "",
                valid_from=row.common.get("valid_from"),
                valid_to=row.common.get("valid_to"),
                status=row.common.get("status") or "",
                lookups=self.lookups,
            )
            plan.outcome = "new"
            named = plan.entered.values.get(self.declared.title_field) if self.declared.title_field else ""
            plan.title = str(plan.entered.title or named or plan.key)[:200]
        except EntryRefused as error:
            faults.update({code: message for code, message in error.errors.items() if code not in faults})

    def _plan_change(self, row: SheetRow, plan: RowPlan, entry: EntryBase, faults: dict[str, str]) -> None:
        declared = self.declared
        plan.entry, plan.title = entry, entry.title
        if not self._permitted(entry):
            faults["key"] = _("“%(key)s”已由%(unit)s登记，不能通过导入变更。") % {
                "key": entry.key,
                "unit": entry.unit.name,
            }
            return
        if declared.status(entry.status).final:
            faults["key"] = _("登记项已是“%(status)s”，不能再变更。") % {"status": declared.status(entry.status).title}
            return
        cleaned = clean_values(
            declared.fields, row.values, on=plan.on, partial=True, lookups=self.lookups, region=entry.region.code
        )
        raw = {name: row.common.get(name, UNCHANGED) for name in ("valid_from", "valid_to")}
        common, errors = read_common(declared, {"key": UNCHANGED, **raw}, entry)
        errors |= cleaned.errors
        if (wanted := row.common.get("status")) is not None:
            chosen = next((s.code for s in declared.statuses if wanted in (s.code, s.title, s.title_en)), None)
            if chosen is None:
                errors["status"] = _("没有状态“%(status)s”。") % {"status": wanted[:40]}
            else:
                common["status"] = chosen
        if not errors:
            given = {**values_of(entry, declared), **cleaned.values, "key": entry.key}
            errors = run_checks(declared.code, given, plan.on)
        if errors:
            faults.update({code: message for code, message in errors.items() if code not in faults})
            return
        if row.common.get("title"):
            common["title"] = str(row.common["title"])[:200]
        self._compare(plan, entry, {**common, **cleaned.values})

    def _compare(self, plan: RowPlan, entry: EntryBase, given: dict[str, Any]) -> None:
        """What of the given values differs from the entry; what is equal is no change."""
        before = snapshot(entry, self.declared)
        specs = {spec.code: spec for spec in self.declared.fields}
        for code, value in given.items():
            spec = specs.get(code)
            if spec is not None and spec.personal and value is not None:
                same = same_personal(entry, spec, str(value))
            else:
                same = before.get(code) == value
            if not same:
                plan.changes[code] = value
                plan.before[code] = before.get(code)
        title_field = self.declared.title_field
        if title_field in plan.changes and "title" not in plan.changes:
            plan.changes["title"] = str(plan.changes[title_field] or entry.key)[:200]
            plan.before["title"] = entry.title
        plan.outcome = "changed" if plan.changes else "unchanged"
