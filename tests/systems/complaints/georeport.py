"""A client of Open311 GeoReport v2, written from the public specification alone, that checks every answer against it.

It knows nothing of this project: field names, types, nesting, formats and status codes are those of
https://wiki.open311.org/GeoReport_v2/ and https://wiki.open311.org/Service_Discovery/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

W3C = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
#: Names of the elements inside each list.
INSIDE = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}
SERVICE = {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
ATTRIBUTE = {"variable", "code", "datatype", "required", "datatype_description", "order", "description"}
DATATYPES = {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}
REQUEST = {
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode",
    "lat", "long", "media_url",
}  # fmt: skip
#: (method, path, parameters) → (status, content type, body)
Transport = Callable[[str, str, dict[str, Any]], tuple[int, str, bytes]]


class Rejected(Exception):
    """An answer of the error form; `status` of HTTP and the descriptions."""

    def __init__(self, status: int, descriptions: list[str]) -> None:
        super().__init__(f"{status}: {descriptions}")
        self.status, self.descriptions = status, descriptions


def _tree(node: ElementTree.Element) -> Any:
    if node.tag in INSIDE:
        assert all(child.tag == INSIDE[node.tag] for child in node), f"{node.tag} holds foreign elements"
        return [_tree(child) for child in node]
    if len(node):
        return {child.tag: _tree(child) for child in node}
    return node.text


@dataclass
class Client:
    """Speaks one format of one endpoint."""

    transport: Transport
    kind: str

    def call(self, method: str, path: str, **given: Any) -> Any:
        status, content_type, body = self.transport(method, f"{path}.{self.kind}", given)
        expected = {"xml": "text/xml", "json": "application/json"}[self.kind]
        assert content_type.lower().replace(" ", "") == f"{expected};charset=utf-8"
        if self.kind == "xml":
            assert body.startswith(b"<?xml") and b"utf-8" in body[:60].lower()
            root = ElementTree.fromstring(body)
            assert root.tag == self.root(path) or root.tag == "errors"
            content = _tree(root)
        else:
            content = json.loads(body)
        if status >= 400:
            assert isinstance(content, list) and content
            assert all(set(item) == {"code", "description"} and item["description"] for item in content)
            raise Rejected(status, [item["description"] for item in content])
        return content

    @staticmethod
    def root(path: str) -> str:
        first, _slash, rest = path.partition("/")
        if first == "services" and rest:
            return "service_definition"
        return {
            "requests": "service_requests",
            "tokens": "service_requests",
            "servicerequestupdates": "service_request_updates",
        }.get(first, first)

    def truth(self, value: Any) -> bool:
        assert value in (("true", "false") if self.kind == "xml" else (True, False))
        return value in ("true", True)

    # ---- the methods of the specification

    def discovery(self) -> dict[str, Any]:
        found = self.call("GET", "discovery")
        assert set(found) == {"changeset", "contact", "key_service", "endpoints"}
        for endpoint in found["endpoints"]:
            assert set(endpoint) == {"specification", "url", "changeset", "type", "formats"}
            assert endpoint["type"] in ("production", "test")
        return dict(found)

    def services(self) -> list[dict[str, Any]]:
        found = self.call("GET", "services")
        for item in found:
            assert set(item) == SERVICE
            assert item["type"] in ("realtime", "batch", "blackbox")
            self.truth(item["metadata"])
        return list(found)

    def definition(self, code: str) -> list[dict[str, Any]]:
        found = self.call("GET", f"services/{code}")
        assert set(found) == {"service_code", "attributes"} and found["service_code"] == code
        orders = [int(item["order"]) for item in found["attributes"]]
        assert len(set(orders)) == len(orders) and min(orders) > 0
        for item in found["attributes"]:
            listed = item["datatype"] in ("singlevaluelist", "multivaluelist")
            assert set(item) == ATTRIBUTE | ({"values"} if listed else set())
            assert item["datatype"] in DATATYPES
            self.truth(item["variable"])
            self.truth(item["required"])
            assert all(set(value) == {"key", "name"} for value in item.get("values", ()))
        return list(found["attributes"])

    def post(self, **given: Any) -> dict[str, Any]:
        (made,) = self.call("POST", "requests", **given)
        assert set(made) <= {"service_request_id", "token", "service_notice", "account_id"}
        assert ("service_request_id" in made) != ("token" in made)
        return dict(made)

    def token(self, token: str) -> str:
        (found,) = self.call("GET", f"tokens/{token}")
        assert set(found) == {"service_request_id", "token"}
        return str(found["service_request_id"])

    def requests(self, **given: Any) -> list[dict[str, Any]]:
        found = self.call("GET", "requests", **given)
        for item in found:
            self._request(item)
        return list(found)

    def request(self, number: str) -> dict[str, Any]:
        (found,) = self.call("GET", f"requests/{number}")
        self._request(found)
        return dict(found)

    def _request(self, item: dict[str, Any]) -> None:
        assert set(item) <= REQUEST
        assert {"service_request_id", "status", "service_name", "service_code", "requested_datetime"} <= set(item)
        assert item["status"] in ("open", "closed")
        for name in ("requested_datetime", "updated_datetime", "expected_datetime"):
            assert item.get(name) is None or W3C.fullmatch(item[name])
        for name, most in (("lat", 90), ("long", 180)):
            assert item.get(name) is None or abs(float(item[name])) <= most

    def updates(self, **given: Any) -> list[dict[str, Any]]:
        found = self.call("GET", "servicerequestupdates", **given)
        for item in found:
            assert {"update_id", "service_request_id", "status", "updated_datetime", "description"} <= set(item)
            assert W3C.fullmatch(item["updated_datetime"])
        return list(found)
