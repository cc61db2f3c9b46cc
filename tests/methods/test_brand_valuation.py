"""The value of a brand: the values of the note, what is refused, and how it moves."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.methods.brand_valuation import Inputs, ValuationError, rounded, sensitivity, value_brand

CASE = Inputs(
    profits=tuple(map(Decimal, (1200, 1300, 1400, 1500, 1600))),
    current=Decimal(2000),
    non_current=Decimal(5000),
    short_rate=Decimal("0.0435"),
    long_rate=Decimal("0.049"),
    share=Decimal("0.30"),
    industry=Decimal("0.08"),
    strength=Decimal(1),
    growth=Decimal("0.03"),
)


@pytest.mark.parametrize(("strength", "value"), [("1", "6594.09"), ("1.5", "3600.87"), ("0.6", "18601.27")])
def test_the_values_of_the_note(strength: str, value: str) -> None:
    result = value_brand(replace(CASE, strength=Decimal(strength)))
    assert rounded(result.value) == Decimal(value)
    assert result.tangible_return == Decimal(332)


def test_the_parts_and_the_terminal_share() -> None:
    result = value_brand(CASE)
    assert (rounded(result.present), rounded(result.terminal)) == (Decimal("1260.87"), Decimal("5333.21"))
    assert result.terminal_share is not None and round(result.terminal_share, 3) == Decimal("0.809")
    assert [year.earnings for year in result.years][:2] == [Decimal("260.40"), Decimal("290.40")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"growth": Decimal("0.08")}, "growth"),
        ({"growth": Decimal("0.09")}, "growth"),
        ({"strength": Decimal("0.5")}, "strength"),
        ({"strength": Decimal("2.1")}, "strength"),
        ({"share": Decimal(0)}, "share"),
        ({"share": Decimal("1.1")}, "share"),
        ({"profits": ()}, "period"),
        ({"profits": (Decimal(1),) * 11}, "period"),
        ({"current": Decimal(-1)}, "assets"),
        ({"short_rate": Decimal("-0.1")}, "rate"),
        ({"growth": Decimal("NaN")}, "rate"),
        ({"growth": Decimal(-1)}, "rate"),
    ],
)
def test_what_is_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(ValuationError) as refused:
        value_brand(replace(CASE, **change))  # type: ignore[arg-type]
    assert refused.value.code == code
    assert refused.value.message_zh and refused.value.message_en


def test_a_brand_that_earns_less_than_its_assets_has_no_terminal_share() -> None:
    result = value_brand(replace(CASE, profits=(Decimal(100),)))
    assert result.value < 0 and result.terminal_share is None


@given(st.decimals("0.6", "2", places=3), st.decimals("0.6", "2", places=3))
def test_a_stronger_brand_is_worth_more(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert value_brand(replace(CASE, strength=low)).value >= value_brand(replace(CASE, strength=high)).value


def test_the_table_of_sensitivity_leaves_out_what_has_no_value() -> None:
    table = sensitivity(CASE, (Decimal("0.6"), Decimal(1)), (Decimal("0.03"), Decimal("0.05")))
    assert table[0][1] is None and table[1][0] == value_brand(CASE).value
