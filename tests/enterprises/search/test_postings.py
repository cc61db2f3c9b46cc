"""Lists of places and spelling, without a database."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.enterprises.search import postings, spelling
from hengjian.enterprises.search.postings import SEGMENT_SIZE

places = st.one_of(
    st.sets(st.integers(0, SEGMENT_SIZE - 1), max_size=50),
    # Dense ones are bitmaps.
    st.integers(2, 20).map(lambda step: set(range(0, SEGMENT_SIZE, step))),
)


def encoded(numbers: set[int]) -> bytes:
    return postings.encode(np.array(sorted(numbers), np.uint32))


@given(places)
def test_what_is_stored_is_read(numbers: set[int]) -> None:
    data = encoded(numbers)
    assert postings.decode(data).tolist() == sorted(numbers)
    assert len(data) <= postings.BITMAP_BYTES


@given(places, places)
def test_sets_of_every_form(one: set[int], other: set[int]) -> None:
    lists = [encoded(one), encoded(other)]
    assert postings.common(lists).tolist() == sorted(one & other)
    assert postings.decode(postings.either(lists)).tolist() == sorted(one | other)


@pytest.mark.parametrize(
    ("letters", "name", "place"),
    [
        ("xinda", "包头市鑫达商贸", 3), ("xind", "包头市鑫达商贸", 3), ("dashang", "包头市鑫达商贸", 4),
        ("chongqing", "重庆长安汽车", 0), ("zhongqing", "重庆长安汽车", 0), ("lvyuan", "绿源食品", 0),
        ("luyuan", "绿源食品", 0),
        ("xian", "西安", 0), ("xinx", "包头市鑫达商贸", -1), ("tcldianqi", "tcl电器", 0), ("", "鑫达", 0),
    ],
)  # fmt: skip
def test_letters_spell_a_part_of_a_name(letters: str, name: str, place: int) -> None:
    assert spelling.spells(letters, name) == place


def test_every_cut_of_letters_spells_them() -> None:
    for letters in ("xindashangmao", "xianshi", "fangan", "xind", "zh"):
        for syllables, rest in spelling.cut(letters):
            assert "".join(syllables) + rest == letters
    assert (("xi", "an"), "") in spelling.cut("xian") and spelling.cut("qwrt") == []
