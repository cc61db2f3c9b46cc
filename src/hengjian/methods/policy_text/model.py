"""What the reader returns. Spans are [start, end) in `PolicyDocument.text`; confidence runs from 0 to 1, 1 = no
doubt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hengjian.methods.policy_text.reasons import Reason

Span = list[int]


@dataclass(slots=True)
class Duty:
    role: str  # lead, support, joint
    organisation: str
    name: str
    span: Span
    collective: bool = False
    bracket: int | None = None
    confidence: float = 1.0
    reason: str = ""
    place: int = 0  # in the flow; spans may jump over page breaks
    key: str = ""  # the written name in unified characters, for recognition

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {"role": self.role, "organisation": self.organisation, "name": self.name}
        if self.collective:
            out["collective"] = True
        if self.bracket is not None:
            out["bracket"] = self.bracket
        return out | _sure(self.span, self.confidence, self.reason)


@dataclass(slots=True)
class Target:
    indicator: str
    operator: str  # >= <= > < = between ≈ increase decrease within_quota grade>=
    value: float | int | str | list[float | int] | None
    unit: str | None
    year: int | None
    direction: str  # higher, lower
    strength: str  # firm, 力争
    span: Span
    scope: str | None = None
    note: str | None = None
    confidence: float = 1.0
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            key: getattr(self, key)
            for key in ("indicator", "operator", "value", "unit", "year", "direction", "strength")
        }
        out |= {key: getattr(self, key) for key in ("scope", "note") if getattr(self, key) is not None}
        return out | _sure(self.span, self.confidence, self.reason)


@dataclass(slots=True)
class Deadline:
    phrase: str
    due: str | None  # ISO date, the last day of the period
    sentence: str
    strength: str
    span: Span
    confidence: float = 1.0
    reason: str = ""
    place: int = 0

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "phrase": self.phrase,
            "due": self.due,
            "sentence": self.sentence,
            "strength": self.strength,
        }
        return out | _sure(self.span, self.confidence, self.reason)


@dataclass(slots=True)
class Measure:
    text: str
    span: Span


@dataclass(slots=True)
class Citation:
    title: str
    number: str | None
    role: str  # reference, output, self
    span: Span
    alias: str | None = None
    nested: bool = False

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {"title": self.title, "number": self.number, "role": self.role}
        if self.alias:
            out["alias"] = self.alias
        if self.nested:
            out["nested"] = True
        return out | {"span": self.span}


@dataclass(slots=True)
class Item:
    number: int | None
    sequence: int
    title: str
    title_span: Span
    span: Span
    group: int | None = None
    duty_mode: str | None = None
    open_list: bool = False
    duties: list[Duty] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    confidence: float = 1.0
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {"number": self.number, "sequence": self.sequence, "title": self.title}
        if self.group is not None:
            out["group"] = self.group
        out |= {
            "duty_mode": self.duty_mode,
            "open_list": self.open_list,
            "duties": [duty.to_dict() for duty in self.duties],
            "targets": [target.to_dict() for target in self.targets],
            "deadlines": [deadline.to_dict() for deadline in self.deadlines],
            "measures": [measure.text for measure in self.measures],
            "measure_spans": [measure.span for measure in self.measures],
            "title_span": self.title_span,
        }
        return out | _sure(self.span, self.confidence, self.reason)


@dataclass(slots=True)
class Group:
    number: int | None
    title: str
    span: Span

    def to_dict(self) -> dict[str, Any]:
        return {"number": self.number, "title": self.title, "span": self.span}


@dataclass(slots=True)
class Section:
    number: int | None
    title: str | None
    span: Span
    items: list[Item] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    text: str = ""

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {"number": self.number, "title": self.title}
        if self.groups:
            out["groups"] = [group.to_dict() for group in self.groups]
        if self.targets:
            out["targets"] = [target.to_dict() for target in self.targets]
        if self.deadlines:
            out["deadlines"] = [deadline.to_dict() for deadline in self.deadlines]
        if self.text:
            out["text"] = self.text
        return out | {"items": [item.to_dict() for item in self.items], "span": self.span}


@dataclass(slots=True)
class Passage:
    """Running text outside sections: the preamble, the closing order, and whatever the reader could not place."""

    text: str
    span: Span
    reason: str = ""
    targets: list[Target] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {"text": self.text, "span": self.span} | _because(self.reason)
        if self.targets:
            out["targets"] = [target.to_dict() for target in self.targets]
        if self.deadlines:
            out["deadlines"] = [deadline.to_dict() for deadline in self.deadlines]
        return out


@dataclass(slots=True)
class Notice:
    """A doubt about the whole document, for the person who checks the reading."""

    code: str
    message_zh: str
    message_en: str

    def to_dict(self) -> dict[str, str]:
        return {"code": self.code, "message_zh": self.message_zh, "message_en": self.message_en}


@dataclass(slots=True)
class Header:
    title: str | None = None
    plan_title: str | None = None
    number: str | None = None
    issuer: str | None = None
    issued_on: str | None = None
    published_on: str | None = None
    addressees: list[str] | None = None
    copy_to: list[str] | None = None
    spans: dict[str, Span] = field(default_factory=dict)


@dataclass(slots=True)
class PolicyDocument:
    document: str
    text: str
    header: Header
    citations: list[Citation] = field(default_factory=list)
    notice_deadlines: list[Deadline] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    notice: list[Passage] = field(default_factory=list)
    preamble: Passage | None = None
    closing: Passage | None = None
    unread: list[Passage] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)
    source_format: str = "txt"

    @property
    def items(self) -> list[Item]:
        """All items in document order."""
        return [item for section in self.sections for item in section.items]

    def to_dict(self) -> dict[str, Any]:
        """The fields of `hengjian policy parse --json`; the same names and meanings as the gold annotation."""
        header = self.header
        return {
            "document": self.document,
            "title": header.title,
            "plan_title": header.plan_title,
            "number": header.number,
            "issuer": header.issuer,
            "issued_on": header.issued_on,
            "published_on": header.published_on,
            "addressees": header.addressees,
            "copy_to": header.copy_to,
            "citations": [citation.to_dict() for citation in self.citations],
            "notice_deadlines": [deadline.to_dict() for deadline in self.notice_deadlines],
            "sections": [section.to_dict() for section in self.sections],
            "header_spans": header.spans,
            "notice": [passage.to_dict() for passage in self.notice],
            "preamble": self.preamble.to_dict() if self.preamble else None,
            "closing": self.closing.to_dict() if self.closing else None,
            "unread": [passage.to_dict() for passage in self.unread],
            "warnings": [warning.to_dict() for warning in self.warnings],
            "format": self.source_format,
            "text": self.text,
        }


def _sure(span: Span, confidence: float, reason: str) -> dict[str, Any]:
    out: dict[str, Any] = {"span": span, "confidence": round(confidence, 2)}
    return out | _because(reason)


def _because(reason: str) -> dict[str, str]:
    """The reason and, where it comes from the table, its code for translation."""
    out: dict[str, str] = {}
    if reason:
        out["reason"] = reason
    if isinstance(reason, Reason):
        out["reason_code"] = reason.code
    return out
