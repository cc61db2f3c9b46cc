"""What a dossier of an enterprise consists of: sections that rooms declare.

A room that writes facts about enterprises (subject `enterprise:<code>`) need do nothing: they stand in the section that
claims their kinds, or among the other facts. A section of its own takes one declaration from `AppConfig.ready`:

    register_section(Section("trees", _("古树名木"), "leaf", order=75, kinds=("old_tree",)))          # facts by kind
    register_section(Section("visits", _("走访"), "people", order=76, lines=visits_of, disclosure="shared"))

The room `credit.dossier` shows them as tabs and prints them into the report; this module only says what there is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.utils.functional import Promise

from hengjian.ledger.drafts import Disclosure

Text = str | Promise
#: Columns that a section may show, besides what the line is about.
Columns = Literal["on", "number", "organ", "until", "state"]


@dataclass(frozen=True)
class Line:
    """One matter of a section.

    Attributes:
        on: the day from which it holds.
        title: what it is about.
        kind: the word in front of it (抽查, 召回, 认证证书).
        number: identifier of the matter (certificate, document, case).
        organ: who says so.
        state, light: how it stands, as word and colour; empty: nothing to say.
        until: the last day of its validity, or the day it ended.
        details: (name, text) of its fields.
        fact: the fact in which it stands, for verification.
        ref: how its own room refers to it ("entry:certificate:7", "case:12").
        url: its page in its own room; only set where the reader may open it.
        public: may be shown to everybody. A line that is not is left out of what the public sees, and of its counts.
    """

    on: date
    title: str
    kind: Text = ""
    number: str = ""
    organ: str = ""
    state: str = ""
    light: str = ""
    until: date | None = None
    details: tuple[tuple[Text, str], ...] = ()
    fact: UUID | None = None
    ref: str = ""
    url: str = ""
    public: bool = False


@dataclass(frozen=True)
class Question:
    """What is asked about an enterprise, by whom, as of when.

    Attributes:
        enterprise: the `Enterprise`.
        subjects: all references it ever had in facts ("enterprise:91…").
        user: who reads; None: the public.
        disclosure: the widest disclosure of facts that the reader may see.
        own: the reader stands on the side of the enterprise.
        known_at: as it was known then; None: now.
        valid_on: as it was on that day; None: today, and what is yet to begin.
    """

    enterprise: Any
    subjects: tuple[str, ...]
    user: Any = None
    disclosure: Disclosure = "public"
    own: bool = False
    known_at: datetime | None = None
    valid_on: date | None = None

    @property
    def public(self) -> bool:
        return self.disclosure == "public"


Lines = Callable[[Question], Sequence[Line]]


@dataclass(frozen=True)
class Section:
    """One tab of the dossier.

    Attributes:
        code: in addresses.
        title: in the tab.
        icon: of `pages/icons.svg`.
        order: place among the tabs.
        kinds: first parts of the fact kinds it shows ("certificate" for certificate.entered).
        lines: lines that do not come from the ledger by kind; added to those that do.
        disclosure: public: everybody sees its public lines; counts: the public sees how many there are, readers with
            right what they are; shared: officers and the enterprise; internal: officers only.
        columns: what the table shows beside the matter itself.
        empty: what an empty section means.
    """

    code: str
    title: Text
    icon: str
    order: int = 100
    kinds: tuple[str, ...] = ()
    lines: Lines | None = None
    disclosure: Literal["public", "counts", "shared", "internal"] = "public"
    columns: tuple[Columns, ...] = field(default=("on", "organ", "state"))
    empty: Text = ""


_sections: dict[str, Section] = {}


def register_section(section: Section) -> None:
    """Add a section; the last declaration of a code wins."""
    _sections[section.code] = section


def sections() -> list[Section]:
    """All sections in the order of their tabs."""
    return sorted(_sections.values(), key=lambda section: (section.order, section.code))


def section(code: str) -> Section | None:
    return _sections.get(code)
