"""Named queries and subscriptions as resources."""

from __future__ import annotations

import pytest
from django.test import Client

from hengjian.trace.events.models import NamedQuery, Subscription
from tests.trace.events.conftest import Chain, document, event
from tests.trace.events.test_interface import bearer, ids, kind, put


@pytest.fixture
def maker(chain: Chain) -> Client:
    return bearer(chain)


@pytest.fixture
def shop(chain: Chain) -> Client:
    return bearer(chain, "shop")


def test_named_queries(chain: Chain, maker: Client, shop: Client) -> None:
    put(maker, document(event(1), event(2, bizStep="packing")))
    made = put(maker, {"name": "packed", "query": {"EQ_bizStep": ["packing"]}}, "queries")
    assert made.status_code == 201
    assert maker.get(made["Location"]).json() == {"name": "packed", "query": {"EQ_bizStep": ["packing"]}}
    answered = maker.get("/epcis/queries/packed/events")
    assert ids(answered) == ["2"]
    assert answered.json()["epcisBody"]["queryResults"]["queryName"] == "packed"
    assert [item["name"] for item in maker.get("/epcis/queries").json()] == ["packed"]
    twice = put(maker, {"name": "packed", "query": {}}, "queries")
    assert kind(twice) == (409, "ResourceAlreadyExists")
    for value in ({"name": "x", "query": {"EQ_colour": ["red"]}}, {"name": "x"}, {"name": "a/b", "query": {}},
                  {"name": "x", "query": {}, "more": 1}, {"name": 1, "query": {}}):  # fmt: skip
        assert put(maker, value, "queries").status_code == 400
    assert kind(shop.get("/epcis/queries/packed")) == (404, "NoSuchName")
    assert kind(shop.delete("/epcis/queries/packed")) == (404, "NoSuchName")
    assert put(shop, {"name": "packed", "query": {}}, "queries").status_code == 201  # names belong to their unit
    assert maker.delete("/epcis/queries/packed").status_code == 204
    assert list(NamedQuery.objects.values_list("unit__name", flat=True)) == [chain.shop.name]


def test_subscriptions_as_resources(maker: Client) -> None:
    put(maker, {"name": "all", "query": {}}, "queries")
    good = {"dest": "https://example.com/in", "stream": True, "signatureToken": "s3cret"}
    made = put(maker, good, "queries/all/subscriptions")
    assert made.status_code == 201 and "s3cret" not in Subscription.objects.get().secret
    shown = maker.get(made["Location"]).json()
    assert shown["dest"] == good["dest"] and "signatureToken" not in shown
    scheduled = {"dest": "https://example.com/in", "schedule": {"minute": "0,30", "dayOfWeek": "[1-5]"}}
    assert put(maker, scheduled, "queries/all/subscriptions").status_code == 201
    assert len(maker.get("/epcis/queries/all/subscriptions").json()) == 2
    for change in ({"dest": "https://127.0.0.1/"}, {"dest": "http://example.com/"}, {"stream": False},
                   {"schedule": {"minute": "0"}}, {"stream": "yes"}, {"colour": 1},
                   {"initialRecordTime": "now"}):  # fmt: skip
        refused = put(maker, {**good, **change}, "queries/all/subscriptions")
        assert kind(refused) == (400, "SubscriptionControls")
    bad = {"dest": "https://example.com/in", "schedule": {"minute": "[0-99]"}}
    assert kind(put(maker, bad, "queries/all/subscriptions")) == (400, "SubscriptionControls")
    assert maker.delete(made["Location"]).status_code == 204
    assert kind(maker.get(made["Location"])) == (404, "NoSuchResource")
