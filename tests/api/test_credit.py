"""Grades, memberships and measures through the interface: who is answered what, and what is logged."""

from __future__ import annotations

import pytest
from django.test import Client

from hengjian.credit.grading.actions import ClassifyMonth
from hengjian.credit.records.looks import looks_at
from tests.credit.lists.conftest import World, world

pytestmark = pytest.mark.django_db
__all__ = ["world"]


def test_grades_memberships_and_measures(world: World) -> None:
    one = world.enterprises[0]
    world.enter(one)
    for pack in ("quality-credit", "risk-class"):
        ClassifyMonth(user=None, system="test", pack=pack, month="2026-10").execute()
    public, officer = Client(), Client()
    officer.force_login(world.places.county_officer)
    base = "/api/v1/credit"
    found = public.get(f"{base}/grading/{one.code}").json()
    assert found["pack"] == "quality-credit" and found["assumed"]
    assert all(item["facts"] == [] for item in found["features"])
    assert public.get(f"{base}/grading/{one.code}?pack=risk-class&purpose=x").status_code == 404
    assert officer.get(f"{base}/grading/{one.code}?pack=risk-class").status_code == 404  # without a purpose
    assert officer.get(f"{base}/grading/{one.code}?pack=risk-class&purpose=抽查").json()["grade"] == "B"
    (listed,) = public.get(f"{base}/lists/memberships/{one.code}").json()
    assert (listed["list"], listed["until"]) == ("serious_breach", "2029-11-09")
    assert "serious_breach" in {kind["code"] for kind in public.get(f"{base}/lists/kinds").json()}
    asked = f"{base}/lists/measures?enterprise={one.code}&matter=subsidy&purpose=受理补助"
    assert public.get(asked).status_code == 401
    (measure,) = officer.get(asked).json()
    assert (measure["code"], measure["kind"], measure["to_verify"]) == ("no_subsidy", "punish", True)
    assert officer.get(f"{base}/lists/measures?enterprise={one.code}").status_code == 422
    assert {look.purpose for look in looks_at(one)} == {"抽查", "受理补助"}
