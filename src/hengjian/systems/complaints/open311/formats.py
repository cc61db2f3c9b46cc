"""Answers of Open311 in XML and JSON: one tree, two ways of writing it (the Spark convention). Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

FORMATS = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
# What the elements of a list are called in XML; JSON has no names for them.
ITEMS = {
    "services": "service",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
}
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def moment(value: datetime) -> str:
    """W3C date and time with its offset, to the second."""
    return value.replace(microsecond=0).isoformat()


def render(root: str, value: Any, kind: str) -> bytes:
    """The answer as bytes.

    Args:
        root: name of the outermost element; JSON leaves it out.
        value: dicts, lists, text, numbers, booleans, None.
        kind: "xml" or "json".
    """
    if kind == "json":
        return json.dumps(value, ensure_ascii=False, indent=1).encode()
    return ElementTree.tostring(_element(root, value), encoding="utf-8", xml_declaration=True)


def _element(name: str, value: Any) -> ElementTree.Element:
    node = ElementTree.Element(name)
    if isinstance(value, Mapping):
        node.extend(_element(key, item) for key, item in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        node.extend(_element(ITEMS[name], item) for item in value)
    elif isinstance(value, bool):
        node.text = "true" if value else "false"
    elif value is not None:
        node.text = _NOT_XML.sub("", str(value))
    return node
