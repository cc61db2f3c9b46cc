"""The cascade on an invented pair, on the annotated national and regional plan of 2016, and its laws."""

from __future__ import annotations

import copy
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hengjian.methods.policy_cascade import Alignment, align_policies

from .pair import ADDED, CHILD, EXPECTED, PARENT

GOLD = Path(__file__).resolve().parents[4] / "shared" / "policies" / "gold"


def places(entries: list[dict[str, int]]) -> list[tuple[int, int]]:
    return [(entry["item"], entry["index"]) for entry in entries]


def rows(alignment: Alignment) -> dict[tuple[int, int], dict[str, Any]]:
    data = alignment.to_dict()["measures"]
    return {(r["parent"]["item"], r["parent"]["index"]): r for r in data if "parent" in r}


@pytest.fixture(scope="module")
def alignment() -> Alignment:
    return align_policies(PARENT, CHILD)


def test_relations_of_the_invented_pair(alignment: Alignment) -> None:
    found = {place: (row["relation"], places(row["children"])) for place, row in rows(alignment).items()}
    assert found == EXPECTED
    added = [row["child"] for row in alignment.to_dict()["measures"] if row["relation"] == "added"]
    assert places(added) == ADDED


def test_every_row_says_how_it_was_found(alignment: Alignment) -> None:
    by_place = rows(alignment)
    methods = {place: by_place[place]["method"] for place in [(1, 1), (1, 4), (2, 1), (3, 1), (3, 2)]}
    assert methods == {(1, 1): "exact", (1, 4): "merge", (2, 1): "split", (3, 1): "assignment", (3, 2): "none"}
    assert by_place[2, 2]["moved"] is True
    assert not by_place[3, 1].get("moved")
    assert "与1.5合并" in by_place[1, 4]["note"]


def test_new_deadlines_and_figures_are_named(alignment: Alignment) -> None:
    by_place = rows(alignment)
    assert by_place[3, 1]["changes"][0]["deadlines"] == [
        {"phrase": "三季度前", "due": "2031-06-30", "strength": "firm"}
    ]
    [second] = [change for change in by_place[2, 1]["changes"] if change["child"]["index"] == 2]
    assert second["figures"] == ["500"]
    assert [d["phrase"] for d in second["deadlines"]] == ["年内"]
    assert "新增时限：三季度前" in by_place[3, 1]["note"]


def test_edits_rebuild_both_sentences(alignment: Alignment) -> None:
    by_place = rows(alignment)
    [change] = by_place[3, 1]["changes"]
    assert [(edit["op"], edit["text"]) for edit in change["edits"]] == [
        ("ins", "三季度前"),
        ("equal", "免费检定集贸市场电子秤"),
    ]


def test_units_of_the_invented_pair(alignment: Alignment) -> None:
    found = {
        (block["item"], row.get("parent", "")): (row["relation"], row.get("children", [row.get("child")]))
        for block in alignment.to_dict()["units"]
        for row in block["mapping"]
    }
    assert found == {
        (1, "市场监管总局"): ("counterpart", ["市场监管局"]),
        (1, "工业和信息化部"): ("counterpart", ["工信厅"]),
        (1, "海关总署"): ("counterpart", ["澜川海关"]),
        (1, ""): ("gained", ["教育厅"]),
        (2, "市场监管总局"): ("counterpart", ["市市场监管局"]),
        (2, "住房城乡建设部"): ("split", ["住建厅", "城管局"]),
        (3, "市场监管总局"): ("counterpart", ["市场监管局"]),
        (3, "水利部"): ("lost", []),
        (3, "中央宣传部"): ("counterpart", ["党委宣传部"]),
    }


def test_a_plan_aligned_with_itself_is_kept_whole() -> None:
    totals = align_policies(PARENT, PARENT).totals["measures"]
    assert (totals["kept"], totals["adapted"], totals["dropped"], totals["added"]) == (11, 0, 0, 0)


def test_items_that_changed_places_still_answer_each_other() -> None:
    child = copy.deepcopy(CHILD)
    child["sections"].reverse()
    for sequence, moved in enumerate((i for s in child["sections"] for i in s["items"]), start=1):
        moved["sequence"] = sequence
    found = rows(align_policies(PARENT, child))
    assert {place: row["relation"] for place, row in found.items()} == {p: r for p, (r, _) in EXPECTED.items()}


