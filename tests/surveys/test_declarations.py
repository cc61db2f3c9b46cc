"""The shipped questionnaires hold together; wrong ones are told with file and place."""

from __future__ import annotations

from pathlib import Path

import pytest

from hengjian.registers.catalogue import ConfigurationError
from hengjian.surveys import catalogue
from hengjian.surveys.catalogue import survey, surveys

GOOD = """
survey: probe
title: 试验调查
title_en: Probe
legal: [{document: 试验办法}]
sectors: [{code: one, title: 甲, title_en: One}]
scale: {low: 差, low_en: Poor, high: 好, high_en: Good}
latents:
  - {code: cause, title: 因, title_en: Cause, items: [{code: c1, text: "{sector}如何？", text_en: "How is {sector}?"}]}
  - {code: effect, title: 果, title_en: Effect, items: [{code: e1, text: 如何？, text_en: "How?"}]}
model: {scheme: path, scaled: false, missing: mean, outcome: effect, paths: [[cause, effect]]}
"""


def test_shipped_questionnaires_are_whole_in_both_languages() -> None:
    assert {item.code for item in surveys()} >= {"service_satisfaction", "product_satisfaction"}
    for declared in surveys():
        assert declared.path_model().names == [latent.code for latent in declared.latents]
        for one in (*declared.sectors, *declared.latents, *(o for q in declared.questions for o in q.options)):
            assert one.title_en, one
        for item in declared.items:
            assert "{" not in item.said("zh", "甲") + item.said("en", "One")


def test_bands_never_ask_for_an_exact_age_or_income() -> None:
    for declared in surveys():
        assert all(len(question.options) >= 2 for question in declared.demographics)


def test_a_region_adds_its_own(tmp_path: Path) -> None:
    (tmp_path / "probe.yaml").write_text(GOOD, encoding="utf-8")
    try:
        catalogue.load(tmp_path)
        catalogue.load(tmp_path)  # the same again changes nothing
        assert survey("probe").sector("one").title == "甲"
        (tmp_path / "probe.yaml").write_text(GOOD.replace("试验调查", "另一个"), encoding="utf-8")
        with pytest.raises(ConfigurationError, match="declared twice"):
            catalogue.load(tmp_path)
    finally:
        catalogue.forget("probe")
    with pytest.raises(KeyError, match="service_satisfaction"):
        survey("probe")


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("paths: [[cause, effect]]", "paths: [[effect, cause]]", "causes first"),
        ("outcome: effect", "outcome: cause", "nothing acts on"),
        ("outcome: effect", "outcome: other", "no latent variable other"),
        ("code: e1", "code: c1", "declared twice"),
        ("scheme: path", "scheme: best", "scheme"),
        ("survey: probe", "survey: probe\nmood: good", "mood"),
    ],
)
def test_a_wrong_declaration_is_told(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    (tmp_path / "probe.yaml").write_text(GOOD.replace(was, becomes), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said) as told:
        catalogue.load(tmp_path)
    assert "probe" in str(told.value)
