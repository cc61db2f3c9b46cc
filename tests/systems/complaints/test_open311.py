"""Open311 GeoReport v2, through a client that is written from the specification."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from hengjian.cases.actions.steps import TakeStep
from hengjian.cases.models import Case
from hengjian.parties.tokens import CreateToken
from hengjian.systems.complaints.models import Ticket
from tests.systems.complaints.conftest import PERSON, World
from tests.systems.complaints.georeport import Client, Rejected

KEY = "a-configured-key-of-a-partner"
GOOD = {
    "api_key": KEY,
    "service_code": "food",
    "address_string": "柳堤路 9 号，北川县，朔安市",
    "description": "买的糕点发霉，店家拒绝退款",
    "attribute[respondent_name]": "北川县百谷堂食品店",
    "attribute[claims][]": ["refund", "damages"],
}


def django_transport(method: str, path: str, given: dict[str, Any]) -> tuple[int, str, bytes]:
    browser = Browser(enforce_csrf_checks=True)
    address = f"/open311/v2/{path}"
    if method == "POST":
        from urllib.parse import urlencode

        body = urlencode(given, doseq=True)
        response = browser.post(address, body, content_type="application/x-www-form-urlencoded; charset=utf-8")
    else:
        response = browser.get(address, given)
    assert "Access-Control-Allow-Origin" not in response.headers
    return response.status_code, response["Content-Type"], response.content


@pytest.fixture(params=["xml", "json"])
def client311(request: pytest.FixtureRequest, world: World, settings: Any) -> Client:
    settings.OPEN311_KEYS = [KEY]
    return Client(django_transport, request.param)


def rejected(action: Callable[[], object]) -> Rejected:
    with pytest.raises(Rejected) as caught:
        action()
    return caught.value


def test_discovery_services_and_definitions(client311: Client) -> None:
    (endpoint,) = client311.discovery()["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"].endswith("/open311/v2")
    assert set(endpoint["formats"]) == {"text/xml", "application/json"}
    codes = [item["service_code"] for item in client311.services()]
    assert {"food", "consultation", "suggestion"} <= set(codes)
    assert "report" not in codes
    for code in codes:
        assert client311.definition(code)
    assert rejected(lambda: client311.definition("nothing")).status == 404


def test_a_request_is_filed_found_and_closed(client311: Client, world: World) -> None:
    made = client311.post(**GOOD, first_name="石安", last_name="顾", phone=PERSON["phone"])
    number = made["service_request_id"]
    assert client311.token(number) == number
    found = client311.request(number)
    assert (found["status"], found["service_code"]) == ("open", "food")
    assert found["agency_responsible"] == world.market.name
    assert not found["description"] and found["address"] == "北川县"
    case = Case.objects.get(number=number)
    assert case.data["claims"] == ["refund", "damages"] and case.identity.startswith("vault:")
    TakeStep(user=world.officer, case=case, step="accept").execute()
    TakeStep(user=world.officer, case=case, step="terminate", outcome_code="3", note="无法达成").execute()
    closed = client311.request(number)
    assert closed["status"] == "closed" and closed["status_notes"] == "终止调解"
    updates = client311.updates(service_request_id=number)
    assert [item["status"] for item in updates] == ["open", "open", "closed"]


def test_consent_shows_what_was_said_without_who_said_it(client311: Client) -> None:
    text = f"我是{PERSON['name']}，电话 {PERSON['phone']}。糕点发霉，拒绝退款"
    given = {**GOOD, "description": text, "attribute[publish_consent]": "true", "lat": "40.123456", "long": "111.5"}
    number = client311.post(**given, last_name="顾", first_name="石安", phone=PERSON["phone"])["service_request_id"]
    found = client311.request(number)
    assert "糕点发霉" in found["description"]
    assert PERSON["name"] not in str(found) and PERSON["phone"] not in str(found)
    assert float(found["lat"]) == 40.123456


def test_reports_are_taken_and_never_shown(client311: Client) -> None:
    text = "该店出售过期食品，请查处"
    made = client311.post(**{**GOOD, "description": text, "attribute[claims][]": []})
    number = made["service_request_id"]
    assert Case.objects.get(number=number).type == "report"
    assert rejected(lambda: client311.request(number)).status == 404
    assert rejected(lambda: client311.token(number)).status == 404
    assert client311.requests() == [] and client311.requests(service_request_id=number) == []
    assert client311.updates() == []


def test_filters(client311: Client, register: Callable[..., Any], world: World) -> None:
    now = timezone.now()
    fresh = register(kinds=("complaint",), received_at=now - timedelta(days=2), category="food").opened[0].case
    older = register(kinds=("complaint",), received_at=now - timedelta(days=80)).opened[0].case
    oldest = register(kinds=("consultation",), received_at=now - timedelta(days=91)).opened[0].case
    TakeStep(user=world.officer, case=older, step="withdraw").execute()

    def numbers(**given: Any) -> list[str]:
        return [item["service_request_id"] for item in client311.requests(**given)]

    assert numbers() == [fresh.number, older.number]
    assert numbers(status="closed") == [older.number]
    assert numbers(status="open,closed") == [fresh.number, older.number]
    assert numbers(service_code="food,consultation") == [fresh.number]
    assert numbers(service_code="") == numbers()
    assert numbers(page_size=1, page=2) == [older.number]
    given = ",".join([oldest.number, fresh.number])
    assert numbers(service_request_id=given, status="closed") == [fresh.number, oldest.number]
    since = (now - timedelta(days=95)).replace(microsecond=0)
    assert numbers(start_date=since.isoformat(), end_date=(since + timedelta(days=10)).isoformat()) == [oldest.number]
    assert numbers(jurisdiction_id=world.far.code) == []
    assert numbers(jurisdiction_id=world.city.code) == numbers()


@pytest.mark.parametrize(
    ("changes", "status", "told"),
    [
        ({"api_key": ""}, 403, "api_key"),
        ({"api_key": "hj_00000000_" + "x" * 43}, 403, "api_key"),
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "nothing"}, 404, "service_code"),
        ({"address_string": ""}, 400, "address_string"),
        ({"lat": "40"}, 400, "long"),
        ({"lat": "140", "long": "10"}, 400, "lat"),
        ({"lat": "north", "long": "10"}, 400, "lat"),
        ({"description": ""}, 400, "description"),
        ({"description": "长" * 4001}, 400, "4000"),
        ({"attribute[respondent_name]": ""}, 400, "respondent_name"),
        ({"attribute[claims][]": ["everything"]}, 400, "claims"),
        ({"attribute[amount]": "much"}, 400, "amount"),
        ({"attribute[occurred_on]": "gestern"}, 400, "occurred_on"),
        ({"attribute[region]": "123456"}, 400, "region"),
        ({"jurisdiction_id": "nowhere"}, 404, "jurisdiction_id"),
    ],
)
def test_refusals_of_a_post(client311: Client, changes: dict[str, Any], status: int, told: str) -> None:
    error = rejected(lambda: client311.post(**{**GOOD, **changes}))
    assert error.status == status and told in " ".join(error.descriptions)
    assert not Ticket.objects.exists()


def test_all_mistakes_come_at_once(client311: Client) -> None:
    error = rejected(lambda: client311.post(api_key=KEY, service_code="food"))
    assert len(error.descriptions) == 3


@pytest.mark.parametrize(
    "given",
    [
        {"start_date": "2026-01-01T00:00:00"},
        {"start_date": "yesterday"},
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"},
        {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},
        {"page": "0"},
        {"page_size": "many"},
    ],
)
def test_refusals_of_a_query(client311: Client, given: dict[str, str]) -> None:
    assert rejected(lambda: client311.requests(**given)).status == 400


def test_a_unit_token_files_only_with_its_scope(client311: Client, world: World) -> None:
    def token(*scopes: str) -> str:
        until = timezone.now() + timedelta(days=30)
        made = CreateToken(user=world.head, unit=world.market, name="热线平台", scopes=scopes, expires_at=until)
        return made.execute().secret

    assert client311.post(**{**GOOD, "api_key": token("complaints.register")})["service_request_id"]
    assert rejected(lambda: client311.post(**{**GOOD, "api_key": token("complaints.view")})).status == 403


def test_other_methods_are_refused(client311: Client) -> None:
    response = Browser().delete("/open311/v2/requests.json")
    assert response.status_code == 405 and response["Allow"] == "GET, POST, HEAD"
    assert Browser().get("/open311/v2/services")["Content-Type"].startswith("text/xml")


def test_a_page_of_requests_takes_few_queries(
    world: World, register: Callable[..., Any], django_assert_max_num_queries: Any
) -> None:
    for minute in range(4):
        register(kinds=("complaint",), received_at=timezone.now() - timedelta(minutes=minute))
    with django_assert_max_num_queries(6):
        assert Browser().get("/open311/v2/requests.json").status_code == 200
