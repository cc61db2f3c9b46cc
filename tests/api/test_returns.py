"""Returns by the interface: a unit fills its own in and hands it over; nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hengjian.returns.models import Return
from tests.api.conftest import Caller, is_problem, token_for
from tests.returns.conftest import GOOD, World, complete, fill, pass_all, trial, world

__all__ = ["token_for", "trial", "world"]
Tokens = Callable[..., Caller]


def cells(figures: dict[str, Any], version: int = 0) -> dict[str, Any]:
    split = [(key.partition("."), str(text)) for key, text in figures.items()]
    return {
        "cells": [{"row": row, "column": column, "value": text, "version": version} for (row, _, column), text in split]
    }


def test_from_an_open_return_to_a_handed_over_one(world: World, token_for: Tokens) -> None:
    mine, theirs, *_more = world.open()
    caller = token_for(world.officer, "returns.view", "returns.fill")
    assert [row["id"] for row in caller.get("/returns").json()["items"]] == [mine.pk]
    assert caller.get("/returns", form="trial", period="2026-Q2", state="open").json()["total"] == 1
    assert caller.get("/returns", state="approved").json()["total"] == 0
    form = caller.get("/returns/forms/trial").json()
    assert {(cell["row"], cell["column"]) for cell in form["cells"] if cell["computed"]} >= {("sum", "all")}
    address = f"/returns/{mine.pk}"

    saved = caller.post(f"{address}/cells", cells({**GOOD, "one.good": "1,005", "two.good": "很多", "sum.all": 3}))
    told = saved.json()
    assert [(row["row"], row["column"]) for row in told["refused"]] == [("two", "good"), ("sum", "all")]
    assert len(told["saved"]) == 3 and told["conflicts"] == [] and told["errors"] == 1
    (problem,) = [one for one in caller.get(address).json()["problems"] if one["open"]]
    assert (problem["check"], problem["row"], problem["explanation"]) == ("within", "one", "")
    refused = is_problem(caller.post(f"{address}/complete"), 409)
    assert refused["next_step"]

    # Somebody saw the cell before it was changed: the figure that stands is told.
    stale = caller.post(f"{address}/cells", cells({"one.good": 95})).json()
    assert [(one["value"], one["version"]) for one in stale["conflicts"]] == [("1005", 1)]
    assert caller.post(f"{address}/cells", cells({"one.good": 95}, version=1)).json()["saved"][0]["version"] == 2
    done = caller.post(f"{address}/complete").json()
    assert (done["state"], done["filled"], done["errors"]) == ("complete", 3, 0)
    shown = caller.get(address).json()
    assert {(one["row"], one["column"]): one["value"] for one in shown["cells"]}["sum", "all"] == "150"
    assert [stage["state"] for stage in shown["stages"]] == ["due", "waiting"]
    is_problem(caller.post(f"{address}/cells", cells({"one.all": 1}, 1)), 409)
    assert caller.post(f"{address}/withdraw").json()["state"] == "draft"

    for other in (f"/returns/{theirs.pk}", f"/returns/{2**70}", "/returns/forms/nothing"):
        is_problem(caller.get(other), 404)
    is_problem(caller.post(f"/returns/{theirs.pk}/cells", cells(GOOD)), 404)


def test_an_explained_error_and_a_correction(world: World, token_for: Tokens) -> None:
    mine = world.open()[0]
    fill(mine, world.officer, {"one.all": 10, "one.good": 11})
    caller = token_for(world.officer, "returns.view", "returns.fill")
    address = f"/returns/{mine.pk}"
    body = {"check": "within", "row": "one", "text": "上期补检的批次计入本期合格数"}
    assert caller.post(f"{address}/explanations", body).json()["errors"] == 0
    is_problem(caller.post(f"{address}/explanations", {**body, "check": "steady", "row": ""}), 409)
    complete(mine, world.officer)
    pass_all(mine)
    is_problem(caller.post(f"{address}/correct", {"reason": " "}), 400)
    again = caller.post(f"{address}/correct", {"reason": "漏报一批"}).json()
    assert (again["state"], again["number"]) == ("correcting", 2) and again["fact"]


@pytest.mark.parametrize("verb", ["complete", "withdraw", "no-change", "cells"])
def test_seeing_is_not_filling(world: World, token_for: Tokens, verb: str) -> None:
    mine = world.open()[0]
    is_problem(token_for(world.officer, "returns.view").post(f"/returns/{mine.pk}/{verb}", cells(GOOD)), 403)
    assert Return.objects.get(pk=mine.pk).state == "open"