def test_unrelated_plans_share_nothing() -> None:
    other = {
        "document": "other",
        "sections": [
            {
                "number": 1,
                "title": "",
                "items": [{"sequence": 1, "title": "修路", "measures": ["翻修山区公路", "疏浚河道"]}],
            }
        ],
    }
    totals = align_policies(PARENT, other).totals["measures"]
    assert (totals["kept"], totals["adapted"], totals["dropped"], totals["added"]) == (0, 0, 11, 2)


@pytest.mark.parametrize("first_empty", [True, False])
def test_a_plan_without_measures_gives_rows_for_the_other(first_empty: bool) -> None:
    empty: dict[str, Any] = {"document": "empty", "sections": []}
    pair = (empty, CHILD) if first_empty else (PARENT, empty)
    totals = align_policies(*pair).totals["measures"]
    assert (totals["dropped"], totals["added"]) == ((0, 10) if first_empty else (11, 0))
    json.dumps(align_policies(*pair).to_dict(), ensure_ascii=False)


sentences = st.lists(st.text("推进质量提升建设标准品牌，、2“”（）《》 ", min_size=1, max_size=14), max_size=5)


@settings(max_examples=60, deadline=None)
@given(st.lists(sentences, max_size=3), st.lists(sentences, max_size=3))
def test_laws_of_the_cascade(above: list[list[str]], below: list[list[str]]) -> None:
    """Each parent measure has one row, each child measure is reached or added; edits rebuild both texts."""
    plans = []
    for name, lists in (("above", above), ("below", below)):
        items = [
            {"sequence": k, "title": texts[0] if texts else "", "measures": texts} for k, texts in enumerate(lists, 1)
        ]
        plans.append({"document": name, "sections": [{"number": 1, "title": "", "items": items}]})
    data = align_policies(*plans).to_dict()
    totals = data["totals"]["measures"]
    assert totals["kept"] + totals["adapted"] + totals["dropped"] == sum(map(len, above))
    reached = {tuple(c.values()) for row in data["measures"] for c in row.get("children", [])}
    assert len(reached) + totals["added"] == sum(map(len, below))
    for row in data["measures"]:
        for change in row.get("changes", []):
            parent = above[row["parent"]["item"] - 1][row["parent"]["index"] - 1]
            child = below[change["child"]["item"] - 1][change["child"]["index"] - 1]
            for edit in change["edits"]:
                (a0, a1), (b0, b1) = edit["parent_span"], edit["child_span"]
                assert edit["text"] == (child[b0:b1] if edit["op"] == "ins" else parent[a0:a1])
            old = "".join(e["text"] for e in change["edits"] if e["op"] != "ins")
            assert "".join(old.split()) == "".join(parent.split())


def load(name: str) -> dict[str, Any]:
    if not GOLD.is_dir():
        pytest.skip("the annotated plans are not beside this checkout")
    data: dict[str, Any] = json.loads((GOLD / f"{name}.json").read_text(encoding="utf-8"))
    return data


def test_the_annotated_pair_reaches_the_required_accuracy() -> None:
    gold = load("cascade-state-council-2016--xinjiang-2016")
    parent, child = load("state-council-2016"), load("xinjiang-2016")
    start = time.perf_counter()
    data = align_policies(parent, child).to_dict()
    elapsed = time.perf_counter() - start

    def judged(row: dict[str, Any]) -> tuple[Any, ...]:
        place = ("p", *row["parent"].values()) if "parent" in row else ("c", *row["child"].values())
        return (*place, row["relation"], *sorted(places(row.get("children", []))))

    def units(blocks: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
        return {
            (block["item"], row.get("parent"), row["relation"], *row.get("children", [row.get("child")]))
            for block in blocks
            for row in block["mapping"]
        }

    agreed = {judged(row) for row in gold["measures"]} & {judged(row) for row in data["measures"]}
    assert len(agreed) >= 0.95 * 136
    assert len(units(gold["units"]) & units(data["units"])) >= 0.97 * 129
    assert units(gold["units"]) == units(data["units"])
    assert data["totals"]["units"] == gold["totals"]["units"]
    assert elapsed < 1.0
