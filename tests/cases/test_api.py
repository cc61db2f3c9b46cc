"""Cases through the interface: the same rights, the same refusals, nobody's identity."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hengjian.cases.declarations import CaseType
from hengjian.cases.models import Case
from hengjian.parties import roles
from hengjian.parties.models import ApiToken, User
from hengjian.parties.tokens import digest_of
from tests.cases.conftest import VALUES, World, open_case


class Caller:
    """A client with a token of the person's unit."""

    def __init__(self, user: User) -> None:
        secret = f"hj_{ApiToken.objects.count() + 1:08x}_{'s' * 43}"
        scopes = [verb.name for verb in roles.verbs() if verb.scope]
        ApiToken.objects.create(
            unit=user.unit, name="t", prefix=secret[3:11], digest=digest_of(secret), scopes=scopes, created_by=user,
            expires_at=timezone.now() + timedelta(days=1),
        )  # fmt: skip
        self.headers = {"Authorization": f"Bearer {secret}"}

    def get(self, path: str, **query: Any) -> Any:
        return Client().get(f"/api/v1/cases{path}", query, headers=self.headers)

    def post(self, path: str, data: Any = None) -> Any:
        return Client().post(
            f"/api/v1/cases{path}", json.dumps(data or {}), content_type="application/json", headers=self.headers
        )


def test_a_case_runs_through_the_interface(world: World, petition: CaseType) -> None:
    officer = Caller(world.officer)
    wrong = officer.post("/types/petition/cases", {"values": {"claim": "money"}})
    assert wrong.status_code == 422
    assert {error["field"] for error in wrong.json()["errors"]} == {"body.values.product", "body.values.claim"}
    made = officer.post("/types/petition/cases", {"values": VALUES, "identity": {"name": "苏和平"}, "token": "form-1"})
    assert made.status_code == 201 and "苏和平" not in made.content.decode()
    again = officer.post("/types/petition/cases", {"values": VALUES, "token": "form-1"}).json()
    assert again["repeated"] and again["case"]["id"] == made.json()["case"]["id"]
    pk = made.json()["case"]["id"]
    detail = officer.get(f"/{pk}").json()
    assert "accept" in detail["steps"] and detail["clocks"][0]["explanation"]
    stepped = officer.post(f"/{pk}/steps/accept", {"version": detail["version"]})
    assert stepped.status_code == 200 and stepped.json()["state"] == "working"
    assert officer.post(f"/{pk}/steps/propose", {"note": "x", "version": detail["version"]}).status_code == 409
    assert officer.post(f"/{pk}/steps/approve").status_code == 403
    sent = officer.post(f"/{pk}/transfers", {"receiver": "farming", "reason": "属其职责"})
    assert sent.status_code == 201
    farm = Caller(world.farm_officer)
    answered = farm.post(f"/{pk}/transfers/{sent.json()['id']}/answer", {"accepts": True})
    assert answered.status_code == 200 and answered.json()["state"] == "accepted"
    assert Case.objects.get(pk=pk).unit == world.farming


@pytest.mark.parametrize("who", ["farm_officer", "far_officer"])
def test_other_units_see_and_change_nothing(world: World, case: Case, who: str) -> None:
    caller = Caller(getattr(world, who))
    assert caller.get("/types/petition/cases").json()["total"] == 0
    for answer in (caller.get(f"/{case.pk}"), caller.post(f"/{case.pk}/steps/accept"), caller.post(f"/{case.pk}/take")):
        assert answer.status_code == 404
    case.refresh_from_db()
    assert case.state == "received"


def test_lists_take_the_filters_of_the_page(world: World, petition: CaseType) -> None:
    open_case(world)
    open_case(world, values={**VALUES, "claim": "repair"})
    officer = Caller(world.officer)
    assert officer.get("/types/petition/cases", where="claim:repair").json()["total"] == 1
    assert officer.get("/types/petition/cases", state="received", open="open", sort="due").json()["total"] == 2
    for query in ({"where": "facts:x"}, {"sort": "nonsense"}, {"region": "123456"}, {"state": "nonsense"}):
        assert officer.get("/types/petition/cases", **query).status_code == 422


def test_what_is_declared_can_be_read(world: World, petition: CaseType) -> None:
    officer = Caller(world.officer)
    assert "petition" in [row["code"] for row in officer.get("/types").json()]
    schema = officer.get("/types/petition/schema").json()
    assert schema["required"] == ["product", "claim"] and schema["properties"]["claim"]["enum"] == ["refund", "repair"]
