"""Parameters of figures on quality: what makes no sense is refused, what is said can be read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from hengjian import rulebook
from hengjian.rulebook.base import Parameters
from hengjian.rulebook.families import FAMILIES
from hengjian.rulebook.parameters.acceptance_sampling import AcceptanceSampling
from hengjian.rulebook.parameters.air import AirQuality

DAY = date(2026, 6, 1)
PLANS = rulebook.at("acceptance_sampling", "000000", DAY).typed(AcceptanceSampling).model_dump()
AIR = rulebook.at("air_quality", "000000", DAY).typed(AirQuality).model_dump()


@pytest.mark.parametrize(("family", "parameters", "message"), [
    ("acceptance_sampling", PLANS | {"sizes": {**PLANS["sizes"], "S": 1}}, "rise"),
    ("acceptance_sampling", PLANS | {"lots": PLANS["lots"][:-1]}, "no upper end"),
    ("acceptance_sampling", PLANS | {"lots": ({"letters": "AB"},)}, "one known letter"),
    ("acceptance_sampling", PLANS | {"small_up_to": "Z"}, "known letters"),
    ("air_quality", AIR | {"daily": ("lead",)}, "lead has no breakpoints"),
    ("air_quality", AIR | {"breakpoints": {"lead": (0, 1)}}, "no measure lead"),
    ("air_quality", AIR | {"index": (0, 50, 40)}, "must rise"),
    ("competitiveness", {"bounds": {"a": (2, 1)}, "low": 60, "high": 100}, "lower bound"),
    ("competitiveness", {"bounds": {"a": (0, 1)}, "weights": {"a": -1}, "low": 60, "high": 100}, "negative"),
    ("index_bands", {"bands": ()}, "at least 1"),
    ("grade_coefficients", {"grades": ({"title": "优等品", "title_en": "Best", "coefficient": -1},)}, "greater than"),
    ("weighted_pass_rate", {"empty_cells": "guess", "confidence": 0.95}, "refuse"),
])  # fmt: skip
def test_parameters_that_make_no_sense(family: str, parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        FAMILIES[family].parameters.model_validate(parameters)


@pytest.mark.parametrize("family", [
    "acceptance_sampling", "air_quality", "air_limits", "competitiveness", "index_bands", "grade_coefficients",
    "weighted_pass_rate",
])  # fmt: skip
def test_every_rule_reads_as_sentences(family: str) -> None:
    for rule in rulebook.versions(family):
        assert isinstance(rule.parameters, Parameters)
        assert all(sentence.text() for sentence in rulebook.explain(rule))
        # What is not official says what was assumed or what is not known.
        assert not rule.to_verify or rule.assumptions or any(source.note for source in rule.sources)
