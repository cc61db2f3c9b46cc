"""A body with a long file: only what somebody looks at is put into words, in the order in which it stood before."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from hengjian.cli import _made_facts as made
from hengjian.credit.dossier import dossier as module
from hengjian.credit.dossier.dossier import Dossier
from hengjian.credit.dossier.lines import Lines
from hengjian.credit.dossier.readers import Reader
from hengjian.credit.dossier.views.dossier import contents
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.sections import Line
from hengjian.ledger.models import Fact
from hengjian.parties.models import Region


def test_lines_are_made_when_they_are_asked_for() -> None:
    asked: list[int] = []

    def make(number: int) -> Any:
        return lambda: asked.append(number) or Line(date(2026, 1, number), f"{number}")  # type: ignore[func-returns-value]

    lines = Lines((date(2026, 1, number), make(number)) for number in range(9, 0, -1))
    assert len(lines) == 9 and lines.days[0] == date(2026, 1, 9) and not asked
    assert [line.title for line in lines[2:4]] == ["7", "6"] and asked == [7, 6]
    assert lines[-1].title == "1" and lines[2].title == "7" and asked == [7, 6, 1]
    assert [line.title for line in lines] == [str(number) for number in range(9, 0, -1)]
    with pytest.raises(IndexError):
        lines[9]


@pytest.fixture
def large(db: None) -> Enterprise:
    top = Region.objects.create(code="650000", name="新疆", level="provincial")
    body = Enterprise.objects.create(key="E00000001", code="91650100000000010X", name="大漠有限公司", region=top)
    made.enter_long_file(body.subject, 200, Fact.everything.count())
    return body


def test_a_page_makes_only_its_own_lines(large: Enterprise, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[object] = []
    original = module.line_of

    def counting(*given: Any, **named: Any) -> Line:
        counted.append(given)
        return original(*given, **named)

    monkeypatch.setattr(module, "line_of", counting)
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    found = contents(request, large, Reader("own"))
    assert len(found["events"]) == 8 and found["event_count"] == 160  # classes stand beside the grade
    assert len(counted) == 8
    request = RequestFactory().get("/", {"tab": "timeline", "page": "2"})
    request.user = AnonymousUser()
    page = contents(request, large, Reader("own"))["page"]
    assert len(list(page)) == 50 and len(counted) == 8 + 50


def test_lines_stand_newest_first(large: Enterprise) -> None:
    dossier = Dossier(large, Reader("own"))
    for shown in dossier.all():
        assert [line.on for line in shown.lines] == shown.lines.days
        places = [(line.on, line.number) for line in shown.lines]
        assert places == sorted(places, reverse=True)
    assert [line.on for line in dossier.events] == sorted(dossier.events.days, reverse=True)
