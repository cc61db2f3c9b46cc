"""Every address for everyone who must not see what is behind it. A view that comes tomorrow is walked, too."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from hengjian.credit.sharing.models import Use
from hengjian.documents.models import StoredFile
from hengjian.parties.models import ApiToken, User
from hengjian.parties.tokens import CreateToken
from hengjian.plans.models import Duty, Plan
from tests.security.conftest import MARK, NOW, SECRET, Land, rows
from tests.security.walking import Route, routes

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("counted_once", "light_sessions"),
    pytest.mark.timeout(900),
]

#: Refusals: to the log-in page, not allowed, does not exist, wrong method, not logged in, gone with its state.
REFUSED = {302, 401, 403, 404, 405}
#: What has a parameter but no owner; answered with 200, but never with the mark.
SHARED = {
    "ledger:fact", "ledger:proof", "ledger:schema", "rule", "api:get_fact", "api:get_proof", "api:get_fact_kind",
    "api:get_rule", "api:get_region", "plans:issue", "publishing:list", "publishing:list_feed_json",
    "publishing:list_feed_atom", "publishing:list_csv", "publishing:list_json", "open311:discovery", "open311:services",
    "open311:service", "open311:requests", "open311:updates", "api:get_register_schema", "api:get_case_schema",
    "api:list_public_entries", "api:list_entries",
    "api:create_entry", "api:list_cases",
    "api:open_case", "registers:list", "registers:new",
    "registers:import", "registers:template", "cases:list", "cases:new", "cases:public_new", "draws:template",
    "programmes:programme", "programmes:edition_new", "programmes:public_holders", "analysis:region",
    "analysis:industry", "analysis:public_region", "trace_exchange:template", "trace_digital_link",
    "trace_compressed", "trace_exchange:thing",
    "trace_events:members", "credit_records:new", "credit_records:template",
}  # fmt: skip
#: What counts the calls themselves.
COUNTERS = (ApiToken, Use)
#: Units of the own region are no secret to each other: who is responsible for what is printed in the plan.
DIRECTORY = {"directory:unit", "api:get_unit"}


def own(route: Route) -> bool:
    return bool(route.parameters) and route.name not in SHARED | DIRECTORY


def body(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8", "replace") + str(response.headers)


def leaks(response: Any) -> bool:
    text = body(response)
    return MARK in text or ascii(MARK)[1:-1] in text


def readers(*both: str, sqlite: tuple[str, ...]) -> pytest.MarkDecorator:
    """Who may see what is asked in Python: all are walked on SQLite, one whose queries join the most on both."""
    return pytest.mark.parametrize(
        "who", [*both, *(pytest.param(name, marks=pytest.mark.any_database) for name in sqlite)]
    )


@pytest.mark.slow
@readers(
    "officer of another unit",
    sqlite=("nobody", "citizen", "viewer of another unit", "reviewer of another unit", "office of another region"),
)
def test_nothing_leaks_by_any_address(land: Land, who: str) -> None:
    client = land.client(land.outsiders[who])
    faults = []
    for route in routes():
        path = route.path(land)
        for address in (path, f"{path}?q={MARK}&export=csv&page=2&sort=-pk&size=all"):
            response = client.get(address)
            wrong = response.status_code >= 500 or (own(route) and response.status_code not in REFUSED)
            # A search page repeats what was searched for; only the plain address may be looked at for the mark.
            if wrong or ("?" not in address and leaks(response)):
                faults.append(f"GET {address}: {response.status_code}{' leaks' if leaks(response) else ''}")
    assert not faults, "\n".join(faults)


@readers("office of another region", sqlite=("nobody", "citizen", "officer of another unit"))
def test_no_outsider_changes_anything(land: Land, who: str) -> None:
    client = land.client(land.outsiders[who])
    before = rows()
    faults = []
    for route in routes():
        if not route.parameters or "account/" in route.pattern:
            continue
        for send, options in attempts(client, route, land):
            response = send(route.path(land), **options)
            if response.status_code >= 500 or (own(route) and response.status_code not in REFUSED | {400, 409, 422}):
                faults.append(f"{response.request['REQUEST_METHOD']} {route.path(land)}: {response.status_code}")
            if leaks(response):
                faults.append(f"{response.request['REQUEST_METHOD']} {route.path(land)} leaks")
    assert not faults, "\n".join(faults)
    assert rows() == before


STEPS = ("", "submit", "sign", "accept", "urge", "close", "assign", "adjust", "align", "confirm", "header", "issue")


#: Bodies that the endpoints of the interface understand; each is offered to every endpoint.
BODIES: tuple[dict[str, Any], ...] = (
    {},
    {"reason": "x"},
    {"accept": True, "note": "x"},
    {"grant": True, "note": "x"},
    {"message": "x"},
    {"reply": "x"},
    {"percent": 5, "result": "x"},
    {"unit": "water"},
    {"to_due": "2027-06-30", "reason": "x", "progress_so_far": "x", "head_consents": True},
    {"period_start": "2026-01-01", "period_end": "2026-12-31"},
    {"values": {"matter": "x"}, "status": "done", "note": "x", "reason": "x", "version": 1, "receiver": "water"},
    {"version": 1, "correction": {"kind": "header", "field": "title", "value": "x"}},
)
#: Those that change what is there.
CHANGES = tuple(body for body in BODIES if body.keys() & {"percent", "to_due", "period_start", "values"})


def attempts(client: Client, route: Route, land: Land) -> list[tuple[Any, dict[str, Any]]]:
    """Every way of changing something behind the address."""
    if route.pattern.startswith("api/"):
        said = [("post", body) for body in BODIES] + [("delete", {})]
        said += [(method, body) for method in ("put", "patch") for body in CHANGES]
        return [(getattr(client, method), {"data": body, "content_type": "application/json"}) for method, body in said]
    common = {"note": "通过", "reason": "通过", "message": "x", "result": "x", "percent": 5, "version": 1, "unit": 1}
    # Where there is no row, every step meets the same refusal before it is looked at.
    steps = ("", "accept") if route.absent(land) else STEPS
    return [(client.post, {"data": {"do": step, **common}}) for step in steps]


def test_insiders_do_see_it(land: Land) -> None:
    """The control: the same addresses show the secret to those who may see it."""
    expected = {
        "plans:task", "plans:duty", "plans:plan", "plans:ledger", "plans:list", "plans:import_review",
        "plans:import_confirm", "plans:cascade_of", "plans:coverage", "pages:notices", "documents:download",
        "api:get_plan", "api:get_task", "api:get_duty", "api:get_import", "api:list_reports", "api:download_file",
    }  # fmt: skip
    clients = [land.client(user) for user in (land.office, land.head, land.officer)]
    shown = {
        route.name
        for route in routes()
        if route.name in expected and any(leaks(client.get(route.path(land))) for client in clients)
    }
    assert shown == expected


@pytest.mark.any_database
def test_a_token_reaches_its_scopes_and_no_further(land: Land) -> None:
    """The token of another unit sees nothing of the land; a token of the unit without a scope may not use it."""
    stranger = land.outsiders["officer of another unit"]
    assert isinstance(stranger, User) and stranger.unit is not None
    head = User.objects.create_user("water-head", unit=stranger.unit)
    head.grants.create(role="unit_head", unit=stranger.unit)
    scopes = ["plans.view", "plans.report", "plans.sign", "plans.reply", "parties.view_unit"]
    foreign = token(head, scopes)
    narrow = token(land.head, ["parties.view_unit"])
    reading = token(land.head, ["plans.view"])
    before = rows(without=COUNTERS)
    faults = []
    for route in routes():
        if not route.pattern.startswith("api/v1"):
            continue
        for secret, label in ((foreign, "foreign"), (narrow, "narrow"), (reading, "reading")):
            client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})
            for method in ("get", "post", "put", "patch", "delete"):
                if method != "get" and ("parse" in route.pattern or "align" in route.pattern):
                    continue
                data = {"percent": 5, "reason": "x"} if method != "get" else None
                response = getattr(client, method)(route.path(land), data=data, content_type="application/json")
                if response.status_code >= 500 or (label != "reading" and leaks(response)):
                    faults.append(f"{label} {method} {route.path(land)}: {response.status_code}")
                if own(route) and label != "reading" and response.status_code not in REFUSED | {422}:
                    faults.append(f"{label} {method} {route.path(land)}: {response.status_code}")
    assert not faults, "\n".join(faults)
    assert rows(without=COUNTERS) == before


def token(user: User, scopes: list[str]) -> str:
    assert user.unit is not None
    made = CreateToken(user=user, unit=user.unit, name="t", scopes=scopes, expires_at=NOW.replace(year=2027),
                       rate_limit=10_000).execute()  # fmt: skip
    return made.secret


@pytest.mark.any_database
def test_every_form_needs_its_csrf_token(land: Land) -> None:
    """A page elsewhere that posts with the office's cookies is refused everywhere, before anything happens."""
    client = land.client(land.office, enforce_csrf_checks=True)
    before, sessions = rows(), Session.objects.count()
    for route in routes():
        # Pages know no other method than POST; the guard does not tell the methods apart.
        for method in ("post", "put", "patch", "delete") if route.pattern.startswith("api/") else ("post",):
            response = getattr(client, method)(route.path(land))
            assert response.status_code in {403, 404, 405}, (method, route.path(land), response.status_code)
    assert (rows(), Session.objects.count()) == (before, sessions)


