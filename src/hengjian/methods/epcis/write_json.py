"""Writing EPCIS 2.0 JSON-LD."""

from __future__ import annotations

import json
from typing import Any

from hengjian.methods.epcis.model import Document


def to_json(document: Document) -> dict[str, Any]:
    """The document as an object in the JSON binding of EPCIS 2.0, with the context its extensions need."""
    query = document.kind == "EPCISQueryDocument"
    known = {key: value for key, value in document.head.items() if key not in {"@context", "type", "schemaVersion"}}
    context = document.head.get("@context") if document.syntax == "json" else None
    if document.kind == "event" and document.events:
        first = document.events[0]
        known["creationDate"] = first.get("recordTime") or first.get("eventTime")
    events: dict[str, Any] = {"eventList": document.events}
    return {
        "@context": context or document.context.to_json(),
        "type": "EPCISQueryDocument" if query else "EPCISDocument",
        "schemaVersion": "2.0",
        **known,
        "epcisBody": {"queryResults": {**document.results, "resultsBody": events}} if query else events,
    }


def write_json(document: Document) -> bytes:
    """The same as text, UTF-8."""
    return json.dumps(to_json(document), ensure_ascii=False, indent=2).encode("utf-8", "surrogatepass")
