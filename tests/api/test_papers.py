"""Papers, coverage and cockpit over the interface: the same rows as on the pages, the same refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from hengjian.plans.actions.cascade import AlignPlans
from hengjian.plans.models import Duty, IssuedDocument, PaperDraft, Plan
from tests.api.conftest import Caller, World, is_problem
from tests.plans.conftest import build_plan


def ok(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.content.decode()[:800]
    return response.json() if response.content else None


def test_a_notice_is_previewed_issued_and_read(office: Caller, market: Caller, assigned: Plan) -> None:
    duty = Duty.objects.filter(task__plan=assigned, unit__key="market").order_by("pk")[0]
    reply_by = (timezone.localdate() + timedelta(days=7)).isoformat()
    wish = {"kind": "notice", "tasks": [duty.task_id], "reply_by": reply_by, "message": "请抓紧落实。"}
    before = IssuedDocument.objects.count()
    shown = ok(office.post(f"/plans/{assigned.pk}/papers/preview", wish))
    assert shown and duty.pk in {pk for row in shown for pk in row["duties"]}
    assert "请抓紧落实。" in "".join(shown[0]["paper"]["body"])
    assert IssuedDocument.objects.count() == before
    issued = ok(office.post(f"/plans/{assigned.pk}/papers", wish), 201)
    assert len(issued) == len(shown) and all(row["number"].endswith("号") and row["files"] for row in issued)
    mine = next(row for row in ok(market.get("/documents"))["items"])
    read = ok(market.get(f"/documents/{mine['id']}/content"))
    assert read["paper"]["title"] == mine["title"]
    assert {row["duty_id"] for row in read["replies"]} >= {duty.pk} and not any(row["late"] for row in read["replies"])


def test_a_circular_wants_a_second_person(
    world: World, office: Caller, token_for: Callable[..., Caller], assigned: Plan
) -> None:
    is_problem(office.post(f"/plans/{assigned.pk}/papers", {"kind": "circular"}), 422)
    draft = ok(office.post(f"/plans/{assigned.pk}/circulars", {}), 201)
    assert [row["id"] for row in ok(office.get("/paper-drafts"))["items"]] == [draft["id"]]
    is_problem(office.post(f"/paper-drafts/{draft['id']}/issue"), 409)
    second = token_for(world.office_two)
    issued = ok(second.post(f"/paper-drafts/{draft['id']}/issue"))
    assert issued["kind"] == "circular" and not PaperDraft.objects.exists()
    is_problem(second.post(f"/paper-drafts/{draft['id']}/issue"), 404)
    other = ok(office.post(f"/plans/{assigned.pk}/circulars", {}), 201)
    assert office("DELETE", f"/paper-drafts/{other['id']}").status_code == 204


def test_units_do_not_issue_and_see_only_what_is_theirs(market: Caller, assigned: Plan) -> None:
    for path, body in (
        (f"/plans/{assigned.pk}/papers", {"kind": "breakdown"}),
        (f"/plans/{assigned.pk}/papers/preview", {"kind": "breakdown"}),
        (f"/plans/{assigned.pk}/circulars", {}),
    ):
        is_problem(market.post(path, body), 403)
    is_problem(market.get("/paper-drafts"), 403)
    seen = ok(market.get("/cockpit"))
    assert {row["unit"] for row in seen["units"]} == {"market"}


def test_bad_wishes_are_refused(office: Caller, assigned: Plan) -> None:
    path = f"/plans/{assigned.pk}/papers"
    for body, status in (
        ({"kind": "notice", "tasks": [10**15]}, 400),
        ({"kind": "notice", "reply_by": "2001-01-01", "tasks": []}, 400),
        ({"kind": "breakdown", "agency": "abc"}, 400),
        ({"kind": "breakdown", "message": "长" * 2001}, 422),
        ({"kind": "poem"}, 422),
        ({}, 422),
    ):
        is_problem(office.post(path, body), status)
    assert not IssuedDocument.objects.exists()
    is_problem(office.get(f"/plans/{10**9}/coverage"), 404)
    is_problem(office.get("/cockpit", plan=str(10**9)), 404)


def test_the_cockpit_counts_as_the_page_does(office: Caller, assigned: Plan) -> None:
    Duty.objects.filter(task__plan=assigned).update(light="red")
    seen = ok(office.get("/cockpit", plan=str(assigned.pk)))
    working = Duty.objects.filter(task__plan=assigned).exclude(state__in=["pending", "withdrawn"])
    assert seen["totals"]["duties"] == seen["red_total"] == working.count()
    assert sum(row["lights"].get("red", 0) for row in seen["units"]) == working.count()
    assert len(seen["months"]) == 12 and seen["plans"] == [assigned.pk]


def test_coverage_opens_into_clauses(world: World, office: Caller, assigned: Plan) -> None:
    child = build_plan(world)
    child.parent = assigned
    child.save(update_fields=["parent"])
    waiting = ok(office.get(f"/plans/{assigned.pk}/coverage"))
    assert [(row["plan"], row["compared"]) for row in waiting["children"]] == [(child.pk, False)]
    AlignPlans(user=world.office, plan=child).execute()
    seen = ok(office.get(f"/plans/{assigned.pk}/coverage"))
    assert {cell["plan"] for line in seen["lines"] for cell in line["cells"]} == {child.pk}
    assert all(line["share"] == 100 for line in seen["lines"])
    one = ok(office.get(f"/plans/{assigned.pk}/coverage", item="1"))
    assert {line["item"] for line in one["lines"]} == {1}
