"""Sheets, checks and sums."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hengjian.returns.declarations import Form
from hengjian.returns.rules import NotANumber, Sheet, added_up, plain_text, problems, read_figure, unexplained
from tests.returns.conftest import TRIAL

FORM = Form.model_validate(TRIAL)
LAYOUT = FORM.layout(FORM.survey.valid_from)


def sheet(**figures: float | str) -> Sheet:
    values = {}
    for key, value in figures.items():
        row, _sep, column = key.partition("__")
        values[row, column] = Decimal(str(value))
    return Sheet(LAYOUT, values, 90)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.50", "1234.5"),
        ("１２．５", "12.5"),
        (" 3 000 ", "3000"),
        ("−2", "-2"),
        (".5", "0.5"),
        ("+7", "7"),
        ("0", "0"),
        ("—", None),
        ("", None),
        ("无", None),
    ],
)
def test_what_people_type(text: str, value: str | None) -> None:
    assert read_figure(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize("text", ["1,23", "1.2.3", "٣", "1/2", "NaN", "Infinity", "1_000", ".", "+", "12亿", "5‰x"])
def test_what_is_no_figure(text: str) -> None:
    with pytest.raises(NotANumber):
        read_figure(text)


def test_formulas_follow_their_parts() -> None:
    given = sheet(one__all=3, one__good=1, two__all=5, two__good=4)
    assert given.here(("sum", "all")) == 8
    assert given.shown(LAYOUT.cells["one", "rate"]) == Decimal("33.33")
    assert given.shown(LAYOUT.cells["sum", "rate"]) == Decimal("62.50"), "of the sums, not the mean of percentages"
    assert given.rows()["sum"] == {"all": "8", "good": "5"}


def test_checks_name_their_cells_and_take_unknown_as_silence() -> None:
    (found,) = problems(FORM, sheet(one__all=3, one__good=4, two__good=9))
    assert found.key == ("within", "one", "")
    assert set(found.cells) == {("one", "good"), ("one", "all")}
    assert unexplained([found], {found.key: found.basis}) == []
    assert unexplained([found], {found.key: "other"}) == [found]


def test_every_cell_has_its_own_bounds() -> None:
    codes = {item.key for item in problems(FORM, sheet(one__all="2.5", one__good=-1))}
    assert codes == {("whole", "one", "all"), ("range", "one", "good")}


def test_sums_add_and_percentages_are_computed_again() -> None:
    total = added_up(LAYOUT, [sheet(one__all=10, one__good=10), sheet(one__all=90, one__good=0), sheet()], 90)
    assert total.here(("one", "all")) == 100
    assert total.shown(LAYOUT.cells["one", "rate"]) == Decimal("10.00")
    assert total.here(("two", "all")) is None


def test_plain_text() -> None:
    assert [plain_text(Decimal(text)) for text in ("0", "0.50", "1E+3", "-2.10")] == ["0", "0.5", "1000", "-2.1"]
