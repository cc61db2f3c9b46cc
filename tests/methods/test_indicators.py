from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.methods.indicators import Limit, compare, compare_one, parse_limit, rank, unit_key


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("≥ 3.0 %", "≥ 3.0 %"),
        ("≥3.0g/100g", "≥ 3.0 g/100g"),
        ("≤0.5mg/kg", "≤ 0.5 mg/kg"),
        ("不大于 10", "≤ 10"),
        ("5.0～7.0", "5.0～7.0"),
        ("5.0-7.0 ℃", "5.0～7.0 °C"),
        ("20±2 mm", "18～22 mm"),
        ("-10～40 ℃", "-10～40 °C"),
        ("12", "12"),
    ],
)
def test_reads_limits(written: str, shown: str) -> None:
    assert parse_limit(written).text == shown


@pytest.mark.parametrize("written", ["", "合格", "≥", "7～5", "无肉眼可见异物"])
def test_refuses_what_is_no_limit(written: str) -> None:
    with pytest.raises(ValueError):
        parse_limit(written)


@pytest.mark.parametrize(
    ("declared", "required", "verdict"),
    [
        ("≥ 3.2 %", "≥ 3.0 %", "stricter"),
        ("≥ 3.0 %", "≥ 3.0 %", "same"),
        ("≥ 2.8 %", "≥ 3.0 %", "looser"),
        ("≤ 400 μg/kg", "≤ 0.5 mg/kg", "stricter"),
        ("≤ 0.6 mg/kg", "≤ 0.5 mg/kg", "looser"),
        ("≥ 0.6 mg/kg", "≤ 0.5 mg/kg", "apart"),
        ("5.5～6.5", "5.0～7.0", "stricter"),
        ("5.5～7.5", "5.0～7.0", "looser"),
        ("8.0～9.0", "5.0～7.0", "apart"),
        ("≥ 6", "5.0～7.0", "looser"),
        ("6", "5.0～7.0", "stricter"),
        ("≥ 3 mm", "≥ 3 kg", "unlike"),
        ("≥ 3 furlong", "≥ 3 mm", "unlike"),
        ("≥ 30 MPa", "≥ 25 N/mm²", "stricter"),
    ],
)
def test_verdicts(declared: str, required: str, verdict: str) -> None:
    assert compare_one("x", parse_limit(declared), parse_limit(required)).verdict == verdict


def test_both_sides_are_told_once() -> None:
    told = compare(
        {"protein": parse_limit("≥ 3.2 %"), "iron": parse_limit("≥ 1 mg/kg")},
        {"protein": parse_limit("≥ 3.0 %"), "lead": parse_limit("≤ 0.05 mg/kg")},
    )
    assert [(item.name, item.verdict) for item in told] == [
        ("protein", "stricter"),
        ("lead", "missing"),
        ("iron", "additional"),
    ]
    assert not any(item.below for item in told)


def test_place_among_peers() -> None:
    peers = [parse_limit(text) for text in ("≥ 3.0 %", "≥ 3.4 %", "≥ 32 g/kg", "≤ 5 %", "≥ 3 mm")]
    assert rank(parse_limit("≥ 3.3 %"), peers) == (2, 4)
    assert rank(parse_limit("5～7"), peers) is None


def test_units_are_one_however_written() -> None:
    assert unit_key("ｍｇ／ｋｇ") == "mg/kg"
    assert unit_key("µg/L") == unit_key("ug/l") == "μg/l"
    assert parse_limit("≥ 1 g/cm³").converted("kg/m3") == Limit("at_least", Decimal(1000), None, "kg/m3")


@given(
    st.decimals(-1000, 1000, places=3), st.decimals(0, 1000, places=3), st.decimals(-1000, 1000, places=3),
    st.decimals(0, 1000, places=3),
)  # fmt: skip
def test_verdicts_are_consistent(low: Decimal, width: Decimal, other_low: Decimal, other_width: Decimal) -> None:
    one = Limit("within", low, low + width, "mg/kg")
    other = Limit("within", other_low, other_low + other_width, "mg/kg")
    here, back = compare_one("x", one, other).verdict, compare_one("x", other, one).verdict
    assert (here == "same") == (back == "same")
    assert (here == "apart") == (back == "apart")
    if here == "stricter":
        assert back == "looser"
    converted = one.converted("μg/kg")
    assert converted is not None and compare_one("x", converted, other).verdict == here
