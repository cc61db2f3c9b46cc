"""Carrying tasks from a text to its corrected version."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hengjian.plans.outline import fingerprint, short_title
from hengjian.plans.revision import Line, match_lines


def line(key: int, text: str, clause: str = "甲") -> Line:
    return Line(key, fingerprint(text), text, clause)


def test_corrected_words_keep_their_task() -> None:
    old = [
        line(1, "开展电梯安全攻坚"),
        line(2, "建立农产品追溯平台，实现全程可追溯"),
        line(3, "撤销这一条旧任务的全部内容"),
    ]
    new = [
        line(10, "建立农产品追溯平台，实现来源全程可追溯"),
        line(11, "开展电梯安全攻坚"),
        line(12, "新设首席质量官培训"),
    ]
    matching = match_lines(old, new)
    assert matching.kept == [(1, 11)]
    assert [(a, b) for a, b, _ in matching.reworded] == [(2, 10)]
    assert matching.retired == [3]
    assert matching.added == [12]


def test_the_same_sentence_in_two_clauses_stays_in_its_clause() -> None:
    old = [line(1, "加强监督抽查", "乙"), line(2, "加强监督抽查", "甲")]
    new = [line(10, "加强监督抽查", "甲"), line(11, "加强监督抽查", "乙")]
    assert sorted(match_lines(old, new).kept) == [(1, 11), (2, 10)]


@given(st.lists(st.text(alphabet="质量监督抽查标准计量认证", min_size=4, max_size=12)), st.randoms())
def test_a_shuffled_text_loses_nothing(texts: list[str], random) -> None:  # type: ignore[no-untyped-def]
    old = [line(i, text) for i, text in enumerate(texts)]
    shuffled = list(enumerate(texts))
    random.shuffle(shuffled)
    matching = match_lines(old, [line(100 + i, text) for i, text in shuffled])
    assert len(matching.kept) == len(texts)
    assert not matching.added and not matching.retired and not matching.reworded


def test_short_titles_stop_at_a_comma() -> None:
    assert short_title("开展电梯安全攻坚，进一步提升电梯安全") == "开展电梯安全攻坚，进一步提升电梯安全"
    head = "以消费者普遍关注的消费品为重点，开展改善消费品供给专项行动，组织实施消费品质量提升工程"
    assert short_title(head + "，增品种、提品质、创品牌，推动消费升级") == head
    assert len(short_title("加强" * 60)) <= 45
