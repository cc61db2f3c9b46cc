"""Facts of other rooms: the declared ones become records, and end with them; the rest never does."""

from __future__ import annotations

from hengjian.credit.records import jobs
from hengjian.credit.records.ending import end
from hengjian.credit.records.facts import REPAIRED
from hengjian.credit.records.gathering import gather, mapping
from hengjian.credit.records.layouts import layout
from hengjian.credit.records.models import CreditRecord, Gathered
from hengjian.ledger.drafts import Source
from hengjian.ledger.kinds import kind_of
from hengjian.ledger.queries import timeline
from hengjian.registers.actions import ChangeEntry, CreateEntry
from tests.credit.records.conftest import MARK, World, days_ago


def test_the_mapping_names_what_there_is() -> None:
    for declared in mapping().values():
        fields = {spec.code for spec in layout(declared.category).fields}
        assert {*declared.values, *declared.words} <= fields
        assert kind_of(declared.kind).subject == ""


def test_an_exposed_penalty_becomes_a_record_and_ends_with_it(world: World) -> None:
    entry = CreateEntry(
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
        },
        on=days_ago(9),
    ).execute()
    ChangeEntry(
        user=None, system="tests", entry=entry, values={"violation": f"{MARK}改"}, on=days_ago(8), reason="补正"
    ).execute()
    assert gather() == 1
    assert gather() == 0
    record = CreditRecord.objects.get()
    assert (record.category, record.severity, record.document) == ("penalty", "general", "罚〔2026〕9号")
    assert set(record.values["measures"]) == {"fine", "confiscation"}
    end([record], REPAIRED, "repaired", source=Source(system="tests"))
    assert not timeline(world.firm.subject, disclosure="internal", history=True).exists()
    assert jobs.gather() == 0


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
        on=days_ago(9),
    ).execute()
    assert gather() == 1
    assert "主体库" in Gathered.objects.get().refused
    assert not CreditRecord.everything.exists()
