"""Reading, checking and hashing a document of any size before anything is written: rows ready for the database, kept on
disk when there are many. No lock is held meanwhile.
"""

from __future__ import annotations

import json
import pickle
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from hashlib import sha256
from typing import Any, BinaryIO, NamedTuple

from hengjian.methods.epcis import EventChecker, Problem, check_envelope, event_hash, open_stream, tolerated
from hengjian.methods.epcis.context import Context
from hengjian.methods.epcis.messages import problem
from hengjian.methods.epcis.model import Document, ReadError
from hengjian.methods.epcis.structure import SHAPES
from hengjian.methods.epcis.validation import is_foreign_type
from hengjian.methods.epcis.values import moment
from hengjian.methods.epcis.vocabulary import BIZ_STEP, DISPOSITION
from hengjian.trace.events.keys import key_of, shorten, word_of
from hengjian.trace.events.terms import Term, Thing, terms_of, things_of

BATCH = 500
MEMORY = 8 * 1024 * 1024
LISTED = 1000
"""Problems that are named; further ones are only counted."""
_STANDARD = frozenset(SHAPES) | {"type", "@context", "isA", "rdfs:comment"}
_PARTY_TERMS = ("source:", "destination:")
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class Row(NamedTuple):
    """One event as it will stand in the tables; made of texts, numbers and tuples of them, which cost no search for
    rubbish."""

    place: int
    hash: str
    declaration: str
    event_id: str
    type: str
    action: str
    biz_step: str
    disposition: str
    event_time: str
    read_point: str
    biz_location: str
    context: int
    document: str
    things: tuple[Thing, ...]
    terms: tuple[Term, ...]


class Preparer:
    """Turns the events of one document into rows, or says what is wrong with them."""

    def __init__(self, context: Context, tolerate: frozenset[str] = frozenset(), ignore: tuple[str, ...] = ()) -> None:
        self.contexts: list[Context] = [context]
        self._checker = EventChecker(context, tolerate)
        self._ignore = ignore

    def prepare(self, event: dict[str, Any], index: int, path: str) -> Row | list[Problem]:
        """A row, or at least one problem of level "error"."""
        found = [item for item in self._checker.check(event, path) if item.level == "error"]
        if found:
            return found
        at = f"{path}." if path else ""
        instant = moment(event["eventTime"])
        if instant is None or not 1900 <= instant.year < 2200:
            return [problem("time_range", f"{at}eventTime", value=event["eventTime"])]
        context, place = self.contexts[0], 0
        if "@context" in event:
            context, place = self._own(event)
        try:
            text = _ENCODER.encode(event)
            text.encode()
        except (ValueError, RecursionError):
            return [problem("characters", path)]
        if "\\u0000" in text:
            return [problem("characters", path)]
        try:
            digest = event_hash(event, context, self._ignore)[len("ni:///sha-256;") :][:64]
            things = tuple(things_of(event, context))
            terms = tuple(terms_of(event, context, _STANDARD))
        except ReadError as error:
            return [Problem(error.reason, path, error.message_zh, error.message_en)]
        declared = event.get("errorDeclaration")
        kind = event["type"]
        return Row(
            index,
            digest,
            _digest_of(declared) if declared is not None else "",
            _event_id(event, digest, context),
            shorten(context.value(kind)) if is_foreign_type(kind) else kind,
            event.get("action", ""),
            word_of(event["bizStep"], BIZ_STEP, context) if "bizStep" in event else "",
            word_of(event["disposition"], DISPOSITION, context) if "disposition" in event else "",
            str(instant.astimezone(UTC).replace(tzinfo=None)),
            _place(event.get("readPoint"), context),
            _place(event.get("bizLocation"), context),
            place,
            text,
            things,
            terms,
        )

    def _own(self, event: Mapping[str, Any]) -> tuple[Context, int]:
        """The context of an event that brings its own."""
        context = Context.from_json(event["@context"], self.contexts[0])
        for place, known in enumerate(self.contexts):
            if known.declared == context.declared and known.expand_values == context.expand_values:
                return known, place
        self.contexts.append(context)
        return context, len(self.contexts) - 1


