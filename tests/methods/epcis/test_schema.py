"""The JSON Schema and the written-out checks say the same."""

from __future__ import annotations

from typing import Any

import pytest

from hengjian.methods.epcis import EventChecker, read
from hengjian.methods.epcis.schema import event_schema
from tests.methods.epcis import test_validation as cases
from tests.methods.epcis.shared import files

jsonschema = pytest.importorskip("jsonschema")
SCHEMA = jsonschema.Draft202012Validator(event_schema())
SEMANTIC = {"contains_itself"}
"""Reasons that no schema can find; those of identifiers are left out by their prefix."""


def structural(event: dict[str, Any]) -> bool:
    """Whether the checker finds a fault that a schema can find."""
    return any(
        problem.level == "error"
        and not problem.reason.startswith("identifier_")
        and problem.reason not in SEMANTIC
        and not (problem.reason == "time_format" and "02-30" in problem.message_en)
        for problem in EventChecker().check(event)
    )


def parameters(test: Any) -> list[Any]:
    mark = next(mark for mark in test.pytestmark if mark.name == "parametrize")
    return list(mark.args[1])


CHANGES = [change for change, _ in parameters(cases.test_reasons) + parameters(cases.test_warnings_do_not_refuse)]
EVENTS = [cases.EVENT, cases.PACKING, cases.MAKING]
MADE = (
    [{**event, **change} for event in EVENTS for change in CHANGES]
    + [event for event, _ in parameters(cases.test_rules_between_fields)]
    + [{name: value for name, value in event.items() if name != gone} for event in EVENTS for gone in event]
    + [{**event, "type": kind} for event in EVENTS for kind in ("TransactionEvent", "AssociationEvent", "ObjectEvent")]
)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(event_schema())


@pytest.mark.parametrize("number", range(len(MADE)))
def test_made_events(number: int) -> None:
    assert SCHEMA.is_valid(MADE[number]) is not structural(MADE[number])


def test_published_events() -> None:
    for path in files("openepcis", ".json") + files("gs1", ".jsonld"):
        for event in read(path.read_bytes()).events:
            assert SCHEMA.is_valid(event) is not structural(event), path.name
