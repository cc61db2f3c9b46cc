"""Pure decisions: sample design against the textbook formula, screening, suppression, scrubbing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.surveys.rules import (
    COVER,
    Design,
    DesignImpossible,
    Sheet,
    Stratum,
    hidden_cells,
    parse_strata,
    sample_of,
    screen,
    scrubbed,
    straight_lined,
)


def test_the_sample_follows_the_formula_for_a_share() -> None:
    # z² q(1-q)/d² = 1.959964² · 0.25 / 0.05² = 384.15; 384.00 of a million.
    strata = [Stratum("a", "甲", 600_000), Stratum("b", "乙", 400_000)]
    sample = sample_of(Design(margin=0.05, response=0.4), strata)
    assert (sample.total, sample.answers) == (384, {"a": 230, "b": 154})
    assert sample.approached == {"a": 575, "b": 385}


def test_a_small_population_needs_fewer_and_is_never_exceeded() -> None:
    sample = sample_of(Design(margin=0.05), [Stratum("a", "甲", 200), Stratum("b", "乙", 12)])
    assert (sample.total, sample.answers) == (137, {"a": 129, "b": 8})  # 384.15/(1 + 384.15/212) = 136.6
    everyone = sample_of(Design(margin=0.01, least=30), [Stratum("a", "甲", 25)])
    assert everyone.answers == {"a": 25} and everyone.approached == {"a": 25}


def test_strata_that_must_be_shown_alone_raise_the_sample() -> None:
    strata = [Stratum(f"s{n}", f"{n}县", 50_000) for n in range(14)]
    assert sample_of(Design(margin=0.05, least=30), strata).total == 420


@pytest.mark.parametrize(
    "design",
    [Design(margin=0.0), Design(margin=0.05, confidence=1.2), Design(margin=0.05, response=0), Design(0.05, deff=0)],
)
def test_impossible_designs_are_told(design: Design) -> None:
    with pytest.raises(DesignImpossible):
        sample_of(design, [Stratum("a", "甲", 1000)])


def test_strata_are_read_from_lines() -> None:
    found = parse_strata("望澜市，862,000，Wanglan\n\n朔安市, 431000 人\n")
    assert [(one.code, one.title, one.size, one.title_en) for one in found] == [
        ("s1", "望澜市", 862_000, "Wanglan"),
        ("s2", "朔安市", 431_000, ""),
    ]


@pytest.mark.parametrize("text", ["", "甲", "甲，一百", "甲，1", "甲，50\n甲，60", "，50"])
def test_lines_that_are_no_strata_are_refused(text: str) -> None:
    with pytest.raises(DesignImpossible):
        parse_strata(text)


def test_screening_finds_gaps_one_answer_throughout_and_haste() -> None:
    usual = Sheet((7, 8, 6, 7, 9, 8), "a", 100)
    sheets = [usual, usual, Sheet((5,) * 6, "a", 90), Sheet((7, None, None, None, None, 8), "a", 80),
              Sheet((7, 8, 6, 7, 9, 8), "a", 20), Sheet((7, 8, 6, 7, 9, 8), "a")]  # fmt: skip
    found = screen(sheets, most_missing=0.5, speeder=1 / 3)
    assert (found.straight, found.missing, found.fast) == ({2}, {3}, {4})
    assert found.speed_limit == pytest.approx(30)
    assert screen([Sheet((5, 6), "a")], 0.5, 0.33).speed_limit is None


def test_few_answers_do_not_make_a_straight_line() -> None:
    assert not straight_lined((8, 8, None, None, 8, 8))
    assert straight_lined((8, 8, 8, 8, 8, None))


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"a": 50, "b": 40}, set()),
        ({"a": 50, "b": 40, "c": 9}, {"b", "c"}),  # one cell alone could be had by subtraction
        ({"a": 50, "b": 4, "c": 3}, {"a", "b", "c"}),  # together they are still too few
        ({"a": 50, "b": 6, "c": 5}, {"b", "c"}),
        ({"a": 50, "b": 0}, set()),
        ({"a": 5}, {"a"}),
        ({"a": 50, "b": 40, "c": 0, "d": 2}, {"b", "d"}),
    ],
)
def test_small_cells_hide_a_second_one(counts: dict[str, int], hidden: set[str]) -> None:
    assert hidden_cells(counts, 10) == hidden


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 60), max_size=8))
def test_nothing_small_can_be_had_by_subtraction(counts: dict[str, int]) -> None:
    hidden = hidden_cells(counts, 10)
    assert all(counts[name] >= 10 or counts[name] == 0 for name in counts.keys() - hidden)
    shown = [name for name, count in counts.items() if count and name not in hidden]
    if hidden and shown:
        assert len(hidden) > 1 and sum(counts[name] for name in hidden) >= 10


def test_texts_lose_what_identifies_by_number() -> None:
    assert scrubbed("电话13800138000，证号110101199001011234，qq 12345678") == f"电话{COVER}，证号{COVER}，qq {COVER}"
    assert scrubbed("等了40分钟，2026年3月去的") == "等了40分钟，2026年3月去的"
    assert scrubbed("好\x00的" + "长" * 2000, 10) == "好的长长长长长长长长"
