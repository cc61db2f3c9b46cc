"""Whatever an event holds: an answer with a reason, never an exception."""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random
from typing import Any

import pytest

from hengjian.methods.epcis import EventChecker, ReadError, WriteError, event_hash, read, write_xml
from hengjian.methods.epcis.structure import FIELDS, SHAPES
from tests.methods.epcis.test_writing import DOCUMENT

JUNK: list[Any] = [
    None, True, 0, -1.5, 1e300, "", "x", "urn:x:1", "2026-01-01",
    [], [[]], [None], ["x", 5, {}], {}, {"id": {}}, {"type": []},
    [{"type": {}, "source": []}], {"set": "x"},
    [{"sensorReport": {}}],
    [{"sensorReport": [[]], "sensorMetadata": 3}],
    {"#text": []}, "\ud800", "https://id.gs1.org/01/", "urn:epc:id:sgtin:" + "1" * 3000,
]  # fmt: skip


def deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = {"ex:a": value}
    return value


@pytest.mark.parametrize("seed", range(40))
def test_junk_in_any_place(seed: int) -> None:
    random = Random(seed)
    for _ in range(50):
        event = json.loads(json.dumps(DOCUMENT["epcisBody"]["eventList"][0]))
        event["type"] = random.choice([*FIELDS, "ex:Own"])
        for _ in range(random.randint(1, 4)):
            target = event
            if random.random() < 0.4:
                target = random.choice([part for part in event.values() if isinstance(part, dict)] or [event])
            target[random.choice([*SHAPES, "type", "ex:x", "@context", "colour"])] = deepcopy(random.choice(JUNK))
        EventChecker().check(event, "e")
        assert event_hash(event).startswith("ni:///sha-256;")
        document = read(json.dumps({**DOCUMENT, "epcisBody": {"eventList": [event]}}))
        try:
            write_xml(document)
        except WriteError as error:
            assert error.message_zh


def test_depth() -> None:
    event = DOCUMENT["epcisBody"]["eventList"][0]
    assert "too_deep" not in {problem.reason for problem in EventChecker().check({**event, "ex:x": deep(90)})}
    for levels in (150, 900):
        assert "too_deep" in {problem.reason for problem in EventChecker().check({**event, "ex:x": deep(levels)})}
    with pytest.raises(ReadError):
        event_hash({**event, "ex:x": deep(900)})
