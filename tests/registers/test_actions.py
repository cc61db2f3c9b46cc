"""Entering, changing, ending, approving: what is refused, what is kept, what is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from hengjian.ledger.models import Fact, VaultEntry
from hengjian.parties.models import AuditEntry
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.actions import (
    ApproveEntry,
    ChangeEntry,
    CreateEntry,
    DoneRecurrence,
    EntryRefused,
    FileEntry,
    SetFiledStatus,
    SetStatus,
)
from hengjian.registers.catalogue import forget
from hengjian.registers.declarations import RegisterType
from hengjian.registers.hooks import _checks, _saved, register_check, register_saved
from hengjian.registers.models import Entry, EntryBase, EntryVersion
from hengjian.registers.queries import as_of, entries, entry_as_of, find, valid_count
from tests.registers.conftest import LAB, World, declare
from tests.registers.test_pages import PHONE, create, signed_in


def change(world: World, entry: EntryBase, on: date, **values: Any) -> EntryBase:
    return ChangeEntry(user=world.county_officer, entry=entry, values=values, on=on, reason="更正").execute()


# ---- entering


def test_an_entry_with_everything_that_belongs_to_it(world: World, lab: RegisterType) -> None:
    entry = create(world, valid_from="2026-01-01", valid_to="2030-12-31")
    assert (entry.title, entry.status, entry.version, entry.key_scope) == ("澜东食品检验所", "valid", 1, "")
    assert entry.extras["kind"] == "food"
    (version,) = EntryVersion.objects.all()
    assert (version.valid_from, version.recorded_by) == (date(2026, 3, 1), world.county_officer)
    fact = Fact.objects.get(id=version.fact)
    assert (fact.kind, fact.occurred_on, fact.region) == ("testlab.entered", date(2026, 3, 1), "990102")
    # A public fact: only public fields without a mask.
    told = {code: value for code, value in fact.payload["values"].items() if value is not None}
    assert told == {"name": "澜东食品检验所", "kind": "food", "founded": "2020-03-01"}
    assert AuditEntry.objects.get(verb="registers.edit").ref == entry.ref
    for model in (Fact, AuditEntry, Entry, EntryVersion):
        assert PHONE not in str(list(model.objects.values()))
    assert VaultEntry.objects.get().category == "test_lab.phone"


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"key": "x"}, {"key"}),
        ({"values": {}}, {"name"}),
        ({"values": {"name": "甲", "what": 1}}, {"what"}),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, {"valid_to"}),
        ({"valid_from": "gestern"}, {"valid_from"}),
        ({"status": "gone"}, {"status"}),
        ({"key": "", "values": {"kind": "wine"}}, {"key", "name", "kind"}),
    ],
)
def test_all_that_is_wrong_is_told_at_once(
    world: World, lab: RegisterType, more: dict[str, Any], wrong: set[str]
) -> None:
    with pytest.raises(EntryRefused) as caught:
        create(world, **{"key": "AB0001", **more})
    assert set(caught.value.errors) == wrong
    assert not Entry.objects.exists() and not Fact.objects.exists()


def test_a_key_belongs_to_one_entry(world: World, lab: RegisterType) -> None:
    create(world)
    with pytest.raises(EntryRefused, match="已经登记过"):
        create(world)
    second = create(world, "AB0002")
    with pytest.raises(EntryRefused, match="已经登记过"):
        ChangeEntry(user=world.county_officer, entry=second, values={}, key="AB0001", reason="换号").execute()


def test_only_keepers_enter_and_not_for_tomorrow(world: World, lab: RegisterType) -> None:
    given = {"register": "test_lab", "key": "AB0001", "values": {"name": "甲"}}
    with pytest.raises(ActionRefused, match="不是"):
        CreateEntry(user=world.tourism_officer, unit=world.tourism, region=world.region, **given).execute()
    for user in (world.other_officer, world.enterprise, world.citizen):
        with pytest.raises(Forbidden):
            CreateEntry(user=user, unit=world.county_market, region=world.county, **given).execute()
    with pytest.raises(ActionRefused, match="晚于今天"):
        create(world, on=timezone.localdate() + timedelta(days=1))


@pytest.fixture
def scoped(world: World) -> Iterator[RegisterType]:
    text = LAB.replace("register: test_lab", "register: scoped_lab").replace("prefix: testlab", "prefix: scopedlab")
    text = text.replace("pattern: '[A-Z]{2}\\d{4}'", "pattern: '\\d{6}', scope: prefecture")
    declared = declare(text)
    yield declared
    forget(declared.code)


def test_a_key_may_be_unique_within_a_city(world: World, scoped: RegisterType) -> None:
    def enter(unit: Any, region: Any) -> EntryBase:
        return CreateEntry(
            user=None,
            system="test",
            register="scoped_lab",
            unit=unit,
            region=region,
            key="123456",
            values={"name": "甲"},
        ).execute()

    first = enter(world.county_market, world.county)
    assert first.key_scope == "990100"
    with pytest.raises(EntryRefused):
        enter(world.other_market, world.other_county)
    assert enter(world.market, world.region).key_scope == "990000"
    assert find("scoped_lab", "123456", "990100") == first


def test_rooms_compute_and_check(world: World, lab: RegisterType) -> None:
    register_saved("test_lab", lambda entry: entry.extras.update(share="50"))
    register_check("test_lab", lambda values, on: {"staff": "太少"} if values.get("staff") == 1 else {})
    try:
        assert create(world).extras["share"] == "50"
        with pytest.raises(EntryRefused, match="太少"):
            create(world, "AB0002", values={"name": "甲", "staff": 1})
    finally:
        _saved.pop("test_lab")
        _checks.pop("test_lab")


# ---- the legal basis ended


def test_nothing_is_entered_after_the_legal_basis_ended(world: World, lab: RegisterType) -> None:
    forget(lab.code)
    text = LAB.replace("valid_from: 2015-01-01}", "valid_from: 2015-01-01, valid_to: 2018-11-30}")
    closed = declare(text + "closed_on: 2018-11-30\n")
    try:
        with pytest.raises(EntryRefused, match=r"某办法（第1号）”至 2018-11-30 止"):
            create(world)
        with pytest.raises(EntryRefused):
            create(world, valid_from="2019-01-01")
        old = create(world, valid_from="2017-05-01", valid_to="2020-05-01")
        assert valid_count("test_lab", date(2019, 1, 1)) == 0  # entered from 2026 on
        backdated = create(world, "AB0002", on=date(2017, 5, 1), valid_from="2017-05-01", valid_to="2020-05-01")
        assert valid_count("test_lab", date(2019, 1, 1)) == 1
        assert {old.pk, backdated.pk} == set(entries("test_lab").values_list("pk", flat=True))
    finally:
        forget(closed.code)
        declare(LAB)


# ---- history in both times


def test_a_late_correction_reaches_later_versions(world: World, lab: RegisterType) -> None:
    entry = create(world, on=date(2026, 1, 1))
    change(world, entry, date(2026, 5, 1), staff=20)
    SetStatus(user=world.county_officer, entry=entry, status="paused", on=date(2026, 6, 1), reason="整改").execute()
    before = timezone.now()
    change(world, entry, date(2026, 2, 1), name="新名", staff=15)
    entry.refresh_from_db()
    assert (entry.title, entry.extras["staff"], entry.status, entry.version) == ("新名", 20, "paused", 6)

    def on(day: date, known: Any = None) -> tuple[Any, ...]:
        version = entry_as_of(entry, day, known)
        assert version is not None
        return version.data["name"], version.data["staff"], version.status

    assert entry_as_of(entry, date(2025, 12, 31)) is None
    assert on(date(2026, 1, 15)) == ("澜东食品检验所", 12, "valid")
    assert on(date(2026, 2, 1)) == ("新名", 15, "valid")
    assert on(date(2026, 5, 2)) == ("新名", 20, "valid")
    assert on(date(2026, 7, 1)) == ("新名", 20, "paused")
    assert on(date(2026, 5, 2), before) == ("澜东食品检验所", 20, "valid")
    assert [standing.data["staff"] for standing in as_of("test_lab", date(2026, 2, 1))] == [15]
    assert valid_count("test_lab", date(2026, 5, 31)) == 1 and valid_count("test_lab") == 0


def test_changes_need_a_reason_and_a_difference(world: World, lab: RegisterType) -> None:
    entry = create(world)
    with pytest.raises(ActionRefused, match="变更说明"):
        ChangeEntry(user=world.county_officer, entry=entry, values={"staff": 13}).execute()
    with pytest.raises(ActionRefused, match="相同"):
        change(world, entry, date(2026, 4, 1), staff="12", phone=PHONE)
    sealed = entry.extras["phone"]
    change(world, entry, date(2026, 4, 1), phone="19900005678", kind="")
    entry.refresh_from_db()
    assert entry.extras["phone"] != sealed and entry.extras["sealed"]["phone"]["shown"] == "199****5678"
    assert "kind" not in entry.extras
    with pytest.raises(Forbidden):
        ChangeEntry(user=world.other_officer, entry=entry, values={"staff": 1}, reason="x").execute()


# ---- status, recurring duties, approval


def test_statuses_follow_their_ways(world: World, lab: RegisterType) -> None:
    entry = create(world)

    def to(status: str, reason: str = "整改") -> None:
        SetStatus(user=world.county_officer, entry=entry, status=status, reason=reason).execute()

    for status, told in (("expired", "不能由"), ("valid", "已经是"), ("nowhere", "没有状态")):
        with pytest.raises(ActionRefused, match=told):
            to(status)
    to("paused")
    with pytest.raises(ActionRefused, match="变更说明"):
        to("revoked", reason="")
    to("revoked", reason="弄虚作假")
    assert entry.confidentiality == 0
    assert [fact.kind for fact in Fact.objects.order_by("leaf_index")][-2:] == ["testlab.status"] * 2
    with pytest.raises(ActionRefused, match="不能再变更"):
        to("valid")


def test_a_recurring_duty_moves_its_day(world: World, lab: RegisterType) -> None:
    entry = create(world)
    assert entry.extras["next_check"] == "2020-03-16"
    done = DoneRecurrence(user=world.county_officer, entry=entry, recurrence="check", on=date(2026, 11, 2))
    assert done.execute().extras["next_check"] == "2026-11-17"
    for on, name in ((date(2026, 11, 2), "check"), (date(2026, 11, 5), "nothing")):
        with pytest.raises(ActionRefused):
            DoneRecurrence(user=world.county_officer, entry=entry, recurrence=name, on=on).execute()
    SetStatus(user=world.county_officer, entry=entry, status="paused", reason="整改").execute()
    assert "next_check" not in entry.extras


def test_a_duty_done_before_the_entry_begins_counts_from_its_beginning(world: World, lab: RegisterType) -> None:
    entry = create(world, on=date(2026, 3, 2))
    assert entry.extras["next_check"] == "2020-03-16"
    DoneRecurrence(user=world.county_officer, entry=entry, recurrence="check", on=date(2026, 2, 20)).execute()
    assert entry.extras["checked"] == "2026-02-20" and entry.extras["next_check"] == "2026-03-07"
    newest = EntryVersion.objects.filter(entry=entry.pk).latest("number")
    assert newest.valid_from == date(2026, 3, 2) and newest.data["name"] == entry.title
    page = signed_in(world.county_officer).get(f"/registers/test_lab/{entry.pk}/")
    assert page.status_code == 200 and "2026-02-20" in page.content.decode()


def test_a_day_without_a_rule_is_told_at_its_field(world: World) -> None:
    """The list of relations of a dissolved rulebook period, a term of validity that began later, a ground."""
    text = LAB.replace("register: test_lab", "register: test_dated").replace("prefix: testlab", "prefix: datedlab")
    listed = "  - {code: how, title: 依据类, title_en: Ground, type: choice, choices_from: lift-causes}\n"
    text = text.replace("statuses:", listed + "statuses:").replace("validity: {", "validity: {term: well-known-mark, ")
    declared = declare(text)
    try:
        with pytest.raises(EntryRefused) as caught:
            CreateEntry(
                user=world.county_officer, register="test_dated", unit=world.county_market, region=world.county,
                key="AB0001", values={"name": "甲", "how": "x"}, on=date(1950, 1, 1), valid_from="1950-01-01",
            ).execute()  # fmt: skip
        assert set(caught.value.errors) == {"how", "valid_to"}
        assert all("规则库中没有 1950-01-01" in message for message in caught.value.errors.values())
    finally:
        forget(declared.code)


def test_checks_see_the_identifier(world: World, lab: RegisterType) -> None:
    seen: list[str] = []

    def check(values: Mapping[str, Any], on: date) -> dict[str, str]:
        seen.append(values["key"])
        return {"key": "撞号"} if values["key"] == "AB0009" else {}

    register_check("test_lab", check)
    try:
        entry = create(world)
        with pytest.raises(EntryRefused, match="撞号"):
            ChangeEntry(user=world.county_officer, entry=entry, values={}, key="AB0009", reason="更正").execute()
        ChangeEntry(user=world.county_officer, entry=entry, values={"staff": 9}, reason="更正").execute()
    finally:
        _checks.pop("test_lab")
    assert seen == [entry.key, "AB0009", entry.key]


@pytest.fixture
def approved(world: World) -> Iterator[RegisterType]:
    text = LAB.replace("register: test_lab", "register: test_approved").replace(
        "prefix: testlab", "prefix: approvedlab"
    )
    declared = declare(text + "approval: true\n")
    yield declared
    forget(declared.code)


def test_a_second_person_approves(world: World, approved: RegisterType) -> None:
    entry = CreateEntry(
        user=world.officer,
        register="test_approved",
        unit=world.market,
        region=world.region,
        key="AB0001",
        values={"name": "甲"},
    ).execute()
    assert not Fact.objects.exists() and valid_count("test_approved") == 0 and entry.confidentiality > 0
    with pytest.raises(Forbidden):
        ApproveEntry(user=world.officer, entry=entry).execute()
    own = CreateEntry(
        user=world.head,
        register="test_approved",
        unit=world.market,
        region=world.region,
        key="AB0002",
        values={"name": "乙"},
    ).execute()
    with pytest.raises(ActionRefused, match="另一人"):
        ApproveEntry(user=world.head, entry=own).execute()
    ApproveEntry(user=world.head, entry=entry).execute()
    assert valid_count("test_approved") == 1 and entry.confidentiality == 0
    assert Fact.objects.get().kind == "approvedlab.entered"
    ChangeEntry(user=world.officer, entry=entry, values={"staff": 3}, reason="增员").execute()
    assert entry.approved_at is None and valid_count("test_approved") == 0 and Fact.objects.count() == 1
    ApproveEntry(user=world.head, entry=entry).execute()
    assert [fact.kind for fact in Fact.objects.order_by("leaf_index")] == ["approvedlab.entered", "approvedlab.changed"]


# ---- enterprises and procedures


@pytest.fixture
def filed(world: World) -> Iterator[RegisterType]:
    text = LAB.replace("register: test_lab", "register: test_filed").replace("prefix: testlab", "prefix: filedlab")
    text = text.replace("light: amber, counts: false,", "light: amber, counts: false, by_filer: true,")
    declared = declare(text + "filed_by: enterprise\n")
    yield declared
    forget(declared.code)


def test_an_enterprise_files_for_itself(world: World, filed: RegisterType) -> None:
    given = {"user": world.enterprise, "register": "test_filed", "unit": world.county_market, "region": world.county}
    entry = FileEntry(filer=world.works, key="AB0001", values={"name": "甲"}, **given).execute()
    assert (entry.filer, entry.unit) == (world.works, world.county_market)
    with pytest.raises(Forbidden):
        FileEntry(
            filer=world.works, key="AB0002", values={"name": "甲"}, **{**given, "user": world.county_officer}
        ).execute()
    with pytest.raises(Forbidden):
        SetStatus(user=world.enterprise, entry=entry, status="paused").execute()
    with pytest.raises(ActionRefused, match="由登记单位办理"):
        SetFiledStatus(user=world.enterprise, entry=entry, status="revoked", reason="x").execute()
    assert SetFiledStatus(user=world.enterprise, entry=entry, status="paused").execute().status == "paused"


def test_only_procedures_fill_in_some_registers(world: World) -> None:
    text = LAB.replace("register: test_lab", "register: test_system").replace("prefix: testlab", "prefix: systemlab")
    declared = declare(text + "filed_by: system\n")
    try:
        given = {"register": "test_system", "unit": world.market, "region": world.region, "key": "AB0001"}
        with pytest.raises(ActionRefused, match="业务流程"):
            CreateEntry(user=world.officer, values={"name": "甲"}, **given).execute()
        entry = CreateEntry(user=None, system="case:1", values={"name": "甲"}, **given).execute()
        assert Fact.objects.get().source_system == "case:1"
        with pytest.raises(ActionRefused):
            ChangeEntry(user=world.officer, entry=entry, values={"staff": 2}, reason="x").execute()
    finally:
        forget(declared.code)


# ---- the worker
