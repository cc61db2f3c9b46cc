"""Pure rules: what may be compared, rank intervals, likeness, decomposition, links in edited text."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.analysis import profile
from hengjian.analysis.rules import sentences
from hengjian.analysis.rules.comparing import (
    NotComparable,
    change,
    gap,
    require_one_axis,
    require_regions,
    standing,
)
from hengjian.analysis.rules.contributions import contributions
from hengjian.analysis.rules.indices import Scored, ranks, weights
from hengjian.analysis.rules.linking import link, updated
from hengjian.analysis.rules.panels import like_for_like, wilson_percent
from hengjian.analysis.rules.peers import peers
from hengjian.analysis.rules.reading import Reading, shown
from hengjian.methods.periods import parse_period

D = Decimal


def reading(value: Any, **more: Any) -> Reading:
    base = Reading(
        "pass_rate", "产品合格率", "990000", "澜川自治区", parse_period("2025"), D(str(value)), family="pass_rate"
    )
    return replace(
        base,
        **{name: D(str(v)) if name in ("low", "high", "numerator", "denominator") else v for name, v in more.items()},
    )


def test_a_change_inside_the_intervals_is_not_called_better_or_worse() -> None:
    now, before = reading(93.9, low=93.0, high=94.8), reading(93.6, low=92.7, high=94.5)
    assert change(now, before).verdict == "within"  # type: ignore[union-attr]
    assert change(reading(96, low=95.5, high=96.5), before).verdict == "better"  # type: ignore[union-attr]
    assert change(reading(91, direction="lower"), reading(93, direction="lower")).verdict == "better"  # type: ignore[union-attr]
    assert change(reading(93.6), reading(93.6)).verdict == "same"  # type: ignore[union-attr]
    assert change(now, None) is None


@pytest.mark.parametrize(
    ("more", "verdict", "why"),
    [
        ({"edition": "air_quality.2026"}, "unlike", "edition"),
        ({"version": "2"}, "unlike", "version"),
        ({"selection": "risk_oriented"}, "moved", "selection"),
        ({"direction": "none"}, "moved", ""),
    ],
)
def test_what_is_not_comparable_is_said_to_be_so(more: dict[str, Any], verdict: str, why: str) -> None:
    found = change(reading(95, **more), reading(90, version="1"))
    assert found is not None and (found.verdict, found.why) == (verdict, why)


def test_a_gap_counts_in_the_direction_of_the_indicator() -> None:
    assert gap(reading(93), D(94)) == 1
    assert gap(reading(0.6, direction="lower"), D("0.5")) == D("0.1")
    assert gap(reading(95), D(94)) == -1


def test_places_are_intervals_where_intervals_overlap() -> None:
    regions = [
        reading(95, region="a", low=94, high=96),
        reading(94.5, region="b", low=93.5, high=95.5),
        reading(90, region="c", low=88, high=92),
    ]
    assert [(p.best, p.worst) for each in regions if (p := standing(each, regions))] == [(1, 2), (1, 2), (3, 3)]
    exact = [reading(3, region="a"), reading(3, region="b"), reading(1, region="c")]
    assert [(p.best, p.worst) for each in exact if (p := standing(each, exact))] == [(1, 2), (1, 2), (3, 3)]
    lower = [replace(each, direction="lower") for each in exact]
    assert standing(lower[2], lower).best == 1  # type: ignore[union-attr]
    assert standing(reading(3, direction="none"), exact) is None


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)), min_size=2, max_size=9),
    st.sampled_from(["higher", "lower"]),
)
def test_the_rank_of_the_values_lies_inside_every_interval(given_: list[tuple[int, int]], direction: str) -> None:
    rows = [
        reading(value, region=str(n), low=value - half, high=value + half, direction=direction)
        for n, (value, half) in enumerate(given_)
    ]
    sign = -1 if direction == "higher" else 1
    for row in rows:
        place = standing(row, rows)
        assert place is not None and place.of == len(rows)
        rank = 1 + sum(sign * other.value < sign * row.value for other in rows)  # type: ignore[operator]
        assert 1 <= place.best <= rank <= place.worst <= place.of


def test_families_and_scales_do_not_mix_and_two_to_six_regions_are_compared() -> None:
    require_one_axis([reading(1), reading(2)])
    with pytest.raises(NotComparable) as mixed:
        require_one_axis([reading(1), reading(2, family="food", title="食品")])
    assert mixed.value.problem == "family" and mixed.value.names == ("产品合格率", "食品")
    with pytest.raises(NotComparable) as scales:
        require_one_axis([reading(1), reading(2, scale="index_point")])
    assert scales.value.problem == "scale"
    for codes, problem in ((["a"], "one"), (list("abcdefg"), "many")):
        with pytest.raises(NotComparable) as number:
            require_regions(codes)
        assert number.value.problem == problem


def test_peers_are_those_that_are_alike_in_size_and_structure() -> None:
    features = {
        "own": {"output": D(1000), "share": D(30)},
        "near": {"output": D(1200), "share": D(31)},
        "big": {"output": D(90000), "share": D(30)},
        "half": {"output": D(1000), "share": None},
        "far": {"output": D(80000), "share": D(60)},
    }
    found = peers(features, "own", 2)
    assert [peer.region for peer in found] == ["near", "big"]
    assert all(0 <= peer.distance <= 1 for peer in found)


def test_contributions_add_up_to_the_change_of_the_whole() -> None:
    before = {"a": (D(90), D(100)), "b": (D(60), D(100))}
    now = {"a": (D(92), D(100)), "b": (D(180), D(300)), "new": (D(50), D(50))}
    found = contributions(before, now)
    whole = D(322) / D(450) - D(150) / D(200)
    assert abs(sum(each.total for each in found) - whole) < D("1e-20")
    by_part = {each.part: each for each in found}
    assert by_part["b"].rate == 0 and by_part["b"].mix < 0
    assert by_part["a"].rate > 0


@given(
    st.dictionaries(st.sampled_from("abcd"), st.tuples(st.integers(0, 50), st.integers(51, 90)), min_size=1),
    st.dictionaries(st.sampled_from("abcd"), st.tuples(st.integers(0, 50), st.integers(51, 90)), min_size=1),
)
def test_contributions_always_add_up(before: dict[str, Any], now: dict[str, Any]) -> None:
    first, last = ({k: (D(a), D(b)) for k, (a, b) in each.items()} for each in (before, now))
    rates = [sum(a for a, _b in each.values()) / sum(b for _a, b in each.values()) for each in (first, last)]
    assert abs(sum(each.total for each in contributions(first, last)) - (rates[1] - rates[0])) < D("1e-18")


def test_like_for_like_compares_what_was_looked_at_both_times() -> None:
    before = {"牛奶": (D(90), D(100)), "电池": (D(40), D(50))}
    now = {"牛奶": (D(180), D(200)), "插座": (D(10), D(100))}
    panel = like_for_like(before, now)
    assert panel is not None and panel.common == ("牛奶",)
    assert (panel.before.percent(), panel.now.percent(), panel.change) == (D("90.00"), D("90.00"), 0)
    assert panel.share.percent(1) == D("66.7")
    assert like_for_like(before, {"插座": (D(1), D(2))}) is None


def test_the_wilson_interval_is_that_of_the_national_check_of_2023() -> None:
    low, high = wilson_percent(D(24789), D(28265))  # type: ignore[misc]
    assert (shown(low, 3), shown(high, 3)) == ("87.314", "88.080")
    assert wilson_percent(D("0.5"), D(3)) is None


def test_figures_are_found_in_a_text_that_was_rewritten() -> None:
    figures = [(1, "93.65%"), (2, "24,789"), (3, "0.36个百分点"), (4, "93.65%")]
    text = "2025年合格率达到93.65%，提高0.36个百分点；第3季度为88%，检验24,789批，全区同为93.65%。"
    found = link(text, figures)
    assert found.missing == ()
    assert found.loose == ("88%",)
    assert "".join(span.printed for span in found.spans) == text
    assert [span.figure for span in found.spans if span.figure] == [1, 3, 2, 4]
    assert updated(text, figures, {1: "93.70%", 2: "24,800"}).startswith(
        "2025年合格率达到93.70%，提高0.36个百分点；第3季度为88%，检验24,800批"
    )
    assert link("合格率193.65%", [(1, "93.65%")]).missing == (1,)
    assert link("文号〔2026〕5号，GB/T 9704-2012", []).loose == ()


@given(st.text(max_size=60), st.lists(st.sampled_from(["93.65%", "3", "1,234", "12.5"]), max_size=4))
def test_taking_a_text_apart_never_changes_it(text: str, printed: list[str]) -> None:
    figures = list(enumerate(printed, start=1))
    assert "".join(span.printed for span in link(text, figures).spans) == text
    assert updated(text, figures, {}) == text


def test_sentences_state_parts_interval_marks_and_what_they_do_not_say() -> None:
    now = reading(93.65, numerator=24789, denominator=26470, low=93.35, high=93.94, marks=("权重为假定",))
    spoken = sentences.level(now)
    assert (
        spoken.text
        == "2025年，澜川自治区产品合格率为93.65%（24,789/26,470，95%置信区间93.35～93.94，含假定：权重为假定）"
    )
    assert [mention.printed for mention in spoken.mentions] == ["93.65%", "24,789", "26,470", "93.35～93.94"]
    assert link(spoken.text, [(n, m.printed) for n, m in enumerate(spoken.mentions, 1)]).missing == ()
    before = replace(reading(93.2), period=parse_period("2024"))
    assert sentences.changed(reading(93.65), before).text == "，比2024年提高0.45个百分点"
    assert "不可比" in sentences.changed(reading(93.65, edition="b"), before).text
    assert sentences.against_target(reading(93.65), D(94), "2025年").text == "，距2025年目标94%还差0.35个百分点"
    assert sentences.against_target(reading(95), D("94.50"), "2025年").text == "，达到2025年目标（94.5%）"


def test_regions_within_the_error_are_not_ranked_in_words() -> None:
    near = [reading(90 + n, region=str(n), place=f"{n}市", low=85 + n, high=95 + n) for n in range(3)]
    assert "不宜排名" in sentences.among(near, "地州市").text
    far = [reading(80 + 7 * n, region=str(n), place=f"{n}市", low=79 + 7 * n, high=81 + 7 * n) for n in range(3)]
    assert "超出误差范围" in sentences.among(far, "地州市").text
    assert not sentences.among(near[:2], "地州市")


def test_effective_weights_sum_to_one_and_ranks_vary_with_the_weights() -> None:
    scored = [Scored(str(n), 0, {"a": 60 + 3 * n, "b": 99 - 5 * (n % 3)}) for n in range(6)]
    scored = [replace(each, index=0.5 * each.scores["a"] + 0.5 * each.scores["b"]) for each in scored]
    found = weights({"a": 1, "b": 1}, scored)
    assert abs(sum(each.effective or 0 for each in found) - 1) < 1e-9
    spread = ranks({"a": 1, "b": 1}, scored, noise=0.25, replications=200, seed=1)
    assert spread is not None and (spread.low <= spread.nominal).all() and (spread.nominal <= spread.high).all()
    assert weights({"a": 1}, scored[:2])[0].effective is None


@pytest.mark.parametrize(
    ("amount", "words"),
    [("0.356", "+0.36 个百分点"), ("-0.2", "−0.20 个百分点"), ("-0.004", "不足 0.01 个百分点"), ("0", "0.00 个百分点")],
)
def test_a_difference_never_reads_as_minus_nought(amount: str, words: str) -> None:
    assert profile.signed(Decimal(amount), SimpleNamespace(decimals=2, scale="percent", unit="%")) == words  # type: ignore[arg-type]
