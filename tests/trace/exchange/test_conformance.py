"""The GS1-Conformant Resolver Standard 1.2 (2025), chapter 2, statement by statement.

Not tested here: TLS, which the proxy speaks, and `gs1:handledBy`, because nothing is handed on by prefix.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from hengjian.methods.gs1.compression import compress
from hengjian.registers.models import EntryBase
from tests.trace.exchange.test_resolver import GTIN, product  # noqa: F401 - a fixture

VOC = "https://ref.gs1.org/voc/"
ITEM = f"/01/{GTIN}/10/L1/21/S1"


@pytest.fixture
def resolve(product: EntryBase, client: Client) -> Client:  # noqa: F811
    return client


def linkset(client: Client, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(path, {"linkType": "all"}).json()["linkset"]
    return found


def test_methods_and_other_sites(resolve: Client) -> None:
    for answer in (resolve.get(ITEM), resolve.head(ITEM), resolve.options(ITEM)):
        assert answer.status_code in {204, 307}
        assert answer["Access-Control-Allow-Origin"] == "*"
    assert resolve.head(ITEM)["Location"] == resolve.get(ITEM)["Location"] and not resolve.head(ITEM).content
    for method in ("GET", "HEAD", "OPTIONS"):
        assert method in resolve.options(ITEM)["Access-Control-Allow-Methods"]


def test_compressed_addresses(resolve: Client) -> None:
    answer = resolve.get("/" + compress({"01": GTIN, "10": "L1", "21": "S1"}))
    assert answer.status_code == 307
    assert f'<http://testserver{ITEM}>; rel="owl:sameAs"' in answer["Link"]
    found = resolve.get("/" + compress({"01": GTIN, "10": "L1"}), {"linkType": "all"}).json()["linkset"]
    assert [urlsplit(entry["anchor"]).path for entry in found] == [f"/01/{GTIN}/10/L1", f"/01/{GTIN}"]


@pytest.mark.parametrize(
    "path", [f"/01/{GTIN[:-1]}9", f"/01/{GTIN}/21/S1/10/L1", "/01/69012", f"/01/{GTIN}/10/" + "x" * 21]
)
def test_wrong_syntax_is_400_and_no_error_is_200(resolve: Client, path: str) -> None:
    for accept in ("text/html", "application/json", "application/linkset+json"):
        assert resolve.get(path, headers={"accept": accept}).status_code == 400
    assert resolve.get("/01/00000096385074").status_code == 404
    assert resolve.get("/01/00000096385074", {"linkType": "gs1:pip"}).status_code == 404
    assert resolve.get(ITEM, {"linkType": "gs1:support"}).status_code == 404


def test_all_links_of_every_level_have_target_type_and_title(resolve: Client) -> None:
    found = linkset(resolve, ITEM)
    assert [urlsplit(entry["anchor"]).path for entry in found] == [ITEM, f"/01/{GTIN}/10/L1", f"/01/{GTIN}"]
    for entry in found:
        types = {name: links for name, links in entry.items() if name.startswith("https://")}
        assert len(types) > 1 and all(name.startswith(VOC) for name in types)  # no types of our own
        for links in types.values():
            for link in links:
                assert link["href"].startswith("http") and link["title"]
        assert len(types[VOC + "defaultLink"]) == 1


def test_the_default_link_unless_the_request_asks_for_another(resolve: Client) -> None:
    (first, *_levels) = linkset(resolve, ITEM)
    default = first[VOC + "defaultLink"][0]["href"]
    for query in ({}, {"linkType": "gs1:defaultLink"}, {"linkType": f"{VOC}defaultLink"}):
        assert resolve.get(ITEM, query)["Location"] == default
    for name in ("pip", "traceability", "certificationInfo", "recallStatus"):
        for asked in (f"gs1:{name}", VOC + name):
            assert resolve.get(ITEM, {"linkType": asked})["Location"] == first[VOC + name][0]["href"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ""),
        ("*/*", ""),
        ("text/html, application/ld+json;q=0.1", ""),
        ("application/ld+json, text/html;q=0.5", "application/ld+json"),
        ("application/json;q=0.2, application/linkset+json", "application/linkset+json"),
        ("image/png", ""),
        ("q=;;,,/", ""),
    ],
)
def test_what_is_accepted_decides_by_its_weight(resolve: Client, accept: str, kind: str) -> None:
    answer = resolve.get(ITEM, headers={"accept": accept})
    assert (answer.status_code, answer["Content-Type"] if kind else "") == ((200, kind) if kind else (307, ""))
    listed = resolve.get(ITEM, {"linkType": "linkset"}, headers={"accept": accept})
    assert (listed.status_code, listed["Content-Type"]) == (200, kind or listed["Content-Type"])


def test_the_query_goes_along_and_the_list_is_named(resolve: Client) -> None:
    answer = resolve.get(f"{ITEM}?utm=a%26b&17=270131&linkType=gs1:pip&utm=c")
    target = urlsplit(answer["Location"])
    assert (target.query, target.fragment) == ("utm=a%26b&utm=c&17=270131", "product")
    assert 'rel="linkset"' in answer["Link"]


def test_the_description_and_slashes_at_the_end(resolve: Client) -> None:
    told = resolve.get("/.well-known/gs1resolver")
    assert (told.status_code, told["Content-Type"]) == (200, "application/json")
    assert {"resolverRoot", "supportedPrimaryKeys"} <= told.json().keys()
    assert resolve.get(ITEM + "/")["Location"] == resolve.get(ITEM)["Location"]
