"""The public form without scripts: codes, open link, saving, filters, honeypot, anonymity, published results."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from hengjian.demo import clock
from hengjian.ledger.queries import facts
from hengjian.parties.models import AuditEntry
from hengjian.surveys import codes
from hengjian.surveys.actions import MakeInvitations, PublishResult
from hengjian.surveys.models import Comment, Evaluated, Invitation, Response, Wave
from hengjian.surveys.questionnaire import UNKNOWN
from tests.places import Place
from tests.surveys.conftest import MONDAY, at, made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_limits() -> None:
    cache.clear()


def start(wave: Wave, client: Client, path: str = "") -> str:
    """The address of the first page."""
    answer = client.post(path or f"/surveys/a/{wave.token}/", {"start": "1"})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def fill(wave: Wave, client: Client, address: str, **last: Any) -> Any:
    """Answer everything with 8, page by page, as a browser without scripts would."""
    answer: Any = None
    while "/form/" in address:
        page = client.get(address)
        assert page.status_code == 200
        form = page.context["form"]
        data = {"do": "next"}
        for name in form.fields:
            choices = [value for value, _label in getattr(form.fields[name], "choices", [])]
            data[name] = last.get(name, "8" if "8" in choices else choices[0] if choices else "")
        answer = client.post(address, data)
        assert answer.status_code == 302, answer.content.decode()
        address = answer["Location"]
    return answer


@pytest.fixture
def invited(place: Place, running: Wave) -> str:
    with clock.at(at(MONDAY)):
        MakeInvitations(user=place.officer, wave=running, counts={"s1": 2, "s2": 1}).execute()
    return codes.printable(running.invitations.select_related("wave").get(number=1))


def test_the_open_link_takes_an_answer_and_keeps_nothing_of_the_person(running: Wave) -> None:
    with clock.at(at(MONDAY)):
        client = Client()
        before = AuditEntry.objects.count()
        end = fill(running, client, start(running, client), comment="等了40分钟，电话13800001111")
    assert end["Location"] == "/surveys/thanks/"
    response = Response.objects.get()
    assert (response.state, response.mode, response.stratum) == ("complete", "open", "s1")
    assert (response.key, response.touched_at, response.comment) == ("", None, "")
    assert set(response.answers["items"].values()) == {8} and len(response.answers["items"]) == 17
    assert Comment.objects.get().text == "等了40分钟，电话＊＊＊"
    told = AuditEntry.objects.order_by("-pk")[: AuditEntry.objects.count() - before]
    assert all(str(response.pk) not in json.dumps(entry.changes) + entry.ref for entry in told)
    assert all(entry.user is None for entry in told)


def test_a_code_admits_one_answer_and_is_parted_from_it(running: Wave, invited: str) -> None:
    with clock.at(at(MONDAY)):
        client = Client()
        lower = invited.replace("-", " ").lower()
        assert invited in client.post("/surveys/answer/", {"code": lower}).context["address"]
        first = start(running, client, f"/surveys/i/{invited}/")
        client.post(first, {"do": "next", "used": "often"})
        assert Invitation.objects.get(number=1).draft is not None
        # Another device goes on where the first one stopped; the old address is no longer good.
        other = Client()
        assert "继续作答" in other.get(f"/surveys/i/{invited}/").content.decode()
        second = start(running, other, f"/surveys/i/{invited}/")
        assert client.get(first).status_code == 404
        assert 'value="often" id="id_used_0" checked' in other.get(second).content.decode() or "checked" in (
            other.get(second).content.decode()
        )
        fill(running, other, second)
        row = Invitation.objects.get(number=1)
        assert (row.used, row.draft) == (True, None)
        again = other.get(f"/surveys/i/{invited}/").content.decode()
        assert "已经用过" in again and "开始作答" not in again
        assert other.post(f"/surveys/i/{invited}/", {"start": "1"}).status_code == 409
    assert Response.objects.get().stratum == "s1" and Response.objects.get().mode == "invited"


@pytest.mark.parametrize("code", ["AAAA-AAAA-AAAA", "x", "你好", "A" * 300, "2222-3333-444I"])
def test_codes_that_nobody_made_are_refused(running: Wave, code: str) -> None:
    assert Client().post("/surveys/answer/", {"code": code}).status_code == 404


def test_codes_are_not_guessable_and_not_stored(running: Wave, invited: str) -> None:
    rows = Invitation.objects.select_related("wave")
    found = [codes.printable(row) for row in rows]
    assert len(set(found)) == 3 and all(codes.normalised(code) == code for code in found)
    assert not any(code in row.digest or code == row.digest for code in found for row in rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.SECRET_KEY", "another key")
        assert codes.printable(rows[0]) == ""
        assert rows.filter(digest=codes.digest_of(invited)).exists()  # what was sent stays good


def test_guessing_codes_and_flooding_the_link_end_soon(running: Wave) -> None:
    client = Client()
    codes_tried = [client.post("/surveys/answer/", {"code": "AAAA-AAAA-AAAA"}).status_code for _ in range(61)]
    assert (codes_tried[-2], codes_tried[-1]) == (404, 429)
    with clock.at(at(MONDAY)):
        starts = [client.post(f"/surveys/a/{running.token}/", {"start": "1"}).status_code for _ in range(31)]
    assert (starts[29], starts[30]) == (302, 429)


def test_pages_say_what_is_missing_and_going_back_keeps_what_was_typed(running: Wave) -> None:
    with clock.at(at(MONDAY)):
        client = Client()
        address = start(running, client)
        empty = client.post(address, {"do": "next"})
        assert empty.status_code == 422 and "请选择一项" in empty.content.decode()
        address = client.post(address, {"do": "next", "stratum": "s2", "used": "often"})["Location"]
        wrong = client.post(address, {"do": "next", "image_overall": "11", "image_trust": UNKNOWN})
        assert wrong.status_code == 422
        back = client.post(address, {"do": "back", "image_overall": "3"})
        assert back["Location"].endswith("/1/")
        draft = Response.objects.get()
        assert draft.answers["items"] == {"image_overall": 3} and draft.stratum == "s2"


def test_declining_a_question_is_an_answer(running: Wave) -> None:
    with clock.at(at(MONDAY)):
        client = Client()
        fill(running, client, start(running, client), value_price=UNKNOWN)
    assert Response.objects.get().answers["items"]["value_price"] is None


def test_nobody_jumps_to_the_end(running: Wave) -> None:
    with clock.at(at(MONDAY)):
        client = Client()
        address = start(running, client)
        client.post(address, {"do": "next", "stratum": "s2", "used": "often"})
        key = address.split("/")[3]
        jumped = client.post(f"/surveys/form/{key}/8/", {"do": "next"})
        assert jumped["Location"] == f"/surveys/form/{key}/2/"
        assert client.get(f"/surveys/form/{key}/99/")["Location"].endswith("/1/")
    assert Response.objects.get().state == "draft"


def test_who_does_not_belong_is_thanked_and_only_that_is_kept(running: Wave) -> None:
    with clock.at(at(MONDAY)):
        client = Client()
        answer = client.post(start(running, client), {"do": "next", "stratum": "s1", "used": "never"})
    assert answer["Location"] == "/surveys/thanks/?end=screened"
    response = Response.objects.get()
    assert (response.state, response.answers) == ("screened", {"choices": {"used": "never"}})


def test_programs_that_fill_in_everything_leave_no_trace(running: Wave) -> None:
    with clock.at(at(MONDAY)):
        client = Client()
        trapped = client.post(f"/surveys/a/{running.token}/", {"start": "1", "homepage": "http://spam"})
        assert (trapped["Location"], Response.objects.count()) == ("/surveys/thanks/", 0)
        address = start(running, client)
        client.post(address, {"do": "next", "stratum": "s1", "used": "often", "homepage": "x"})
    assert Response.objects.get().answers == {}


def test_outside_its_days_a_wave_takes_nothing(place: Place, running: Wave) -> None:
    client = Client()
    for day, words in (("2026-08-20 09:00", "2026-09-01"), ("2026-10-01 09:00", "已经结束")):
        with clock.at(at(day)):
            assert words in client.get(f"/surveys/a/{running.token}/").content.decode()
            assert client.post(f"/surveys/a/{running.token}/", {"start": "1"}).status_code == 409
    closed_door = made(place, sector="transit", open_link=False)
    assert client.get(f"/surveys/a/{closed_door.token}/").status_code == 404


def test_a_full_stratum_takes_no_more_by_the_open_link(place: Place, running: Wave) -> None:
    with clock.at(at(MONDAY)):
        for stratum in running.strata:
            stratum["answers"] = 1
        running.close_full = True
        running.save()
        client = Client()
        fill(running, client, start(running, client))
        # Said at once, before the long part; nothing of it is kept.
        address = start(running, client)
        late = client.post(address, {"do": "next", "stratum": "s1", "used": "often"})
        assert late["Location"] == "/surveys/thanks/?end=full" and Response.objects.count() == 1
        assert "人数已满" in client.get(late["Location"]).content.decode()
        # Two at the same moment: the second one is told when handing in.
        slow = start(running, client)
        slow = client.post(slow, {"do": "next", "stratum": "s2", "used": "often"})["Location"]
        fill(running, client, start(running, client), stratum="s2")
        address = client.post(slow, {"do": "back"})["Location"]
        assert client.post(address, {"do": "next", "stratum": "s2", "used": "often"})["Location"].endswith("full")


def test_measured_time_leaves_pauses_out(running: Wave) -> None:
    moment = at(MONDAY)
    with clock.at(moment):
        client = Client()
        address = start(running, client)
    for pause in (30, 4000, 60):
        moment += timedelta(seconds=pause)
        with clock.at(moment):
            client.post(address, {"do": "back"})
    assert Response.objects.get().seconds == 30 + 600 + 60


def test_results_are_public_only_when_published_and_hide_small_groups(place: Place, concluded: Evaluated) -> None:
    wave, client = concluded.wave, Client()
    path = f"/surveys/public/{wave.pk}/"
    assert client.get(path).status_code == 404 and client.get(f"{path}figures.xlsx").status_code == 404
    assert wave.title not in client.get("/surveys/public/").content.decode()
    with clock.at(at("2026-10-05 09:00")):
        PublishResult(user=place.head, wave=wave).execute()
    page = client.get(path).content.decode()
    assert str(concluded.index) in page and "意见0" not in page
    # Eight of 120 are 18 to 29: hidden, and with them the next smallest group, or they could be had by subtraction.
    bands = dict(client.get(path).context["reading"].bands)["您的年龄段"]
    assert dict(bands)["18～29 岁"] is None and dict(bands)["30～44 岁"] is None
    assert client.get(f"{path}figures.xlsx").status_code == 200
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        assert client.get("/surveys/public/").status_code == client.get(path).status_code == 200


def test_no_answer_and_no_text_ever_enters_a_fact(concluded: Evaluated) -> None:
    told = facts(disclosure="internal").filter(kind="survey.concluded").get()
    payload = told.payload
    assert "意见" not in json.dumps(payload, ensure_ascii=False)
    assert payload["index"] == str(concluded.index) and payload["n"] == concluded.n
    assert (payload["answered"], payload["approached"], payload["response_rate"]) == (120, 200, "60.0")
    assert payload["scheme"] == "path" and payload["scaled"] is False and payload["marks"]
    assert timezone.localdate(told.recorded_at) and told.occurred_on == concluded.wave.ends_on
