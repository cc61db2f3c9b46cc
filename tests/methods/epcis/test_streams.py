"""Large documents event by event: the same as whole, in little memory."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hengjian.methods.epcis import ReadError, open_stream, read
from tests.methods.epcis.shared import files

DOCUMENTS = [path for path in files("openepcis", ".json", ".xml") if "Queries" not in path.parts]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_stream_gives_what_the_whole_gives(path: Path) -> None:
    whole = read(path.read_bytes())
    stream = open_stream(io.BytesIO(path.read_bytes()))
    assert list(stream) == whole.events
    assert stream.document.context.declared == whole.context.declared
    assert stream.document.kind == whole.kind


class Endless(io.RawIOBase):
    """A seekable file made of a head, a piece repeated, and a tail, without holding it."""

    def __init__(self, head: bytes, piece: bytes, times: int, tail: bytes) -> None:
        self._parts, self._buffer, self._source = (head, piece, times, tail), b"", iter(())

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        assert offset == 0
        self._source, self._buffer = self._generate(), b""
        return 0

    def _generate(self) -> Iterator[bytes]:
        head, piece, times, tail = self._parts
        yield head
        for _ in range(times):
            yield piece
        yield tail

    def read(self, size: int = -1) -> bytes:
        while len(self._buffer) < size:
            more = next(self._source, None)
            if more is None:
                break
            self._buffer += more
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data


def json_file(events: int) -> Endless:
    event = json.dumps({"type": "ObjectEvent", "epcList": ["urn:x:" + "1" * 900]}).encode()
    head = b'{"type": "EPCISDocument", "epcisBody": {"eventList": [' + event
    tail = b']}, "@context": [{"ex": "https://ns.example.cn/"}]}'
    return Endless(head, b"," + event, events - 1, tail)


def xml_file(events: int) -> Endless:
    event = b"<ObjectEvent><epcList><epc>urn:x:" + b"1" * 900 + b"</epc></epcList></ObjectEvent>"
    head = b'<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2"><EPCISBody><EventList>'
    return Endless(head, event, events, b"</EventList></EPCISBody></e:EPCISDocument>")


@pytest.mark.parametrize("make", [json_file, xml_file])
def test_memory_stays_bounded(make: Any) -> None:
    file = make(5_000)
    file.seek(0)
    tracemalloc.start()
    count = sum(1 for _ in open_stream(file))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 5_000
    assert peak < 2_000_000


def test_the_context_may_stand_behind_the_events() -> None:
    file = json_file(10)
    file.seek(0)
    assert open_stream(file).document.context.declared == {"ex": "https://ns.example.cn/"}


@pytest.mark.parametrize(
    "text",
    ['{"epcisBody": {"eventList": [{}', '{"epcisBody": {"eventList": [{} {}]}}', '{"a": 1} x', '{"a" 1}', "{1: 2}"],
)
def test_broken_streams(text: str) -> None:
    with pytest.raises(ReadError) as caught:
        list(open_stream(io.BytesIO(text.encode())))
    assert caught.value.reason in {"syntax", "not_epcis"}


def test_a_member_without_end_is_refused_early() -> None:
    file = Endless(b'{"a": "', b"x" * 65_536, 10_000, b'"}')
    file.seek(0)
    with pytest.raises(ReadError) as caught:
        open_stream(file)
    assert caught.value.reason == "too_large"
