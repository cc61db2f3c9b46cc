"""Every doubt carries a code that pages can translate."""

from __future__ import annotations

import copy
import pickle

import pytest

from hengjian.methods.policy_text import read_policy
from hengjian.methods.policy_text.reasons import REASONS, because


@pytest.mark.parametrize("code", REASONS)
def test_both_languages(code: str) -> None:
    chinese, english = REASONS[code]
    assert any("\u4e00" <= char <= "\u9fff" for char in chinese)
    assert english and english.isascii()


def test_survives_copies() -> None:
    reason = because("misprint", "教育局")
    for again in (copy.deepcopy(reason), pickle.loads(pickle.dumps(reason))):
        assert (str(again), again.code) == ("疑为“教育局”之误", "misprint")


def test_codes_in_the_result() -> None:
    text = "一、任务\n（一）甲。推进。（教育局负责，公安局配合）\n— 2 —\n（二）\n（三）乙。推进。（教育局负责）\n"
    result = read_policy(text).to_dict()
    duty = result["sections"][0]["items"][0]["duties"][0]
    assert (duty["role"], duty["reason_code"]) == ("lead", "taken_as_lead")
    assert duty["reason"] == REASONS["taken_as_lead"][0]
    assert result["unread"][0]["reason_code"] == "page_number"
