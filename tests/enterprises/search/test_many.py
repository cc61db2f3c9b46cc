"""Terms of many enterprises at once are the terms of each."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from hengjian.enterprises.search.many import Segment, make
from hengjian.enterprises.search.postings import SEGMENT_SIZE
from hengjian.enterprises.search.terms import Subject, terms_of

words = st.lists(
    st.sampled_from(
        [
            "澜州市",
            "鑫达",
            "重庆",
            "长乐",
            "绿源",
            "商贸",
            "TCL",
            "有限公司",
            "分公司",
            "（澜川）",
            "·",
            " ",
            "𠮷",
            "1",
            "é",
            "ß",
        ]
    ),
    max_size=6,
).map("".join)
subjects = st.lists(
    st.builds(
        Subject,
        number=st.integers(1, SEGMENT_SIZE - 1),
        names=st.lists(st.one_of(words, st.text(max_size=8)), min_size=1, max_size=3),
        code=st.just(""),
        regions=st.sampled_from([(), (1,), (2, 1)]),
        kind=st.sampled_from(["", "company"]),
        active=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda one: one.number,
)


@given(subjects, st.integers(0, 8))
@example([Subject(7, ["鑫", "", "澜州市鑫达商贸有限公司"], "", (2, 1), "company", True)], 0)
def test_both_ways_say_the_same(those: list[Subject], cut: int) -> None:
    segment = Segment()
    for part in (those[:cut], those[cut:]):
        segment.add(make(part))
    terms, starts, places = segment.lists()
    found = {term: places[starts[at] : starts[at + 1]].tolist() for at, term in enumerate(terms)}
    expected: dict[bytes, list[int]] = {}
    for one in sorted(those, key=lambda subject: subject.number):
        for term in terms_of(one):
            expected.setdefault(term.encode(), []).append(one.number)
    assert found == expected
    assert len(terms) == len(set(terms))