def parties_of(row: Row) -> Iterator[str]:
    """Keys of the parties and places that the event goes out from or to."""
    return (text for name, text, _number in row.terms if name.startswith(_PARTY_TERMS))


def _place(value: Any, context: Context) -> str:
    return key_of(value["id"], context) if value else ""


def _event_id(event: Mapping[str, Any], digest: str, context: Context) -> str:
    """The eventID; empty where it is the hash itself, which every event is known by anyway."""
    given = event.get("eventID")
    if not given or (digest in given and given.startswith("ni:///sha-256;")):
        return ""
    return shorten(context.value(given))


def _digest_of(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass
class Prepared:
    """A document that was read whole.

    Attributes:
        problems: the first LISTED; `rejected` counts the events that have any.
        document: the envelope (master data in it); its own problems are in `problems` too.
        broken: the document as a whole cannot be taken, whatever becomes of single events.
    """

    document: Document | None
    contexts: list[Context] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    events: int = 0
    rejected: int = 0
    broken: bool = False
    _kept: list[list[Row]] = field(default_factory=list)
    _size: int = 0
    _spool: Any = None

    def keep(self, rows: list[Row]) -> None:
        """Put a batch aside: in memory at first, then in a temporary file."""
        self._size += sum(len(row.document) for row in rows)
        if self._size <= MEMORY:
            self._kept.append(rows)
            return
        if self._spool is None:
            self._spool = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        pickle.dump(rows, self._spool, protocol=pickle.HIGHEST_PROTOCOL)

    def batches(self) -> Iterator[list[Row]]:
        """The rows again, in order."""
        yield from self._kept
        if self._spool is not None:
            end = self._spool.tell()
            self._spool.seek(0)
            while self._spool.tell() < end:
                yield pickle.load(self._spool)

    def close(self) -> None:
        """Give the temporary file back."""
        if self._spool is not None:
            self._spool.close()

    def note(self, found: list[Problem]) -> None:
        """Remember problems, up to LISTED."""
        self.problems.extend(found[: max(0, LISTED - len(self.problems))])


def prepare_stream(stream: BinaryIO, *, most: int) -> Prepared:
    """Read a document from a seekable stream; what cannot be read is a problem like any other. `most`: events taken."""
    prepared = Prepared(None)
    try:
        source = open_stream(stream)
        document = prepared.document = source.document
        if document.kind not in ("EPCISDocument", "EPCISQueryDocument", "event"):
            raise ReadError("not_epcis", "文件中没有事件", "the document has no events")
        preparer = Preparer(document.context, tolerated(document), document.ignore)
        prepared.contexts = preparer.contexts
        rows: list[Row] = []
        for index, event in enumerate(source):
            if index >= most:
                prepared.broken = True
                prepared.note([problem("too_many_events", "eventList", value=most)])
                break
            prepared.events += 1
            made = preparer.prepare(event, index, "" if document.kind == "event" else f"eventList[{index}]")
            if isinstance(made, list):
                prepared.rejected += 1
                prepared.note(made)
                continue
            rows.append(made)
            if len(rows) == BATCH:
                prepared.keep(rows)
                rows = []
        if rows:
            prepared.keep(rows)
        found = [item for item in check_envelope(document) if item.level == "error"]
        prepared.broken = prepared.broken or bool(found)
        prepared.problems[:0] = found
    except ReadError as error:
        prepared.broken = True
        prepared.problems.insert(0, Problem(error.reason, "", error.message_zh, error.message_en))
    return prepared


def prepare_events(
    events: list[dict[str, Any]],
    context: Context,
    *,
    tolerate: frozenset[str] = frozenset(),
    ignore: tuple[str, ...] = (),
) -> Prepared:
    """The same for events at hand."""
    preparer = Preparer(context, tolerate, ignore)
    prepared = Prepared(None, contexts=preparer.contexts)
    rows = []
    for index, event in enumerate(events):
        prepared.events += 1
        made = preparer.prepare(event, index, f"eventList[{index}]")
        if isinstance(made, list):
            prepared.rejected += 1
            prepared.note(made)
        else:
            rows.append(made)
            if len(rows) == BATCH:
                prepared.keep(rows)
                rows = []
    if rows:
        prepared.keep(rows)
    return prepared
