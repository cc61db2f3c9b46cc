"""How one field of a register or a case is declared. Pure: no database; forms, sheets, API and facts derive from it.

Titles are written in Chinese with an English twin (`title_en`), because they are data that a region may add to, not
interface text that translators see.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from hengjian.rulebook.base import Strict

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
FieldType = Literal[
    "text",
    "long_text",
    "integer",
    "decimal",
    "money",  # yuan, two decimals
    "percent",  # as read: 93.5 is 93.5 %
    "date",
    "datetime",
    "boolean",
    "choice",
    "multi_choice",
    "region",  # region code
    "unit",  # unit key
    "enterprise",  # unified social credit code of 18 characters
    "entry",  # key of an entry of the register named in `of`
    "phone",
    "email",
    "person_name",
    "id_card",
    "address",
    "url",
    "file",  # address of stored content, "sha256:…"
    "point",  # "longitude,latitude" in degrees, WGS 84
]
Mask = Literal["", "name", "phone", "id_card", "address", "hidden"]
PERSONAL_TYPES = frozenset({"phone", "email", "id_card"})
Light = Literal["green", "amber", "red", "blue", "grey"]
Languages = Mapping[str, str]


class Titled(Strict):
    """Something with a name in both languages."""

    title: str = Field(min_length=1, max_length=80)
    title_en: str = Field("", max_length=120)

    def said(self, language: str = "zh") -> str:
        """The name in the reader's language ("zh…" or "en…"); Chinese where there is no English one."""
        return self.title_en if language.startswith("en") and self.title_en else self.title


class Choice(Titled):
    """One of the values of a choice; `light` colours it where it is shown as a state."""

    code: str = Field(min_length=1, max_length=40)
    light: Light | Literal[""] = ""


class FieldSpec(Titled):
    """One typed field.

    Attributes:
        code: its name in data, sheets, API and facts.
        choices: for choice and multi_choice: the values; or
        choices_from: variant of the rulebook family `codes` whose codes in force on the day are the values.
        of: for entry: the register it points into.
        parser: name of a registered checker (`registers.parsing.register_parser`) that normalises the text or says why
            it is wrong: "uscc", "standard_number", "cma_number" …
        unit: unit of measurement, shown behind the number.
        keep: personal data that must not enter the ledger goes to the vault; the data then holds its reference. Phone,
            e-mail and identity numbers always do.
        mask: how a public reader sees it, when it is public at all.
        public: whether public pages, open data and public facts carry it.
        listed, filtered, searched: whether it is a column of lists, a filter, part of the text search.
        internal: not even shared facts carry it.
        computed: filled in by the system (a hook, an action): in no form and no sheet.
    """

    code: Code
    type: FieldType = "text"
    required: bool = False
    choices: tuple[Choice, ...] = ()
    choices_from: str = ""
    of: str = ""
    parser: str = ""
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None
    max_length: int = Field(200, ge=1, le=20_000)
    decimals: int = Field(2, ge=0, le=6)
    unit: str = ""
    help: str = ""
    help_en: str = ""
    vault: bool = False
    mask: Mask = ""
    public: bool = False
    listed: bool = False
    filtered: bool = False
    searched: bool = False
    internal: bool = False
    computed: bool = False

    @property
    def personal(self) -> bool:
        return self.vault or self.type in PERSONAL_TYPES

    @model_validator(mode="after")
    def _fits(self) -> FieldSpec:
        if self.type in ("choice", "multi_choice"):
            if bool(self.choices) == bool(self.choices_from):
                raise ValueError(f"{self.code}: a choice needs either choices or choices_from")
        elif self.choices or self.choices_from:
            raise ValueError(f"{self.code}: only a choice has choices")
        if (self.type == "entry") != bool(self.of):
            raise ValueError(f"{self.code}: an entry field names its register in `of`, and no other field does")
        if self.personal and self.public and self.mask in ("", "name", "address"):
            raise ValueError(f"{self.code}: personal data that is public needs a mask")
        if self.personal and (self.filtered or self.searched):
            raise ValueError(f"{self.code}: sealed personal data can be neither filtered nor searched")
        return self

    def choice(self, code: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.code == code), None)


class Legal(Strict):
    """The legal basis of a register or procedure: a document and the days from and to which it holds."""

    document: str = Field(min_length=2)
    number: str = ""
    article: str = ""
    valid_from: str = Field("", pattern=r"^(\d{4}-\d{2}-\d{2})?$")
    valid_to: str = Field("", pattern=r"^(\d{4}-\d{2}-\d{2})?$")
    status: Literal["verified", "to_verify"] = "to_verify"
    note: str = ""

    @field_validator("valid_from", "valid_to", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        # YAML reads 2020-01-01 as a date.
        return value.isoformat() if isinstance(value, date) else value


def unique(kind: str, codes: list[str]) -> None:
    """Raise ValueError when a code is used twice."""
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise ValueError(f"{kind} {', '.join(twice)} is declared twice")
