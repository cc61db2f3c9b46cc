"""Whatever comes in: a document whose spans fit its text, or a SourceError."""

from __future__ import annotations

import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hengjian.methods.policy_text import SourceError, read_policy

PIECES = st.sampled_from(
    [
        "一、",
        "（一）",
        "(2)",
        "1.",
        "第一条",
        "二、总体要求\n",
        "（三）推进工作。",
        "省教育厅",
        "、",
        "，",
        "。",
        "；",
        "（",
        "）",
        "【",
        "】",
        "《",
        "》",
        "“",
        "”",
        "牵头",
        "负责",
        "配合",
        "责任单位：",
        "完成时限：",
        "2025年底前",
        "到2020年",
        "每季度",
        "达到95%以上",
        "1万",
        "附件1\n",
        "抄送：",
        "印发",
        "各市、县人民政府",
        "\n",
        " ",
        "　　",
        "\t",
        "— 6 —\n",
        "等部门",
        "按职责分工",
        "下同",
        "列第一位者为牵头单位",
        "發",
        "\u200b",
        "\x00",
        "😀",
        "٣",
    ]
)


def check(data: bytes | str) -> None:
    try:
        document = read_policy(data, "x.txt")
    except SourceError:
        return
    document.to_dict()
    size = len(document.text)
    spans = [
        span
        for item in document.items
        for span in (item.span, item.title_span, *(m.span for m in item.measures), *(d.span for d in item.duties))
    ]
    assert all(0 <= start <= end <= size for start, end in spans)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=60).map("".join))
def test_scrambled_plans(text: str) -> None:
    check(text)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=300))
def test_arbitrary_input(data: bytes | str) -> None:
    check(data)


def test_long_runs_stay_linear() -> None:
    for run in ("1.", "12月", "（", "《", "到2020年", "1、2、", "省教育厅、", "（省教育厅", "和", "全年"):
        start = time.process_time()
        check(run * (20_000 // len(run)))
        assert time.process_time() - start < 3, run
