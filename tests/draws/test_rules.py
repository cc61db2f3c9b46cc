"""The draw: reproducible, fair, free of conflicts; computed a second time by an independent implementation."""

from __future__ import annotations

import copy
import hashlib
import json
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hengjian import rulebook
from hengjian.draws.exchange import outcome_dict, replay, setup_dict
from hengjian.draws.rules import DrawImpossible, Exclusion, Inspector, Setup, Stratum, Target, draw
from hengjian.rulebook.parameters.random_checks import Layer, RandomChecks

SOURCE = "2026年9月21日福利彩票双色球开奖号码"


def setup(**more: Any) -> Setup:
    targets = tuple(
        Target(f"enterprise:{n:03}", f"企业{n}", "C" if n % 4 == 0 else "A", f"unit-{n}", 1 + n % 3) for n in range(60)
    )
    inspectors = tuple(Inspector(f"JC{n:02}", f"unit-{n}") for n in range(10))
    strata = (Stratum("C", 5, 2), Stratum("A", 8, 3))
    return Setup(**{"targets": targets, "inspectors": inspectors, "strata": strata, "seed_source": SOURCE, **more})


def by_hand(data: dict[str, Any]) -> tuple[list[tuple[str, list[str]]], str]:
    """The draw as docs/draws.md tells it, from the published file alone, without the project's code."""

    def digest(text: str) -> str:
        return hashlib.sha256(text.encode("utf-8")).hexdigest()

    def listed(rows: list[str]) -> str:
        return digest("".join(row + "\n" for row in sorted(rows, key=lambda row: row.encode("utf-8"))))

    head = ["hengjian-draw 1"]
    head.append(
        "targets\t"
        + listed(["\t".join(str(t[k]) for k in ("id", "stratum", "weight", "unit", "name")) for t in data["targets"]])
    )
    head.append("inspectors\t" + listed([f"{i['id']}\t{i['unit']}" for i in data["inspectors"]]))
    head.append("exclusions\t" + listed([f"{e['inspector']}\t{e['target']}" for e in data["exclusions"]]))
    head.append(f"per_target\t{data['per_target']}")
    head += [f"stratum\t{s['code']}\t{s['count']}\t{s['reserve']}" for s in data["strata"]]
    head.append(f"seed\t{data['seed_source']}")
    commitment = digest("\n".join(head) + "\n")
    start = data["seed"] + "\n" + commitment + "\n"
    numbers = {
        t["id"]: min(digest(f"{start}target\n{t['id']}\n{n + 1}") for n in range(t["weight"])) for t in data["targets"]
    }
    main, spare = [], []
    for s in data["strata"]:
        order = sorted((t for t in data["targets"] if t["stratum"] == s["code"]), key=lambda t: numbers[t["id"]])
        main += order[: s["count"]]
        spare += order[s["count"] : s["count"] + s["reserve"]]
    load = Counter()
    barred = {(e["inspector"], e["target"]) for e in data["exclusions"]}
    found, text = [], ""
    for letter, rows in (("D", main), ("R", spare)):
        for place, t in enumerate(rows):
            free = []
            for i in data["inspectors"]:
                own = i["unit"] and i["unit"] == t["unit"]
                named = [(i["id"], ""), (i["id"], t["id"])] + ([(i["id"], t["unit"])] if t["unit"] else [])
                if not own and not any(pair in barred for pair in named):
                    free.append((load[i["id"]], digest(f"{start}pair\n{t['id']}\n{i['id']}"), i["id"]))
            sent = [one[2] for one in sorted(free)[: data["per_target"]]]
            if letter == "D":
                load.update(sent)
            found.append((t["id"], sent))
            text += f"{letter}{place + 1}\t{t['id']}\t{numbers[t['id']]}\t{','.join(sent)}\n"
    return found, digest(text)


def file_of(made: Setup, seed: str) -> dict[str, Any]:
    return json.loads(json.dumps({**setup_dict(made), **outcome_dict(draw(made, seed))}, ensure_ascii=False))


@pytest.mark.parametrize("seed", ["02 07 13 19 22 31 + 08", "上证指数收盘 3021.55", "a" * 64])
def test_independent_implementation_agrees(seed: str) -> None:
    made = setup(exclusions=(Exclusion("JC01", "enterprise:004"), Exclusion("JC02", ""), Exclusion("JC03", "unit-8")))
    file = file_of(made, seed)
    found, result = by_hand(file)
    assert found == [(row["id"], row["inspectors"]) for row in file["chosen"]]
    assert result == file["result_hash"]
    assert replay(file).same


def test_same_seed_and_pools_same_draw_in_any_order_of_the_lists() -> None:
    made = setup()
    turned = setup(targets=made.targets[::-1], inspectors=made.inspectors[::-1])
    assert draw(made, "7").text() == draw(turned, "7").text()
    assert draw(made, "7").hash != draw(made, "8").hash


def test_known_value_never_changes() -> None:
    """A change of the method must be a new format number: this result is published."""
    made = Setup((Target("a"), Target("b"), Target("c")), (Inspector("x"), Inspector("y")), (Stratum("", 1, 1),), "s")
    assert made.commitment == KNOWN_COMMITMENT
    assert draw(made, "1").hash == KNOWN_HASH


