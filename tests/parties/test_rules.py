"""The matcher alone, without a database."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hengjian.parties.rules import Candidate, Matcher, Name, Period, Succession, normal

DAY = date(2020, 1, 1)
NAMES = st.lists(st.text("市场监管质量技术督局厅委", min_size=3, max_size=9), min_size=1, max_size=6, unique=True)
ANYTHING = st.text(max_size=30)


def matcher(names: list[str], **more: object) -> Matcher:
    units = {n: Candidate(n, names=(Name(name),)) for n, name in enumerate(names)}
    return Matcher(units, **more)  # type: ignore[arg-type]


def test_spellings_that_differ_in_width_space_and_quotes_are_one() -> None:
    assert normal("（澜川） 市场“监管”局\u3000") == normal("(澜川)市场监管局")


@given(NAMES)
def test_every_full_name_finds_its_unit(names: list[str]) -> None:
    for n, name in enumerate(names):
        match = matcher(names).match(f" {name} ", DAY)
        assert (match.id, match.how, match.confidence) == (n, "exact", 1.0)


@given(NAMES, ANYTHING)
def test_any_text_gets_an_answer_within_bounds(names: list[str], text: str) -> None:
    match = matcher(names, prefixes=("澜川自治区", "市")).match(text, DAY)
    assert 0 <= match.confidence <= 1 and match.why
    assert match.id is None or match.ids[0] == match.id
    assert set(match.ids) <= set(range(len(names)))


@given(st.integers(1, 12), st.booleans())
def test_a_chain_of_successions_ends_at_the_living_unit(length: int, circular: bool) -> None:
    ends = [date(2000 + n, 1, 1) for n in range(length)]
    units = {
        n: Candidate(n, period=Period(ends[n - 1] if n else None, end - timedelta(days=1)), names=(Name(f"第{n}代"),))
        for n, end in enumerate(ends)
    }
    units[length] = Candidate(length, period=Period(ends[-1]), names=(Name("现在的"),))
    steps = [Succession(n, n + 1, end) for n, end in enumerate(ends)]
    if circular:
        steps.append(Succession(length, 0, date(2001, 1, 1)))
    found = Matcher(units, steps)
    match = found.match("第0代", DAY)
    assert (match.id, match.how, match.why) == (length, "successor", "heir")
    # Before its end the unit itself is meant.
    assert found.match("第0代", date(1999, 1, 1)).id == 0


def test_a_split_without_a_main_heir_is_left_to_people() -> None:
    units = {
        0: Candidate(0, period=Period(None, date(2018, 1, 1)), names=(Name("新闻出版广电局"),)),
        1: Candidate(1, names=(Name("新闻出版局"),)),
        2: Candidate(2, names=(Name("广播电视局"),)),
    }
    day = date(2018, 1, 2)
    for main, expected in (((True, True), None), ((False, False), None), ((True, False), 1), ((False, True), 2)):
        steps = [Succession(0, heir, day, main[heir - 1]) for heir in (1, 2)]
        match = Matcher(units, steps).match("新闻出版广电局", DAY)
        assert match.id == expected and set(match.ids) == {1, 2}
        # A succession that is still to come does not count.
        assert Matcher(units, [Succession(0, 1, DAY + timedelta(days=1))]).match("新闻出版广电局", DAY).how == "fuzzy"


def test_a_later_succession_does_not_reach_back() -> None:
    gone = Candidate(0, period=Period(None, date(2010, 1, 1)), names=(Name("纺织工业局"),))
    match = matcher([]).match("纺织工业局", DAY)
    assert match.why == "nothing"
    assert Matcher({0: gone}).match("纺织工业局", DAY).id is None
