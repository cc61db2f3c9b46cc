"""The same form sent twice, by a double click or the browser's "back": one effect."""

from __future__ import annotations

from typing import Any

import pytest

from hengjian.pages.models import SavedView
from hengjian.parties.models import AuditEntry
from hengjian.plans.models import Duty, Extension, Report
from tests.security.conftest import Land, rows

pytestmark = pytest.mark.django_db


def send_twice(land: Land, user: Any, path: str, data: dict[str, Any]) -> None:
    client = land.client(user)
    before = rows(without=(AuditEntry,))
    assert client.post(path, data).status_code == 302, data
    once = rows(without=(AuditEntry,))
    assert once != before
    again = client.post(path, data)
    assert again.status_code in {302, 404, 409, 422}, again.status_code
    changed = rows(without=(AuditEntry,))
    assert {name for name in once if once[name] != changed[name]} == set()


def fresh_duty(land: Land, state: str) -> Duty:
    """Another duty of the officer's unit, signed or only assigned."""
    duty = Duty.objects.filter(unit=land.duty.unit, state=Duty.State.ASSIGNED)[0]
    if state != "assigned":
        send_once(land, land.officer, duty, do="sign")
    if state == "reported":
        send_once(land, land.officer, duty, do="submit", result="完成", percent=100, version=0)
    if state == "done":
        fresh = fresh_duty(land, "reported")
        send_once(land, land.office, fresh, do="accept", note="属实")
        return fresh
    return duty


def send_once(land: Land, user: Any, duty: Duty, **data: Any) -> None:
    assert land.client(user).post(f"/plans/tasks/duty/{duty.pk}/", data).status_code == 302


URGE = {"do": "urge", "message": "请于三日内办结"}
STEPS: list[tuple[str, str, dict[str, Any]]] = [
    ("officer", "assigned", {"do": "sign"}),
    ("officer", "signed", {"do": "submit", "result": "完成", "percent": 60, "version": 0}),
    ("officer", "reported", {"do": "withdraw_report"}),
    ("office", "reported", {"do": "accept", "note": "属实"}),
    ("office", "reported", {"do": "return", "note": "请补充"}),
    ("officer", "signed", {
        "do": "extend", "to_due": "2027-03-31", "reason": "原料未到",
        "progress_so_far": "过半", "head_consents": "on"}),
    ("office", "signed", {"do": "suspend", "note": "政策调整"}),
    ("office", "done", {"do": "close", "note": "属实"}),
    ("office", "signed", {"do": "withdraw", "note": "不再承担"}),
]  # fmt: skip


@pytest.mark.parametrize(("who", "state", "data"), STEPS, ids=[step[2]["do"] for step in STEPS])
def test_a_step_of_a_duty(land: Land, who: str, state: str, data: dict[str, Any]) -> None:
    duty = fresh_duty(land, state)
    send_twice(land, getattr(land, who), f"/plans/tasks/duty/{duty.pk}/", data)


def test_urging_twice_does_not_climb_the_ladder(land: Land) -> None:
    duty = fresh_duty(land, "signed")
    page = land.client(land.office).get(f"/plans/tasks/duty/{duty.pk}/")
    form = page.context["forms"]["urge"]["form"]
    step = form.initial.get("step") or form.fields["step"].initial or form.fields["step"].choices[0][0]
    send_twice(land, land.office, f"/plans/tasks/duty/{duty.pk}/", {**URGE, "step": step})


def test_deciding_an_extension_and_answering_an_urge(land: Land) -> None:
    assert Extension.objects.filter(duty=land.duty, state=Extension.State.REQUESTED).count() == 1
    path = f"/plans/tasks/duty/{land.duty.pk}/"
    page = land.client(land.officer).get(path)
    urge = page.context["forms"]["reply"]["form"].shown
    assert land.duty.urges.filter(replied_at=None, level__gt=0).count() > 1  # the next one must stay unanswered
    send_twice(land, land.officer, path, {"do": "reply", "note": "已安排", "urge": urge.pk})
    send_twice(land, land.office, path, {"do": "grant", "note": "同意"})


def test_the_office_on_a_task(land: Land) -> None:
    path = f"/plans/tasks/{land.duty.task_id}/"
    send_twice(land, land.office, path, {"do": "milestone", "title": "完成方案", "due_on": "2026-10-01"})
    units = [land.duty.unit_id]
    send_twice(land, land.office, path, {
        "do": "part", "title": "第一批", "start_on": "2026-08-01", "due_on": "2026-10-01", "weight": "1",
        "units": units,
    })  # fmt: skip


def test_confirming_and_undoing_an_import(land: Land) -> None:
    client = land.client(land.office)
    path = f"/plans/import/{land.draft.pk}/confirm/"
    values = client.get(path).context["form"].initial
    data = {name: "" if value is None else getattr(value, "pk", value) for name, value in values.items()}
    data |= {"period_start": "2026-01-01", "period_end": "2026-12-31", "do": "confirm"}
    send_twice(land, land.office, path, data)
    land.draft.refresh_from_db()
    send_twice(land, land.office, f"/plans/{land.draft.plan_id}/", {"do": "assign"})
    send_twice(land, land.office, f"/plans/import/{land.draft.pk}/undo/", {"reason": "错了"})


def test_archiving(land: Land) -> None:
    send_twice(land, land.office, f"/plans/{land.plan.pk}/", {"do": "archive", "reason": "结转"})


def test_issuing_a_drafted_circular(land: Land) -> None:
    path = f"/plans/papers/drafts/{land.ids['plans:draft:pk']}/"
    send_twice(land, land.second, path, {"do": "issue"})


def test_saving_a_view(land: Land) -> None:
    data = {"list": "plans.tasks", "name": "逾期", "query": "sort=due"}
    send_twice(land, land.office, "/views/save", data)
    view = SavedView.objects.get(name="逾期")
    send_twice(land, land.office, "/views/delete", {"view": view.pk})
    assert Report.objects.filter(duty=land.duty).count() == 2
