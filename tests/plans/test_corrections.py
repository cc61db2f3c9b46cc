"""Taking one correction back keeps the others where they belong."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.plans.corrections import CorrectionError, apply_correction, without


def reading() -> dict[str, Any]:
    texts = ["完善标准体系，开展宣传贯彻", "建立追溯平台，推广应用编码", "开展评估检查，通报评估结果"]
    item = {"title": "夯实基础", "measures": texts, "measure_spans": [[0, 13], [14, 27], [28, 41]], "duties": []}
    return {"sections": [{"items": [item]}]}


def at(kind: str, measure: int, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "section": 0, "item": 0, "measure": measure, **more}


def made(corrections: list[dict[str, Any]]) -> dict[str, Any]:
    draft = reading()
    for correction in corrections:
        apply_correction(draft, correction)
    return draft


def test_a_split_taken_back_moves_later_corrections_to_their_measure() -> None:
    corrections = [at("measure_split", 1, at=7), at("measure_key", 4, value=True)]
    draft, kept = without(reading(), corrections, 0)
    assert draft["sections"][0]["items"][0]["measures"] == reading()["sections"][0]["items"][0]["measures"]
    assert draft["sections"][0]["items"][0]["measure_details"] == {"3": {"is_key": True}}
    assert kept == [at("measure_key", 3, value=True)]


def test_what_a_later_correction_builds_on_cannot_be_taken_back() -> None:
    corrections = [at("measure_split", 1, at=7), at("measure_text", 2, value="开展宣传")]
    with pytest.raises(CorrectionError):
        without(reading(), corrections, 0)


def test_a_merge_taken_back() -> None:
    corrections = [at("measure_merge", 1), at("measure_key", 2, value=True)]
    draft, _kept = without(reading(), corrections, 0)
    assert draft["sections"][0]["items"][0]["measure_details"] == {"3": {"is_key": True}}


def test_choice_of_a_unit_and_acceptance() -> None:
    draft = made([{"kind": "unit", "organisation": "市工信局", "unit": 7}])
    assert draft["chosen"] == {"市工信局": 7}
    draft["sections"][0]["items"][0]["duties"] = [{"role": "lead", "organisation": "甲", "confidence": 0.7}]
    apply_correction(draft, {"kind": "accept", "section": 0, "item": 0, "part": "duties"})
    assert draft["sections"][0]["items"][0]["duties"][0]["confidence"] == 1.0


STEPS = st.lists(
    st.one_of(
        st.builds(lambda m: at("measure_split", m, at=7), st.integers(1, 4)),
        st.builds(lambda m: at("measure_merge", m), st.integers(1, 4)),
        st.builds(lambda m: at("measure_key", m, value=True), st.integers(1, 5)),
        st.builds(lambda m, n: at("measure_title", m, value=f"任务{n}"), st.integers(1, 5), st.integers(0, 9)),
    ),
    max_size=6,
)


@given(STEPS, st.data())
def test_taking_back_never_touches_the_reading_and_can_be_repeated(
    steps: list[dict[str, Any]], data: st.DataObject
) -> None:
    valid: list[dict[str, Any]] = []
    for step in steps:
        try:
            made([*valid, step])
        except CorrectionError:
            continue
        valid.append(step)
    if not valid:
        return
    parsed = reading()
    before = copy.deepcopy(parsed)
    index = data.draw(st.integers(0, len(valid) - 1))
    try:
        draft, kept = without(parsed, valid, index)
    except CorrectionError:
        return
    assert parsed == before
    assert len(kept) == len(valid) - 1
    assert draft == made(kept)


@given(STEPS)
def test_the_last_correction_can_always_be_taken_back(steps: list[dict[str, Any]]) -> None:
    valid: list[dict[str, Any]] = []
    for step in steps:
        try:
            made([*valid, step])
        except CorrectionError:
            continue
        valid.append(step)
    if valid:
        assert without(reading(), valid, len(valid) - 1)[0] == made(valid[:-1])
