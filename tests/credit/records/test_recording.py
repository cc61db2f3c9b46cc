"""Recording: the catalogue admits or refuses, the rule dates, the reader decides what is seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from hengjian.credit.records import hooks
from hengjian.credit.records.actions import CorrectRecord, RecordCredit, SetDispute, SetFulfilment, WithdrawRecord
from hengjian.credit.records.admitting import NotInCatalogue
from hengjian.credit.records.ending import end, restore
from hengjian.credit.records.facts import REPAIRED, SHIELDED
from hengjian.credit.records.models import CreditRecord
from hengjian.credit.records.queries import SYSTEM, records
from hengjian.credit.records.rules import add_months
from hengjian.ledger.drafts import Source
from hengjian.ledger.models import Fact
from hengjian.ledger.queries import timeline
from hengjian.ledger.sealing import is_sealed
from hengjian.ledger.verification import verify
from hengjian.parties.models import AuditEntry
from hengjian.parties.policies import Forbidden, can
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.catalogue import register_type
from hengjian.registers.lookups import choices_of
from tests.credit.records.conftest import MARK, World, days_ago

Make = Callable[..., CreditRecord]


def test_a_penalty_is_admitted_dated_and_told(world: World, record: Make) -> None:
    made = record()
    assert (made.severity, made.state, made.disclosure) == ("general", "published", "public")
    assert made.decided_on is not None
    assert made.min_until == add_months(made.decided_on, 3)
    assert made.max_until == add_months(made.decided_on, 12)
    (fact,) = timeline(world.firm.subject, disclosure="public", kinds=["credit.recorded"])
    assert fact.id == made.fact
    assert fact.catalogue == "N-03-02"
    assert fact.payload["values"]["amount"] == "52000.00"
    assert fact.ends_on == made.max_until


def test_internal_fields_enter_no_fact(record: Make) -> None:
    made = record(values={"note": "内部备注"})
    assert made.values["note"] == "内部备注"
    assert "内部备注" not in str(Fact.objects.get(id=made.fact).payload)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"catalogue": "X-99-99"}, "目录以外"),
        ({"catalogue": "N-03-01"}, "不符"),
        ({"category": "inspection", "catalogue": ""}, "多个目录条目"),
        ({"category": "gossip", "catalogue": ""}, "没有"),
        ({"values": {"religion": "x"}}, "没有这个字段"),
        ({"values": {"measures": []}}, "请填写"),
        ({"subject": "enterprise:91350100M000100Y43"}, "主体库"),
        ({"decided_on": None}, "决定日期"),
        ({"severity": "dreadful"}, "失信程度"),
        ({"decided_on": days_ago(4000)}, "届满"),
    ],
)
def test_what_is_refused_says_why(record: Make, changes: dict[str, object], told: str) -> None:
    with pytest.raises(ActionRefused, match=told):
        record(**changes)
    assert not CreditRecord.everything.exists()


def test_outside_the_catalogue_is_its_own_refusal(record: Make) -> None:
    with pytest.raises(NotInCatalogue):
        record(catalogue="X-99-99")


def test_the_same_decision_is_recorded_once_even_after_repair(record: Make) -> None:
    made = record(document="一号")
    with pytest.raises(ActionRefused, match="已经归集"):
        record(document="一号")
    end([made], REPAIRED, "repaired", source=Source(system="tests"))
    with pytest.raises(ActionRefused, match="已经归集"):
        record(document="一号")


def test_warnings_and_simple_procedure_are_not_published(world: World, record: Make) -> None:
    warned = record(values={"measures": ["warning"], "fine_level": ""}, decided_on=days_ago(30))
    simple = record(values={"measures": ["fine"], "fine_level": "", "procedure": "simple"}, decided_on=days_ago(30))
    assert {warned.state, simple.state} == {"kept"}
    assert {warned.disclosure, simple.disclosure} == {"shared"}
    assert not records(world.firm, reader="public").exists()
    assert records(world.firm, reader=world.place.other).count() == 2


def test_readers(world: World, record: Make) -> None:
    record()
    record(values={"measures": ["warning"], "fine_level": ""}, decided_on=days_ago(30))
    for reader, count in (
        ("public", 1),
        (AnonymousUser(), 1),
        (world.place.citizen, 1),
        (world.place.officer, 2),
        (world.place.county_officer, 2),
        (world.firm_user, 2),
        (world.other_firm_user, 1),
        (SYSTEM, 2),
    ):
        assert records(world.firm, reader=reader).count() == count, reader
    assert records(world.firm, reader=SYSTEM, categories=["permit"]).count() == 0
    assert records(world.firm, reader=SYSTEM, valid_on=days_ago(200)).count() == 0
    assert records(world.firm, reader=SYSTEM, known_at=timezone.now() - timedelta(days=1)).count() == 0
    assert not records(world.other_firm, reader=SYSTEM).exists()


def test_only_the_organs_own_people_record_and_correct(world: World, record: Make) -> None:
    for user in (world.place.inspector, world.place.citizen, world.firm_user):
        with pytest.raises(Forbidden):
            record(user=user, organ=world.place.market)
    with pytest.raises(Forbidden):
        record(user=world.place.other, organ=world.place.market)
    made = record()
    assert not can(world.place.county_officer, "credit.correct", made)
    with pytest.raises(Forbidden):
        CorrectRecord(user=world.place.other, record=made, values={"amount": "1"}, reason="误").execute()


def test_a_correction_supersedes(world: World, record: Make) -> None:
    made = record()
    CorrectRecord(user=world.place.officer, record=made, values={"amount": "5000"}, reason="金额误录").execute()
    (fact,) = timeline(world.firm.subject, disclosure="public", kinds=["credit.recorded"])
    assert fact.payload["values"]["amount"] == "5000.00"
    assert timeline(world.firm.subject, disclosure="public", history=True).count() == 2


def test_ending_seals_empties_and_tells(world: World, record: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[CreditRecord] = []
    monkeypatch.setattr(hooks, "_sealed", [told.extend])
    made = record()
    first = made.fact
    CorrectRecord(user=world.place.officer, record=made, values={"amount": "5000"}, reason="金额误录").execute()
    WithdrawRecord(user=world.place.officer, record=made, reason="复议撤销").execute()
    assert told == [made]
    row = CreditRecord.everything.get(pk=made.pk)
    assert (row.state, row.title, row.document, row.values, row.severity) == ("withdrawn", "", "", {}, "")
    assert is_sealed(str(first))
    assert is_sealed(str(row.fact))
    assert not CreditRecord.objects.exists()
    assert not timeline(world.firm.subject, disclosure="internal", history=True).exists()
    assert MARK not in str(list(AuditEntry.objects.values_list("changes", "label", "reason")))
    assert verify().passed
    with pytest.raises(ActionRefused, match="封存"):
        WithdrawRecord(user=None, system="tests", record=row, reason="再次").execute()


def test_a_shield_comes_off_with_everything(world: World, record: Make) -> None:
    made = record()
    until = timezone.now() + timedelta(days=30)
    end([made], SHIELDED, "shielded", source=Source(system="tests"), until=until)
    assert not records(world.firm, reader=SYSTEM).exists()
    restore([made], source=Source(system="tests"))
    (back,) = records(world.firm, reader="public")
    assert (back.title, back.severity, back.state) == (f"{MARK}生产不合格产品案", "general", "published")
    assert timeline(world.firm.subject, disclosure="public").exists()


def test_unfulfilled_records_go_on(world: World, record: Make) -> None:
    made = record()
    assert made.fact is not None
    SetFulfilment(user=world.place.officer, record=made, fulfilled_on=None).execute()
    fact = Fact.objects.get(id=made.fact)
    assert (made.unfulfilled, fact.ends_on) == (True, None)
    SetFulfilment(user=world.place.officer, record=made, fulfilled_on=days_ago(1)).execute()
    fact = Fact.objects.get(id=made.fact)
    assert fact.ends_on == made.max_until
    with pytest.raises(ActionRefused, match="晚于今天"):
        SetFulfilment(user=world.place.officer, record=made, fulfilled_on=days_ago(-1)).execute()


def test_a_dispute_is_marked(world: World, record: Make) -> None:
    made = record()
    SetDispute(user=world.place.officer, record=made, disputed=True).execute()
    assert records(world.firm, reader="public").get().disputed_since == timezone.localdate()
    SetDispute(user=world.place.officer, record=made, disputed=False).execute()
    assert records(world.firm, reader="public").get().disputed_since is None


def test_a_sole_trader_is_a_natural_person(world: World, record: Make) -> None:
    world.firm.kind = "sole_trader"
    world.firm.save()
    made = record(decided_on=days_ago(10))
    assert made.decided_on is not None
    assert made.max_until is not None
    assert made.max_until <= add_months(made.decided_on, 60)


def test_permits_end_with_their_validity(world: World) -> None:
    made = RecordCredit(
        user=world.place.officer,
        subject=world.firm.code,
        category="permit",
        decided_on=days_ago(30),
        document="澜许〔2026〕1号",
        values={"title": "工业产品生产许可", "valid_until": days_ago(-30).isoformat()},
    ).execute()
    assert (made.severity, made.min_until, made.max_until) == ("", None, days_ago(-31))


@pytest.mark.parametrize(
    ("day", "classes"),
    [
        (date(2020, 1, 1), ["advanced", "certified", "general", "dishonest"]),
        (date(2025, 1, 1), ["advanced", "general", "dishonest"]),
        (date(2026, 4, 1), ["advanced", "certified", "general", "dishonest", "seriously_dishonest"]),
    ],
)
def test_classes_of_customs_by_date(day: date, classes: list[str]) -> None:
    spec = register_type("trade_enterprise_class").field("class")
    assert [choice.code for choice in choices_of(spec, day)] == classes
