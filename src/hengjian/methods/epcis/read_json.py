"""Reading EPCIS JSON-LD: whole, or as a stream that never holds more than one event.

Source: EPCIS 2.0 section 10 (JSON binding).
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from hengjian.methods.epcis.context import Context
from hengjian.methods.epcis.model import Document, Problem, ReadError

_CHUNK = 1 << 16
EVENT_LIMIT = 1 << 24
"""Characters a single event or other member of the envelope may have when a document is read as a stream."""


def read_json(data: bytes | str) -> Document:
    """A whole document; raises `ReadError`."""
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        value = _DECODER.decode(text)
    except UnicodeDecodeError as error:
        raise _encoding() from error
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise _syntax(str(error)) from error
    if not isinstance(value, dict):
        raise _not_epcis()
    document, events = _envelope(value)
    document.events = events
    return document


class JsonStream:
    """A document read event by event from a seekable stream; `document` is its envelope.

    The envelope is read first, behind the events too, so that the context is known before the first event.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        head: dict[str, Any] = {}
        for _ in _walk(Scanner(stream), head):
            pass
        self.document, self._bare = _envelope(head)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        if self._bare:
            yield from self._bare
            return
        self._stream.seek(0)
        yield from _walk(Scanner(self._stream), {})


def _envelope(value: dict[str, Any]) -> tuple[Document, list[dict[str, Any]]]:
    context = Context.from_json(value.get("@context"))
    kind = value.get("type")
    if kind not in ("EPCISDocument", "EPCISQueryDocument"):  # whatever it is: a list cannot be looked up in a set
        if "epcisBody" in value:
            raise _not_epcis()
        if "type" in value and isinstance(kind, str):
            return Document("event", "json", context, {"@context": value.get("@context")}), [value]
        return Document("query", "json", context, parameters=value), []
    problems: list[Problem] = []
    head = {key: item for key, item in value.items() if key != "epcisBody"}
    document = Document(kind, "json", context, head, problems=problems)
    document.ignore = _ignored(value)
    body = value.get("epcisBody")
    events: Any = None
    if isinstance(body, dict):
        results = body.get("queryResults")
        if isinstance(results, dict):
            document.results = {key: item for key, item in results.items() if key != "resultsBody"}
            document.ignore += _ignored(results)
            inner = results.get("resultsBody")
            events = inner.get("eventList") if isinstance(inner, dict) else None
        elif "event" in body:
            events = [body["event"]]
        else:
            events = body.get("eventList")
    if not isinstance(events, list):
        problems.append(_missing_events())
        events = []
    for index, event in enumerate(events):
        if not isinstance(event, dict):
            path = f"eventList[{index}]"
            problems.append(Problem("not_an_event", path, "列表成员不是事件对象", "a member that is no event object"))
    return document, [event for event in events if isinstance(event, dict)]


def _ignored(value: dict[str, Any]) -> tuple[str, ...]:
    for key, names in value.items():
        if key.rpartition(":")[2] == "ignoreFields" and isinstance(names, list):
            return tuple(name for name in names if isinstance(name, str))
    return ()


def _walk(scanner: Scanner, head: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Events of a document in order; everything else goes into `head`, with an empty list in the place of the
    events."""
    for key in scanner.members():
        if key == "epcisBody" and scanner.peek() == "{":
            head[key] = {}
            yield from _walk_body(scanner, head[key])
        else:
            head[key] = scanner.value()
    scanner.end()


def _walk_body(scanner: Scanner, target: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key in scanner.members():
        opening = scanner.peek()
        if key in {"queryResults", "resultsBody"} and opening == "{":
            target[key] = {}
            yield from _walk_body(scanner, target[key])
        elif key == "eventList" and opening == "[":
            target[key] = []
            for event in scanner.items():
                if isinstance(event, dict):
                    yield event
                else:
                    target[key].append(event)
        else:
            target[key] = scanner.value()


class Scanner:
    """Pulls values out of a stream of JSON text with a buffer that grows no further than one value."""

    def __init__(self, stream: BinaryIO, encoding: str = "utf-8-sig") -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder(encoding)().decode
        self._text, self._at, self._done = "", 0, False

    def members(self) -> Iterator[str]:
        """The names of an object's members; the caller takes each value before the next name."""
        self._expect("{")
        if self.peek() == "}":
            self._at += 1
            return
        while True:
            name = self.value()
            if not isinstance(name, str):
                raise _syntax("a member without a name")
            self._expect(":")
            yield name
            if self._comma_or("}"):
                return

    def items(self) -> Iterator[Any]:
        """The members of an array."""
        self._expect("[")
        if self.peek() == "]":
            self._at += 1
            return
        while True:
            yield self.value()
            if self._comma_or("]"):
                return

    def value(self) -> Any:
        """The next value, whole."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise _too_deep() from error
            except ValueError as error:
                if self._done:
                    raise _syntax(str(error)) from error
            else:
                if end < len(self._text) or self._done:  # A number at the very end might go on.
                    self._at = end
                    return value
            if len(self._text) - self._at > EVENT_LIMIT:
                raise ReadError("too_large", "文件语法有误，或单个事件过大", "broken JSON, or one event is too large")
            self._more()

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in " \t\r\n":
                    return self._text[self._at]
                self._at += 1
            if self._done:
                return ""
            self._more()

    def end(self) -> None:
        """Only white space may follow."""
        if self.peek():
            raise _syntax("text behind the document")

    def _expect(self, character: str) -> None:
        if self.peek() != character:
            raise _syntax(f"{character} expected") if self._text else ReadError("empty", "文件为空", "an empty file")
        self._at += 1

    def _comma_or(self, closing: str) -> bool:
        found = self.peek()
        if found not in {",", closing} or not found:
            raise _syntax(f", or {closing} expected")
        self._at += 1
        return found == closing

    def _more(self) -> None:
        rest = self._text[self._at :]
        data = self._stream.read(max(_CHUNK, len(rest)))
        try:
            self._text, self._at, self._done = rest + self._decode(data, not data), 0, not data
        except UnicodeDecodeError as error:
            raise _encoding() from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _encoding() -> ReadError:
    return ReadError("encoding", "文件不是 UTF-8 编码", "the file is not encoded in UTF-8")


def _too_deep() -> ReadError:
    return ReadError("too_deep", "文件嵌套过深", "the file is nested too deeply")


def _syntax(detail: str) -> ReadError:
    return ReadError("syntax", f"不是有效的 JSON：{detail}", f"not valid JSON: {detail}")


def _not_epcis() -> ReadError:
    return ReadError("not_epcis", "不是 EPCIS 文件、事件或查询", "no EPCIS document, event or query")


def _missing_events() -> Problem:
    return Problem("event_list_missing", "epcisBody", "缺少事件列表 eventList", "the list eventList is missing")
