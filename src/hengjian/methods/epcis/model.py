"""EPCIS 2.0 events and documents as typed data.

An event is held in its JSON form (the names and nesting of the EPCIS 2.0 JSON binding): bare words for standard codes,
lists for lists, `prefix:name` for extensions. The typed dictionaries below describe that form without costing anything
at run time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NotRequired, TypedDict

from hengjian.methods.epcis.context import Context

Kind = Literal["EPCISDocument", "EPCISQueryDocument", "EPCISMasterDataDocument", "event", "query"]
Syntax = Literal["json", "xml"]


class QuantityElement(TypedDict):
    """An amount of a class; without quantity: an unknown amount, without `uom`: a count."""

    epcClass: str
    quantity: NotRequired[float]
    uom: NotRequired[str]


class BusinessTransaction(TypedDict):
    """A document the event belongs to."""

    bizTransaction: str
    type: NotRequired[str]


class Place(TypedDict):
    """A read point or business location; extensions may stand beside the id."""

    id: str


class PersistentDisposition(TypedDict, total=False):
    """Dispositions that begin or end to hold until said otherwise."""

    set: list[str]
    unset: list[str]


class ErrorDeclaration(TypedDict):
    """Says that the earlier event with the same eventID is wrong."""

    declarationTime: str
    reason: NotRequired[str]
    correctiveEventIDs: NotRequired[list[str]]


class SensorElement(TypedDict):
    """Observations: what measured, and the reports."""

    sensorReport: list[dict[str, Any]]
    sensorMetadata: NotRequired[dict[str, Any]]


class Event(TypedDict, total=False):
    """Any event of the five types; which fields belong to which type is in `structure.py`."""

    type: str
    eventTime: str
    eventTimeZoneOffset: str
    recordTime: str
    eventID: str
    errorDeclaration: ErrorDeclaration
    certificationInfo: str | list[str]
    action: Literal["ADD", "OBSERVE", "DELETE"]
    bizStep: str
    disposition: str
    persistentDisposition: PersistentDisposition
    readPoint: Place
    bizLocation: Place
    bizTransactionList: list[BusinessTransaction]
    sourceList: list[dict[str, str]]
    destinationList: list[dict[str, str]]
    sensorElementList: list[SensorElement]
    epcList: list[str]
    quantityList: list[QuantityElement]
    parentID: str
    childEPCs: list[str]
    childQuantityList: list[QuantityElement]
    inputEPCList: list[str]
    inputQuantityList: list[QuantityElement]
    outputEPCList: list[str]
    outputQuantityList: list[QuantityElement]
    transformationID: str
    ilmd: dict[str, Any]


@dataclass(slots=True)
class Document:
    """What was read: the envelope and, unless read as a stream, the events.

    `head`: members of the envelope as in JSON, without the body (id, sender, receiver, instanceIdentifier, epcisHeader
    with the master data as it came, extensions). `results`: query name and subscription of query results.
    `parameters`: of a query (XML poll or JSON query). `ignore`: names of event fields a repository left out of the
    hash. `problems`: what was wrong with the envelope itself.
    """

    kind: Kind
    syntax: Syntax
    context: Context
    head: dict[str, Any] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Any] | None = None
    ignore: tuple[str, ...] = ()
    events: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def schema_version(self) -> str:
        """The version of EPCIS the document names."""
        return str(self.head.get("schemaVersion", ""))

    @property
    def vocabularies(self) -> list[Any]:
        """Master data: vocabularies as they came."""
        header = self.head.get("epcisHeader")
        data = header.get("epcisMasterData") if isinstance(header, dict) else None
        found = data.get("vocabularyList") if isinstance(data, dict) else None
        return found if isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where, and in words.

    `reason` is stable and named in docs/epcis.md. `level`: errors refuse a document, warnings do not.
    """

    reason: str
    path: str
    message_zh: str
    message_en: str
    level: Literal["error", "warning"] = "error"


class ReadError(ValueError):
    """A file that is no EPCIS document or not safe to read.

    `reason`: empty, encoding, syntax, dtd, too_deep, too_large, not_epcis.
    """

    def __init__(self, reason: str, message_zh: str, message_en: str) -> None:
        super().__init__(message_en)
        self.reason, self.message_zh, self.message_en = reason, message_zh, message_en
