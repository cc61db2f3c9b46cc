"""The verbs on entries: create, change, set the status, approve, note a recurring duty as done.

Raw values go in (texts of a form, JSON of the interface); `EntryRefused` tells every field that is wrong at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused, require_other_person
from hengjian.registers import entering
from hengjian.registers.catalogue import register_type
from hengjian.registers.declarations import RegisterType, Status
from hengjian.registers.entering import EntryRefused
from hengjian.registers.facts import CHANGED, ENTERED, STATUS
from hengjian.registers.history import Note, effective, record_first, record_late, record_newest, versions
from hengjian.registers.hooks import run_checks
from hengjian.registers.keys import next_key, scope_of
from hengjian.registers.models import EntryBase
from hengjian.registers.reminding import settle
from hengjian.registers.saving import confidentiality, finish, is_personal, save_unique, tell
from hengjian.registers.storing import model_of, seal, snapshot, store, value_of, values_of
from hengjian.registers.values import clean_values

__all__ = [
    "ApproveEntry",
    "ChangeEntry",
    "ChangeFiledEntry",
    "CreateEntry",
    "DoneRecurrence",
    "EntryRefused",
    "ExpireEntry",
    "FileEntry",
    "SetFiledStatus",
    "SetStatus",
]
R = TypeVar("R")


@dataclass(kw_only=True)
class CreateEntry(Action[EntryBase]):
    """Enter something into a register.

    Attributes:
        values: raw values by field code.
        unit, region: who keeps it and where it belongs.
        key: identifier, where the register does not give one itself.
        title: shown name; empty: the declared title field, else the key.
        status: where it begins; empty: the register's first status.
        filer: the enterprise that declares it.
        on: day from which it holds, not in the future; history may be entered late.
    """

    verb = "registers.edit"
    register: str
    values: Mapping[str, Any]
    unit: Unit
    region: Region
    key: str = ""
    title: str = ""
    valid_from: Any = None
    valid_to: Any = None
    status: str = ""
    filer: Unit | None = None
    on: date = field(default_factory=timezone.localdate)
    cleaned: entering.Entered = field(init=False)

    @property
    def declared(self) -> RegisterType:
        return register_type(self.register)

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.region)

    def check_state(self) -> None:
        entering.check_who(self.declared, self.unit, self.actor, self.system)
        entering.check_day(self.on)
        self.cleaned = entering.read_entry(
            self.declared,
            self.values,
            unit=self.unit,
            region=self.region,
            key=self.key,
            title=self.title,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            status=self.status,
            on=self.on,
        )

    def perform(self) -> EntryBase:
        declared, given = self.declared, self.cleaned
        key = given.key or next_key(declared, self.region, self.unit, self.on, given.values)
        entry = model_of(declared)(
            register=declared.code,
            key=key,
            key_scope=scope_of(declared, self.region, self.unit),
            unit=self.unit,
            region=self.region,
            filer=self.filer,
            status=given.status,
            status_on=self.on,
            valid_from=given.valid_from,
            valid_to=given.valid_to,
            created_by=self.actor,
        )
        plain = {
            code: value for code, value in given.values.items() if value is not None and not is_personal(declared, code)
        }
        store(entry, declared, plain)
        finish(entry, declared, title=given.title)
        save_unique(entry, declared)
        if sealed := {spec.code: given.values.get(spec.code) for spec in declared.fields if spec.personal}:
            store(entry, declared, seal(entry, declared, sealed))
            entry.save()
        note = Note(ENTERED, timezone.now(), self.actor, self.system, self.reason.strip())
        record_first(entry, snapshot(entry, declared), self.on, note)
        if not declared.approval:
            tell(entry, declared, ENTERED, note, self.on)
        return entry


@dataclass(kw_only=True)
class FileEntry(CreateEntry):
    """An enterprise enters something for itself."""

    verb = "registers.file"

    def target(self) -> Scope:
        return Scope(unit=self.filer, region=self.filer.region if self.filer else self.region)

    def check_state(self) -> None:
        if self.filer is None:
            raise ActionRefused(_("没有指明申报企业。"), _("请用企业账号登录后申报。"), status=400)
        super().check_state()
        entering.check_own_code(self.declared, self.filer, self.cleaned.values)


@dataclass(kw_only=True)
class EntryAction(Action[R]):
    """A verb on an entry."""

    verb = "registers.edit"
    entry: EntryBase
    on: date = field(default_factory=timezone.localdate)

    def target(self) -> EntryBase:
        return self.entry

    @property
    def declared(self) -> RegisterType:
        return register_type(self.entry.register)

    def check_state(self) -> None:
        entering.check_who(self.declared, self.entry.unit, self.actor, self.system, self.entry.filer)
        entering.check_day(self.on)
        status = self.declared.status(self.entry.status)
        if status.final:
            raise ActionRefused(
                _("登记项已是“%(status)s”，不能再变更。") % {"status": status.title}, _("如确有错误，请另行登记。")
            )

    def write(
        self, verb: str, changes: Mapping[str, Any], ground: str = "", told: bool = True, since_first: bool = False
    ) -> EntryBase:
        """Record the changes from `on`, bring the row up to what holds now, tell the fact.

        Args:
            since_first: a day before the entry's first one counts as the first, because nothing is said of before.
        """
        entry, declared = self.entry, self.declared
        note = Note(verb, timezone.now(), self.actor, self.system, self.reason.strip(), ground)
        rows = versions(entry)
        line = effective(rows)
        newest = line[-1].valid_from
        on = max(self.on, line[0].valid_from) if since_first else self.on
        if on < newest:
            changes = record_late(entry, rows, changes, on, note)
        entering.apply_changes(entry, declared, changes)
        finish(entry, declared)
        if on >= newest:
            # After everything was computed, so that the history has what the page shows.
            record_newest(entry, snapshot(entry, declared), on, note)
        entry.key_scope = scope_of(declared, entry.region, entry.unit)
        entry.updated_at = note.at
        save_unique(entry, declared)
        settle([entry], declared)
        if told:
            tell(entry, declared, verb, note, self.on)
        return entry


@dataclass(kw_only=True)
class ChangeEntry(EntryAction[EntryBase]):
    """Change fields (only those given), key, validity or title; a reason is required.

    A register with approval waits for a second person again; until then the entry counts as not confirmed.
    """

    needs_reason = True
    values: Mapping[str, Any]
    key: str | None = None
    title: str | None = None
    valid_from: Any = entering.UNCHANGED
    valid_to: Any = entering.UNCHANGED
    unit: Unit | None = None
    region: Region | None = None
    changes: dict[str, Any] = field(init=False)

    def check_state(self) -> None:
        super().check_state()
        declared, entry = self.declared, self.entry
        raw = {
            "key": entering.UNCHANGED if self.key is None else self.key,
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
        }
        common, errors = entering.read_common(declared, raw, entry)
        cleaned = clean_values(declared.fields, self.values, on=self.on, partial=True, region=entry.region.code)
        errors |= cleaned.errors
        if not errors:
            given = {**values_of(entry, declared), **cleaned.values, "key": common.get("key", entry.key)}
            errors = run_checks(declared.code, given, self.on)
        if errors:
            raise EntryRefused(declared, errors)
        changes: dict[str, Any] = {**common, **cleaned.values}
        if self.title is not None:
            changes["title"] = self.title.strip()[:200]
        if self.unit is not None:
            changes["unit"] = self.unit.key
        if self.region is not None:
            changes["region"] = self.region.code
        self.changes = changes

    def perform(self) -> EntryBase:
        declared, entry = self.declared, self.entry
        fields = {code: value for code, value in self.changes.items() if code in {s.code for s in declared.fields}}
        changes = {**self.changes, **seal(entry, declared, fields)}
        if any(is_personal(declared, code) for code in fields):
            changes["sealed"] = entry.extras.get("sealed")
        if "title" not in changes and declared.title_field in fields:
            changes["title"] = str(fields[declared.title_field] or entry.key)[:200]
        before = snapshot(entry, declared)
        # Given again as they are is no change; what a late correction must reach stays in.
        late = effective(versions(entry))[-1].valid_from > self.on
        changes = {name: value for name, value in changes.items() if late or before.get(name) != value}
        if not changes:
            raise ActionRefused(_("没有需要保存的变更：提交的内容与现有登记相同。"), _("请修改后再提交。"), status=400)
        if declared.approval:
            entry.approved_at = None
        return self.write(CHANGED, changes, told=not declared.approval)


@dataclass(kw_only=True)
class ChangeFiledEntry(ChangeEntry):
    """The enterprise changes what it declared itself."""

    verb = "registers.file"


@dataclass(kw_only=True)
class SetStatus(EntryAction[EntryBase]):
    """Give the entry another of the declared statuses.

    Attributes:
        ground: code of the ground, where the new status has a list of them.
    """

    status: str
    ground: str = ""

    def ways(self, here: Status) -> tuple[str, ...]:
        """The statuses that may follow; empty: any."""
        return here.next

    def check_state(self) -> None:
        super().check_state()
        declared, entry = self.declared, self.entry
        try:
            wanted = declared.status(self.status)
        except KeyError:
            raise ActionRefused(
                _("《%(register)s》没有状态“%(status)s”。") % {"register": declared.title, "status": self.status[:40]},
                _("请刷新页面后重新选择。"),
                status=400,
            ) from None
        if wanted.code == entry.status:
            raise ActionRefused(_("登记项已经是“%(status)s”。") % {"status": wanted.title}, _("无需再次操作。"))
        allowed = self.ways(declared.status(entry.status))
        if allowed and wanted.code not in allowed:
            raise ActionRefused(
                _("不能由“%(before)s”改为“%(after)s”。")
                % {"before": declared.status(entry.status).title, "after": wanted.title},
                _("可改为：%(words)s。") % {"words": "、".join(declared.status(code).title for code in allowed)},
            )
        entering.check_ground(declared, wanted, self.ground, self.reason, entry.region.code, self.on)

    def perform(self) -> EntryBase:
        self.entry.status_on = self.on
        return self.write(STATUS, {"status": self.status}, self.ground)


@dataclass(kw_only=True)
class ExpireEntry(SetStatus):
    """The validity is over: the status that the declaration names for that, from the day after."""

    def ways(self, here: Status) -> tuple[str, ...]:
        return ()

    def check_state(self) -> None:
        super().check_state()
        end = self.entry.valid_to
        if end is None or end >= timezone.localdate() or not self.declared.status(self.entry.status).counts:
            raise ActionRefused(_("登记项没有过期。"))


@dataclass(kw_only=True)
class SetFiledStatus(SetStatus):
    """The enterprise gives its own entry a status that is open to it, as withdrawing a declaration."""

    verb = "registers.file"

    def check_state(self) -> None:
        super().check_state()
        if not self.declared.status(self.status).by_filer:
            raise ActionRefused(
                _("“%(status)s”由登记单位办理。") % {"status": self.declared.status(self.status).title},
                _("请联系登记单位。"),
                status=403,
            )


@dataclass(kw_only=True)
class ApproveEntry(EntryAction[EntryBase]):
    """A second person confirms the entry; from then on it counts, is public, and its facts are told."""

    verb = "registers.approve"

    def check_state(self) -> None:
        super().check_state()
        if not self.declared.approval:
            raise ActionRefused(_("《%(register)s》不需要审核。") % {"register": self.declared.title})
        if self.entry.approved_at is not None:
            raise ActionRefused(_("登记项已经审核通过。"), _("无需再次操作。"))
        last = versions(self.entry)[-1]
        require_other_person(self.actor, last.recorded_by, _("审核"))

    def perform(self) -> EntryBase:
        entry, declared = self.entry, self.declared
        note = Note("approved", timezone.now(), self.actor, self.system, self.reason.strip())
        rows = versions(entry)
        first = not any(row.verb == "approved" for row in rows)
        entry.approved_at = entry.updated_at = note.at
        entry.confidentiality = confidentiality(entry, declared)
        record_newest(entry, snapshot(entry, declared), max(self.on, effective(rows)[-1].valid_from), note)
        entry.save()
        tell(entry, declared, ENTERED if first else CHANGED, note, self.on)
        return entry


@dataclass(kw_only=True)
class DoneRecurrence(EntryAction[EntryBase]):
    """A recurring duty was done on a day; its next day is computed from that."""

    recurrence: str

    def check_state(self) -> None:
        super().check_state()
        item = next((item for item in self.declared.recurrences if item.code == self.recurrence), None)
        if item is None or not item.last_done:
            raise ActionRefused(
                _("《%(register)s》没有可以登记完成的周期事项“%(code)s”。")
                % {"register": self.declared.title, "code": self.recurrence[:40]},
                _("请刷新页面后重新选择。"),
                status=400,
            )
        done = value_of(self.entry, self.declared.field(item.last_done))
        if done is not None and self.on.isoformat() <= done:
            raise ActionRefused(
                _("“%(item)s”最近一次已登记在 %(day)s。") % {"item": item.title, "day": done},
                _("请填写更晚的完成日期。"),
                status=400,
            )

    def perform(self) -> EntryBase:
        item = next(item for item in self.declared.recurrences if item.code == self.recurrence)
        # A lift registered today was maintained last week: the day is known, the register begins later.
        return self.write(CHANGED, {item.last_done: self.on.isoformat()}, since_first=True)
