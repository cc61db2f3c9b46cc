"""Reading along an index: the same rows in the same order, with the hint only where it helps."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Q

from hengjian.pages import walking
from hengjian.parties.models import User
from tests.pages.conftest import Office

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "MANY", 10)


def test_the_rows_and_their_order_stay(office: Office) -> None:
    wanted = User.objects.filter(unit=office.mine).filter(Q(position="a") | ~Q(position="b"), is_active=True)
    for order in ("username", "-username"):
        rows = wanted.order_by(order, "pk").select_related("unit")
        walked = walking.in_order(rows, rows.count())
        assert list(walked) == list(rows)
        assert list(walked[10:20]) == list(rows[10:20])
        assert walked.count() == rows.count()
        assert ("IS TRUE" in str(walked.query)) == (connection.vendor == "sqlite")


def test_no_hint_without_an_index_or_with_few_rows(office: Office) -> None:
    rows = User.objects.filter(unit=office.mine)
    assert "IS TRUE" not in str(walking.in_order(rows.order_by("display_name", "pk"), 60).query)
    assert "IS TRUE" not in str(walking.in_order(rows.order_by("username", "pk"), 9).query)
    assert "IS TRUE" not in str(walking.in_order(rows.order_by(), 60).query)
