"""The action pattern, the audit log, the second-person rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, models, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from hengjian.parties import auditing
from hengjian.parties.auditing import AuditMiddleware, audit, changes_between, record
from hengjian.parties.models import AuditEntry, Unit, User
from hengjian.parties.policies import Forbidden, Scope
from hengjian.parties.verbs import Action, ActionRefused, require_other_person
from tests.parties.conftest import World


@dataclass(kw_only=True)
class Rename(Action[Unit]):
    verb = "parties.edit_unit"
    needs_reason = True
    unit: Unit
    name: str
    fail: bool = False

    def target(self) -> Unit:
        return self.unit

    def check_state(self) -> None:
        if self.unit.valid_to is not None:
            raise ActionRefused("单位已撤销。", "请选择承接单位。")

    def perform(self) -> Unit:
        self.unit.name = self.name
        self.unit.save()
        if self.fail:
            raise RuntimeError("broken half-way")
        return self.unit


@dataclass(kw_only=True)
class Open(Action[Unit]):
    verb = "parties.edit_unit"
    name: str
    place: Scope

    def target(self) -> models.Model | Scope:
        return self.place

    def perform(self) -> Unit:
        assert self.place.region is not None
        return Unit.objects.create(name=self.name, region=self.place.region, level=self.place.region.level)


def test_an_action_changes_and_logs_once(world: World) -> None:
    unit = world.units["market_regulation"]
    Rename(user=world.office, unit=unit, name="新名", reason=" 更名文件 ").execute()
    unit.refresh_from_db()
    assert unit.name == "新名"
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.ref, entry.user, entry.unit) == ("parties.edit_unit", unit.ref, world.office, unit)
    assert entry.changes == {"name": ["澜川自治区市场监督管理局", "新名"]} and entry.reason == "更名文件"


def test_making_something_logs_what_was_made(world: World) -> None:
    made = Open(user=world.office, name="新局", place=Scope(region=world.region)).execute()
    entry = AuditEntry.objects.get()
    assert entry.ref == made.ref and entry.changes["name"] == [None, "新局"]


def test_refusals_come_in_order_and_change_nothing(world: World) -> None:
    unit, gone = world.units["market_regulation"], world.units["quality_supervision"]
    with pytest.raises(Forbidden):
        Rename(user=world.officer, unit=unit, name="x").execute()
    for nobody in (None, AnonymousUser()):
        with pytest.raises(Forbidden, match="登录"):
            Rename(user=nobody, unit=unit, name="x", reason="y").execute()
    with pytest.raises(ActionRefused, match="变更说明") as caught:
        Rename(user=world.office, unit=unit, name="x", reason="  ").execute()
    assert caught.value.status == 400 and caught.value.next_step
    with pytest.raises(ActionRefused, match="撤销") as caught:
        Rename(user=world.office, unit=gone, name="x", reason="y").execute()
    assert caught.value.status == 409
    assert not AuditEntry.objects.exists()
    assert not Unit.objects.filter(name="x").exists()


def test_a_failure_half_way_undoes_all(world: World) -> None:
    unit = world.units["market_regulation"]
    with pytest.raises(RuntimeError):
        Rename(user=world.office, unit=unit, name="x", reason="y", fail=True).execute()
    unit.refresh_from_db()
    assert unit.name != "x" and not AuditEntry.objects.exists()


def test_the_state_is_read_again_under_the_lock(world: World) -> None:
    stale = Unit.objects.get(pk=world.units["market_regulation"].pk)
    Unit.objects.filter(pk=stale.pk).update(valid_to=date(2030, 1, 1))
    with pytest.raises(ActionRefused, match="撤销"):
        Rename(user=world.office, unit=stale, name="x", reason="y").execute()
    lone = Unit.objects.create(name="孤", region=world.region, level="provincial")
    ghost = Unit.objects.get(pk=lone.pk)
    lone.delete()
    with pytest.raises(ActionRefused, match="已被删除"):
        Rename(user=world.office, unit=ghost, name="x", reason="y").execute()


def test_refusal_tells_the_page(world: World) -> None:
    unit, gone = world.units["market_regulation"], world.units["quality_supervision"]
    assert Rename(user=world.office, unit=unit, name="x").refusal() == ""
    assert "撤销" in Rename(user=world.office, unit=gone, name="x").refusal()
    assert "维护单位" in Rename(user=world.officer, unit=unit, name="x").refusal()


def test_the_system_acts_in_its_own_name(world: World) -> None:
    Rename(user=None, system="worker", unit=world.units["customs"], name="x", reason="y").execute()
    entry = AuditEntry.objects.get()
    assert (entry.user, entry.system) == (None, "worker")


def test_two_entries_of_one_request_share_its_id(world: World) -> None:
    unit = world.units["market_regulation"]
    with audit(world.office, reason="批量") as context:
        record("parties.edit_unit", unit)
        with audit(system="import"):
            record("parties.edit_unit")
    first, second = AuditEntry.objects.order_by("pk")
    assert first.request_id == second.request_id == context.request_id
    assert (first.reason, second.system, second.user, second.ref) == ("批量", "import", world.office, "")
    assert record("parties.edit_unit").request_id != context.request_id
    assert auditing.current_audit() is None


def test_the_middleware_gives_and_keeps_request_ids(rf: RequestFactory) -> None:
    seen: list[str] = []

    def view(request: object) -> HttpResponse:
        context = auditing.current_audit()
        assert context is not None
        seen.append(context.request_id)
        return HttpResponse()

    middleware = AuditMiddleware(view)
    kept = middleware(rf.get("/", headers={"X-Request-ID": "abcdef-123456"}))
    assert kept["X-Request-ID"] == "abcdef-123456" == seen[0]
    made = middleware(rf.get("/", headers={"X-Request-ID": "x\n<script>"}))
    assert made["X-Request-ID"] == seen[1] and len(seen[1]) == 36


def test_hidden_values_never_enter_the_log(world: World) -> None:
    before = auditing.snapshot(world.officer)
    world.officer.set_password("another horse 9")
    world.officer.position = "科长"
    world.officer.phone = "0990-1"
    changes = changes_between(before, auditing.snapshot(world.officer), frozenset(User.audit_hidden))
    assert changes == {"password": None, "phone": None, "position": ["", "科长"]}
    long = changes_between({"a": "", "b": {}}, {"a": "字" * 900, "b": {"x": 1}})
    assert len(long["a"][1]) == 201 and long["b"] == ["(0)", "(1)"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE parties_auditentry SET verb = 'x'",
        "DELETE FROM parties_auditentry",
        "INSERT OR REPLACE INTO parties_auditentry SELECT * FROM parties_auditentry",
        "TRUNCATE parties_auditentry",
    ],
)
def test_the_database_refuses_to_change_the_log(world: World, statement: str) -> None:
    if ("TRUNCATE" in statement) != (connection.vendor == "postgresql") and not statement.startswith(("UP", "DEL")):
        pytest.skip("the other database's way")
    record("parties.edit_unit", user=world.office)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # foreign keys still waiting would stop it first
        cursor.execute(statement)
    assert AuditEntry.objects.count() == 1


def test_the_second_person_is_another_one(world: World) -> None:
    with pytest.raises(ActionRefused, match="另一人") as caught:
        require_other_person(world.office, world.office, "审核")
    assert "审核" in str(caught.value.message) and caught.value.next_step
    require_other_person(world.office, world.officer)
    require_other_person(world.office, None)
