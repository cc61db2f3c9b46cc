"""The five annotated texts beside the repository (../shared/policies): every field of the gold agrees."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from hengjian.methods.policy_text import read_policy

POLICIES = Path(__file__).resolve().parents[4] / "shared" / "policies"
DOCUMENTS = ("state-council-2016", "xinjiang-2016", "xinjiang-2017", "inner-mongolia-2015", "ningxia-2015")
HEADER = ("title", "plan_title", "number", "issuer", "issued_on", "published_on", "addressees", "copy_to")
TARGET = ("indicator", "operator", "value", "unit", "year", "direction", "strength", "scope", "note")

pytestmark = pytest.mark.skipif(not POLICIES.is_dir(), reason="the annotated texts are not beside the repository")


def bare(value: Any) -> Any:
    """After NFKC and without white space, as the gold asks."""
    if isinstance(value, list):
        return [bare(entry) for entry in value]
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", value)) if isinstance(value, str) else value


def pick(entries: list[dict[str, Any]], *keys: str) -> list[list[Any]]:
    return [[bare(entry.get(key)) for key in keys] for entry in entries]


@pytest.fixture(scope="module", params=DOCUMENTS)
def pair(request: pytest.FixtureRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    gold = json.loads((POLICIES / "gold" / f"{request.param}.json").read_text("utf-8"))
    return gold, read_policy((POLICIES / f"{request.param}.txt").read_bytes(), f"{request.param}.txt").to_dict()


def items(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for section in document["sections"] for item in section["items"]]


def test_header(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    gold, got = pair
    assert {key: bare(got[key]) for key in HEADER} == {key: bare(gold[key]) for key in HEADER}


def test_citations(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    gold, got = pair
    keys = ("title", "number", "role", "alias", "nested")
    assert pick(got["citations"], *keys) == pick(gold["citations"], *keys)


def test_sections_and_titles(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    gold, got = pair
    assert pick(got["sections"], "number", "title") == pick(gold["sections"], "number", "title")
    keys = ("number", "sequence", "title", "duty_mode", "open_list")
    assert pick(items(got), *keys) == pick(items(gold), *keys)


def test_duties(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    gold, got = pair
    keys = ("role", "organisation", "name", "collective")
    assert [pick(item["duties"], *keys) for item in items(got)] == [pick(item["duties"], *keys) for item in items(gold)]


def test_measures_and_their_spans(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    gold, got = pair
    assert [bare(item["measures"]) for item in items(got)] == [bare(item["measures"]) for item in items(gold)]
    for item in items(got):
        for measure, (start, end) in zip(item["measures"], item["measure_spans"], strict=True):
            inside = re.sub(r"\n— \d+ —\n", "", got["text"][start:end])
            assert bare(inside) == bare(measure)


def test_targets(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    gold, got = pair
    assert [pick(i["targets"], *TARGET) for i in items(got)] == [pick(i["targets"], *TARGET) for i in items(gold)]


def test_deadlines(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    gold, got = pair
    keys = ("phrase", "due", "sentence", "strength")
    assert [pick(i["deadlines"], *keys) for i in items(got)] == [pick(i["deadlines"], *keys) for i in items(gold)]
    assert pick(got["notice_deadlines"], *keys) == pick(gold.get("notice_deadlines", []), *keys)
