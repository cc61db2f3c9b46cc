"""The language of formulas and checks."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.returns.expressions import ExpressionError, Place, Shift, Value, parse


class Grid:
    """Rows a, b and the computed row total; columns x, y. Last period everything was half, the year before unknown."""

    figures: ClassVar = {
        ("a", "x"): Decimal(3),
        ("a", "y"): Decimal(4),
        ("b", "x"): Decimal("2.5"),
        ("total", "x"): Decimal("5.5"),
        ("b", "zero"): Decimal(0),
    }

    def figure(self, row: str, column: str, shift: Shift = ()) -> Decimal | None:
        value = self.figures.get((row, column))
        return None if value is None or "year" in shift else value / 2 ** len(shift)

    def input_rows(self) -> tuple[str, ...]:
        return ("a", "b")

    def input_columns(self) -> tuple[str, ...]:
        return ("x", "y")

    def days(self, shift: Shift) -> Decimal:
        return Decimal(30)


NOWHERE = Place()


def number(text: str, place: Place = NOWHERE) -> Value:
    return parse(text, "number").value(Grid(), place)


def truth(text: str, place: Place = NOWHERE) -> Value:
    return parse(text, "truth").value(Grid(), place)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3 - 4 / 8", "6.5"),
        ("-(1 + 2) * -2", "6"),
        ("a.x * a.y", "12"),
        ("sum(*.x)", "5.5"),
        ("sum(a.*, 1)", "8"),
        ("sum(b.*)", "2.5"),
        ("max(*.x) - min(*.x)", "0.5"),
        ("count(b.*)", "1"),
        ("prev(a.x)", "1.5"),
        ("prev(prev(a.x + a.y))", "1.75"),
        ("abs(b.x - a.x)", "0.5"),
        ("round(a.y / a.x, 2)", "1.33"),
        ("round(2.5)", "3"),
        ("if(a.x > b.x, 1, 2)", "1"),
        ("coalesce(year(a.x), 7)", "7"),
        ("days() - 28", "2"),
    ],
)
def test_numbers(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["b.y + 1", "a.x / b.zero", "year(a.x)", "sum(b.y)", "a.x * (b.y - b.y)"])
def test_unknown_stays_unknown(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sum(*.x) = total.x", True),
        ("a.x < 3", False),
        ("a.x >= 3 and b.x <> 1", True),
        ("not a.x = 3 or b.x > 2", True),
        ("b.y > 0", None),
        ("b.y > 0 and a.x < 0", False),
        ("b.y > 0 or a.x > 0", True),
        ("b.y > 0 or a.x < 0", None),
        ("not b.y > 0", None),
        ("present(b.y)", False),
        ("if(b.y > 0, 1 = 1, 1 = 2)", None),
    ],
)
def test_truths_know_three_values(text: str, value: bool | None) -> None:
    assert truth(text) is value


def test_one_name_is_completed_by_the_place() -> None:
    assert number("x + y", Place(row="a")) == 7
    assert number("a - b", Place(column="x")) == Decimal("0.5")
    assert number("sum(*)", Place(column="x")) == Decimal("5.5")
    assert number("sum(*)", Place(row="a")) == 7


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ("a.x +", "number", "the end found"),
        ("a.x = 1", "number", "a number is wanted"),
        ("a.x + 1", "truth", "a truth is wanted"),
        ("(a.x > 1) + 1", "number", "a number is wanted"),
        ("*.x + 1", "number", "stands for many cells"),
        ("__import__('os')", "number", "is not understood"),
        ("open(1)", "number", "no function 'open'"),
        ("round(1, 2, 3)", "number", "takes 1 to 2"),
        ("days(1)", "number", "takes 0 to 0"),
        ("a.x b.x", "number", "the end expected"),
        ("a.", "number", "a column"),
        ("*.*", "number", "beside \\*"),
        ("((((" * 20 + "1" + "))))" * 20, "number", "nested deeper"),
        ("1 + " * 900 + "1", "number", "longer than"),
        ("ａ.x", "number", "is not understood"),
    ],
)
def test_what_is_no_expression_is_refused_with_its_place(text: str, kind: str, told: str) -> None:
    with pytest.raises(ExpressionError, match=told):
        parse(text, kind)  # type: ignore[arg-type]


@given(st.text(alphabet="ab.xy*+-/()<>=, 019prevsumnotand", max_size=60))
def test_any_text_is_either_read_or_refused(text: str) -> None:
    with suppress(ExpressionError):
        parse(text, "number").value(Grid())
