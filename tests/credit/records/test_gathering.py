"""Facts of other rooms: the declared ones become records, and end with them; the rest never does."""

from __future__ import annotations

from django.test import Client

from hengjian.credit.records import jobs
from hengjian.credit.records.ending import end, restore
from hengjian.credit.records.facts import REPAIRED
from hengjian.credit.records.gathering import gather, mapping
from hengjian.credit.records.layouts import layout
from hengjian.credit.records.models import CreditRecord, Gathered
from hengjian.ledger.actions import retract
from hengjian.ledger.drafts import Source
from hengjian.ledger.kinds import kind_of
from hengjian.ledger.models import Fact
from hengjian.ledger.queries import timeline
from hengjian.registers.actions import ChangeEntry, CreateEntry, SetStatus
from hengjian.registers.models import EntryBase
from tests.credit.records.conftest import MARK, World, days_ago


def test_the_mapping_names_what_there_is() -> None:
    for declared in mapping().values():
        fields = {spec.code for spec in layout(declared.category).fields}
        assert {*declared.values, *declared.words} <= fields
        assert kind_of(declared.kind).subject == ""


def exposed(world: World, **values: object) -> EntryBase:
    """A typical case made public by the market regulator."""
    return CreateEntry(
        user=None,
        system="tests",
        register="exposure_bulletin",
        unit=world.place.market,
        region=world.place.region,
        values={
            "headline": f"{MARK}案",
            "party": world.firm.code,
            "party_name": world.firm.name,
            "decision_number": "罚〔2026〕9号",
            "decided_on": days_ago(10).isoformat(),
            "violation": f"{MARK}事实",
            "penalty": "没收违法所得，罚款 5 万元",
            **values,
        },
        on=days_ago(9),
    ).execute()


def changed(entry: EntryBase, **values: object) -> None:
    entry.refresh_from_db()
    ChangeEntry(user=None, system="tests", entry=entry, values=values, on=days_ago(8), reason="补正").execute()


def public_page(entry: EntryBase) -> int:
    return Client().get(f"/registers/public/exposure_bulletin/{entry.pk}/").status_code


def test_an_exposed_penalty_becomes_a_record_and_ends_with_it(world: World) -> None:
    entry = exposed(world)
    changed(entry, violation=f"{MARK}改")
    assert gather() == 2
    assert gather() == 0
    record = CreditRecord.objects.get()
    assert (record.category, record.severity, record.document) == ("penalty", "general", "罚〔2026〕9号")
    assert set(record.values["measures"]) == {"fine", "confiscation"}
    assert public_page(entry) == 200
    end([record], REPAIRED, "repaired", source=Source(system="tests"))
    assert not timeline(world.firm.subject, disclosure="internal", history=True).exists()
    assert jobs.gather() == 0
    # The bulletin stays the file of whoever wrote it; the public sees it no more, nor what is changed in it later.
    assert public_page(entry) == 404
    changed(entry, violation=f"{MARK}再改")
    assert gather() == 0
    assert public_page(entry) == 404
    assert not timeline(world.firm.subject, disclosure="internal", history=True).exists()
    assert not CreditRecord.objects.exists()
    restore([CreditRecord.everything.get()], source=Source(system="tests"))
    assert public_page(entry) == 200
    assert CreditRecord.objects.get().values["facts"] == f"{MARK}再改"


def test_a_changed_source_changes_its_record(world: World) -> None:
    entry = exposed(world)
    gather()
    record = CreditRecord.objects.get()
    assert record.min_until is not None
    changed(entry, penalty="吊销许可证", decided_on=days_ago(20).isoformat())
    gather()
    after = CreditRecord.objects.get()
    assert after.key == record.key
    assert (after.severity, after.decided_on, after.values["measures"]) == ("serious", days_ago(20), ["revocation"])
    assert after.fact != record.fact
    assert after.max_until is not None and after.max_until > record.min_until
    # Looked at from the beginning again, it stays as it is.
    Gathered.objects.all().delete()
    gather()
    assert CreditRecord.everything.get().fact == after.fact
    changed(entry, party=world.other_firm.code, party_name=world.other_firm.name)
    gather()
    assert CreditRecord.objects.get().enterprise == world.other_firm
    assert public_page(entry) == 200


def test_a_withdrawn_source_withdraws_its_record(world: World) -> None:
    entry = exposed(world)
    gather()
    entry.refresh_from_db()
    SetStatus(user=None, system="tests", entry=entry, status="withdrawn", on=days_ago(1), reason="复议撤销").execute()
    gather()
    assert CreditRecord.everything.get().state == "withdrawn"
    other = exposed(world, decision_number="罚〔2026〕10号")
    gather()
    fact = Fact.objects.get(kind="exposure_bulletin.entered", refs__contains=other.ref)
    retract(fact, source=Source(system="tests"), reason="误报")
    gather()
    assert not CreditRecord.objects.exists()


def test_a_recall_is_recorded_once_it_is_public(world: World) -> None:
    told = {"product": "童车", "maker": world.firm.code, "maker_name": world.firm.name, "regime": "consumer"}
    entry = CreateEntry(
        user=None, system="tests", register="recall", unit=world.place.market, region=world.place.region,
        values={**told, "defect": "车轮脱落"}, status="planned", on=days_ago(9),
    ).execute()  # fmt: skip
    gather()
    assert not CreditRecord.objects.exists()
    SetStatus(user=None, system="tests", entry=entry, status="running", on=days_ago(2), reason="公布").execute()
    gather()
    assert CreditRecord.objects.get().decided_on == days_ago(9)


def test_what_is_refused_is_kept_with_its_reason(world: World) -> None:
    CreateEntry(
        user=None,
        system="tests",
        register="recall",
        unit=world.place.market,
        region=world.place.region,
        values={
            "product": "童车",
            "maker": "91350100M000100Y43",
            "maker_name": "无此企业",
            "regime": "consumer",
            "defect": "车轮脱落",
        },
        status="running",
        on=days_ago(9),
    ).execute()
    assert gather() == 1
    assert "主体库" in Gathered.objects.get().refused
    assert not CreditRecord.everything.exists()
