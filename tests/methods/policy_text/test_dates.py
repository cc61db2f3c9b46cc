"""Which dates are deadlines, and which day they mean; wording and places are invented."""

from __future__ import annotations

import pytest

from hengjian.methods.policy_text import read_policy

PLAN = "一、重点任务\n（一）做好甲项工作。推进事项落实。{}\n（二）做好乙项工作。推进事项落实。\n"


@pytest.mark.parametrize(
    ("phrase", "due"),
    [
        ("2023年底前", "2023-12-31"),
        ("6月底前", "2023-06-30"),
        ("2025年6月30日前", "2025-06-30"),
        ("2024年第三季度", "2024-09-30"),
        ("到2025年", "2025-12-31"),
        ("下半年", "2023-12-31"),
        ("8月中旬前", "2023-08-20"),
        ("2024年2月底前", "2024-02-29"),
        ("“十四五”末", "2025-12-31"),
    ],
)
def test_deadline_phrases(phrase: str, due: str) -> None:
    document = read_policy(
        f"河东省2023年食品安全工作要点\n一、任务\n（一）完善抽检。{phrase}，建成抽检平台。（省市场监管局负责）"
    )
    assert [(d.phrase, d.due) for d in document.items[0].deadlines] == [(phrase, due)]


@pytest.mark.parametrize(
    "text",
    [
        "每季度通报进展",
        "在5个工作日内办结",
        "开展2023年全国“质量月”活动",
        "自2023年1月1日起施行",
        "近3年内没有事故",
        "较2020年底提高",
        "落实《2023年底前行动方案》",
    ],
)
def test_no_deadline(text: str) -> None:
    assert (
        not read_policy(f"河东省2023年要点\n一、任务\n（一）完善抽检。{text}。（省市场监管局负责）").items[0].deadlines
    )


@pytest.mark.parametrize(
    ("value", "due"),
    [("2023年12月", "2023-12-31"), ("长期坚持", None), ("持续推进", None), ("2024年6月30日", "2024-06-30")],
)
def test_labelled_deadlines(value: str, due: str | None) -> None:
    document = read_policy(PLAN.format(f"（责任单位：省教育厅；完成时限：{value}）"))
    assert [(d.phrase, d.due) for d in document.items[0].deadlines] == [(value, due)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("2021年6月底前出台办法，12月底前实现联网。", ["2021-06-30", "2021-12-31"]),
        ("对离校2年内的毕业生给予补贴。", []),
        ("毕业5年内创业的给予贷款。", []),
        ("1年内完成整改。", [None]),
        ("2019年1月1日至12月31日，对困难企业返还保费。", []),
        ("征求意见截止2020年6月24日。", []),
        ("淘汰2005年底前登记的车辆。", []),
        ("改造2020年底前建成的老旧小区。", []),
        ("每年2月底前公布名单，3月底前通报结果。", []),
    ],
)
def test_what_a_date_governs(sentence: str, expected: list[str | None]) -> None:
    text = f"甲市2020年工作要点\n一、任务\n（一）甲。{sentence}（教育局负责）\n"
    assert [deadline.due for deadline in read_policy(text).items[0].deadlines] == expected
