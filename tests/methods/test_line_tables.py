from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.methods.line_tables import LineError, read_lines


def test_bars_tabs_and_blank_lines() -> None:
    lines = read_lines("蛋白质｜≥ 3.0 | GB 5009.5\n\n| 脂肪\t≥ 3.1 |\n", 2, 3)
    assert [line.cells for line in lines] == [("蛋白质", "≥ 3.0", "GB 5009.5"), ("脂肪", "≥ 3.1", "")]
    assert [line.number for line in lines] == [1, 3]
    assert lines[1].text == "脂肪 | ≥ 3.1"


@pytest.mark.parametrize(("text", "line"), [("a", 1), ("a | b\n | c", 2), ("a | b | c | d", 1)])
def test_says_which_line_is_wrong(text: str, line: int) -> None:
    with pytest.raises(LineError) as caught:
        read_lines(text, 2, 3)
    assert caught.value.line == line


BREAKS = "|｜\t\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
cells = st.text(st.characters(exclude_characters=BREAKS), min_size=1).map(str.strip)


@given(st.lists(st.tuples(cells.filter(bool), cells.filter(bool)), max_size=5))
def test_written_again_it_reads_the_same(rows: list[tuple[str, str]]) -> None:
    text = "\n".join(" | ".join(row) for row in rows)
    lines = read_lines(text, 2, 2)
    assert read_lines("\n".join(line.text for line in lines), 2, 2) == lines