#: A digit that is no number, a number no database holds, none at all, what no text may hold, a day that is none.
HOSTILE = ["²", "9" * 30, "-1", "x\x00", "2026-13-45"]
PARAMETERS = (
    "q", "page", "size", "sort", "col", "export", "tab", "all", "edit", "item", "rel", "view", "revises", "region",
    "year", "status", "light", "unit", "role", "due_from", "due_to", "kind", "id", "period", "plan", "limit", "offset",
    "next", "from", "to", "on", "state", "handler", "as", "month", "day", "task", "duty", "group", "cycle", "family",
)  # fmt: skip


def test_no_parameter_breaks_a_page(land: Land) -> None:
    client = land.client(land.office)
    faults = []
    for route in routes():
        for value in HOSTILE:
            response = client.get(route.path(land), dict.fromkeys(PARAMETERS, value))
            if response.status_code >= 500:
                faults.append(f"{route.path(land)} with {value[:12]!r}")
    assert not faults, "\n".join(faults)


STEPS_WITH_VALUES = (
    "unit", "link", "item_duties", "measure_split", "measure_deadline", "extend", "urge", "part", "save",
)  # fmt: skip


def test_no_posted_value_breaks_a_page(land: Land) -> None:
    """Numbers that are none, ids that do not exist, texts with NUL: an answer below 500 everywhere."""
    client = land.client(land.office)
    fields = ("duty", "unit", "one", "view", "section", "item", "measure", "index", "version", "at", "percent",
              "selected", "due", "due_on", "to_due", "value", "edit", "parent", "weight", "step", "next", "name",
              "list", "query", "organisation", "unit_name", "field")  # fmt: skip
    faults = []
    for route in routes():
        if route.pattern.startswith(("api/", "account/", "public/")):
            continue
        steps = STEPS_WITH_VALUES if route.parameters and route.name.startswith("plans:") else ("",)
        for value in HOSTILE:
            for step in steps:
                data = dict.fromkeys(fields, value) | {"do": step}
                if client.post(f"{route.path(land)}?edit={value}", data).status_code >= 500:
                    faults.append(f"{route.path(land)} do={step} with {value[:12]!r}")
    assert not faults, "\n".join(faults)


def test_ids_beyond_the_database_do_not_exist(land: Land) -> None:
    client = land.client(land.office)
    for route in routes():
        numbers = {key: value for key, value in land.ids.items() if isinstance(value, int)}
        other = Land(**{**vars(land), "ids": land.ids | dict.fromkeys(numbers, 10**30)})
        if any(f"{route.name}:{name}" in numbers or name in numbers for name in route.parameters):
            assert client.get(route.path(other)).status_code in {403, 404, 405}, route.path(other)


def test_the_walk_knows_the_rows_it_guards(land: Land) -> None:
    assert Plan.objects.filter(title__contains=MARK).exists()
    assert Duty.objects.filter(task__title__contains=MARK).exists()
    assert StoredFile.objects.filter(name__contains=MARK).exists()
    assert SECRET.startswith(MARK)
