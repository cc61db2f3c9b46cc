"""Units are described, led, and go over into one another with what they hold."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hengjian.parties import unit_actions
from hengjian.parties.handover import preview
from hengjian.parties.models import (
    AuditEntry,
    CollectiveMembership,
    RoleGrant,
    Unit,
    UnitAlias,
    UnitLeader,
    UnitSuccession,
)
from hengjian.parties.queries import resolve_unit
from hengjian.plans.actions.work import AssignDuties
from hengjian.plans.models import Duty, DutyStep, Plan
from tests.plans.conftest import World, build_plan, build_world, person

TODAY = date(2026, 11, 22)


@pytest.fixture
def land(db: None) -> World:
    return build_world()


@pytest.fixture
def plan(land: World) -> Plan:
    plan = build_plan(land)
    AssignDuties(user=land.office, plan=plan).execute()
    return plan


@pytest.fixture
def office(land: World) -> Client:
    client = Client()
    client.force_login(land.office, backend="django.contrib.auth.backends.ModelBackend")
    return client


def edit(client: Client, unit: Unit, **changes: Any) -> Any:
    names = ("name", "short_name", "kind", "valid_from", "valid_to")
    values = {name: getattr(unit, name) or "" for name in names} | {"reason": "机构编制批复"} | changes
    return client.post(reverse("directory:edit_unit", args=[unit.key]), values)


def test_a_renamed_unit_is_found_under_both_names(land: World, office: Client) -> None:
    today = timezone.localdate()
    answer = edit(
        office, land.farming, name="农业农村和乡村振兴厅", short_name="农业农村厅", renamed_on=today.isoformat()
    )
    assert answer.status_code == 302
    land.farming.refresh_from_db()
    former = UnitAlias.objects.get(unit=land.farming)
    assert (former.alias, former.kind, former.valid_to) == ("农业农村厅", "former", today - timedelta(days=1))
    assert resolve_unit("农业农村和乡村振兴厅", land.region, today).unit == land.farming
    page = office.get(reverse("directory:unit", args=[land.farming.key])).content.decode()
    assert "机构编制批复" in page and "农业农村和乡村振兴厅" in page
    entry = AuditEntry.objects.get(verb="parties.edit_unit")
    assert entry.changes["name"] == ["农业农村厅", "农业农村和乡村振兴厅"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "文化和旅游厅"}, "同一时期已有"),
        ({"name": " "}, "请填写"),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "失效日期早于"),
        ({"reason": ""}, "请填写"),
        ({"kind": "castle"}, ""),
        ({"name": "长" * 201}, ""),
    ],
)
def test_mistakes_change_nothing(land: World, office: Client, changes: dict[str, str], words: str) -> None:
    answer = edit(office, land.market, **changes)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert Unit.objects.get(pk=land.market.pk).name == "市场监管局"
    assert not AuditEntry.objects.filter(verb="parties.edit_unit").exists()


def test_parents_make_no_circle(land: World, office: Client) -> None:
    assert edit(office, land.market, parent=land.office_unit.pk).status_code == 302
    answer = edit(office, land.office_unit, parent=land.market.pk)
    assert answer.status_code == 422 and "下级" in answer.content.decode()


def test_a_unit_with_open_duties_is_not_simply_ended(land: World, plan: Plan, office: Client) -> None:
    answer = edit(office, land.market, valid_to="2026-01-01")
    assert answer.status_code == 422 and "承接" in answer.content.decode()


def test_leaders_are_entered_and_stay_out_of_the_log(land: World, office: Client) -> None:
    address = reverse("directory:new_leader", args=[land.market.key])
    data = {"name": "欧阳某某", "position": "局长", "charge": "全面工作", "order": 1, "valid_from": "2025-03-01"}
    assert office.post(address, data).status_code == 302
    leader = UnitLeader.objects.get()
    change = reverse("directory:leader", args=[land.market.key, leader.pk])
    assert office.post(change, {**data, "valid_to": "2024-01-01"}).status_code == 422
    assert office.post(change, {**data, "valid_to": "2026-01-31"}).status_code == 302
    assert "欧阳某某" in office.get(reverse("directory:unit", args=[land.market.key])).content.decode()
    assert "欧阳某某" not in str(AuditEntry.objects.values())
    assert office.get(reverse("directory:leader", args=[land.farming.key, leader.pk])).status_code == 404


def succeed(client: Client, unit: Unit, successor: Unit, **more: Any) -> Any:
    data = {
        "successor": successor.pk,
        "on": timezone.localdate().isoformat(),
        "document": "机构改革方案",
        "main": "on",
        "ends": "on",
        "moves": [entry.holding.code for entry in preview(unit)],
        **more,
    }
    address = reverse("directory:succession", args=[unit.key])
    if "confirm" in data:
        looked = client.post(address, {name: value for name, value in data.items() if name != "confirm"})
        data["seen"] = looked.context["seen"]
    return client.post(address, data)


def test_a_merger_moves_what_is_open_with_its_record(land: World, plan: Plan, office: Client) -> None:
    """文旅厅 goes over into 工信厅: both have a part in task 1.1, so that one is joined."""
    old, new = land.tourism, land.industry
    before = list(Duty.objects.filter(unit=old).values_list("pk", flat=True))
    shared = Duty.objects.filter(unit=new, task__in=Duty.objects.filter(unit=old).values("task")).count()
    assert before and shared
    page = succeed(office, old, new)
    assert page.status_code == 200 and "移交预览" in page.content.decode()
    assert f"其中 {shared} 项" in page.content.decode()
    assert not UnitSuccession.objects.exists(), "the preview changes nothing"
    other = {"successor": land.farming.pk, "confirm": "1", "seen": page.context["seen"]}
    form = {"on": "2026-01-01", "document": "机构改革方案", "main": "on", "ends": "on"}
    changed = office.post(reverse("directory:succession", args=[old.key]), {**form, **other})
    assert changed.status_code == 200 and not UnitSuccession.objects.exists(), "nothing unseen is confirmed"
    assert succeed(office, old, new, confirm="1").status_code == 302
    step = UnitSuccession.objects.get()
    assert step.moved_at is not None and step.moved["parties.people"] == 1
    old.refresh_from_db()
    assert old.valid_to == timezone.localdate() - timedelta(days=1)
    assert not Duty.objects.filter(unit=old).exclude(state=Duty.State.WITHDRAWN).exists()
    assert Duty.objects.filter(pk__in=before, state=Duty.State.WITHDRAWN).count() == shared
    steps = DutyStep.objects.filter(verb="hand_over")
    assert steps.count() == len(before) and all("机构改革方案" in step.note for step in steps)
    land.tourism_officer.refresh_from_db()
    assert land.tourism_officer.unit == new
    grant = RoleGrant.objects.valid_on(timezone.localdate()).get(user=land.tourism_officer)
    assert (grant.unit, grant.role) == (new, "officer")
    members = CollectiveMembership.objects.valid_on(timezone.localdate()).filter(collective=land.members)
    assert old.pk not in members.values_list("member", flat=True)
    client = Client()
    client.force_login(land.tourism_officer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("plans:workbench")).status_code == 200
    assert succeed(office, old, new, confirm="1").status_code == 422, "sent twice it happens once"
    page = office.get(reverse("directory:unit", args=[new.key])).content.decode()
    assert old.name in page and "机构改革方案" in page


def test_a_reform_of_a_later_day_waits_for_the_worker_and_happens_once(
    land: World, plan: Plan, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.localdate() + timedelta(days=3)
    assert succeed(office, land.tourism, land.farming, on=later.isoformat(), confirm="1").status_code == 302
    step = UnitSuccession.objects.get()
    assert step.moved_at is None and Duty.objects.filter(unit=land.tourism).exists()
    assert unit_actions.run_due() == 0
    monkeypatch.setattr(unit_actions.timezone, "localdate", lambda *_args: later)
    assert unit_actions.run_due() == 1
    assert unit_actions.run_due() == 0
    assert not unit_actions.hand_over(step)
    assert not Duty.objects.filter(unit=land.tourism).exclude(state=Duty.State.WITHDRAWN).exists()


def test_what_was_not_yet_done_can_be_cancelled(land: World, office: Client) -> None:
    later = timezone.localdate() + timedelta(days=3)
    succeed(office, land.tourism, land.farming, on=later.isoformat(), confirm="1")
    step = UnitSuccession.objects.get()
    cancel = reverse("directory:cancel_succession", args=[land.tourism.key, step.pk])
    assert office.post(cancel, {"reason": ""}).status_code == 422
    assert office.post(cancel, {"reason": "方案未批准"}).status_code == 302
    land.tourism.refresh_from_db()
    assert land.tourism.valid_to is None and not UnitSuccession.objects.exists()


def test_impossible_reforms_are_refused(land: World, office: Client) -> None:
    assert succeed(office, land.tourism, land.tourism, confirm="1").status_code == 422
    Unit.objects.filter(pk=land.farming.pk).update(valid_to=date(2020, 1, 1))
    assert succeed(office, land.tourism, land.farming, confirm="1").status_code == 422
    assert succeed(office, land.tourism, land.industry, confirm="1").status_code == 302
    back = succeed(office, land.industry, land.tourism, confirm="1")
    assert back.status_code == 422
    assert UnitSuccession.objects.count() == 1


def test_only_the_office_shapes_units(land: World) -> None:
    stranger = person("stranger", land.market, "unit_head")
    for user in (land.market_officer, stranger, land.citizen):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get(reverse("directory:new_unit")).status_code in (403, 404)
        for name in ("edit_unit", "succession", "new_leader"):
            assert client.get(reverse(f"directory:{name}", args=[land.market.key])).status_code in (403, 404)
            assert client.post(reverse(f"directory:{name}", args=[land.market.key]), {}).status_code in (403, 404)


def test_a_new_unit_is_registered(land: World, office: Client) -> None:
    data = {"region": land.region.pk, "name": "数据局", "kind": "department", "reason": "新设"}
    answer = office.post(reverse("directory:new_unit"), data)
    made = Unit.objects.get(name="数据局")
    assert answer["Location"] == reverse("directory:unit", args=[made.key]) and made.level == "provincial"
    assert office.post(reverse("directory:new_unit"), data).status_code == 422
