"""The office's pages: every state renders; strangers see nothing; the road from design to publication."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from hengjian.demo import clock
from hengjian.surveys.models import Evaluated, Wave
from tests.places import Place
from tests.surveys.conftest import MONDAY, at

PAGES = ("", "field/", "comments/", "result/", "import/", "invitations/", "invitations/letters/", "interview/")


def client_of(user: Any, language: str = "zh-hans") -> Client:
    client = Client()
    client.cookies["django_language"] = language
    if user is not None:
        client.force_login(user)
    return client


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_renders_while_it_runs_and_after(place: Place, concluded: Evaluated, language: str) -> None:
    client = client_of(place.officer, language)
    for path in ("/surveys/", "/surveys/new/", *(f"/surveys/{concluded.wave_id}/{page}" for page in PAGES)):
        assert client.get(path).status_code == 200, path
    for name in ("figures.xlsx", "report.docx", "answers.xlsx"):
        assert client.get(f"/surveys/{concluded.wave_id}/result/{name}").status_code == 200, name


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_renders_before_and_while_it_runs(place: Place, running: Wave, language: str) -> None:
    with clock.at(at(MONDAY)):
        client = client_of(place.officer, language)
        for page in (*PAGES, "design/", "import/template.xlsx", "invitations/codes.xlsx"):
            assert client.get(f"/surveys/{running.pk}/{page}").status_code == 200, page
