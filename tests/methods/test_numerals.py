from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.methods.numerals import format_chinese_number, parse_chinese_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("二十一", 21),
        ("十", 10),
        ("一百零五", 105),
        ("两千三百", 2300),
        ("二〇二三", 2023),
        ("3.5万", 35000),
        ("1,000", 1000),
        ("１２", 12),
        ("一万亿", 10**12),
        ("①", 1),
        ("半", 0.5),
        ("十十", None),
        ("百", 100),
        ("标准", None),
        ("", None),
    ],
)
def test_values(text: str, value: float | None) -> None:
    assert parse_chinese_number(text) == value


@given(st.integers(0, 10**8 - 1))
def test_round_trip(value: int) -> None:
    assert parse_chinese_number(format_chinese_number(value)) == value


def test_range() -> None:
    with pytest.raises(ValueError):
        format_chinese_number(-1)
