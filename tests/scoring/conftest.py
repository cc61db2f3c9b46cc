"""Sheets of the quality award with two assessors."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hengjian import rulebook
from hengjian.parties.models import User
from hengjian.scoring.actions import GiveMark, OpenSheet
from hengjian.scoring.models import ScoreSheet
from tests.places import Place, make_place, person


@pytest.fixture
def place(db: None) -> Place:
    return make_place()


RULE = rulebook.at("score_sheets", "990000", date(2026, 9, 1), variant="excellence")


@pytest.fixture
def experts(place: Place) -> list[User]:
    """Two assessors without any unit or role."""
    return [person("expert-1", None), person("expert-2", None)]


def opened(place: Place, members: list[User], **more: Any) -> ScoreSheet:
    given = {"title": "澜川乳业材料评审", "subject": "application:1", "stage": "paper"}
    return OpenSheet(
        user=place.officer, rule=RULE, unit=place.market, region=place.region, members=members, **{**given, **more}
    ).execute()


def mark_all(sheet: ScoreSheet, user: User, percent: int, **other: int) -> None:
    for item in sheet.sheet.items:
        value = other.get(item.code.replace(".", "_"), percent)
        GiveMark(user=user, sheet=sheet, item=item.code, answer={"value": value}).execute()
