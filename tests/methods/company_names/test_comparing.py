"""Pairs of names whose truth is known; the lowest of the same must lie above the highest of the different."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.methods.company_names import compare_names

SAME = [
    ("包头市鑫达商贸有限责任公司", "包头市鑫达商贸有限公司"),
    ("内蒙古伊利实业集团股份有限公司", "伊利实业集团股份有限公司"),
    ("内蒙古伊利实业集团股份有限公司", "內蒙古伊利實業集團股份有限公司"),
    ("内蒙古蒙牛乳业（集团）股份有限公司", "蒙牛乳业集团股份有限公司"),
    ("内蒙古伊利实业集团股份有限公司", "Inner Mongolia Yili Industrial Group Co., Ltd."),
    ("内蒙古蒙牛乳业（集团）股份有限公司", "Inner Mongolia Mengniu Dairy (Group) Co., Ltd."),
    ("鑫达（包头）商贸有限公司", "包头市鑫达商贸有限公司"),
    ("哲里木盟通辽市霍林河煤业有限责任公司", "通辽市霍林河煤业有限公司"),
    ("新疆生产建设兵团第八师一四三团天山商贸有限公司", "新疆生产建设兵团第八师143团天山商贸有限公司"),
    ("昆都仑区阿吉奈烧烤店", "包头市昆都仑区阿吉奈烧烤店"),
]
DIFFERENT = [
    ("包头市鑫达商贸有限公司", "包头市鑫达贸易有限公司"),
    ("包头市鑫达商贸有限公司", "包头市鑫大商贸有限公司"),
    ("包头市第一建筑工程有限公司", "包头市第二建筑工程有限公司"),
    ("内蒙古伊利实业集团股份有限公司", "内蒙古伊泰实业集团股份有限公司"),
    ("包头市鑫达商贸有限公司", "赤峰市鑫达商贸有限公司"),
    ("内蒙古电力（集团）有限责任公司", "内蒙古电力（集团）有限责任公司包头供电分公司"),
    ("包头市人民医院", "包头市第二人民医院"),
    ("包头市鑫达商贸有限公司", "包头市鑫达商贸行"),
    ("内蒙古伊利实业集团股份有限公司", "Inner Mongolia Yitai Coal Co., Ltd."),
]
ONE, OTHER = "91440300708461136T", "91110000600037341L"
names = st.sampled_from(sorted({name for pair in SAME + DIFFERENT for name in pair}))


def test_no_threshold_is_needed_between_the_known_pairs() -> None:
    lowest = min(compare_names(*pair).score for pair in SAME)
    highest = max(compare_names(*pair).score for pair in DIFFERENT)
    assert lowest > highest
    assert all(compare_names(*pair).verdict == "same" for pair in SAME)
    assert all(compare_names(*pair).verdict == "different" for pair in DIFFERENT)


@given(names, names)
def test_the_order_of_the_names_does_not_matter(first: str, second: str) -> None:
    assert compare_names(first, second).score == compare_names(second, first).score


@given(names)
def test_two_valid_codes_are_two_bodies_whatever_the_names(name: str) -> None:
    lowest = min(compare_names(*pair).score for pair in SAME + DIFFERENT)
    found = compare_names(name, name, ONE, OTHER)
    assert found.verdict == "different"
    assert found.score < lowest


def test_one_code_is_one_body_unless_the_kinds_contradict() -> None:
    assert compare_names("包头市鑫达商贸有限公司", "内蒙古鑫达实业有限公司", ONE, ONE).verdict == "same"
    twice = compare_names("包头市鑫达商贸有限公司", "包头市鑫达养殖专业合作社", ONE, ONE)
    assert twice.verdict == "review"
    assert twice.reasons[0].finding == "issued_twice"


@pytest.mark.parametrize("code", ["", "12", "91440300708461136X"])
def test_a_wrong_code_says_nothing(code: str) -> None:
    assert compare_names(*SAME[0], code, ONE).score == compare_names(*SAME[0]).score
