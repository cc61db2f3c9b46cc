"""Surveys by the interface: results for everybody once published, answers brought in whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hengjian.demo import clock
from hengjian.surveys.actions import PublishResult
from hengjian.surveys.models import Comment, Evaluated, Response, Wave
from tests.api.conftest import Caller, is_problem, token_for
from tests.places import Place
from tests.surveys.conftest import MONDAY, at, closed, computed, concluded, place, prepared, quick, running

__all__ = ["closed", "computed", "concluded", "place", "prepared", "quick", "running", "token_for"]
Tokens = Callable[..., Caller]


def answer(wave: Wave, **more: Any) -> dict[str, Any]:
    items = {item.code: 7 for item in wave.declared.items}
    return {"stratum": "s1", "items": items, "choices": {"age": "a30"}, "day": "2026-09-10", "seconds": 90, **more}


def test_answers_come_in_whole_or_not_at_all(place: Place, running: Wave, token_for: Tokens) -> None:
    caller = token_for(place.officer, "surveys.view", "surveys.run")
    address = f"/surveys/{running.pk}"
    with clock.at(at(MONDAY)):
        wave = caller.get(address).json()
        assert [layer["code"] for layer in wave["strata"]] == ["s1", "s2"] and wave["complete"] == 0
        good = answer(running, stratum="朔安市", comment="等候时间长")
        first = wave["items"][0]["code"]
        wrong = answer(running, items={first: 11, "made_up": 3}, choices={"age": "a999"})
        told = is_problem(caller.post(f"{address}/answers", {"answers": [good, wrong]}), 422)
        assert {error["field"] for error in told["errors"]} == {"body.answers.1"} and len(told["errors"]) == 3
        assert not Response.objects.exists()
        body = {"answers": [answer(running), good], "approached": 5, "name": "电话中心九月"}
        assert caller.post(f"{address}/answers", body).json()["answers"] == 2
        assert caller.get(address).json()["strata"][1]["complete"] == 1
    assert set(Response.objects.values_list("stratum", "mode")) == {("s1", "file"), ("s2", "file")}
    assert [one.text for one in Comment.objects.all()] == ["等候时间长"]
    reader = token_for(place.officer, "surveys.view")
    is_problem(reader.post(f"{address}/answers", {"answers": [good]}), 403)
    assert reader.get("/surveys", state="running").json()["total"] == 1
    is_problem(reader.get(f"/surveys/{2**70}"), 404)
    is_problem(Caller().get(address), 401)


def test_a_result_is_for_everybody_once_it_is_published(place: Place, concluded: Evaluated) -> None:
    anyone = Caller(language="en")
    assert anyone.get("/surveys/results").json()["total"] == 0
    with clock.at(at(MONDAY)):
        PublishResult(user=place.head, wave=concluded.wave).execute()
    (shown,) = anyone.get("/surveys/results", survey="service_satisfaction").json()["items"]
    assert shown["wave"]["title"] == "Medical care: satisfaction" and shown["n"] == concluded.n
    assert shown["index"] == f"{concluded.index}" and shown["fact"] == str(concluded.fact)
    assert {row["code"] for row in shown["latents"]} >= {"satisfaction", "loyalty"}
    assert [row["size"] for row in shown["strata"]] == [600_000, 400_000]
