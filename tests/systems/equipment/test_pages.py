"""Pages of the room, by people of several units."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hengjian.parties.models import User
from hengjian.systems.equipment.models import Lift, Maintenance, Rescue
from tests.systems.equipment.conftest import LiftWorld
from tests.systems.equipment.test_insurance import insure, policy
from tests.systems.equipment.test_rescue import call, step

TODAY = timezone.localdate()


def browser(user: User | None, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    if user is not None:
        client.force_login(user)
    client.cookies["django_language"] = language
    return client


def text(response: Any) -> str:
    return response.content.decode()


def in_order(lifts: LiftWorld, **values: Any) -> Lift:
    day = (TODAY - timedelta(3)).isoformat()
    return lifts.lift(last_inspected_on=day, last_maintained_on=day, **values)


def test_a_call_is_dispatched_by_one_click_and_released(lifts: LiftWorld) -> None:
    lift = lifts.lift()
    desk = browser(lifts.officer)
    page = desk.get("/equipment/desk/call/?code=100001")
    assert lift.use_unit in text(page)
    form = {"place": lift.site, "region": "990102", "area_kind": "urban", "people": "2", "token": "a1"}
    answer = desk.post("/equipment/desk/call/?code=100001", form)
    rescue = Rescue.objects.get()
    assert answer.url == f"/equipment/rescues/{rescue.pk}/"
    assert rescue.lift == lift and rescue.dispatches.count() == 1
    # The same form sent twice is one call.
    desk.post("/equipment/desk/call/?code=100001", form)
    assert Rescue.objects.count() == 1
    board = desk.get("/equipment/desk/")
    assert rescue.case.number in text(board) and board["Refresh"] == "20"
    assert "Refresh" not in desk.get("/equipment/desk/?still=1")
    for do in ("answer", "arrive"):
        assert desk.post("/equipment/desk/", {"rescue": rescue.pk, "do": do}).status_code == 302
    page = f"/equipment/rescues/{rescue.pk}/"
    assert "error" in text(desk.post(page, {"do": "release", "injured": "0"}))
    desk.post(page, {"do": "release", "cause": "door", "injured": "0"})
    rescue.refresh_from_db()
    assert rescue.outcome == "released"
    assert desk.get(page).status_code == 200


def test_an_unknown_code_is_registered_all_the_same(lifts: LiftWorld) -> None:
    desk = browser(lifts.officer)
    assert "没有这个识别码" in text(desk.get("/equipment/desk/call/?code=999999"))
    form = {"place": "河湾大道 8 号", "region": "990102", "area_kind": "urban", "people": "1"}
    assert desk.post("/equipment/desk/call/?code=999999", form).status_code == 302
    assert Rescue.objects.get().lift is None


def test_sending_the_next_by_hand(lifts: LiftWorld) -> None:
    lifts.lift()
    case = step(lifts.officer, call(lifts), "dispatch")
    page = f"/equipment/rescues/{Rescue.objects.get().pk}/"
    body = lifts.bodies["far"]
    assert body.title in text(browser(lifts.officer).get(page))
    browser(lifts.officer).post(page, {"do": "next_body", "body": body.key, "answer": "refused"})
    found = list(case.rescue.dispatches.values_list("name", "answer"))
    assert found == [(lifts.bodies["contracted"].title, "refused"), (body.title, "waiting")]


@pytest.mark.parametrize("url", ["/equipment/desk/", "/equipment/desk/call/", "/equipment/desk/compensations/"])
def test_the_desk_is_for_officers(lifts: LiftWorld, url: str) -> None:
    assert browser(lifts.officer).get(url).status_code == 200
    assert browser(lifts.fitter).get(url).status_code == 403
    assert browser(lifts.market.citizen).get(url).status_code == 403
    assert browser(None).get(url).status_code == 302


def test_another_county_sees_nothing(lifts: LiftWorld) -> None:
    lift = lifts.lift()
    case = call(lifts)
    other = browser(lifts.market.other_officer)
    assert case.number not in text(other.get("/equipment/desk/?still=1"))
    assert other.get(f"/equipment/rescues/{case.rescue.pk}/").status_code == 404
    assert other.get(f"/equipment/lifts/{lift.pk}/").status_code == 404
    assert lift.site not in text(other.get("/equipment/overdue/"))
    assert other.post("/equipment/desk/", {"rescue": case.rescue.pk, "do": "dispatch"}).status_code == 404
    entry = policy(lifts)
    assert other.get(f"/equipment/policies/{entry.pk}/").status_code == 404


def test_the_public_page_turns_red_when_something_lapsed(lifts: LiftWorld) -> None:
    lift = in_order(lifts)
    insure(lifts, policy(lifts), lift.key)
    anyone = browser(None)
    page = "/equipment/lift/990100/100001/"
    assert "都在有效期内" in text(anyone.get(page))
    Lift.objects.filter(pk=lift.pk).update(insured_until=TODAY - timedelta(1))
    shown = text(anyone.get(page))
    assert "责任保险已逾期 1 天" in shown and "is-red" in shown
    Lift.objects.filter(pk=lift.pk).update(next_inspection=TODAY - timedelta(5))
    assert "定期检验已逾期 5 天" in text(anyone.get(page))
    assert "5 days overdue" in text(browser(None, "en").get(page))
    svg = anyone.get("/equipment/lift/990100/100001.svg")
    assert svg["Content-Type"] == "image/svg+xml" and b"<svg" in svg.content
    assert anyone.get("/equipment/lift/990100/100009/").status_code == 404
    assert anyone.get("/equipment/public/?code=100001").url == page
    assert "没有找到" in text(anyone.get("/equipment/public/?code=100009"))


def test_residents_find_a_lift_by_the_building_and_report_it(lifts: LiftWorld) -> None:
    lift = lifts.lift()
    anyone = browser(None)
    assert "/equipment/lift/990100/100001/" in text(anyone.get("/equipment/public/", {"code": lift.site[:4]}))
    assert "没有找到" in text(anyone.get("/equipment/public/", {"code": "无此小区"}))
    address = re.findall(r'href="(/complaints/public/new/[^"]+)"', text(anyone.get("/equipment/lift/990100/100001/")))[
        0
    ]
    form = text(anyone.get(html.unescape(address)))
    assert '<option value="special_equipment" selected>' in form and "100001" in form


def test_the_maintainer_scans_and_records(lifts: LiftWorld) -> None:
    lift = lifts.lift(last_maintained_on=(TODAY - timedelta(20)).isoformat())
    fitter = browser(lifts.fitter)
    listed = text(fitter.get("/equipment/maintenance/"))
    assert lift.site in listed and "逾期 5 天" in listed
    page = "/equipment/lift/990100/100001/maintain/"
    assert browser(None).get(page).status_code == 302
    assert "您不能登记" in text(browser(lifts.officer).get(page))
    assert browser(lifts.officer).post(page, {"kind": "half_month"}).status_code == 403
    assert "问题" in text(fitter.post(page, {"kind": "half_month", "unsafe": "on"}))
    assert fitter.post(page, {"kind": "half_month", "replaced": "门刀滚轮"}).status_code == 302
    assert Maintenance.objects.get().replaced == "门刀滚轮"
    assert lift.site not in text(fitter.get("/equipment/maintenance/"))


def test_an_officer_records_an_inspection(lifts: LiftWorld) -> None:
    lift = lifts.lift(last_inspected_on="2023-06-05")
    page = f"/equipment/lifts/{lift.pk}/"
    officer = browser(lifts.officer)
    assert "已逾期" in text(officer.get(page))
    bad = {"kind": "periodic", "on": (TODAY + timedelta(1)).isoformat(), "passed": "1"}
    assert "不能晚于今天" in text(officer.post(page, bad))
    assert officer.post(page, {**bad, "on": TODAY.isoformat()}).status_code == 302
    lift.refresh_from_db()
    assert lift.next_inspection is not None and lift.next_inspection.year == 2028
    assert browser(lifts.fitter).get(page).status_code == 200
    assert browser(lifts.fitter).post(page, {**bad, "on": "2026-05-05"}).status_code == 403


def test_a_policy_with_its_shares_and_lifts(lifts: LiftWorld) -> None:
    lifts.lift()
    entry = policy(lifts)
    page = f"/equipment/policies/{entry.pk}/"
    officer = browser(lifts.officer)
    shown = text(officer.get(page))
    assert "18.60" in shown and "27.90" in shown and "46.50" in shown
    assert "999999" in text(officer.post(page, {"city": "990100", "codes": "100001\n999999"}))
    assert officer.post(page, {"city": "990100", "codes": "100001"}).status_code == 302
    assert "100001" in text(officer.get(page))


def test_statistics_and_their_sheet(lifts: LiftWorld) -> None:
    lifts.lift()
    case = step(lifts.officer, call(lifts), "dispatch")
    step(lifts.officer, case, "release", cause="door")
    officer = browser(lifts.officer)
    shown = text(officer.get("/equipment/statistics/"))
    assert "门系统故障" in shown and "100.00" in shown
    assert "Door system" in text(browser(lifts.officer, "en").get("/equipment/statistics/"))
    sheet = officer.get("/equipment/statistics/?export=xlsx")
    assert sheet.content[:2] == b"PK"
    assert officer.get("/equipment/statistics/?start=x").status_code == 400
    assert officer.get("/equipment/statistics/?start=2026-05&end=2026-01").status_code == 400
    assert "门系统故障" not in text(browser(lifts.market.other_officer).get("/equipment/statistics/"))


def test_the_board_asks_no_more_questions_for_more_rescues(lifts: LiftWorld) -> None:
    lifts.lift()
    client = browser(lifts.officer)

    def questions(rescues: int) -> int:
        for _number in range(rescues):
            step(lifts.officer, call(lifts, lift_code=""), "dispatch")
        with CaptureQueriesContext(connection) as captured:
            client.get("/equipment/desk/")
        return len(captured)

    questions(1)
    assert questions(1) == questions(3) < 60


def test_who_was_sent_answers_and_arrives_by_one_touch(lifts: LiftWorld) -> None:
    lifts.lift()
    case = step(lifts.officer, call(lifts), "dispatch")
    page = "/equipment/maintenance/"
    fitter = browser(lifts.fitter)
    shown = text(fitter.get(page))
    assert "电梯困人，请立即出动" in shown and case.data["place"] in shown
    sent = case.rescue.dispatches.get()
    # Others see nothing of it and cannot answer.
    for person in (lifts.market.enterprise, lifts.market.citizen):
        assert case.data["place"] not in text(browser(person).get(page))
        assert browser(person).post(page, {"dispatch": sent.pk, "do": "answer"}).status_code == 404
    assert browser(None).post(page, {"dispatch": sent.pk, "do": "answer"}).status_code == 302
    assert fitter.post(page, {"dispatch": sent.pk, "do": "release"}).status_code == 400
    assert fitter.post(page, {"dispatch": "x", "do": "answer"}).status_code == 404
    fitter.post(page, {"dispatch": sent.pk, "do": "answer"})
    case.refresh_from_db()
    assert case.state == "on_way"
    assert fitter.post(page, {"dispatch": sent.pk, "do": "answer"}).status_code == 409
    fitter.post(page, {"dispatch": sent.pk, "do": "arrive"})
    case.refresh_from_db()
    event = case.events.latest("number")
    assert (case.state, event.system) == ("on_site", sent.name)
    assert "已到场" in text(fitter.get(page))
    assert "Already" not in text(browser(lifts.fitter, "en").get(page))


def test_who_was_passed_over_can_answer_no_more(lifts: LiftWorld) -> None:
    lifts.lift()
    case = step(lifts.officer, call(lifts), "dispatch")
    sent = case.rescue.dispatches.get()
    step(lifts.officer, case, "next_body", answer="silent")
    answer = browser(lifts.fitter).post("/equipment/maintenance/", {"dispatch": sent.pk, "do": "answer"})
    assert answer.status_code == 404 and case.rescue.dispatches.count() == 2
