"""Checks of whole documents: the envelope, and each event in it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hengjian.methods.epcis.messages import problem
from hengjian.methods.epcis.model import Document, Problem
from hengjian.methods.epcis.queries import check_query, parameter_kind
from hengjian.methods.epcis.validation import EventChecker, eased
from hengjian.methods.epcis.values import check_uri, is_time

_VERSION = re.compile(r"[0-9]+(\.[0-9]+)*")
_ENVELOPE = frozenset(
    ("@context", "id", "type", "schemaVersion", "creationDate", "instanceIdentifier", "sender", "receiver")
) | {"epcisHeader", "epcisBody"}
_XML_TOLERATED = frozenset({"duplicate_identifier"})
_OLD_TOLERATED = _XML_TOLERATED | {"ilmd_not_allowed", "certification_not_a_uri", "element_order"}


def validate(document: Document) -> list[Problem]:
    """Everything that is wrong with a document that was read whole, envelope first."""
    found = check_envelope(document)
    checker = EventChecker(document.context, tolerated(document))
    for index, event in enumerate(document.events):
        path = "" if document.kind == "event" else f"eventList[{index}]"
        found.extend(checker.check(event, path))
    return found


def tolerated(document: Document) -> frozenset[str]:
    """Reasons that only warn: what the XML schema allows and JSON does not, and what EPCIS 1.x left open."""
    if document.syntax == "json":
        return frozenset()
    return _OLD_TOLERATED if document.schema_version.startswith("1.") else _XML_TOLERATED


def check_envelope(document: Document) -> list[Problem]:
    """What is wrong around the events, and with the order of what was read so far."""
    found = eased(document.problems, tolerated(document))
    head, json = document.head, document.syntax == "json"
    if document.kind == "query":
        parameters = document.parameters or {}
        if json:
            found.extend(check_query(parameters))
        else:  # Values are text in XML; what they mean is for whoever runs the query.
            unknown = [name for name in parameters if parameter_kind(name) is None]
            found.extend(problem("parameter_unknown", name, field=name) for name in unknown)
        return found
    if document.kind == "event":
        if json and not head.get("@context"):
            found.append(problem("context_missing", "@context"))
        return found
    if json and not head.get("@context"):
        found.append(problem("context_missing", "@context"))
    version = head.get("schemaVersion")
    needed = document.kind == "EPCISDocument"
    if (needed or version is not None) and not (isinstance(version, str) and _VERSION.fullmatch(version)):
        found.append(problem("schema_version", "schemaVersion"))
    created = head.get("creationDate")
    if (needed or created is not None) and not is_time(created):
        found.append(problem("creation_date", "creationDate"))
    for name in head:
        if name not in _ENVELOPE and ":" not in name:
            found.append(problem("unknown_field", name, field=name))
    for index, words in enumerate(document.vocabularies):
        path = f"epcisHeader.epcisMasterData.vocabularyList[{index}]"
        if not isinstance(words, Mapping):
            found.append(problem("wrong_type", path, expected_zh="对象", expected_en="an object"))
            continue
        check_uri(words.get("type"), f"{path}.type", found)
        members = words.get("vocabularyElementList", [])
        for place, member in enumerate(members if isinstance(members, list) else [members]):
            identity = member.get("id") if isinstance(member, Mapping) else member
            check_uri(identity, f"{path}.vocabularyElementList[{place}].id", found)
    return found
