"""Selections by the interface: calls are for everybody, applications for the applicant and the organisers only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hengjian.programmes.actions.editions import CreateEdition, EditionContent
from hengjian.programmes.models import Edition
from tests.api.conftest import Caller, token_for
from tests.programmes.conftest import World, draft, edition, prize, submitted, world

__all__ = ["edition", "prize", "token_for", "world"]
Tokens = Callable[..., Caller]
PHONE = "13800001234"


def test_published_calls_are_for_everybody_and_drafts_for_nobody(world: World, edition: Edition) -> None:
    content = EditionContent(title="第二届", year=2027, opens_on=edition.opens_on, closes_on=edition.closes_on)
    hidden = CreateEdition(
        user=world.officer, programme="test_prize", unit=world.office, region=world.region, content=content
    ).execute()
    anyone = Caller()
    assert "test_prize" in {row["code"] for row in anyone.get("/programmes").json()}
    found = anyone.get("/editions", programme="test_prize").json()
    assert [row["id"] for row in found["items"]] == [edition.pk] and found["items"][0]["state"] == "open"
    assert anyone.get("/editions", state="decided").json()["total"] == 0
    detail = anyone.get(f"/editions/{edition.pk}").json()
    assert (detail["call"], detail["winners"], detail["unit"]) == ("请于截止日前申报。", [], "market")
    for pk in (hidden.pk, 10**18, 2**70):
        assert anyone.get(f"/editions/{pk}").status_code == 404
    assert anyone.get("/editions", state="draft").status_code == 422


def test_an_application_is_for_its_unit_and_the_organisers(world: World, edition: Edition, token_for: Tokens) -> None:
    mine, other = submitted(world, edition, 1), draft(world, edition, 2)
    mine.total, mine.rank = 81, 1
    mine.save()
    scope = "programmes.view"

    def seen(user: Any, *more: str) -> dict[int, dict[str, Any]]:
        answer = token_for(user, scope, *more).get("/applications").json()
        return {row["id"]: row for row in answer["items"]}

    applicant = seen(world.applicants[0])
    assert set(applicant) == {mine.pk} and applicant[mine.pk]["total"] is None and applicant[mine.pk]["rank"] is None
    assert set(seen(world.applicants[1])) == {other.pk}
    organiser = seen(world.officer, "programmes.organise")
    # A draft is nobody's but the applicant's.
    assert set(organiser) == {mine.pk} and organiser[mine.pk]["rank"] == 1
    assert seen(world.stranger) == {} and seen(world.applicants[3]) == {}
    caller = token_for(world.applicants[0], scope)
    found = caller.get(f"/applications/{mine.pk}")
    assert found.json()["values"]["summary"] == "做法" and PHONE not in found.content.decode()
    assert "vault:" not in found.content.decode()
    assert caller.get(f"/applications/{other.pk}").status_code == 404
    assert caller.get("/applications", edition=edition.pk, state="draft").json()["total"] == 0
    assert Caller().get(f"/applications/{mine.pk}").status_code == 401


@pytest.mark.parametrize("path", ["/applications", "/applications/1"])
def test_a_person_without_the_right_is_refused(world: World, token_for: Tokens, path: str) -> None:
    assert token_for(world.applicants[0], "registers.view").get(path).status_code == 403
