"""Whatever is sent, the interface answers with a problem of its own, never with an error of the server."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hengjian.trace.events.interface.describing import description
from hengjian.trace.events.vocabularies import RESOURCES
from tests.trace.events.conftest import CONTEXT, Chain, document, event
from tests.trace.events.test_interface import bearer, put
from tests.trace.events.test_query import CASES

PARAMETERS = [
    *sorted({name for parameters, _found in CASES for name in parameters}),
    "orderBy", "orderDirection", "perPage", "nextPageToken", "eventCountLimit", "maxEventCount", "EQ_", "MATCH_",
    "GE_INNER_:", "EXISTS_:x", "HASATTR_a:b", "EQ_ATTR_a:b_c", "EQ_quantity_", "EQ_bizTransaction_:",
]  # fmt: skip
NASTY = ["", "0", "-1", "1e400", "nan", "2026-09-01T00:00:00Z", "0000-00-00T00:00:00Z", "urn:epc:idpat:sgtin:*.*.*",
         "urn:epc:idpat:sscc:4012345.*", "https://id.gs1.org/01/", "a:b|c:d", "|", "'; --", "\ud7ff", "𠀀" * 600,
         "%", "ex:a", "9" * 400, "true", "ni:///sha-256;" + "0" * 64]  # fmt: skip
TEXT = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=8,
)
FIELDS = [*event(1), "quantityList", "sensorElementList", "errorDeclaration", "ilmd", "ex:a", "persistentDisposition",
          "bizTransactionList", "sourceList", "certificationInfo", "bizLocation", "eventID", "parentID"]  # fmt: skip
QUICK = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

pytestmark = pytest.mark.django_db


@QUICK
@given(st.dictionaries(st.sampled_from(PARAMETERS), TEXT, max_size=3))
def test_queries(chain: Chain, asked: dict[str, str]) -> None:
    client = bearer(chain)
    for path in ("events", "bizSteps/shipping/events", "epcs"):
        assert client.get(f"/epcis/{path}?{urlencode(asked)}").status_code < 500, (path, asked)


@QUICK
@given(st.dictionaries(st.sampled_from(PARAMETERS), JSON, max_size=3), TEXT)
def test_named_queries_and_subscriptions(chain: Chain, asked: dict[str, Any], name: str) -> None:
    client = bearer(chain)
    assert put(client, {"name": "q" + str(abs(hash(str(asked)))), "query": asked}, "queries").status_code < 500
    assert put(client, {"name": name, "query": asked}, "queries").status_code < 500
    assert (
        put(client, {"dest": name, "stream": True}, f"queries/{quote(name or 'x', safe='')}/subscriptions").status_code
        < 500
    )
    assert put(client, asked, "queries").status_code < 500


@QUICK
@given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=3))
def test_events(chain: Chain, changed: dict[str, Any]) -> None:
    client = bearer(chain)
    given_event = {**event(1), **changed}
    assert put(client, {"@context": CONTEXT, **given_event}, "events").status_code < 500
    assert put(client, document(given_event)).status_code == 202


@QUICK
@given(TEXT, st.binary(max_size=60))
def test_addresses_and_bodies(chain: Chain, name: str, data: bytes) -> None:
    client = bearer(chain)
    for path in (*(f"{resource}/{{}}" for resource in RESOURCES), "events/{}", "queries/{}", "queries/{}/events",
                 "nextPageToken/{}", "capture/{}"):  # fmt: skip
        address = "/epcis/" + path.format(quote(name or "x", safe=""))
        assert client.get(address).status_code < 500, address
        assert client.delete(address).status_code < 500, address
    for media in ("application/json", "application/xml"):
        assert put(client, data, "events", media).status_code < 500
        assert put(client, data, "capture", media).status_code < 500


def test_the_description_names_every_resource() -> None:
    paths = description()["paths"]
    assert {f"/{name}" for name in ("capture", "events", "queries", *RESOURCES)} <= set(paths)
    json.dumps(description())


def test_a_list_inside_a_list_is_refused(chain: Chain) -> None:
    answer = put(bearer(chain), {"name": "nested", "query": {"EQ_ATTR_ex:box_ex:kind": [[]]}}, "queries")
    assert answer.status_code == 400
