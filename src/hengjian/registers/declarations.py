"""What a register is: one YAML page from which list, detail, edit, history, import, export, API, public page and facts
derive. Pure."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from hengjian.registers.fields import Code, FieldSpec, Legal, Light, Titled, unique
from hengjian.rulebook.base import Strict

# Words of addresses that stand where a register's code would.
ADDRESSES = frozenset({"reminders", "imports", "public"})
# What every entry and every list have already.
RESERVED = frozenset(
    {"id", "pk", "key", "key_scope", "title", "status", "status_on", "unit", "region", "filer", "subject"}
    | {"valid_from", "valid_to", "version", "extras", "batch", "confidentiality", "register", "approved_at"}
    | {"created_by", "created_at", "updated_at", "sealed", "q", "validity", "sort", "page", "size", "col"}
    | {"export", "selected", "action", "limit", "offset"}
)


class KeySpec(Strict):
    """The identifier of an entry.

    Attributes:
        label, label_en: what it is called ("96333识别码").
        pattern: regular expression of the whole identifier.
        parser: registered checker that also normalises it.
        series: given by the system instead of typed: "QC-{year}-{seq:05d}", "{region}{seq:06d}".
        scope: within what it is unique; prefecture: the city above the entry's region (96333 codes are a city's own).
    """

    label: str
    label_en: str = ""
    pattern: str = ""
    parser: str = ""
    series: str = ""
    scope: Literal["register", "region", "prefecture", "unit"] = "register"
    max_length: int = Field(80, ge=1, le=80)


class Status(Titled):
    """One status of entries.

    Attributes:
        light: its colour; the word stands beside it.
        counts: whether an entry in it counts as valid.
        public: whether public pages show entries in it.
        final: no way back; `ground` is then asked for.
        ground: variant of the rulebook family `codes` with the grounds, or empty for free text.
        next: statuses it may change to; empty: any, unless final.
        by_filer: whether the enterprise that filed the entry may give it this status itself (withdraw a declaration).
    """

    code: Code
    light: Light = "blue"
    counts: bool = True
    public: bool = True
    final: bool = False
    ground: str = ""
    next: tuple[Code, ...] = ()
    by_filer: bool = False


class Validity(Strict):
    """For how long an entry holds.

    Attributes:
        required: both days must be given.
        term: variant of the rulebook family `terms` that gives valid_to from valid_from when it is left empty.
        warn_days: how long before the end the holder and the keeper are reminded.
        renew_before: variant of `terms`: how long before the end renewal must be applied for.
        expires_to: status that the expiry sweep gives the day after valid_to.
    """

    required: bool = False
    term: str = ""
    warn_days: int = Field(0, ge=0, le=730)
    renew_before: str = ""
    expires_to: Code | Literal[""] = ""


class RecurrenceUse(Titled):
    """A duty on each entry that comes again (inspection, maintenance, verification).

    Attributes:
        rule: variant of the rulebook family `terms` with a recurrence.
        anchor: date field it counts from; last_done: date field of the last time.
        next_due: date field that holds the computed next day (filled by the system).
        statuses: it runs only in these statuses; empty: in all that count.
        when: only where these fields have these values, e.g. {scheme: periodic}.
    """

    code: Code
    rule: str
    anchor: Code
    last_done: Code | Literal[""] = ""
    next_due: Code
    remind_days: int = Field(0, ge=0, le=365)
    statuses: tuple[Code, ...] = ()
    when: dict[Code, str] = Field(default_factory=dict)


class FactUse(Strict):
    """The facts that a register writes.

    Attributes:
        prefix: first part of the kinds: `<prefix>.entered`, `<prefix>.changed`, `<prefix>.status`.
        subject: what the facts are about; "{key}" and field codes are filled in ("certificate:{key}",
            "enterprise:{holder}"); empty: the entry itself.
        disclosure: the widest; a public fact carries public fields only.
        refs: role → reference with the same filling.
    """

    prefix: Code
    subject: str = ""
    disclosure: Literal["public", "shared", "internal"] = "shared"
    refs: dict[Code, str] = Field(default_factory=dict)


class RegisterType(Titled):
    """One kind of register.

    Attributes:
        code: written `register:` in YAML; also in addresses.
        area: where it stands in the navigation (`registers.catalogue.AREAS`).
        model: "app_label.Model" of a table of its own that extends `EntryBase`; empty: the common table, where fields
            without a column lie in `extras`.
        keepers: families of units that may keep it (hengjian.methods.organisations), "office" for the offices of
            leading groups; empty: every unit.
        filed_by: who may make entries: officers of keepers, enterprises for themselves, or only the system (a case).
        closed_on: no entry may be dated after this day, because the legal basis ended; history stays countable.
        title_field: field shown as the entry's name; empty: the key.
        subject_field: enterprise field that the entry is about.
        public: whether there is a public page of the register.
        approval: a second person must confirm an entry before it counts.
    """

    code: Code = Field(validation_alias="register")
    version: int = 1
    area: Code
    description: str = ""
    description_en: str = ""
    legal: tuple[Legal, ...] = Field(min_length=1)
    model: str = Field("", pattern=r"^([a-z_]+\.[A-Za-z]+)?$")
    key: KeySpec
    fields: tuple[FieldSpec, ...] = Field(min_length=1)
    statuses: tuple[Status, ...] = Field(min_length=1)
    validity: Validity = Validity()
    recurrences: tuple[RecurrenceUse, ...] = ()
    keepers: tuple[str, ...] = ()
    filed_by: Literal["officer", "enterprise", "system"] = "officer"
    closed_on: date | None = None
    title_field: Code | Literal[""] = ""
    subject_field: Code | Literal[""] = ""
    public: bool = True
    approval: bool = False
    facts: FactUse

    @property
    def initial(self) -> Status:
        """The status of a new entry: the first declared."""
        return self.statuses[0]

    @property
    def public_fields(self) -> tuple[FieldSpec, ...]:
        return tuple(spec for spec in self.fields if spec.public)

    def field(self, code: str) -> FieldSpec:
        """The declared field; KeyError when there is none."""
        for spec in self.fields:
            if spec.code == code:
                return spec
        raise KeyError(f"register {self.code} has no field {code}")

    def status(self, code: str) -> Status:
        """The declared status; KeyError when there is none."""
        for status in self.statuses:
            if status.code == code:
                return status
        raise KeyError(f"register {self.code} has no status {code}")

    @model_validator(mode="after")
    def _holds_together(self) -> RegisterType:
        unique("field", [spec.code for spec in self.fields])
        unique("status", [status.code for status in self.statuses])
        unique("recurrence", [item.code for item in self.recurrences])
        fields = {spec.code: spec for spec in self.fields}
        states = {status.code for status in self.statuses}
        for role, code in (("title_field", self.title_field), ("subject_field", self.subject_field)):
            if code and code not in fields:
                raise ValueError(f"{role} names {code}, which is no field")
        for item in self.recurrences:
            for code in (item.anchor, item.last_done, item.next_due):
                if code and (code not in fields or fields[code].type != "date"):
                    raise ValueError(f"recurrence {item.code} names {code}, which is no date field")
            if unknown := set(item.statuses) - states:
                raise ValueError(f"recurrence {item.code} names the status {', '.join(unknown)}, which there is not")
        for status in self.statuses:
            if unknown := set(status.next) - states:
                raise ValueError(f"status {status.code} leads to {', '.join(unknown)}, which there is not")
        if self.validity.expires_to and self.validity.expires_to not in states:
            raise ValueError(f"validity expires to {self.validity.expires_to}, which is no status")
        if self.code in ADDRESSES:
            raise ValueError(f"no register can be called {self.code}, because pages are")
        reserved = fields.keys() & RESERVED
        if reserved:
            raise ValueError(f"every entry has {', '.join(sorted(reserved))} already; give the field another code")
        return self
