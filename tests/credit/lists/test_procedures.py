"""Onto a list and off it, with measures, receipts and everything sealed afterwards."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from hengjian.cases.actions import OpenCase
from hengjian.clocks.models import Deadline
from hengjian.credit.dossier.dossier import Dossier
from hengjian.credit.dossier.readers import PUBLIC as PUBLIC_READER
from hengjian.credit.dossier.readers import Reader
from hengjian.credit.dossier.standing import overview
from hengjian.credit.lists.actions import AnswerMeasure
from hengjian.credit.lists.catalogue import list_kind, list_kinds
from hengjian.credit.lists.jobs import run_due
from hengjian.credit.lists.models import ListEntry, MeasureTask
from hengjian.credit.lists.queries import former, measures_for, memberships, overdue_tasks
from hengjian.credit.records.actions import WithdrawRecord
from hengjian.credit.records.models import CreditRecord
from hengjian.enterprises.hooks import tell_merged
from hengjian.enterprises.models import Enterprise
from hengjian.ledger.models import Fact
from hengjian.parties.models import Unit
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from tests.credit.lists.conftest import World, later
from tests.systems import market_world

pytestmark = pytest.mark.django_db


def test_the_whole_way_onto_the_list(world: World) -> None:
    one = world.enterprises[0]
    entry = world.enter(one)
    assert (entry.kind, entry.entered_on, entry.until, entry.early_from) == (
        "serious_breach", date(2026, 11, 9), date(2029, 11, 9), date(2027, 11, 9),
    )  # fmt: skip
    (found,) = memberships(one, reader="public")
    assert (found.title, found.ground, found.organ) == (
        "严重违法失信名单",
        "质量安全领域严重违法",
        world.places.county_market,
    )
    record = CreditRecord.objects.get(key=entry.record)
    assert (record.category, record.severity, record.document) == ("serious", "serious", "澜东市监信〔2026〕3号")
    assert Fact.objects.filter(kind="credit_list.entered", subject=one.subject).count() == 1
    units = {task.unit for task in entry.tasks.all()}
    assert units == {world.places.county_market, world.finance}


def test_the_decider_is_another_person_and_the_party_is_heard(world: World) -> None:
    case = world.step(world.open(world.enterprises[0]), "tell")
    with pytest.raises(ActionRefused, match="陈述申辩期限未满"):
        world.step(case, "submit")
    with later(days=10):
        case = world.step(case, "submit")
        with pytest.raises((ActionRefused, Forbidden)):
            world.step(case, "enter", values={"document": "x〔2026〕1号"})
    assert not ListEntry.objects.exists()


@pytest.mark.parametrize(
    ("criterion", "values", "words"),
    [
        ("serious_quality.mandatory", {}, "不适用"),
        ("tourism_breach.safety", {}, "不负责认定"),
        ("serious_breach.food", {"penalty": ""}, "须填写处罚决定文号"),
    ],
)
def test_what_does_not_belong_on_the_list(world: World, criterion: str, values: dict[str, str], words: str) -> None:
    case = world.open(world.enterprises[0], criterion, **values)
    with pytest.raises(ActionRefused, match=words):
        world.step(case, "tell")


def test_nobody_is_entered_twice(world: World) -> None:
    world.enter(world.enterprises[0])
    with pytest.raises(ActionRefused, match="已在这份名单上"):
        world.step(world.open(world.enterprises[0], "serious_breach.food"), "tell")
    with pytest.raises(ActionRefused, match="不能列入守信名单"):
        world.step(world.open(world.enterprises[0], "red_list.award"), "show")


def test_no_intent_ends_the_procedure_without_entry(world: World) -> None:
    case = world.step(world.open(world.enterprises[0]), "tell")
    case = world.step(case, "exclude", world.places.county_head, note="有证据足以证明没有主观故意")
    assert (case.outcome, ListEntry.objects.count()) == ("excluded", 0)


def test_measures_are_told_answered_and_asked_about(world: World) -> None:
    one = world.enterprises[0]
    entry = world.enter(one)
    found = {measure.code: measure for measure in measures_for(one, "subsidy")}
    assert set(found) == {"no_subsidy"} and found["no_subsidy"].to_verify
    assert [str(state) for _unit, state in found["no_subsidy"].departments] == ["待接收"]
    assert not measures_for(world.enterprises[1])
    task = entry.tasks.get(measure="no_subsidy")
    with pytest.raises(Forbidden):
        AnswerMeasure(user=world.places.county_officer, task=task, kind="taken").execute()
    with pytest.raises(ActionRefused):
        AnswerMeasure(user=world.finance_officer, task=task, kind="applied", matter="x").execute()
    AnswerMeasure(user=world.finance_officer, task=task, kind="taken").execute()
    AnswerMeasure(user=world.finance_officer, task=task, kind="applied", matter="2026 年质量补助申报").execute()
    task.refresh_from_db()
    assert (task.state, task.receipts.count()) == ("taken", 2)
    with later(days=30):
        late = overdue_tasks()
        assert task not in late and late.count() == entry.tasks.count() - 1
        assert run_due(timezone.now()) > 0 and run_due(timezone.now()) == 0


def _withdraw(world: World, entry: ListEntry) -> None:
    case = (
        OpenCase(
            user=world.places.county_officer,
            type="credit_delisting",
            values={"entry": entry.number, "ground": "reversal", "known_on": "2026-11-09", "basis": "复议决定"},
            unit=world.places.county_market,
            region=world.places.county,
        )
        .execute()
        .case
    )
    deadline = Deadline.objects.get(owner=case.ref, purpose="credit_delisting.reversal")
    assert timezone.localdate(deadline.due_at) == date(2026, 11, 12)  # three working days
    world.step(case, "submit")
    world.step(case, "remove", world.places.county_head)


def test_a_reversal_takes_the_entry_off_and_leaves_nothing(world: World) -> None:
    one = world.enterprises[0]
    entry = world.enter(one)
    task = entry.tasks.get(measure="no_subsidy")
    AnswerMeasure(user=world.finance_officer, task=task, kind="taken").execute()
    told = entry.fact
    _withdraw(world, entry)
    entry.refresh_from_db()
    task.refresh_from_db()
    assert (entry.state, entry.ground, entry.document) == ("withdrawn", "", "")
    assert not memberships(one, reader=None) and not measures_for(one)
    assert not Fact.objects.filter(id=told).exists() and Fact.everything.filter(id=told).exists()
    assert not CreditRecord.objects.filter(key=entry.record).exists()
    assert not Fact.objects.filter(subject=entry.case).exists()
    assert task.state == MeasureTask.State.LIFTING
    assert set(entry.tasks.exclude(pk=task.pk).values_list("state", flat=True)) == {"lifted"}
    AnswerMeasure(user=world.finance_officer, task=task, kind="lifted").execute()


def test_who_still_knows_of_an_entry_that_left(world: World) -> None:
    one = world.enterprises[0]
    account = Unit.objects.create(
        key=one.code.lower(), name=one.name, kind=Unit.Kind.ENTERPRISE, region=world.places.county, level="county"
    )
    Enterprise.objects.filter(pk=one.pk).update(account=account)
    one.refresh_from_db()
    entry = world.enter(one)
    assert not former(one, account)
    _withdraw(world, entry)
    (left,) = former(one, account)
    assert (left.number, left.left_on) == (entry.number, timezone.localdate())
    assert former(one, world.places.county_market) == [left]
    assert former(one, world.finance) == []
    own = overview(Dossier(one, Reader("own", market_world.person("own", account, "enterprise"))))
    assert own["former"] == [left] and own["lists"] == []
    assert overview(Dossier(one, PUBLIC_READER))["former"] == []
    assert overview(Dossier(one, Reader("officer", world.finance_officer)))["former"] == []


def test_an_earlier_day_does_not_know_a_later_entry(world: World) -> None:
    one = world.enterprises[0]
    world.enter(one)
    today = timezone.localdate()
    for day, count in ((today, 1), (today - timedelta(days=1), 0)):
        assert len(overview(Dossier(one, PUBLIC_READER, valid_on=day))["lists"]) == count


def test_the_end_of_the_record_is_the_end_of_the_entry(world: World) -> None:
    entry = world.enter(world.enterprises[0])
    record = CreditRecord.objects.get(key=entry.record)
    WithdrawRecord(user=None, system="test", record=record, reason="判决撤销").execute()
    entry.refresh_from_db()
    assert entry.state == "withdrawn"


def test_the_term_ends_by_itself(world: World) -> None:
    entry = world.enter(world.enterprises[0])
    with later(days=3 * 366):
        assert not memberships(world.enterprises[0], reader=None)  # before anybody has ended it
        assert run_due(timezone.now()) >= 1
    entry.refresh_from_db()
    assert entry.state == "ended"


def test_the_red_list_rewards(world: World) -> None:
    entry = world.enter(world.enterprises[1], "red_list.award")
    assert {measure.code for measure in measures_for(world.enterprises[1]) if measure.reward} >= {"green_channel"}
    record = CreditRecord.objects.get(key=entry.record)
    assert (record.category, record.severity) == ("honour", "")


def test_every_list_says_its_law_and_terms() -> None:
    kinds = list_kinds()
    assert [kind.weight for kind in kinds] == sorted(
        (kind.weight for kind in kinds), key=["serious", "ordinary", "good"].index
    )
    for kind in kinds:
        assert kind.title_en and all(criterion.title_en for criterion in kind.criteria), kind.code
    assert not list_kind("serious_quality").is_in_force(date(2021, 9, 1))
    with pytest.raises(KeyError, match="serious_breach"):
        list_kind("nothing")


def test_entries_follow_a_merged_enterprise(world: World) -> None:
    gone, kept = world.enterprises[:2]
    entry = world.enter(gone)
    tell_merged(kept, gone)
    assert [one.number for one in memberships(kept, reader="public")] == [entry.number]
    assert not memberships(gone, reader="public")
