"""Every operator with the real examples behind it, and whole sheets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from hengjian import rulebook
from hengjian.rulebook.parameters.grades import Grades
from hengjian.rulebook.parameters.score_sheets import Item
from hengjian.scoring.rules import (
    Answer,
    Decided,
    Sheet,
    WrongAnswer,
    consensus_needed,
    score,
    score_item,
    score_panel,
)

D = Decimal


def item(points: str, operator: dict[str, Any], **more: Any) -> Item:
    return Item.model_validate({"code": "a", "title": "甲", "points": points, "operator": operator, **more})


def points(line: Item, **answer: Any) -> Decimal | None:
    return score_item(line, Answer.from_dict(answer)).points


def sheet(*groups: list[dict[str, Any]], **more: Any) -> Sheet:
    made = [{"code": f"g{n}", "title": f"第{n}组", "items": items} for n, items in enumerate(groups)]
    return Sheet.model_validate({"total": 100, **more, "groups": more.get("groups", made)})


def line(code: str, full: str, operator: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"code": code, "title": code, "points": full, "operator": operator or {"kind": "exists"}, **more}


def judged(low: str, high: str) -> dict[str, Any]:
    return {"kind": "interval", "low": low, "high": high}


# ---- operators


def test_f1_exists() -> None:
    made = item("1", {"kind": "exists"})
    assert (points(made, value=True), points(made, value=False)) == (D(1), D(0))


def test_f2_tiers() -> None:
    tiers = [{"code": c, "title": c, "share": s} for c, s in (("report", 1), ("thin", "0.5"), ("none", 0))]
    mention = item("1", {"kind": "tiers", "tiers": tiers})
    assert [points(mention, value=code) for code in ("report", "thin", "none")] == [D(1), D("0.5"), D(0)]
    with pytest.raises(WrongAnswer, match="没有“other”这一档"):
        points(mention, value="other")


def test_f3_missing_by_name_and_by_number() -> None:
    fields = [{"code": c, "title": c} for c in ("industry", "environment", "science", "finance", "tax", "talent")]
    xuzhou = item("1", {"kind": "missing", "each": "0.1", "elements": fields})
    assert points(xuzhou, parts={"tax": 1, "talent": 1}) == D("0.8")
    songyang = item("1", {"kind": "missing", "each": "0.25", "elements": [{**fields[0], "each": "0.5"}, fields[1]]})
    assert points(songyang, parts={"industry": 1, "environment": 1}) == D("0.25")
    counted = item("1", {"kind": "missing", "each": "0.4"})
    assert [points(counted, value=n) for n in (0, 2, 3)] == [D(1), D("0.2"), D(0)]  # 扣完为止


def test_f4_brackets_dingyuan() -> None:
    table = [({"at_least": 100000}, 5), ({"at_least": 50000, "less_than": 100000}, "2.5")]
    table.append(({"at_least": 30000, "less_than": 50000}, "1.25"))
    funds = item("5", {"kind": "brackets", "brackets": [{"span": span, "points": p} for span, p in table]})
    given = (120000, 100000, 99999, 50000, 30000, 29999)
    assert [points(funds, value=n) for n in given] == [D(5), D(5), D("2.5"), D("2.5"), D("1.25"), D(0)]


def test_f5_baseline_dingyuan() -> None:
    rate = item("15", {"kind": "baseline", "lost": "7.5", "gained": 1, "most_gained": 10})
    found = [points(rate, value=n, reference=95) for n in (95, 94, 93, 92, 96, "97.5", 200)]
    assert found == [D(15), D("7.5"), D(0), D(0), D(16), D("17.5"), D(25)]
    lower = item("15", {"kind": "baseline", "direction": "lower", "lost": "7.5", "baseline": 3, "whole_units": True})
    assert [points(lower, value=n) for n in (3, "3.9", 4, 2)] == [D(15), D(15), D("7.5"), D(15)]
    with pytest.raises(WrongAnswer, match="缺少基准值"):
        points(rate, value=95)


def test_f6_events_dingyuan() -> None:
    rules = [
        {"code": "leaders", "title": "领导检查", "each": "-1.25", "required": 4},
        {"code": "chief", "title": "主要领导检查", "each": "2.5", "most": 5},
    ]
    visits = item("5", {"kind": "events", "rules": rules})
    assert points(visits, parts={"leaders": 4}) == D(5)
    assert points(visits, parts={"leaders": 1}) == D("1.25")
    assert points(visits, parts={"leaders": 2, "chief": 1}) == D(5)
    assert points(visits, parts={"leaders": 9, "chief": 4}) == D(10)
    with pytest.raises(WrongAnswer, match="没有的填 0"):
        points(visits, parts={"chief": 1})


def test_f7_ratio_both_directions_and_linear() -> None:
    higher = item("10", {"kind": "ratio", "target": 80})
    assert [points(higher, value=n) for n in (80, 60, 0, 90)] == [D(10), D("7.5"), D(0), D(10)]
    lower = item("10", {"kind": "ratio", "direction": "lower", "target": 2})
    assert [points(lower, value=n) for n in (2, 4, 1, 0)] == [D(10), D(5), D(10), D(10)]
    linear = item("10", {"kind": "ratio", "target": 100, "zero_at": 60})
    assert [points(linear, value=n) for n in (50, 60, 80, 100)] == [D(0), D(0), D(5), D(10)]
    thirds = item("10", {"kind": "ratio", "target": 3})
    assert points(thirds, value=1) == D("3.33")


def test_f8_thresholds_songyang() -> None:
    effects = [{"span": {"less_than": 3}, "effect": "-0.25"}, {"span": {"less_than": 2}, "effect": "-0.5"}]
    weight = item("1", {"kind": "thresholds", "thresholds": effects, "unit": "%"})
    assert [points(weight, value=n) for n in (3, "2.9", 2, "1.9")] == [D(1), D("0.75"), D("0.75"), D("0.5")]
    adding = item("1", {"kind": "thresholds", "thresholds": effects, "adds": True})
    assert points(adding, value=1) == D("0.25")


def test_f9_interval_of_the_bank_rule() -> None:
    bank = sheet(
        [
            line("systems", "13", judged("-13", "0"), part="adjustment"),
            line("assurance", "9", judged("-9", "4"), part="adjustment"),
            line("board", "2", judged("-2", "2"), part="adjustment"),
        ],
        start=100,
        ceiling=106,
    )
    result = score(bank, {c: Answer(value=D(v)) for c, v in (("systems", "-3"), ("assurance", "4"), ("board", "-0.5"))})
    assert result.total == D("100.5")
    with pytest.raises(WrongAnswer, match="应在 -9 至 4 之间"):
        score(bank, {"assurance": Answer(value=D(5))})
    parts = [{"code": "a", "title": "甲", "low": -3, "high": 0}, {"code": "b", "title": "乙", "low": -10, "high": 0}]
    nested = item("13", {"kind": "interval", "base": 13, "low": -13, "high": 0, "parts": parts})
    assert points(nested, parts={"a": -2, "b": "-7.5"}) == D("3.5")


def test_f12_not_applicable_most_lost_and_step() -> None:
    taizhou = item("3", {"kind": "exists"}, not_applicable="base", base=2)
    assert points(taizhou, not_applicable=True) == D(2)
    assert points(item("3", {"kind": "exists"}, not_applicable="full"), not_applicable=True) == D(3)
    with pytest.raises(WrongAnswer, match="没有规定不适用"):
        points(item("3", {"kind": "exists"}), not_applicable=True)
    city = item("20", judged("0", "20"), most_lost=10, step="0.1")
    assert points(city, value="12.34") == D("12.30")
    assert points(city, value=3) == D(10)


# ---- whole sheets


def test_f10_water_blocks() -> None:
    groups = [
        {"code": "overall", "title": "总体", "weight": "0.6", "items": [line("o", "100", judged("0", "100"))]},
        {"code": "sample", "title": "项目抽查", "weight": "0.4", "items": [line("p", "50", judged("0", "50"))]},
    ]
    water = sheet(groups=groups, combine="weighted", grades="water")
    result = score(water, {"o": Answer(value=D(90)), "p": Answer(value=D(40))})
    assert result.total == D("86.00")  # 0.6 × 90 + 0.4 × 80
    with pytest.raises(ValidationError, match="together they are 1"):
        sheet(groups=[{**groups[0], "weight": "0.7"}, groups[1]], combine="weighted")


def jiangsu() -> Sheet:
    """19 key items of 58 points, 22 basic items of 42, 9 encouragement items of 16; ceiling 116."""
    keys = [line(f"k{n}", "3" if n < 18 else "4", judged("0", "4" if n == 18 else "3"), part="key") for n in range(19)]
    basics = [line(f"b{n}", "2" if n < 20 else "1", judged("0", "2" if n < 20 else "1")) for n in range(22)]
    bonus = [
        line(f"e{n}", "2" if n < 7 else "1", judged("0", "2" if n < 7 else "1"), part="encouragement") for n in range(9)
    ]
    return sheet(keys, basics, bonus, ceiling=116, passing={"total": 90, "key_share": "0.6"})


def test_f11_jiangsu_ceiling_and_passing() -> None:
    food = jiangsu()
    assert [group.full for group in food.groups] == [58, 42, 0]
    full = {line.code: Answer(value=line.points) for line in food.items}
    assert score(food, full).total == D(116)
    without = {code: answer for code, answer in full.items() if not code.startswith("e")}
    assert score(food, without).total == D(100)
    weak = score(food, without | {"k0": Answer(value=D("1.7"))})  # 56.7 % of a key item
    assert (weak.total, weak.passed) == (D("98.70"), False)
    assert score(food, without | {"k0": Answer(value=D("1.8"))}).passed is True


def test_vetoes_downgrades_and_rank_gate() -> None:
    simple = sheet(
        [line("a", "100", judged("0", "100"))],
        vetoes=[{"code": "event", "title": "发生区域性事件"}],
        downgrades=[{"code": "false-data", "title": "弄虚作假"}],
    )
    grades = rulebook.at("grades", "000000", date(2026, 9, 1), variant="quality-work").typed(Grades)
    answers = {"a": Answer(value=D("89.5"))}
    assert score(simple, answers, grades=grades).grade == "A"
    assert score(simple, answers, grades=grades, decided=Decided(vetoes=("event",))).grade == "D"
    assert score(simple, answers, grades=grades, decided=Decided(downgrades=("false-data",))).grade == "B"
    with pytest.raises(WrongAnswer):
        score(simple, answers, grades=grades, decided=Decided(vetoes=("nothing",)))
    water = rulebook.at("grades", "000000", date(2026, 9, 1), variant="water").typed(Grades)
    assert score(simple, {"a": Answer(value=D(95))}, grades=water, decided=Decided(rank=11)).grade == "B"


def test_left_out_items_scale_the_rest() -> None:
    made = sheet([line("a", "60", judged("0", "60")), line("b", "40", not_applicable="left_out")])
    result = score(made, {"a": Answer(value=D(45)), "b": Answer(not_applicable=True)})
    assert result.total == D(75)
    assert result.complete


def test_open_items_count_nothing_and_are_named() -> None:
    result = score(sheet([line("a", "60"), line("b", "40")]), {"a": Answer(value=True)})
    assert (result.total, result.open, result.items[1].lost) == (D(60), ("b",), D(40))


def test_sheet_must_add_up() -> None:
    with pytest.raises(ValidationError, match="add up to 90, not to 100"):
        sheet([line("a", "90")])


# ---- GB/T 19580


@pytest.fixture
def excellence() -> Sheet:
    return rulebook.at("score_sheets", "990000", date(2026, 9, 1), variant="excellence").typed(Sheet)


def test_gbt_19580_sums(excellence: Sheet) -> None:
    assert [int(group.full) for group in excellence.groups] == [110, 90, 90, 130, 100, 80, 400]
    assert (len(excellence.items), excellence.total) == (23, 1000)
    assert [int(line.points) for line in excellence.groups[3].items] == [60, 15, 20, 15, 10, 10]


def test_gbt_19580_percent_steps(excellence: Sheet) -> None:
    all_half = score(excellence, {line.code: Answer(value=D(50)) for line in excellence.items})
    assert all_half.total == D(500)
    with pytest.raises(WrongAnswer, match="5% 一档"):
        score(excellence, {"4.1.2": Answer(value=D(52))})
    with pytest.raises(WrongAnswer):
        score(excellence, {"4.1.2": Answer(value=D(105))})
    band = excellence.guide("result").band(D(70))
    assert band is not None and "优秀" in band.title


def test_every_lost_point_has_a_reason(excellence: Sheet) -> None:
    result = score(excellence, {line.code: Answer(value=D(65), note="对比数据少") for line in excellence.items})
    assert sum(line.lost for line in result.items) == D(350)
    assert all(line.reasons for line in result.items)
    assert result.trace[-1].text() == "总分 650 分。"


# ---- panels


def test_panel_mean_consensus_and_settling(excellence: Sheet) -> None:
    one = {line.code: Answer(value=D(60)) for line in excellence.items}
    two = {**one, "4.1.2": Answer(value=D(80)), "4.7.2": Answer(value=D(85))}
    marks = {"user:1": one, "user:2": two}
    assert consensus_needed(excellence, marks) == {"4.7.2": (D(48), D(68))}  # 25 % apart; 20 % is still inside
    assert score_panel(excellence, marks).items[0].points == D(35)
    settled = score_panel(excellence, marks, {"4.7.2": Answer(value=D(70))})
    assert settled.total == D(600) + 5 + 8


@pytest.mark.parametrize("given", ["abc", "NaN", "1e999", "Infinity", [1]])
def test_wrong_numbers_are_refused(given: Any) -> None:
    with pytest.raises(WrongAnswer):
        points(item("10", {"kind": "ratio", "target": 80}), value=given)


def test_answers_read_back() -> None:
    answer = Answer(value=D("1.25"), parts={"a": D(2)}, reference=D(3), note="说明")
    assert Answer.from_dict(answer.to_dict()).to_dict() == answer.to_dict()