KNOWN_COMMITMENT = "6c9687f8be62a7db1c7e60e76b4b7496ad6562fc8a1c90c202c179adbee8542f"
KNOWN_HASH = "840a44eaee5163bd2d38ef5b8de0d62ea7d8c5fd8202dc6680bb807d8e5dd8ce"


def test_quota_reserve_and_pairs() -> None:
    outcome = draw(setup(), "42")
    main = [one for one in outcome.chosen if not one.reserve]
    assert Counter(one.target.stratum for one in main) == {"C": 5, "A": 8}
    assert Counter(one.target.stratum for one in outcome.chosen if one.reserve) == {"C": 2, "A": 3}
    assert all(len(set(one.inspectors)) == 2 for one in outcome.chosen)
    loads = Counter(inspector for one in main for inspector in one.inspectors)
    assert max(loads.values()) - min(loads.values()) <= 1  # 26 visits over 10 inspectors


def test_relative_recused_and_same_unit_are_never_paired() -> None:
    exclusions = (*tuple(Exclusion("JC05", f"enterprise:{n:03}") for n in range(30)), Exclusion("JC09"))
    made = setup(exclusions=exclusions)
    for seed in range(40):
        for one in draw(made, str(seed)).chosen:
            assert "JC09" not in one.inspectors
            assert not ("JC05" in one.inspectors and int(one.target.id[-3:]) < 30)
            assert f"JC{int(one.target.unit[5:]):02}" not in one.inspectors


def test_conflicts_that_leave_one_inspector_are_found_before_the_seed() -> None:
    with pytest.raises(DrawImpossible, match=r"企业4.*只有 1 名"):
        setup(exclusions=tuple(Exclusion(f"JC{n:02}", "enterprise:004") for n in range(9) if n != 4)).check()


def test_weights_are_chances() -> None:
    targets = (Target("light"), Target("heavy", weight=3))
    made = Setup(targets, (Inspector("x"), Inspector("y")), (Stratum("", 1),), "s")
    first = Counter(draw(made, str(seed)).chosen[0].target.id for seed in range(2000))
    assert 1400 < first["heavy"] < 1600


def test_every_target_has_its_chance() -> None:
    made = Setup(tuple(Target(str(n)) for n in range(10)), (Inspector("x"), Inspector("y")), (Stratum("", 3),), "s")
    drawn = Counter(one.target.id for seed in range(1000) for one in draw(made, str(seed)).chosen)
    assert sum((count - 300) ** 2 / 300 for count in drawn.values()) < 27.9  # chi-square, 9 degrees, 0.1 %


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"per_target": 1}, "至少 2 名"),
        ({"strata": (Stratum("A", 8),)}, "“C”没有抽取数量"),
        ({"strata": (Stratum("A", 8), Stratum("C", 99))}, "不能抽 99 个"),
        ({"strata": (Stratum("A", 0), Stratum("C", 0))}, "没有要抽取的对象"),
        ({"targets": (Target("a"), Target("a"))}, "“a”出现了两次"),
        ({"targets": (Target("a\tb", stratum="A"),)}, "控制字符"),
        ({"targets": (Target("a", stratum="A", weight=0),)}, "权重"),
        ({"seed_source": " "}, "种子"),
    ],
)
def test_impossible_draws_say_why(more: dict[str, Any], message: str) -> None:
    with pytest.raises(DrawImpossible, match=message):
        setup(**more).check()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda file: file["targets"].pop(), "targets"),
        (lambda file: file.update(seed="other"), "result_hash"),
        (lambda file: file["chosen"][0].update(inspectors=["JC00", "JC01"]), "chosen.1"),
        (lambda file: file["exclusions"].append({"inspector": "JC00", "target": ""}), "commitment"),
        (lambda file: file.update(seed_source="另一个数值"), "commitment"),
    ],
)
def test_replay_finds_every_tampering(change: Any, what: str) -> None:
    file = copy.deepcopy(file_of(setup(), "9"))
    change(file)
    found = replay(file)
    assert not found.same
    assert what in [code for code, _said, _computed in found.differences]


@pytest.mark.parametrize(
    "data", [{}, {"format": "hengjian-draw 1"}, {"format": "hengjian-draw 1", "targets": [{"x": 1}]}]
)
def test_replay_refuses_other_files(data: dict[str, Any]) -> None:
    with pytest.raises(DrawImpossible):
        replay(data)


def test_quotas_of_the_rule() -> None:
    rule = rulebook.at("random_checks", "990000", date(2026, 9, 1)).typed(RandomChecks)
    assert rule.quotas({"A": 100, "B": 60, "C": 11, "D": 3}) == {"D": 2, "C": 3, "B": 3, "A": 1}
    assert sum(rule.quotas({"A": 1000}).values()) == 50  # at least 5 % of all
    with pytest.raises(KeyError):
        rule.quotas({"E": 1})
    capped = Layer(code="g", title="一般", share=Decimal(5), at_most=200)
    assert (capped.wanted(100_000), capped.wanted(30)) == (200, 2)
