"""EPCIS 2.0 and CBV 2.0: events and documents read, checked, hashed and written, in JSON-LD and XML.

document = read(data)                     # bytes or str; JSON-LD, XML 2.0, XML 1.2; ReadError
problems = validate(document)             # named reasons; nothing of level "error" means: acceptable
event_hash(document.events[0], document.context, document.ignore)
write_json(document), write_xml(document)
open_stream(file)                         # the same event by event, in bounded memory
"""

from __future__ import annotations

from typing import BinaryIO

from hengjian.methods.epcis.context import Context
from hengjian.methods.epcis.envelope import check_envelope, tolerated, validate
from hengjian.methods.epcis.event_hash import event_hash, pre_hash
from hengjian.methods.epcis.model import Document, Event, Problem, ReadError
from hengjian.methods.epcis.read_json import JsonStream, read_json
from hengjian.methods.epcis.read_xml import XmlStream, read_xml
from hengjian.methods.epcis.validation import EventChecker
from hengjian.methods.epcis.write_json import to_json, write_json
from hengjian.methods.epcis.write_xml import WriteError, write_xml

__all__ = [
    "Context",
    "Document",
    "Event",
    "EventChecker",
    "JsonStream",
    "Problem",
    "ReadError",
    "WriteError",
    "XmlStream",
    "check_envelope",
    "event_hash",
    "open_stream",
    "pre_hash",
    "read",
    "read_json",
    "read_xml",
    "to_json",
    "tolerated",
    "validate",
    "write_json",
    "write_xml",
]

_LOOK = 1024


def read(data: bytes | str) -> Document:
    """A whole document in whichever syntax it is; raises `ReadError`."""
    start = data[:_LOOK].encode("utf-8", "replace") if isinstance(data, str) else data[:_LOOK]
    return read_xml(data) if _is_xml(start) else read_json(data)


def open_stream(stream: BinaryIO) -> JsonStream | XmlStream:
    """A document to be read event by event: `.document` is the envelope, iterating gives the events; raises
    `ReadError`.

    The stream must be seekable; never more than one event is held.
    """
    start = stream.read(_LOOK)
    stream.seek(0)
    return XmlStream(stream) if _is_xml(start) else JsonStream(stream)


def _is_xml(start: bytes) -> bool:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16 is allowed in XML only
        return True
    shown = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not shown:
        raise ReadError("empty", "文件为空", "an empty file")
    return shown.startswith(b"<")
